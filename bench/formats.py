"""What is read right: format × encoding × oddity, each file made here and its profile compared with its records'.

A cell is right when every field's name, counts, samples, patterns, type and identifiers are those of the records the
file was made from, and the warnings are those that are due. CluedIn's own files are taken where they are at hand.
Prints its tables as Markdown.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.odd_files import HEADER, LEGACY, ODDITIES, UNICODE, WORDS, Record, delimited, records, rows_for
from bench.odd_workbooks import PARQUETS, WORKBOOKS, workbook
from shared.drops.profile_file import profile_file
from shared.drops.unreadable import UnreadableFile
from shared.profiling.profile import profile_records

_CLUEDIN = Path(__file__).parent.parent.parent / "shared" / "data" / "cluedin"
_NAMES = {"cp1252": "Windows-1252", "cp932": "Shift-JIS", "gb18030": "GB18030", "utf-8-sig": "UTF-8, mark"} | {
    "utf-16": "UTF-16, mark",
    "utf-32": "UTF-32, mark",
}
_RIGHT, _WARNED, _NO = "yes", "yes, *", "–"


def run() -> dict[str, object]:
    tables = {
        "Format and encoding": list(_by_encoding()),
        "Delimited text: oddity and encoding": list(_by_oddity()),
        "Workbooks": list(_workbooks()),
        "Parquet": list(_parquets()),
        "CluedIn's training files": list(_known()),
    }
    cells = [cell for table in tables.values() for _, row in table for cell in row.values() if cell != _NO]
    for title, table in tables.items():
        print(_markdown(title, table))
    wrong = [cell for cell in cells if cell not in (_RIGHT, _WARNED)]
    return {"files": len(cells), "read right": len(cells) - len(wrong), "wrong": wrong, "reached": not wrong}


Table = Iterator[tuple[str, dict[str, str]]]


def _check(content: bytes, name: str, expected: list[Record], due: list[str], sheet: str | None = None) -> str:
    """``yes``; with a star where warnings are due and were given; else what is wrong."""
    try:
        found = profile_file(io.BytesIO(content), len(content), name, "customers", None, sheet=sheet)
    except UnreadableFile as error:
        return f"{name}: {error.code}"
    codes = [note.code for note in found.warnings]
    if found.rows != len(expected) or found.profile != profile_records("customers", None, expected):
        return f"{name}: another profile"
    if codes != due:
        return f"{name}: warnings {codes}"
    return _WARNED if due else _RIGHT


def _guessed(encoding: str) -> list[str]:
    return ["encoding_guessed"] if encoding in LEGACY else []


def _encoded(text: str, encoding: str) -> bytes:
    return text.encode(encoding)


def _by_encoding() -> Table:
    for kind in ("csv", "tsv", "json", "json, held in an object", "json, arrays", "jsonl"):
        for packed in (False, True):
            row = {}
            for encoding in (*UNICODE, *LEGACY):
                rows = rows_for(encoding if encoding in WORDS else "unicode")
                content = _encoded(_text(kind, rows), encoding)
                name = f"x.{kind[: kind.find(',')] if ',' in kind else kind}" + (".gz" if packed else "")
                content = gzip.compress(content) if packed else content
                row[_called(encoding)] = _check(content, name, records(rows), _guessed(encoding))
            yield kind + (", gzipped" if packed else ""), row


def _text(kind: str, rows: list[list[str]]) -> str:
    found = records(rows)
    texts = {
        "csv": lambda: delimited(rows),
        "tsv": lambda: delimited(rows, "\t"),
        "json": lambda: json.dumps(found, ensure_ascii=False, indent=1),
        "json, held in an object": lambda: json.dumps({"n": 1, "data": {"items": found}}, ensure_ascii=False),
        "json, arrays": lambda: json.dumps([HEADER, *rows], ensure_ascii=False),
        "jsonl": lambda: "\n".join(json.dumps(each, ensure_ascii=False) for each in found),
    }
    return texts[kind]()


def _by_oddity() -> Table:
    for name, make in ODDITIES.items():
        row = {}
        for encoding in ("utf-8", "utf-16", "utf-32-be", *LEGACY):
            odd = make(rows_for(encoding if encoding in WORDS else "unicode"))
            due = [*odd.warnings, *_guessed(encoding)]
            row[_called(encoding)] = _check(_encoded(odd.text, encoding), "x.csv", odd.records, due)
        yield name, row


def _workbooks() -> Table:
    for name, make in WORKBOOKS.items():
        content, expected, due, sheet = make(rows_for("unicode"))
        yield name, {"xlsx": _check(content, "x.xlsx", expected, due, sheet)}


def _parquets() -> Table:
    with tempfile.TemporaryDirectory() as folder:
        for name, options in PARQUETS.items():
            import duckdb

            rows, path = rows_for("unicode", 3_000), Path(folder) / "made.parquet"
            source = Path(folder) / "rows.csv"
            source.write_text(delimited(rows), encoding="utf-8")
            read = f"SELECT * FROM read_csv('{source}', all_varchar=true, header=true, delim=',', quote='\"')"
            duckdb.connect().execute(f"COPY ({read}) TO '{path}' (FORMAT parquet, {options})")
            yield name, {"parquet": _check(path.read_bytes(), "x.parquet", records(rows), [])}


def _known() -> Table:
    for path in sorted(_CLUEDIN.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        header, cells = list(rows[0]), [list(row.values()) for row in rows]
        plain = {
            f"csv, {_called(encoding)}": ("x.csv", delimited(cells, header=header), encoding)
            for encoding in ("utf-8", "utf-16", "utf-32", "cp1252", "gb18030")
        }
        other = {
            "tsv": ("x.tsv", delimited(cells, "\t", header=header), "utf-8"),
            "json": ("x.json", json.dumps(rows), "utf-8"),
            "jsonl": ("x.jsonl", "\n".join(map(json.dumps, rows)), "utf-8"),
        }
        found = {"as it is": _check(path.read_bytes(), path.name, rows, [])}
        for name, (file_name, text, encoding) in (plain | other).items():
            try:
                content = _encoded(text, encoding)
            except UnicodeEncodeError:
                found[name] = _NO
                continue
            due = [] if content.isascii() else _guessed(encoding)
            found[name] = _check(content, file_name, rows, due)
        found["xlsx"] = _check(workbook([header, *cells]), "x.xlsx", rows, [])
        yield path.name, found


def _called(encoding: str) -> str:
    return _NAMES.get(encoding, encoding.upper())


def _markdown(title: str, table: list[tuple[str, dict[str, str]]]) -> str:
    columns = list(table[0][1]) if table else []
    lines = [f"### {title}", f"| | {' | '.join(columns)} |", "| --- |" + " --- |" * len(columns)]
    lines += [f"| {name} | {' | '.join(row.values())} |" for name, row in table]
    return "\n".join(lines) + "\n"
