"""Excel workbooks as a table: the sheet that is named, else the first one with data.

Read with the standard library's ZIP and XML parsers, as a stream. calamine holds a whole sheet (one cell in its last
corner is gigabytes), openpyxl all shared strings: see docs/decisions/0006-reading-files.md. Macros, external links and
pictures are never opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from posixpath import join, normpath
from typing import Final

from shared.drops.readers.limits import Limits
from shared.drops.readers.rows import in_blocks, rows_as_table
from shared.drops.readers.source import Source
from shared.drops.readers.table import Note, Table
from shared.drops.readers.workbook_cells import SheetRows
from shared.drops.readers.workbook_dates import Styles
from shared.drops.readers.workbook_parts import Parts, Start, damaged
from shared.drops.readers.workbook_strings import SharedStrings
from shared.drops.unreadable import UnreadableFile
from shared.profiling.values import shown

_SHOWN: Final = 5
_SHEETS: Final = 10_000


@dataclass(frozen=True)
class _Sheet:
    name: str
    part: str
    hidden: bool


class _Contents:
    """The sheets, in order."""

    def __init__(self, parts: Parts) -> None:
        self._found: list[tuple[str, str, bool]] = []
        self._targets: dict[str, str] = {}
        self.since_1904 = False
        _read(parts, "xl/workbook.xml", self._workbook)
        if parts.has("xl/_rels/workbook.xml.rels"):
            _read(parts, "xl/_rels/workbook.xml.rels", self._relation)
        sheets = [_Sheet(name, self._targets[key], hidden) for name, key, hidden in self._found if key in self._targets]
        self.sheets = [sheet for sheet in sheets if parts.has(sheet.part)]

    def _workbook(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and len(self._found) < _SHEETS:
            key = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            self._found.append((attributes.get("name", ""), key, hidden))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904", "0") in {"1", "true"}

    def _relation(self, name: str, attributes: dict[str, str]) -> None:
        kind, target = attributes.get("Type", ""), attributes.get("Target", "")
        if len(self._targets) >= _SHEETS:
            return
        if name == "Relationship" and kind.endswith("/worksheet") and attributes.get("TargetMode") != "External":
            part = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            self._targets[attributes.get("Id", "")] = part


def _read(parts: Parts, part: str, start: Start) -> None:
    for _ in parts.parse(part, start, lambda _: None, lambda _: None):
        pass


def read_workbook(file: Source, length: int, sheet: str | None, suffix: str, limits: Limits) -> Table:
    """Raises UnreadableFile at once where no sheet can be read, and on the way for what comes later."""
    parts = Parts(file, length, suffix, limits)
    contents = _Contents(parts)
    if not contents.sheets:
        raise damaged()
    strings, styles = SharedStrings(parts, limits), Styles(parts)
    for chosen in _candidates(contents.sheets, sheet):
        cells = SheetRows(strings, styles, contents.since_1904, limits)
        rows = cells.rows(parts, chosen.part)
        first = next(rows, None)
        if first is not None:
            blocks = in_blocks(chain([first], rows), _progress(cells))
            table = rows_as_table("xlsx", blocks, limits, progress=_progress(cells), even=True)
            if sheet is None and len(contents.sheets) > 1:
                detail = f"The workbook has {len(contents.sheets):,} sheets; {shown(chosen.name)} was read."
                table.notes.append(Note("one_sheet_of_several", detail))
            return table
    where = f"Sheet {shown(sheet)}" if sheet else "The workbook"
    raise UnreadableFile("empty_file", f"{where} has no cell with a value.")


def _progress(cells: SheetRows) -> Callable[[], int]:
    return lambda: cells.read


def _candidates(sheets: list[_Sheet], wanted: str | None) -> Iterator[_Sheet]:
    """Hidden ones last."""
    if wanted is None:
        yield from sorted(sheets, key=lambda sheet: sheet.hidden)
        return
    found = next((sheet for sheet in sheets if sheet.name.casefold() == wanted.casefold()), None)
    if found is None:
        names = ", ".join(shown(sheet.name) for sheet in sheets[:_SHOWN])
        detail = f"The workbook has no sheet {shown(wanted)}; it has {names}{' …' if len(sheets) > _SHOWN else ''}."
        raise UnreadableFile("no_such_sheet", detail)
    yield found
