"""Letters of other scripts in ASCII, roughly: enough for a name somebody recognises."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LETTERS = {
    "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    # Greek
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o",
    # Cyrillic
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ye", "ж": "zh", "з": "z", "и": "i",
    "і": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ў": "u",
}  # fmt: skip
_SYLLABLES = ("HANGUL SYLLABLE", "HIRAGANA LETTER", "KATAKANA LETTER", "DEVANAGARI LETTER", "BENGALI LETTER",
              "THAI CHARACTER", "GEORGIAN LETTER", "ARMENIAN SMALL LETTER", "TAMIL LETTER")  # fmt: skip
_CONSONANTS = ("ARABIC LETTER", "HEBREW LETTER")
_DIGRAPHS = ("SH", "TH", "KH", "DH", "GH", "TS")


def to_ascii(text: str) -> str:
    """Each letter by its sound where a rule is known; signs and unknown letters become spaces."""
    return "".join(_character(char) for char in unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=4096)
def _character(char: str) -> str:
    lower = char.lower()
    if char.isascii():
        return char if char.isalnum() else " "
    if lower in _LETTERS:
        return _cased(_LETTERS[lower], char)
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if unicodedata.combining(char):
        return ""
    plain = "".join(c for c in unicodedata.normalize("NFD", char) if not unicodedata.combining(c))
    if plain != char and len(plain) == 1:
        return _character(plain)
    return _by_name(char)


def _cased(letters: str, like: str) -> str:
    return letters.capitalize() if like.isupper() else letters


def _by_name(char: str) -> str:
    """``가`` is HANGUL SYLLABLE GA, ``ش`` is ARABIC LETTER SHEEN: their Unicode names say how they sound."""
    name = unicodedata.name(char, "")
    sound = name.rsplit(" ", 1)[-1]
    if not (sound.isascii() and sound.isalpha()):
        return " "
    if name.startswith(_SYLLABLES):
        return sound.lower()
    if name.startswith(_CONSONANTS):
        return (sound[:2] if sound.startswith(_DIGRAPHS) else sound[0]).lower()
    return " "
