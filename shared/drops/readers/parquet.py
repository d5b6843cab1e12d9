"""Parquet as a table, through DuckDB: all columns at once where they are small, else one after the other.

Column by column costs the same time, holds one column's pages in memory, and leaves each column all the room there is
for counting exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from shared.drops.readers.limits import MIB, Limits, size
from shared.drops.readers.patience import Patience
from shared.drops.readers.source import Source
from shared.drops.readers.table import Batch, Table
from shared.drops.unreadable import UnreadableFile

if TYPE_CHECKING:
    import duckdb

    from shared.drops.readers.parquet_file import OneFile

NAME: Final = "drop://file"
_MEMORY: Final = "320MB"
_SMALL: Final = 4_000_000
"""Cells of a file that is read all columns at once: so many are kept for counting compound keys."""
_SMALL_BYTES: Final = 64 * MIB
_ROWS: Final = 32_768
_FEW_ROWS: Final = 1_024
_NESTED: Final = ("STRUCT", "MAP", "UNION")


def read_parquet(file: Source, length: int, limits: Limits, patience: Patience) -> Table:
    """Raises UnreadableFile at once where the file's metadata makes no sense, and on the way for what comes later."""
    import duckdb

    from shared.drops.readers.parquet_file import OneFile, at_hand

    files = OneFile(at_hand(file, length), length)
    try:
        return _Parquet(files, length, limits, patience).table()
    except duckdb.Error as error:
        raise files.failed or _cause(error) from None


def _cause(error: Exception) -> UnreadableFile:
    """DuckDB's messages may hold cells and paths, so they are not shown."""
    import duckdb

    if isinstance(error, duckdb.OutOfMemoryException):
        detail = "A column of the Parquet file is too large to unpack: write the file with smaller row groups."
        return UnreadableFile("too_costly", detail)
    if "encrypt" in str(error).lower():
        return UnreadableFile("unsupported_format", "The Parquet file is encrypted, and its key is not known here.")
    if isinstance(error, duckdb.InternalException):
        detail = "The Parquet file cannot be read: its metadata make no sense, or nest deeper than 250 levels."
        return UnreadableFile("damaged", detail)
    return UnreadableFile("damaged", "The Parquet file cannot be read: it is damaged or was cut off.")


class _Parquet:
    def __init__(self, files: OneFile, length: int, limits: Limits, patience: Patience) -> None:
        self._files = files
        self._patience = patience
        self._limits = limits
        self._size = length
        self._database = _database(files)
        described = self._database.execute("DESCRIBE SELECT * FROM read_parquet(?, binary_as_string=true)", [NAME])
        self._columns = [(str(name), str(kind)) for name, kind, *_ in described.fetchall()]
        self._chars = 0

    def table(self) -> Table:
        rows, unpacked = self._metadata()
        self._check(rows, unpacked)
        table = Table("parquet", iter(()), names=[name for name, _ in self._columns])
        small = rows * len(self._columns) <= _SMALL and unpacked <= _SMALL_BYTES
        table.batches = self._guarded(self._together() if small else self._one_by_one(rows))
        return table

    def _metadata(self) -> tuple[int, int]:
        """(rows, bytes of all columns unpacked), as the file says."""
        rows = self._database.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [NAME]).fetchone()
        sizes = "SELECT sum(total_uncompressed_size) FROM parquet_metadata(?)"
        unpacked = self._database.execute(sizes, [NAME]).fetchone()
        return int((rows or (0,))[0] or 0), int((unpacked or (0,))[0] or 0)

    def _check(self, rows: int, unpacked: int) -> None:
        if len(self._columns) > self._limits.columns:
            detail = f"The table has {len(self._columns):,} columns; at most {self._limits.columns:,} are read."
            raise UnreadableFile("too_many_columns", detail)
        if rows < 0 or unpacked < 0:
            raise UnreadableFile("damaged", "The Parquet file cannot be read: its row counts make no sense.")
        self._count(max(unpacked, rows * len(self._columns)))

    def _count(self, unpacked: int) -> None:
        """Bytes so far. Repeated values take next to nothing in Parquet: the ratio counts only past what is small."""
        if unpacked > self._limits.unpacked:
            raise UnreadableFile("decompression_bomb", f"The file unpacks to more than {size(self._limits.unpacked)}.")
        if unpacked > _SMALL_BYTES and unpacked > self._limits.ratio * self._size:
            detail = f"The file unpacks to more than {self._limits.ratio} times its size."
            raise UnreadableFile("decompression_bomb", detail)

    def _guarded(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        import duckdb

        try:
            yield from batches
        except duckdb.Error as error:
            raise self._files.failed or _cause(error) from None

    def _together(self) -> Iterator[Batch]:
        names = [name for name, _ in self._columns]
        for rows in self._fetch(self._columns):
            yield Batch(len(rows), dict(zip(names, zip(*rows, strict=True), strict=True)))

    def _one_by_one(self, rows: int) -> Iterator[Batch]:
        for at, (name, kind) in enumerate(self._columns):
            over, counted = self._patience.column(len(self._columns) - at), 0
            for cells in self._fetch([(name, kind)]):
                yield Batch(0, {name: [cell for (cell,) in cells]}, whole=False)
                counted += len(cells)
                if over():
                    break
            yield Batch(0, {}, whole=False, done=(name,), counted=counted if counted < rows else None)
        yield Batch(rows, {})

    def _fetch(self, columns: Sequence[tuple[str, str]]) -> Iterator[list[tuple[str | float, ...]]]:
        wanted = ", ".join(_text(name, kind) for name, kind in columns)
        found = self._database.execute(f"SELECT {wanted} FROM read_parquet(?, binary_as_string=true)", [NAME])  # noqa: S608 - names are quoted
        step = _FEW_ROWS
        while rows := found.fetchmany(step):
            longest = self._weigh(rows)
            step = _ROWS if longest < 128 else _FEW_ROWS
            yield rows

    def _weigh(self, rows: list[tuple[str | float, ...]]) -> int:
        """The longest cell. Raises UnreadableFile for rows that are too large, and for too much of all."""
        longest = total = 0
        for column in zip(*rows, strict=True):
            lengths = [len(cell) if isinstance(cell, str) else 8 for cell in column]
            longest, total = max(longest, max(lengths)), total + sum(lengths)
        if longest > self._limits.row:
            detail = f"A row is larger than {size(self._limits.row)}, the most a row may be."
            raise UnreadableFile("row_too_large", detail)
        self._chars += total
        self._count(self._chars)
        return longest


def _database(files: OneFile) -> duckdb.DuckDBPyConnection:
    """Sees this one file and nothing else of the machine or the net, and writes nothing."""
    import duckdb

    database = duckdb.connect(
        ":memory:",
        config={
            "threads": 1,
            "memory_limit": _MEMORY,
            "max_temp_directory_size": "0MB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    database.register_filesystem(files)
    database.execute(f"SET allowed_paths = ['{NAME}']")
    # Prefetching loads a whole row group.
    database.execute("SET disable_parquet_prefetching = true")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


def _text(name: str, kind: str) -> str:
    """SQL for a column as text; "" for null. Whole numbers, dates and decimals are written by DuckDB as everywhere;
    floats stay numbers, since their text is the product's own."""
    quoted = '"' + name.replace('"', '""') + '"'
    if kind == "DOUBLE":
        return quoted
    if kind == "FLOAT":
        return f"{quoted}::VARCHAR::DOUBLE"
    if kind.startswith(_NESTED) or kind.endswith("]"):
        return f"coalesce(to_json({quoted})::VARCHAR, '')"
    return f"coalesce({quoted}::VARCHAR, '')"
