"""How a delimited text is written: its delimiter and its quotes, found by reading its first lines in each way.

Neither csv.Sniffer nor clevercsv: see docs/decisions/0006-reading-files.md.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

_DELIMITERS: Final = ",;\t|^~\x01\x1f¦§"
_BY_NAME: Final = {".tsv": "\t", ".tab": "\t", ".psv": "|"}
_SEP: Final = re.compile(r"^\W?sep=(.)\s*$", re.IGNORECASE)
_OTHER_MARKS: Final = re.compile(r"[;|\t\"]")
_WRAPPED: Final = re.compile(r"'[^']*'")
_LEAST: Final = 0.1
_DOUBTFUL: Final = 0.25
"""Below this, lines of many words are running text."""
_TIE: Final = 1.15
"""How much better a rival must be than what the file's name says, or than plain double quotes."""
_WORDS_OF_PROSE: Final = 8


_OPEN: Final = "unexpected end of data"
"""What the module says of a quote that is not closed."""
_UNSOUND: Final = 0.8


class Reader(Protocol):
    """What ``csv.reader`` gives."""

    @property
    def line_num(self) -> int:
        """Lines read so far."""

    def __iter__(self) -> Iterator[list[str]]: ...


@dataclass(frozen=True)
class Dialect:
    delimiter: str = ","
    quote: str | None = '"'
    escape: str | None = None
    spaced: bool = False
    """A space after the delimiter is not part of the cell, so that a quote after it is one."""

    def closed(self, lines: Iterable[str]) -> bool:
        """Whether these lines end outside quotes."""
        return self._fault(lines) is not _OPEN

    def sound(self, lines: Iterable[str]) -> bool:
        """Whether a quote that ends a cell is always followed by a delimiter."""
        return self._fault(lines) in (None, _OPEN)

    def _fault(self, lines: Iterable[str]) -> str | None:
        try:
            for _ in self.rows(lines, strict=True):
                pass
        except csv.Error as error:
            return _OPEN if _OPEN in str(error) else str(error)
        return None

    def rows(self, lines: Iterable[str], *, strict: bool = False) -> Reader:
        return csv.reader(
            lines,
            strict=strict,
            delimiter=self.delimiter,
            quotechar=self.quote,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape,
            skipinitialspace=self.spaced,
        )


def announced(line: str) -> str | None:
    """The delimiter that Excel's first line ``sep=;`` announces."""
    found = _SEP.match(line)
    return found[1] if found else None


def dialect(lines: Sequence[str], suffix: str, *, whole: bool) -> Dialect | None:
    """The way to read these lines; None for prose. ``whole``: the file has no more lines.

    One column where no delimiter makes a table: then the delimiter is one that does not occur.
    """
    some = lines if whole or len(lines) < 3 else lines[:-1]
    sample = "".join(some)
    hinted = _BY_NAME.get(suffix)
    ways = [way for mark in _DELIMITERS if mark in sample for way in _quotings(mark, sample)]
    scored = [(_score(way, some, hinted), way) for way in ways]
    best_score, best = max(scored, key=lambda pair: pair[0], default=(0.0, Dialect()))
    if best_score < _DOUBTFUL and _prose(some):
        return None
    return best if best_score >= _LEAST else _one_column(sample)


def _quotings(mark: str, sample: str) -> Iterator[Dialect]:
    plain = Dialect(mark, spaced=f'{mark} "' in sample)
    yield plain
    if '\\"' in sample:
        yield replace(plain, escape="\\")
    if '"' in sample:
        yield replace(plain, quote=None)
    single = rf"(?:^|{re.escape(mark)})\s?'[^'\n]*'\s*(?:$|{re.escape(mark)})"
    if re.search(single, sample, re.MULTILINE):
        yield replace(plain, quote="'", spaced=f"{mark} '" in sample)


def _one_column(sample: str) -> Dialect:
    unused = next((mark for mark in "\t|\x1f\x01" if mark not in sample), "\x1e")
    return Dialect(unused)


def _score(way: Dialect, lines: Sequence[str], hinted: str | None) -> float:
    """0 to about 1: rows of one length, and more than one cell in each, and cells without other marks in them."""
    rows = [row for row in way.rows(lines) if any(row)]
    if not rows:
        return 0.0
    lengths = Counter(map(len, rows))
    width, alike = max(lengths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if width < 2:
        return 0.0
    cells = [cell for row in rows for cell in row if cell]
    clean = sum(not (_OTHER_MARKS.search(cell) or _WRAPPED.fullmatch(cell)) for cell in cells) / len(cells)
    consistent = alike / len(rows)
    rows_per_line = min(1.0, len(rows) / max(1, sum(map(bool, map(str.strip, lines)))))
    score = consistent * consistent * (width - 1) / width * clean * (0.5 + 0.5 * rows_per_line)
    score *= 1.0 if way.sound(lines) else _UNSOUND
    usual = way.quote == '"' and way.escape is None
    return score * (_TIE if way.delimiter == hinted else 1.0) * (_TIE if usual else 1.0)


def _prose(lines: Sequence[str]) -> bool:
    words = sorted(len(line.split()) for line in lines if line.strip())
    return len(words) >= 3 and words[len(words) // 2] > _WORDS_OF_PROSE
