"""Text of others for a terminal: what would steer it, or write it backwards, is shown instead of done."""

from __future__ import annotations

import unicodedata


def one_line(text: str) -> str:
    """Without line breaks."""
    return "".join(_shown(letter) for letter in text)


def lines(text: str) -> str:
    """Line breaks stay."""
    return "\n".join(one_line(line.expandtabs(4)) for line in text.split("\n"))


def width(text: str) -> int:
    """Columns of a terminal: East Asian letters take two, combining marks none."""
    return sum(_columns(letter) for letter in text)


def cut(text: str, columns: int) -> str:
    """At most ``columns`` wide; what was cut ends with an ellipsis."""
    if width(text) <= columns:
        return text
    kept, used = [], 1
    for letter in text:
        used += _columns(letter)
        if used > columns:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + "…"


def _shown(letter: str) -> str:
    # Cc, Cf, Cs, Zl, Zp: controls, direction marks and what is no letter at all.
    if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return {"\n": "↵", "\r": "", "\t": " "}.get(letter, f"\\u{ord(letter):04x}")
    return letter


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
