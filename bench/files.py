"""Time and peak memory of profiling the largest files that may be dropped: CSV, Parquet and XLSX.

Each in a child process as in the product, which is given the file range by range, ``FILE_LATENCY`` (0.02) seconds
each, as from a storage account; its memory is what the kernel says when it ends. ``FILE_SIZES=2069,1090,101`` (MiB,
about; 0 for none) are just within the limits; files are made in a temporary folder and deleted. ``FILE_SECONDS`` (420)
is what a file may take: on a busy machine, more of them show what an idle one does in time. Takes ten minutes.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shared.drops.apart import TIME, profile_apart
from shared.drops.file_profile import FileProfile
from shared.drops.unreadable import UnreadableFile

MIB = 1024 * 1024
MOST_MEMORY = 500
LATENCY = float(os.environ.get("FILE_LATENCY") or 0.02)
SECONDS = float(os.environ.get("FILE_SECONDS") or TIME)
_ROW = 177
"""Bytes of a row of CSV, about."""
_ROW_PARQUET = 78
_ROW_WORKBOOK = 56
_COLUMNS = """i AS customer_id, 'C-' || lpad((hash(i) % 1000000000000)::VARCHAR, 12, '0') AS reference,
    md5(i::VARCHAR) AS token,
    ['Ann', 'Bob', 'Carla', 'Dmitri', 'Éva', 'Jürgen', 'Li', 'Maria'][1 + (hash(i * 3) % 8)::INT] AS first_name,
    'Name' || (hash(i * 7) % 50000) AS last_name,
    'user' || i || '@mail' || (hash(i * 5) % 300) || '.example.com' AS email,
    '+45 ' || (10000000 + hash(i * 11) % 80000000) AS phone,
    ['Berlin', 'Paris', 'London', 'Rome', 'Madrid', 'Oslo'][1 + (hash(i * 13) % 6)::INT] AS city,
    (hash(i * 17) % 1000000) / 100.0 AS amount, DATE '2015-01-01' + (hash(i * 19) % 4000)::INT AS joined,
    ['new', 'open', 'won', 'lost'][1 + (hash(i * 23) % 4)::INT] AS status,
    CASE WHEN hash(i * 29) % 3 > 0 THEN 'remark number ' || (hash(i * 31) % 100000) || ', as told on the phone' END
    AS remark"""


def run() -> dict[str, object]:
    sizes = [int(size) for size in os.environ.get("FILE_SIZES", "2069,1090,101").split(",")]
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, size in zip(MAKERS, sizes, strict=True):
            if size:
                path = Path(folder) / f"customers.{name}"
                _apart("make", str(path), str(size))
                results[name] = json.loads(_apart("measure", str(path)))
                path.unlink()
    reached = all(result["outcome"] == "ok" and result["peak MB"] < MOST_MEMORY for result in results.values())
    return {"files": results, "bar": MOST_MEMORY, "reached": reached}


def _apart(*arguments: str) -> str:
    """In a process of its own: the kernel counts a parent's memory as its child's peak."""
    command = [sys.executable, "-m", "bench.files", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


class _Ranges:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.parts = 0
        self.bytes = 0

    @property
    def size(self) -> int:
        return self._path.stat().st_size

    async def part(self, start: int, length: int) -> bytes:
        await asyncio.sleep(LATENCY)
        self.parts, self.bytes = self.parts + 1, self.bytes + length
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(length)


def _measured(path: Path) -> dict[str, Any]:
    content = _Ranges(path)
    started = time.monotonic()
    try:
        counts = _counts(asyncio.run(profile_apart(content, path.name, "customers", None, seconds=SECONDS)))
        outcome = "ok"
    except UnreadableFile as error:
        counts, outcome = {}, error.code
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "MiB": round(content.size / MIB),
        "outcome": outcome,
        "seconds": round(time.monotonic() - started, 1),
        "cpu seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak MB": round(used.ru_maxrss / 1000),
        "worker MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
        "ranges": content.parts,
        "MiB asked for": round(content.bytes / MIB),
    } | counts


def _counts(found: FileProfile) -> dict[str, Any]:
    fields, origin = found.profile.fields, found.profile.origin
    return {
        "rows": found.rows,
        "exact columns": sum(not field.counts.approximate for field in fields if field.counts),
        "columns": len(fields),
        "origin": origin.fields if origin else None,
        "warnings": [asdict(note) for note in found.warnings],
    }


def _csv(path: Path, size: int) -> None:
    _copy(path, size * MIB // _ROW, "FORMAT csv, HEADER")


def _parquet(path: Path, size: int) -> None:
    _copy(path, size * MIB // _ROW_PARQUET, "FORMAT parquet, ROW_GROUP_SIZE 1000000")


def _copy(path: Path, rows: int, options: str) -> None:
    import duckdb

    database = duckdb.connect(config={"threads": 2, "memory_limit": "4GB"})
    database.execute(f"COPY (SELECT {_COLUMNS} FROM range({rows}) numbers(i)) TO '{path}' ({options})")


def _workbook(path: Path, size: int) -> None:
    """By hand: libraries take minutes for it. Excel's million rows are passed, so that it is large enough."""
    rows = size * MIB // _ROW_WORKBOOK
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        sheet = f'<sheets><sheet name="Customers" sheetId="1" r:id="rId1" xmlns:r="{kind}"/></sheets>'
        for name, text in _FRAME.items():
            book.writestr(name, text)
        book.writestr("xl/workbook.xml", f"<workbook {main}>{sheet}</workbook>")
        relation = f'<Relationship Id="rId1" Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/>'
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}'
            "</Relationships>",
        )
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(f"<sst {main}>".encode())
            part.writelines(_strings(rows))
            part.write(b"</sst>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f"<worksheet {main}><sheetData>".encode())
            part.writelines(_sheet_rows(rows))
            part.write(b"</sheetData></worksheet>")


_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FRAME = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_OFFICE}.sharedStrings+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
}
"""What other libraries ask of a workbook."""
_HEADER = ("customer_id", "email", "name", "city", "amount", "joined")


