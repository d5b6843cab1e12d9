"""Figures and days as people write them: ``10k``, ``1,5 Mio``, ``1.000``, ``01.05.2024``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Final

_FIGURE: Final = re.compile(r"(\d[\d.,'_\s]*)(%|[^\W\d_]*)")
_WORDS: Final = {
    1_000: "k keur teur thousand tsd tausend mil mille mila tusind tusen duizend tys тыс тысяч",
    1_000_000: "mio mill mln million millions millionen millones millón milhão milhões milioni millioner miljoen milj "
    "milionów miljoner meur млн миллион миллионов",
    1_000_000_000: "bn bln billion mrd mld mia milliard milliards milliarden miliardi miljard млрд",
    100_000: "lakh",
    10_000_000: "crore",
}
_SCALES: Final = {word: Decimal(scale) for scale, words in _WORDS.items() for word in words.split()}
_SIGNS: Final = {"千": Decimal(10**3), "万": Decimal(10**4), "億": Decimal(10**8), "亿": Decimal(10**8)}
_DAYS: Final = (
    (re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})"), (1, 2, 3)),
    (re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})"), (3, 2, 1)),
    (re.compile(r"(1[3-9]|2\d|3[01])[-/](\d{1,2})[-/](\d{4})"), (3, 2, 1)),
    (re.compile(r"(\d{1,2})[-/](1[3-9]|2\d|3[01])[-/](\d{4})"), (3, 1, 2)),
)
"""With the places of year, month and day. ``5/1/2024`` is not among them: it is two days."""
_YEAR: Final = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_SHORT_YEAR: Final = re.compile(r"(?:\d[./-]|['’])(\d{2})(?!\d)")


def scale_of(unit: str) -> Decimal:
    """What a figure is multiplied by for the word or sign behind it: 1,000 for ``k``; 1 for a unit such as ``kg``."""
    return _SIGNS.get(unit[:1]) or (Decimal(10**6) if unit == "M" else _SCALES.get(unit.casefold(), Decimal(1)))


def numbers(text: str) -> Iterator[float]:
    """Every number a text may mean: ``1.000`` is one thousand or one, ``10 to 20k`` has 10 and 10,000."""
    scales: set[Decimal] = set()
    read: list[Decimal] = []
    for figure, unit in _FIGURE.findall(text):
        digits = re.sub(r"[\s'_]", "", figure).rstrip(".,")
        ways = (digits.replace(",", ""), digits.replace(".", "").replace(",", "."), digits.replace(",", "."))
        read += [Decimal(way) for way in ways if re.fullmatch(r"\d+(\.\d*)?", way)]
        read += map(Decimal, re.findall(r"\d+", figure))
        scales.add(Decimal("0.01") if unit == "%" else scale_of(unit))
    yield from (float(number * scale) for number in read for scale in {Decimal(1), *scales})


def years(text: str) -> set[int]:
    """Every year a text names."""
    short = {century + int(year) for year in _SHORT_YEAR.findall(text) for century in (1900, 2000)}
    return short | {int(year) for year in _YEAR.findall(text)}


def iso_day(text: str) -> str | None:
    """A day that can be read in one way only, as yyyy-MM-dd."""
    for pattern, places in _DAYS:
        if found := pattern.fullmatch(text.strip()):
            with suppress(ValueError):
                return date(*(int(found[place]) for place in places)).isoformat()
    return None


def like_a_day(text: str) -> bool:
    """Whether a text is written as a day, whatever day it is."""
    return re.match(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?!\d)", text.strip()) is not None
