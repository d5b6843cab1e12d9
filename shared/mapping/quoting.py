"""Data inside a prompt: quoted, bounded, and unable to end its quotes or to look like a control token."""

from __future__ import annotations

import json
import unicodedata

_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
"""Unicode categories that are dropped: controls, format characters such as right-to-left overrides and tags,
surrogates, private use, unassigned, line and paragraph separators."""

_HARMLESS = str.maketrans('"\\<>', "'/()")

_MARKUP = frozenset('<>{}[]|`"\\\n\r')
_MOST_WORDS = 4


def is_value(text: str, limit: int) -> bool:
    """Whether a cell is shown to a model: a number, a code, a name or a line of an address, not a sentence or markup.

    A sentence says little about what a column means, and a small model is led astray by the ones that tell it what to
    do: with them its answers about other fields changed, however they were quoted."""
    return len(text) <= limit and len(text.split()) <= _MOST_WORDS and _MARKUP.isdisjoint(text)


def clean(text: str, limit: int) -> str:
    """One line of visible text of at most ``limit`` characters, ``…`` where it was cut."""
    visible = "".join(" " if unicodedata.category(c) in _INVISIBLE else c for c in text[: 4 * limit])
    line = " ".join(visible.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def quote(text: str, limit: int) -> str:
    """A JSON string. ``<`` and ``>`` are escaped, so that neither tags nor chat templates' marks survive."""
    quoted = json.dumps(clean(text, limit), ensure_ascii=False)
    return quoted.replace("<", "\\u003c").replace(">", "\\u003e")


def plain(text: str, limit: int) -> str:
    """The same for text outside quotes, such as what a catalogue says of a key: quotes and brackets made harmless."""
    return clean(text, limit).translate(_HARMLESS)
