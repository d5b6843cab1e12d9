"""Letters of other scripts in ASCII, by their sound: enough for a name somebody recognises.

Scripts whose letters need their neighbours are done here: those of India (where a letter has a vowel of its own unless
another follows), Arabic and Hebrew, Korean. All others are anyascii's, letter by letter.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_SEMITIC: Final = {
    # Arabic, Persian, Urdu
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ب": "b", "پ": "p", "ت": "t", "ٹ": "t", "ث": "th", "ج": "j", "چ": "ch",
    "ح": "h", "خ": "kh", "د": "d", "ڈ": "d", "ذ": "dh", "ر": "r", "ڑ": "r", "ز": "z", "ژ": "zh", "س": "s", "ش": "sh",
    "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ک": "k", "گ": "g",
    "ل": "l", "م": "m", "ن": "n", "ں": "n", "ه": "h", "ہ": "h", "ھ": "h", "ة": "a", "و": "w", "ؤ": "w", "ي": "y",
    "ی": "y", "ى": "a", "ئ": "y", "ے": "e", "ء": "", "َ": "a", "ِ": "i", "ُ": "u",
    # Hebrew
    "א": "a", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "v", "ז": "z", "ח": "ch", "ט": "t", "י": "y", "כ": "k",
    "ך": "kh", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "ע": "a", "פ": "p", "ף": "f", "צ": "ts",
    "ץ": "ts", "ק": "k", "ר": "r", "ש": "sh", "ת": "t",
}  # fmt: skip
_INDIC: Final = (
    "DEVANAGARI ", "BENGALI ", "GURMUKHI ", "GUJARATI ", "ORIYA ", "TAMIL ", "TELUGU ", "KANNADA ", "MALAYALAM ",
)  # fmt: skip
_LAST_VOWEL_SILENT: Final = ("DEVANAGARI ", "BENGALI ", "GURMUKHI ", "GUJARATI ")
_FINAL_M: Final = ("TELUGU ", "KANNADA ", "MALAYALAM ")
_VOWELS: Final = "AEIOU"
_NASALS: Final = {"CANDRABINDU": "n", "ANUSVARA": "n", "BINDI": "n", "TIPPI": "n", "VISARGA": "h", "ADDAK": ""}
_SAID: Final = {"%": " percent ", "#": " number ", "&": " and ", "$": " dollar ", "@": " at ", "°": " degrees "}


def to_ascii(text: str) -> str:
    """ASCII letters, digits and spaces. A few signs are said (``%``), others part words. Raises nothing."""
    said: list[str] = []
    for char in unicodedata.normalize("NFKC", text.replace("№", "#")):
        sound = _sound(char)
        vowel = _own_vowel(said, char)
        if vowel:
            said[-1] = said[-1][:-1]
        said.append(sound)
    return "".join(_without_last_vowel(word) for word in _words("".join(said)))


_SILENT: Final = "\ue000"
"""Stands for the vowel an Indic letter has where no other follows: said, but not at the end of a word in the north."""


def _own_vowel(said: list[str], char: str) -> bool:
    """Whether ``char`` takes the place of the vowel that the letter before it has of its own."""
    if not said or not said[-1].endswith(("a", _SILENT)):
        return False
    name = unicodedata.name(char, "")
    return name.startswith(_INDIC) and ("VOWEL SIGN" in name or name.endswith(("VIRAMA", "AL-LAKUNA")))


def _words(text: str) -> list[str]:
    """The words and the spaces after them."""
    parts: list[str] = []
    for piece in text.split(" "):
        parts += [piece, " "]
    return parts[:-1]


def _without_last_vowel(word: str) -> str:
    return (word[:-1] if word.endswith(_SILENT) and len(word) > 2 else word).replace(_SILENT, "a")


def with_signs_said(text: str) -> str:
    """Letters and marks as they are; ``%``, ``€``, ``☎`` by their names in ASCII."""
    plain = unicodedata.normalize("NFKC", text.replace("№", "#"))
    return "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else _sound(char) for char in plain)


@lru_cache(maxsize=8_192)
def _sound(char: str) -> str:
    if char.isascii():
        return char if char.isalnum() else _SAID.get(char, " ")
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if char in _SEMITIC:
        return _SEMITIC[char]
    name = unicodedata.name(char, "")
    if name.startswith(_INDIC):
        return _indic(name)
    if name.startswith("HANGUL SYLLABLE "):
        return name.removeprefix("HANGUL SYLLABLE ").lower()
    return _any(char)


def _indic(name: str) -> str:
    """``DEVANAGARI LETTER KA`` is ``k`` and its own vowel; of ``VOWEL SIGN II`` the vowel; a virama is silent."""
    last = name.rsplit(" ", 1)[-1]
    if last in _NASALS:
        return "m" if last == "ANUSVARA" and name.startswith(_FINAL_M) else _NASALS[last]
    if last in {"VIRAMA", "AL-LAKUNA", "NUKTA"} or not last.isalpha():
        return ""
    plain = last.lower().replace("ii", "i").replace("uu", "u").replace("aa", "a").replace("tt", "t").replace("dd", "d")
    plain = plain.replace("nn", "n").replace("ss", "sh").replace("lll", "zh").replace("ll", "l").replace("rr", "r")
    if last[0] not in _VOWELS and last.endswith("A"):
        return plain[:-1] + (_SILENT if name.startswith(_LAST_VOWEL_SILENT) else "a")
    return plain


def _any(char: str) -> str:
    if unicodedata.category(char)[0] == "C" or char in "ーｰ":
        return ""
    from anyascii import anyascii  # loads its tables block by block, on first use

    written = anyascii(char)
    letters = "".join(part if part.isalnum() else "" for part in written)
    if char.isalpha() or char.isdigit() or unicodedata.category(char)[0] == "M":
        return letters
    # A sign: currencies and pictures have a name, others part words.
    return f" {written.replace('_', ' ').strip(':')} " if letters and len(letters) > 1 else " "
