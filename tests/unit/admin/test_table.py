"""Tables: widths, what is cut and what is not."""

from __future__ import annotations

import pytest

from admin.json_values import JsonObject, JsonValue
from admin.plain import cut, width
from admin.table import Column, shown, table

COLUMNS = (Column("Id", "id", whole=True), Column("Detail", "detail"), Column("N", "n", number=True))
ROW: JsonObject = {"id": "0123456789-0123456789", "detail": "a long explanation of what went wrong", "n": 1234567}


@pytest.mark.parametrize("room", [45, 60, 80])
def test_lines_fit_the_terminal(room: int) -> None:
    assert max(map(width, table(COLUMNS, [ROW], room).splitlines())) <= room


def test_ids_and_numbers_are_never_cut() -> None:
    last = table(COLUMNS, [ROW], 10).splitlines()[-1]
    assert last.split() == ["0123456789-0123456789", "a", "long…", "1,234,567"]


def test_without_a_terminal_nothing_is_cut() -> None:
    assert "a long explanation of what went wrong" in table(COLUMNS, [ROW], None)


def test_wide_letters_take_two_columns() -> None:
    rows: list[JsonObject] = [{"id": "a", "detail": "住所", "n": 1}, {"id": "b", "detail": "address", "n": 2}]
    _, _, *lines = table(COLUMNS, rows, None).splitlines()
    assert len({width(line) for line in lines}) == 1


def test_a_cut_wide_letter_leaves_no_half() -> None:
    assert cut("住所住所", 6) == "住所…"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"), (True, "yes"), (False, "no"), (0, "0"), (1234, "1,234"), (1.2e-06, "0.0000012"), (0.0, "0.0"),
        ("2026-11-25T10:00:00.5Z", "2026-11-25 10:00:00"), ("a\nb\tc\r", "a↵b c"), (["a", 1], "a, 1"),
    ],
)  # fmt: skip
def test_values_as_people_read_them(value: JsonValue, text: str) -> None:
    assert shown(value) == text
