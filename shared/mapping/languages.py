"""Words of master data in other languages, brought to English ones (``data/languages.txt``).

German, French, Spanish, Italian, Portuguese, Dutch, Danish, Norwegian, Swedish, Finnish, Polish, Czech, Turkish and
Russian, lower case without accents; Chinese and Japanese by pairs of characters. Where a word means something else in
an English header (Polish ``data``, Danish ``by``, French ``main``) it is left out. What ``abbreviations.WORDS`` has
comes first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final


def _read() -> dict[str, tuple[str, ...]]:
    """A line is ``English words: forms in any language``."""
    text = (Path(__file__).parent / "data" / "languages.txt").read_text(encoding="utf-8")
    rows = [line.partition(":") for line in reversed(text.splitlines())]
    return {form: tuple(english.split()) for english, _, forms in rows for form in forms.split()}


FOREIGN: Final = _read()
"""One word → English words. Of a word in several lines the first counts."""
CHARACTERS: Final[dict[tuple[str, ...], tuple[str, ...]]] = {
    tuple(form): english for form, english in FOREIGN.items() if len(form) == 2 and form > "\u2e80"
}
"""Two characters of a script without spaces → English words."""
