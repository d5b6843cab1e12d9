"""Workbooks and Parquet files as people and programs write them: for ``bench.formats``."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import openpyxl

from bench.odd_files import HEADER, Record, records

Made = tuple[bytes, list[Record], list[str], str | None]
"""The file, the records in it, the warnings that are due, and the sheet that is asked for."""
Cells = list[list[str]]


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    return _saved(_book({"Data": rows}))


def _book(sheets: dict[str, Sequence[Sequence[object]]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    assert book.active
    book.remove(book.active)
    illegal: Any = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([illegal.sub("", cell) if isinstance(cell, str) else cell for cell in row])
    return book


def _saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _plain(rows: Cells) -> Made:
    return workbook([HEADER, *rows]), records(rows), [], None


def _typed(rows: Cells) -> Made:
    """Numbers and dates as such: as text they are what the product writes everywhere."""
    typed = [[*row[:4], float(row[4]), date.fromisoformat(row[5])] for row in rows]
    expected = [[*row[:4], f"{float(row[4]):g}", row[5]] for row in rows]
    return workbook([HEADER, *typed]), records(expected), [], None


def _off_the_corner(rows: Cells) -> Made:
    return workbook([[], [], *([None, None, *row] for row in [list(HEADER), *rows])]), records(rows), [], None


def _titles(rows: Cells) -> Made:
    return workbook([["Customers of 2024"], [], HEADER, *rows]), records(rows), ["title_rows"], None


def _totals(rows: Cells) -> Made:
    total = ["Total", None, None, None, 12_843.5, None]
    return workbook([HEADER, *rows, total]), records(rows), ["trailing_rows"], None


def _second_sheet(rows: Cells) -> Made:
    book = _book({"Cover": [], "Customers": [HEADER, *rows]})
    return _saved(book), records(rows), ["one_sheet_of_several"], None


def _named_sheet(rows: Cells) -> Made:
    return _saved(_book({"Other": [["a"], [1]], "Customers": [HEADER, *rows]})), records(rows), [], "Customers"


def _hidden_sheet(rows: Cells) -> Made:
    book = _book({"Lists": [["a"], ["b"]], "Customers": [HEADER, *rows]})
    book["Lists"].sheet_state = "hidden"
    return _saved(book), records(rows), ["one_sheet_of_several"], None


def _no_header(rows: Cells) -> Made:
    return workbook(rows), records(rows, [f"Column{at + 1}" for at in range(6)]), ["no_header"], None


def _duplicate(rows: Cells) -> Made:
    header = ("customer_id", "name", "name", *HEADER[3:])
    names = ("customer_id", "name", "name_2", *HEADER[3:])
    return workbook([header, *rows]), records(rows, names), ["duplicate_column"], None


def _blank_header(rows: Cells) -> Made:
    header = ("customer_id", None, *HEADER[2:])
    return workbook([header, *rows]), records(rows, ("customer_id", "Column2", *HEADER[2:])), ["unnamed_column"], None


def _newlines(rows: Cells) -> Made:
    changed = [[row[0], row[1] + "\nsecond line", *row[2:]] for row in rows]
    return workbook([HEADER, *changed]), records(changed), [], None


WORKBOOKS: dict[str, Callable[[Cells], Made]] = {
    "texts": _plain,
    "numbers and dates": _typed,
    "a table off the corner": _off_the_corner,
    "title rows above the header": _titles,
    "a trailing total": _totals,
    "an empty first sheet": _second_sheet,
    "a sheet that is named": _named_sheet,
    "a hidden first sheet": _hidden_sheet,
    "no header": _no_header,
    "a duplicate header name": _duplicate,
    "a blank header name": _blank_header,
    "newlines in cells": _newlines,
}
PARQUETS = {
    "Snappy": "COMPRESSION snappy",
    "Zstandard": "COMPRESSION zstd",
    "GZIP": "COMPRESSION gzip",
    "uncompressed": "COMPRESSION uncompressed",
    "many row groups": "ROW_GROUP_SIZE 2048",
    "version 2 pages": "PARQUET_VERSION v2",
}
