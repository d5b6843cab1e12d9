"""A text that a simple pattern matches, made by reading the pattern, not by running it: that is the sandbox's alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_PART: Final = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[:!=<][=!]?|\(|\)|\||\{\d+(?:,\d*)?\}\??|[*+?]\??|.", re.DOTALL
)
_CLASSES: Final = {"d": "5", "w": "a", "s": " ", "D": "x", "W": "-", "S": "x", "b": "", "B": "", "A": "", "Z": ""}
_READ: Final = 1_000
_LONGEST: Final = 200
_MOST: Final = 20


def example(pattern: str) -> str:
    """The first alternative of everything, as often as it must be there; at most _LONGEST characters."""
    levels: list[list[str]] = [[]]
    for part in _first_alternatives(pattern[:_READ]):
        if part[0] == "(":
            levels.append([])
        elif part == ")":
            if len(levels) > 1:
                inner = "".join(levels.pop())
                levels[-1].append(inner)
        else:
            _add(levels[-1], part)
    return "".join("".join(level) for level in levels)[:_LONGEST]


def _first_alternatives(pattern: str) -> Iterator[str]:
    """The parts of a pattern without what stands behind a ``|``."""
    skipped = 0
    for part in _PART.findall(pattern):
        if skipped:
            skipped += (part[0] == "(") - (part == ")")
        elif part == "|":
            skipped = 1
        if not skipped:
            yield part


def _add(made: list[str], part: str) -> None:
    if part[0] == "{" and len(part) > 1:
        _repeat(made, int(re.split(r"[{,}]", part)[1]))
    elif part[0] in "*?":
        _repeat(made, 0 if part[0] == "*" else 1)
    elif part[0] != "+" and part not in "^$":
        made.append(_one(part))


def _repeat(made: list[str], times: int) -> None:
    if made:
        made[-1] = made[-1][:_LONGEST] * min(times, _MOST)


def _one(part: str) -> str:
    if part[0] == "\\":
        return _CLASSES.get(part[1:], part[1:])
    if part[0] == "[" and len(part) > 2:
        return _of_class(part[1:-1])
    return "x" if part == "." else part


def _of_class(inside: str) -> str:
    """The first character of a class; of what it excludes, one it does not."""
    if inside[0] == "^":
        return next((char for char in "x5-_ é" if char not in inside), "~")
    return _CLASSES.get(inside[1:2], inside[1:2]) if inside[0] == "\\" else inside[0]