def _strings(rows: int) -> Iterator[bytes]:
    """The header's, six cities, then two of each row."""
    for text in (*_HEADER, "Berlin", "Paris", "London", "Rome", "Madrid", "Oslo"):
        yield f"<si><t>{text}</t></si>".encode()
    for row in range(rows):
        email = f"user{row * 7919 % rows}@mail{row % 300}.example.com"
        yield f"<si><t>{email}</t></si><si><t>Name {row:x}</t></si>".encode()


def _sheet_rows(rows: int) -> Iterator[bytes]:
    header = "".join(f'<c r="{"ABCDEF"[at]}1" t="s"><v>{at}</v></c>' for at in range(len(_HEADER)))
    yield f'<row r="1">{header}</row>'.encode()
    for row in range(rows):
        at, first = row + 2, len(_HEADER) + 6 + 2 * row
        yield (
            f'<row r="{at}"><c r="A{at}"><v>{row}</v></c><c r="B{at}" t="s"><v>{first}</v></c>'
            f'<c r="C{at}" t="s"><v>{first + 1}</v></c><c r="D{at}" t="s"><v>{6 + row % 6}</v></c>'
            f'<c r="E{at}"><v>{row * 7919 % 1000003 / 100}</v></c><c r="F{at}"><v>{42000 + row % 4000}</v></c></row>'
        ).encode()


MAKERS = {"csv": _csv, "parquet": _parquet, "xlsx": _workbook}

if __name__ == "__main__":
    made = Path(sys.argv[2])
    if sys.argv[1] == "make":
        MAKERS[made.suffix[1:]](made, int(sys.argv[3]))
    else:
        print(json.dumps(_measured(made)))
