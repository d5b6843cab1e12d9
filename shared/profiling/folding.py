"""How words are compared: lower case, without accents on Latin letters."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")


def fold(name: str) -> str:
    """``"Österreich"`` → ``"osterreich"``, ``"U.S.A."`` → ``"usa"``; marks of other scripts stay."""
    lower = name.casefold().replace("’", "'").replace("&", "and")
    if lower.isascii():
        return lower.replace(".", "")
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", lower)))
