"""Which encoding a text file has: by its byte order mark, its zero bytes, or what its other bytes look like.

The guess between the legacy encodings is made here and not by charset-normalizer or chardet: see
docs/decisions/0006-reading-files.md.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Final

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 before UTF-16: the little-endian mark of the one starts as that of the other."""

_WIDE: Final = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_MULTIBYTE: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}", re.DOTALL
)
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_PRINTABLE: Final = re.compile(rb"[\t\n\r\x20-\x7e]")
_MOSTLY: Final = 0.9
_PLAIN: Final = 0.95


def marked(head: bytes) -> tuple[str, int] | None:
    """(encoding, length of its byte order mark), or None without a mark."""
    return next(((name, len(mark)) for mark, name in MARKS if head.startswith(mark)), None)


def wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, told by zero bytes that make good text of one of them."""
    if b"\0" not in head or _plain(head):
        return None
    whole = head[: len(head) - len(head) % 4]
    scores = {name: _readable(whole, name) for name in _WIDE}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= _MOSTLY else None


def _plain(head: bytes) -> bool:
    """Text of one byte a character, and some zero bytes strayed into it."""
    others = len(head) - head.count(0)
    return others > _MOSTLY * len(head) and len(_PRINTABLE.findall(head)) > _PLAIN * others


def _readable(head: bytes, encoding: str) -> float:
    """The share of characters that text is made of; 0 where the bytes are not of this encoding."""
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
    if not text:
        return 0.0
    good = sum(char.isprintable() or char in "\r\n\t" for char in text)
    plain = sum(char.isascii() for char in text)
    return good / len(text) if plain or len(text) < 4 else 0.0


def unmarked(sample: bytes) -> str:
    """The encoding of bytes of which some are not ASCII: UTF-8 where nearly all fits, else the likeliest other."""
    high = len(_HIGH.findall(sample))
    fits = sum(map(len, _MULTIBYTE.findall(sample)))
    if fits >= _MOSTLY * high:
        return "utf-8"
    scores = {name: score(sample) for name, score in _LEGACY.items()}
    return max(scores, key=lambda name: scores[name])


def _shift_jis(sample: bytes) -> float:
    """Kana prove it: Japanese has them in nearly every cell, and no other encoding makes them by chance."""
    text, wrong = _decoded(sample, "cp932")
    other = [char for char in text if char >= "\x80"]
    if not other or wrong > 0.02 * len(other):
        return 0.0
    kana = sum("\u3040" <= char <= "\u30ff" for char in other)
    common = sum(_in_first_level(char, "cp932", 0x88, 0x98) or char in _WIDE_SIGNS for char in other)
    halfwidth = sum("\uff61" <= char <= "\uff9f" for char in other)
    private = sum("\ue000" <= char <= "\uf8ff" for char in other)
    return (1.2 * kana + common + 0.1 * halfwidth - 2 * private) / len(other)


def _gb18030(sample: bytes) -> float:
    """Nearly all Chinese text is of the 3,755 characters of the standard's first level. Letters of other scripts take
    two or four bytes, which hardly come about by chance."""
    text, wrong = _decoded(sample, "gb18030")
    other = [char for char in text if char >= "\x80"]
    if not other or wrong > 0.02 * len(other):
        return 0.0
    common = sum(_in_first_level(char, "gb18030", 0xB0, 0xD7) or char in _WIDE_SIGNS for char in other)
    letters = sum(char.isalpha() and not "\u4e00" <= char <= "\u9fff" for char in other)
    private = sum("\ue000" <= char <= "\uf8ff" for char in other)
    return (common + 0.5 * letters - 2 * private) / len(other)


def _windows_1252(sample: bytes) -> float:
    """Letters with accents stand among plain letters, alone or in twos; signs stand anywhere."""
    text = sample.decode("cp1252", errors="replace")
    other = _FOREIGN.findall(text)
    if not other:
        return 0.0
    total = sum(map(len, other))
    good = sum(len(run) for run in other if len(run) <= 2 and all(char in _WESTERN for char in run))
    return 0.95 * good / total


def _decoded(sample: bytes, encoding: str) -> tuple[str, int]:
    """(text, how many of its characters are wrong). A character cut off at the end is not wrong."""
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(sample)
    return text, text.count("\ufffd")


def _in_first_level(char: str, encoding: str, first: int, last: int) -> bool:
    if not "\u4e00" <= char <= "\u9fff":
        return False
    raw = char.encode(encoding, errors="replace")
    return len(raw) == 2 and first <= raw[0] <= last


_FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
_WIDE_SIGNS: Final = frozenset("、。，・：；？！（）「」『』【】《》“”‘’ー～々〇￥　") | frozenset(
    map(chr, [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)])
)
_WESTERN: Final = frozenset(
    "äöüßéèêëàâáãåæçñíìîïóòôõøœúùûýÿšžðþÄÖÜÉÈÊËÀÂÁÃÅÆÇÑÍÌÎÏÓÒÔÕØŒÚÙÛÝŸŠŽÐÞ€£§°²³½¼µ®©™«»„“”‘’–—…·¿¡ºª\xa0´"
)
_LEGACY: Final[dict[str, Callable[[bytes], float]]] = {
    "cp1252": _windows_1252,
    "cp932": _shift_jis,
    "gb18030": _gb18030,
}
