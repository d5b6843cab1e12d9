"""The text of a JSON value: what is counted, compared and shown."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import cast

from pydantic import JsonValue

_SPACES = "".join(c for c in map(chr, range(0x3001)) if c.isspace())
_CONTROLS = "".join(map(chr, range(0x20))) + "\x7f"
_INVISIBLE = (
    "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\ufeff"
)
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
BLANK = _SPACES + _CONTROLS + _INVISIBLE + _BLANK_LETTERS
"""Every character a person sees as nothing: Unicode spaces, controls, zero-width and direction marks, blank letters."""

_UNSHOWABLE = re.compile(f"[{re.escape(_CONTROLS)}\u202a-\u202e\u2028\u2029\ud800-\udfff]")
_PLAIN_BELOW = 1e21
"""Whole floats below this are written without an exponent, as ECMAScript's Number::toString does."""

SHOWN_LENGTH = 80


def text(value: JsonValue) -> str:
    """The trimmed text of any JSON value; "" for null and white space. Raises nothing.

    Numbers by their shortest text, where 1.0 is 1: JSON does not tell them apart, and an identifier that came as
    1.0 once must not look like another one. Objects and lists as canonical JSON.
    """
    if isinstance(value, str):
        return value.strip(BLANK)
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _integer(int(value)) if abs(value) < _PLAIN_BELOW and value == int(value) else repr(value)
    return canonical(value)


def texts(values: Sequence[JsonValue]) -> Sequence[str]:
    """``text`` of each, fast: nearly all cells of nearly all files are strings without anything to trim."""
    strings = cast("Sequence[str]", values)
    try:
        joined = "|".join(strings)
    except TypeError:
        return [text(value) for value in values]
    if not joined.isprintable() or any(letter in joined for letter in _BLANK_LETTERS):
        return [value.strip(BLANK) for value in strings]
    # Of the printable characters the space is now the only blank one.
    edged = " |" in joined or "| " in joined or joined[:1] == " " or joined[-1:] == " "
    return [value.strip(" ") for value in strings] if edged else strings


def _integer(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # Python writes at most 4,300 decimal digits
        return hex(value)


def canonical(value: JsonValue) -> str:
    """JSON with sorted members and no spaces, however deep."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except (RecursionError, ValueError):
        return _canonical_without_recursion(value)


def _canonical_without_recursion(value: JsonValue) -> str:
    written: list[str] = []
    waiting: list[tuple[bool, JsonValue]] = [(False, value)]  # (already text, what)
    while waiting:
        done, item = waiting.pop()
        if done or not isinstance(item, (dict, list)):
            written.append(str(item) if done else _scalar(item))
        else:
            waiting.extend(reversed(_parts(item)))
    return "".join(written)


def _parts(item: dict[str, JsonValue] | list[JsonValue]) -> Sequence[tuple[bool, JsonValue]]:
    parts: list[tuple[bool, JsonValue]] = []
    if isinstance(item, list):
        for member in item:
            parts += [(True, ","), (False, member)]
        return [(True, "["), *parts[1:], (True, "]")]
    for name in sorted(item):
        parts += [(True, ","), (False, name), (True, ":"), (False, item[name])]
    return [(True, "{"), *parts[1:], (True, "}")]


def _scalar(value: JsonValue) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return _integer(value)
    return json.dumps(value, ensure_ascii=False)


def shown(value: str, length: int = SHOWN_LENGTH) -> str:
    """Fit to be shown and sent: one line, no controls or lone surrogates, at most ``length`` characters."""
    short = value if len(value) <= length else value[: length - 1].rstrip() + "…"
    return _UNSHOWABLE.sub(_visible, short)


def _visible(found: re.Match[str]) -> str:
    return "\ufffd" if "\ud800" <= found[0] <= "\udfff" else " "
