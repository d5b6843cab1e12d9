"""Legal names for new keys and vocabularies: ASCII letters, digits and dots, no leading digit, unique.

Names in other languages are translated as far as common words go, and written by their sound beyond.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from shared.mapping.key_style import KeyStyle, learnt, pieces
from shared.mapping.translation import english_words
from shared.mapping.transliteration import to_ascii

LONGEST = 60


class Names:
    """Gives each new key a name no other key has, whatever the case, in the style of those there are."""

    def __init__(self, taken: Iterable[str], prefix: str = "") -> None:
        """``taken``: the names of the vocabulary's keys, without ``prefix`` and its dot."""
        known = list(taken)
        self._taken = {name.casefold() for name in known}
        self._style = learnt(known, prefix)

    def give(self, wish: str, fallback: str) -> str:
        """The wished name made legal, or ``fallback`` (a legal name) where nothing of it is left; made unique."""
        name = styled(wish, self._style) or styled(fallback, self._style) or fallback
        unique, number = name, 1
        while unique.casefold() in self._taken:
            number += 1
            unique = f"{name[: LONGEST - 6]}{number}" if name[-1].isalpha() else f"{name[: LONGEST - 6]}x{number}"
        self._taken.add(unique.casefold())
        return unique


def styled(text: str, style: KeyStyle) -> str:
    """``"Cust Addr Ln 3"`` → ``address.ln3`` beside ``address.street``; empty where nothing can be said in ASCII."""
    words = style.spelt(_with_email(_ascii_words(english_words(text))))
    group, rest = style.placed(words)
    name = _joined(rest, pascal=style.pascal, most=LONGEST - len(group))
    return f"{group}{name}" if name else ""


def camel(text: str) -> str:
    """``"Cust. größe (cm)"`` → ``custGrosseCm``, ``"顧客"`` → ``customer``; empty where no letter or digit is left."""
    foreign = any(char.isalpha() and char > "\u024f" for char in text)
    return _joined(_ascii_words(english_words(text)) if foreign else pieces(to_ascii(text)), pascal=False)


def _ascii_words(words: Sequence[str]) -> list[str]:
    return [piece for word in words for piece in pieces(to_ascii(word))]


def _with_email(words: list[str]) -> list[str]:
    """``e-mail`` is one word."""
    return re.sub(r"\be mail\b", "email", " ".join(words)).split()


def _joined(words: Sequence[str], *, pascal: bool, most: int = LONGEST) -> str:
    """Whole words, as long as there is room; of a first one that is too long its beginning."""
    name = ""
    for word in words:
        added = word if not name and not pascal else word[0].upper() + word[1:]
        if not name and added[0].isdigit():
            added = f"{'N' if pascal else 'n'}{added}"
        if name and len(name) + len(added) > most:
            break
        name += added
    return name[:most]


def title(text: str) -> str:
    """A readable name for a new vocabulary: ``"crm-customer"`` → ``Crm Customer``; any script is kept."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text))
    return " ".join(word[0].upper() + word[1:] for word in words)[:LONGEST].strip()


def domain(text: str) -> str:
    """A business domain named like the vocabulary: ``/CrmCustomer``; empty where nothing can be said in ASCII."""
    name = camel(text)
    return f"/{name[0].upper()}{name[1:]}" if name else ""
