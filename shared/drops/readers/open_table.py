"""From the bytes of a file to its table: unpack, tell the format, hand over to its reader."""

from __future__ import annotations

from typing import Final

from shared.drops.readers.delimited import read_delimited
from shared.drops.readers.formats import LOOK, kind, suffix
from shared.drops.readers.json_records import LINES, read_json
from shared.drops.readers.limits import Limits, size
from shared.drops.readers.old_office import refuse
from shared.drops.readers.patience import Patience
from shared.drops.readers.raw_bytes import RawBytes
from shared.drops.readers.source import Source
from shared.drops.readers.table import Table
from shared.drops.readers.text import Text
from shared.drops.unreadable import UnreadableFile

_NAMES: Final = {"parquet": "Parquet file", "workbook": "workbook", "json": "JSON file", "delimited": "text file"}


def open_table(file: Source, length: int, name: str, sheet: str | None, limits: Limits, patience: Patience) -> Table:
    """Raises UnreadableFile, as do the batches of the table."""
    raw = RawBytes(file, limits)
    raw.unpack()
    found, ending = kind(raw.head(LOOK), name), suffix(name)
    if found == "old_office":
        raise refuse(file)
    _check_size(length, raw, found, ending, limits)
    if found in {"parquet", "workbook"} and raw.gzipped:
        detail = f"The file is a {_NAMES[found]} inside gzip, which is not read: it is packed already."
        raise UnreadableFile("unsupported_format", detail)
    if found == "parquet":
        from shared.drops.readers.parquet import read_parquet

        return read_parquet(file, length, limits, patience)
    if found == "workbook":
        from shared.drops.readers.workbook import read_workbook

        return read_workbook(file, length, sheet, ending, limits)
    text = Text(raw)
    if found == "json":
        return read_json(text, ending, limits)
    return read_delimited(text, ending, limits)


def _check_size(length: int, raw: RawBytes, found: str, ending: str, limits: Limits) -> None:
    """At once, and of what is really read once more on the way."""
    json = limits.json_lines if ending in LINES else limits.json
    raw.most = {"parquet": limits.parquet, "workbook": limits.workbook, "json": json}.get(found, limits.delimited)
    if length > raw.most:
        detail = f"The {_NAMES[found]} is of {size(length)}; at most {size(raw.most)} are read."
        raise UnreadableFile("too_large", detail)
