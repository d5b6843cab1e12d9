"""Bytes → JSON value, strictly: what another reader might understand differently is refused, with its place.

Refused beside broken syntax: NaN and Infinity, numbers outside a double's range, a member given twice, half a surrogate
pair, and nesting deeper than 64. Control characters in strings are data and pass, escaped as JSON wants them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from shared.errors import InvalidRequest, Violation
from shared.mapping.validate import escape, refuse

DEPTH: Final = 64
DIGITS: Final = 308
"""A whole number of more digits is outside a double's range (RFC 8259, section 6)."""
_SURROGATE_ESCAPE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class _Refused:
    """Stands in the decoded value where something was wrong, so that its place can be told."""

    message: str
    member: str = ""


def parse(content: bytes) -> object:
    """Decode a body. Raises InvalidRequest."""
    text = _text(content)
    refused: list[_Refused] = []

    def refuse_here(message: str, member: str = "") -> _Refused:
        refused.append(_Refused(message, member))
        return refused[-1]

    def members(pairs: list[tuple[str, object]]) -> object:
        made = dict(pairs)
        return made if len(made) == len(pairs) else refuse_here("the same member twice", _twice(pairs))

    def whole(digits: str) -> object:
        return int(digits) if len(digits) <= DIGITS else refuse_here("the number is too large")

    def fraction(digits: str) -> object:
        number = float(digits)
        return number if math.isfinite(number) else refuse_here("the number is too large")

    try:
        value: object = json.loads(
            text,
            object_pairs_hook=members,
            parse_int=whole,
            parse_float=fraction,
            parse_constant=lambda name: refuse_here(f"{name} is not JSON"),
        )
    except json.JSONDecodeError as error:
        raise _not_json(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _too_deep() from None
    _check_depth(value)
    if refused or _SURROGATE_ESCAPE.search(content):
        refuse(_faults(value))
    return value


def _text(content: bytes) -> str:
    if not content.strip():
        raise _not_json("the body is empty")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_json(f"not UTF-8 at byte {error.start}") from None


def _not_json(reason: str) -> InvalidRequest:
    violation = Violation("", f"not valid JSON: {reason}")
    return InvalidRequest(f"The body is not valid JSON: {reason}.", violations=(violation,))


def _too_deep() -> InvalidRequest:
    violation = Violation("", f"nested deeper than {DEPTH} levels")
    return InvalidRequest(f"The body is nested deeper than {DEPTH} levels.", violations=(violation,))


def _twice(pairs: list[tuple[str, object]]) -> str:
    seen: set[str] = set()
    return next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]


def _check_depth(value: object) -> None:
    """Level by level, without recursion. Raises InvalidRequest."""
    level = [value]
    for _ in range(DEPTH + 1):
        level = [child for node in level for child in _children(node) if isinstance(child, (dict, list))]
        if not level:
            return
    raise _too_deep()


def _children(node: object) -> Iterator[object]:
    if isinstance(node, dict):
        return iter(cast("dict[str, object]", node).values())
    return iter(cast("list[object]", node) if isinstance(node, list) else ())


def _faults(root: object) -> Iterator[Violation]:
    """What was refused, with its place. The depth is bounded by now."""
    stack: list[tuple[str, object]] = [("", root)]
    while stack:
        place, value = stack.pop()
        if isinstance(value, _Refused):
            yield Violation(f"{place}/{escape(value.member)}" if value.member else place, value.message)
        elif isinstance(value, str) and _SURROGATE.search(value):
            yield Violation(place, "half a surrogate pair is not Unicode text")
        elif isinstance(value, dict):
            if any(_SURROGATE.search(name) for name in value):
                yield Violation(place, "a member's name has half a surrogate pair")
            stack += [(f"{place}/{escape(_shown(name))}", child) for name, child in reversed(value.items())]
        elif isinstance(value, list):
            stack += [(f"{place}/{index}", child) for index, child in reversed(list(enumerate(value)))]


def _shown(name: str) -> str:
    """A member's name as it can be written: half a surrogate pair becomes U+FFFD."""
    return _SURROGATE.sub("\ufffd", name)
