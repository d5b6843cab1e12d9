"""ASP.NET route templates, as far as HTTP triggers use them, and which of several matching ones wins.

Source: learn.microsoft.com, "Routing in ASP.NET Core" (templates, constraints, precedence). Literals are matched
without regard to case; values keep theirs. Constraints that are not listed below are refused at start.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_PARAMETER = re.compile(
    r"\{(?P<rest>\*{1,2})?(?P<name>[^:?={}*]+)(?P<constraints>(?::[^?={}]+(?:\([^)]*\))?)*)(?P<optional>\?)?\}"
)
_CONSTRAINTS = {
    "int": r"-?\d{1,10}",
    "long": r"-?\d{1,19}",
    "bool": r"(?i:true|false)",
    "alpha": r"[A-Za-z]*",
    "guid": r"\{?[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}\}?",
}
_LENGTHS = re.compile(r"(minlength|maxlength|length)\((\d+)(?:,(\d+))?\)")


@dataclass(frozen=True)
class Route:
    pattern: re.Pattern[str]
    order: tuple[int, ...]
    """Per segment: 0 literal, 1 mixed or constrained, 2 any value, 3 the rest. The lowest tuple wins."""

    def match(self, path: str) -> dict[str, str] | None:
        found = self.pattern.fullmatch(path)
        return None if found is None else {name: value for name, value in found.groupdict().items() if value}


def compile_route(template: str) -> Route:
    """Raises ValueError for what is not served here."""
    pattern, order = "", []
    for segment in template.strip("/").split("/"):
        expression, rank = _segment(segment)
        optional = segment.endswith("?}") or rank == 3
        pattern += f"(?:/{expression})?" if optional else f"/{expression}"
        order.append(rank)
    return Route(re.compile(pattern + "/?"), tuple(order))


def clean_path(raw_path: str) -> str | None:
    """The path as Kestrel hands it on: unescaped but for ``%2F``, dot segments removed. None where it answers 400."""
    segments: list[str] = []
    for part in raw_path.split("?", 1)[0].split("/")[1:]:
        segment = _unescape(part)
        if "\0" in segment:
            return None
        if segment == "..":
            del segments[-1:]
        elif segment != ".":
            segments.append(segment)
    return "/" + "/".join(segments)


def _unescape(part: str) -> str:
    kept = re.sub("%(2[fF])", r"%25\1", part)
    try:
        return unquote_to_bytes(kept).decode()
    except UnicodeDecodeError:
        return part


def _segment(segment: str) -> tuple[str, int]:
    expression, rank, position = "", 0, 0
    for found in _PARAMETER.finditer(segment):
        literal = segment[position : found.start()]
        value, value_rank = _value(found)
        expression += _literal(literal) + f"(?P<{_group(found['name'])}>{value})"
        rank = max(rank, value_rank)
        position = found.end()
    literal = segment[position:]
    if "{" in literal or "}" in literal:
        raise ValueError(f"the route segment {segment!r} is not understood")
    mixed = 0 < rank < 3 and len(_PARAMETER.sub("", segment)) > 0
    return expression + _literal(literal), 1 if mixed else rank


def _value(found: re.Match[str]) -> tuple[str, int]:
    constraints = [one for one in found["constraints"].split(":") if one]
    if found["rest"]:
        return ".*", 3
    if not constraints:
        return "[^/]+?", 2
    return "".join(f"(?={_constraint(one)}(?:/|$))" for one in constraints) + "[^/]+?", 1


def _constraint(text: str) -> str:
    lengths = _LENGTHS.fullmatch(text)
    if lengths:
        kind, first, second = lengths.groups()
        low, high = {"minlength": (first, ""), "maxlength": ("0", first)}.get(kind, (first, second or first))
        return f"[^/]{{{low},{high}}}"
    if text not in _CONSTRAINTS:
        raise ValueError(f"the route constraint {text!r} is not served by this stand-in")
    return _CONSTRAINTS[text]


def _literal(text: str) -> str:
    return f"(?i:{re.escape(text)})" if text else ""


def _group(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"the route parameter {name!r} is not a name")
    return name
