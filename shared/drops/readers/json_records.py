"""JSON as a table: an array of objects, an object that holds one, or values one after another (JSONL).

An array of arrays is a table of cells. Nested values stay one cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from shared.drops.readers.json_text import JsonText
from shared.drops.readers.limits import Limits
from shared.drops.readers.rows import in_blocks, rows_as_table
from shared.drops.readers.table import BATCH_CHARS, BATCH_ROWS, Batch, Note, Table
from shared.drops.readers.text import Text
from shared.drops.unreadable import UnreadableFile
from shared.profiling.values import text as text_of

LINES: Final = frozenset({".jsonl", ".ndjson", ".jsonlines", ".geojsonl"})
_DEEPEST: Final = 8
"""How deep in an object its array may lie."""
_CELLS: Final = 1_000_000
"""Of a batch, so that sparse records of many columns do not make huge ones."""


def read_json(text: Text, suffix: str, limits: Limits) -> Table:
    """Raises UnreadableFile at once where no table is found, and on the way for what comes later."""
    source = JsonText(text.chunks(), limits)
    start = source.peek()
    if start == "[":
        return _array(source, limits, text.notes, _after_array)
    if source.fits():
        following = source.after_value()
        if following or suffix in LINES:
            return _objects("jsonl", _values(source), source, limits, text.notes)
    return _held_array(source, limits, text.notes)


Notes = Callable[[], Iterable[Note]]


def _values(source: JsonText) -> Iterator[JsonValue]:
    while source.peek():
        yield source.value()
        if source.peek() == ",":  # lines that were cut out of an array
            source.take(",")


def _array(source: JsonText, limits: Limits, notes: Notes, rest: Callable[[JsonText], None]) -> Table:
    source.take("[")
    first = source.peek()
    items = _items(source, rest)
    if first == "[":
        blocks = in_blocks(_cells(items, source, limits), lambda: source.chars)
        return rows_as_table("json", blocks, limits, progress=lambda: source.chars, notes=notes)
    if first == "]":
        raise UnreadableFile("empty_file", "The JSON array is empty.")
    if first and first != "{":
        raise UnreadableFile("not_a_table", "The JSON array holds plain values, not objects: it has no columns.")
    return _objects("json", items, source, limits, notes)


def _items(source: JsonText, rest: Callable[[JsonText], None]) -> Iterator[JsonValue]:
    """The items of an array whose ``[`` is taken; then ``rest`` reads what comes after its ``]``."""
    if source.peek() != "]":
        yield source.value()
        while source.peek() == ",":
            source.take(",")
            yield source.value()
    source.take("]")
    rest(source)


def _after_array(source: JsonText) -> None:
    if source.peek():
        raise source.wrong()


def _cells(items: Iterator[JsonValue], source: JsonText, limits: Limits) -> Iterator[list[str]]:
    for item in items:
        if not isinstance(item, list):
            raise _mixed(source)
        source.row += 1
        yield [text_of(cell) for cell in item[: limits.columns + 1]]


def _mixed(source: JsonText) -> UnreadableFile:
    return UnreadableFile("not_a_table", f"Row {source.row:,} is of another kind than the rows before it.")


def _objects(kind: str, items: Iterator[JsonValue], source: JsonText, limits: Limits, notes: Notes) -> Table:
    table = Table(kind, iter(()))
    table.batches = _batches(items, source, limits, notes, table.notes)
    return table


@dataclass
class _Columns:
    """A batch being filled. A column that lacks a row is filled up when it has the next."""

    rows: int = 0
    cells: dict[str, list[JsonValue]] = field(default_factory=dict)

    def add(self, record: dict[str, JsonValue]) -> None:
        row = self.rows
        for name, value in record.items():
            column = self.cells.get(name)
            if column is None:
                column = self.cells[name] = []
            if len(column) < row:
                column.extend([None] * (row - len(column)))
            column.append(value)
        self.rows += 1

    @property
    def full(self) -> bool:
        return self.rows >= BATCH_ROWS or self.rows * len(self.cells) >= _CELLS


def _batches(
    items: Iterator[JsonValue], source: JsonText, limits: Limits, more: Notes, notes: list[Note]
) -> Iterator[Batch]:
    names: set[str] = set()
    columns, start = _Columns(), source.chars
    for item in items:
        if not isinstance(item, dict):
            raise _mixed(source)
        source.row += 1
        columns.add(item)
        if columns.full or source.chars - start >= BATCH_CHARS:
            yield _checked(columns, names, limits)
            columns, start = _Columns(), source.chars
    if columns.rows:
        yield _checked(columns, names, limits)
    if source.repeats:
        notes.append(Note("duplicate_member", "Some objects name a member twice: the last of them was read."))
    notes.extend(more())


def _checked(columns: _Columns, names: set[str], limits: Limits) -> Batch:
    names.update(columns.cells)
    if len(names) > limits.columns:
        detail = f"The records have more than {limits.columns:,} different members; at most that many columns are read."
        raise UnreadableFile("too_many_columns", detail)
    return Batch(columns.rows, columns.cells)


def _held_array(source: JsonText, limits: Limits, notes: Notes) -> Table:
    """The one array of objects (or of arrays) an object holds, itself or in one of its objects."""
    walk = _Walk(source)
    if not walk.find():
        raise UnreadableFile("not_a_table", "The JSON holds an object without an array of objects: it has no rows.")
    return _array(source, limits, notes, walk.rest)


class _Walk:
    """Goes through an object, member by member, until an array is found, and later through the rest of it."""

    def __init__(self, source: JsonText) -> None:
        self._source = source
        self._depth = 0
        self._fresh = True
        """Right after ``{``: a member comes without a comma."""

    def find(self) -> bool:
        """Stops before the ``[`` of an array of rows; False at the end of the object."""
        source = self._source
        source.take("{")
        self._depth = 1
        while self._depth:
            if source.peek() == "}":
                source.take("}")
                self._depth, self._fresh = self._depth - 1, False
            elif self._member():
                return True
        return False

    def rest(self, source: JsonText) -> None:
        """Raises UnreadableFile ``several_tables`` where another array of rows follows."""
        while self._depth:
            if source.peek() == "}":
                source.take("}")
                self._depth, self._fresh = self._depth - 1, False
            elif self._member():
                detail = "The JSON object holds several arrays of objects: which of them is the table is not told."
                raise UnreadableFile("several_tables", detail)
        _after_array(source)

    def _member(self) -> bool:
        source = self._source
        if not self._fresh:
            source.take(",")
        self._fresh = False
        if source.peek() != '"':
            raise source.wrong() if source.peek() else source.cut_off()
        source.value()
        source.take(":")
        start = source.peek()
        if start == "{" and self._depth < _DEEPEST:
            source.take("{")
            self._depth, self._fresh = self._depth + 1, True
        elif start == "[" and self._has_rows():
            return True
        else:
            source.value()
        return False

    def _has_rows(self) -> bool:
        return self._source.second() in {"{", "["}
