"""Legal names for new keys and vocabularies: ASCII letters and digits, camelCase, no leading digit, unique."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from shared.mapping.transliteration import to_ascii

LONGEST = 60
_WORD = re.compile(r"[A-Za-z]+|\d+[a-z]*")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Names:
    """Gives each new key a name no other key has, whatever the case."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {name.casefold() for name in taken}

    def give(self, wish: str, fallback: str) -> str:
        """The wished name made legal, or ``fallback`` (a legal name) where nothing of it is left; made unique."""
        name = camel(wish) or fallback
        unique, number = name, 1
        while unique.casefold() in self._taken:
            number += 1
            unique = f"{name[: LONGEST - 6]}{number}" if name[-1].isalpha() else f"{name[: LONGEST - 6]}x{number}"
        self._taken.add(unique.casefold())
        return unique


def camel(text: str) -> str:
    """``"Cust. größe (cm)"`` → ``custGrosseCm``; empty where no letter or digit can be said in ASCII."""
    words = [piece for word in _WORD.findall(to_ascii(text)) for piece in _CAMEL.split(word)]
    if not words:
        return ""
    head, *tail = words
    name = head.lower() + "".join(word[0].upper() + word[1:].lower() for word in tail)
    if name[0].isdigit():
        name = f"n{name}"
    return name[:LONGEST]


def title(text: str) -> str:
    """A readable name for a new vocabulary: ``"crm-customer"`` → ``Crm Customer``; any script is kept."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text))
    return " ".join(word[0].upper() + word[1:] for word in words)[:LONGEST].strip()


def domain(text: str) -> str:
    """A business domain named like the vocabulary: ``/CrmCustomer``; empty where nothing can be said in ASCII."""
    name = camel(text)
    return f"/{name[0].upper()}{name[1:]}" if name else ""
