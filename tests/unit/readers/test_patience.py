"""A worker too slow for a file: estimates that say so, in time, and never a key or a failure."""

import json

import duckdb
import pytest

from shared.drops.readers import parquet, raw_bytes, rows, table
from shared.drops.readers.patience import Patience

ROWS = 40_000
ORDERS = "id,kind,note\n" + "".join(
    f"C-{row:06},{'abcd'[row % 4]},{'' if row % 5 else 'n/a' if row % 2 else 'x'}\n" for row in range(ROWS)
)


class Clock:
    """A second for each look at it."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1
        return self.now


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    for module in (rows, table):
        monkeypatch.setattr(module, "BATCH_ROWS", 1_000)
    monkeypatch.setattr("shared.drops.readers.json_records.BATCH_ROWS", 1_000)
    monkeypatch.setattr(raw_bytes, "_CHUNK", 8 * 1024)
    monkeypatch.setattr(parquet, "_SMALL", 0)
    monkeypatch.setattr(parquet, "_FEW_ROWS", 500)
    monkeypatch.setattr(parquet, "_ROWS", 1_000)


def counts(found):
    return {field.name: field.counts for field in found.profile.fields}


def about(number):
    return pytest.approx(number, rel=0.1)


def test_in_time_everything_is_exact(read, codes):
    found = read(ORDERS.encode(), patience=Patience(1_000, 2_000, Clock()))
    assert codes(found) == []
    assert found.profile.origin.fields == ("id",)
    assert not any(each.approximate for each in counts(found).values())


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_past_the_time_for_counting_some_rows_stand_for_all(read, codes, kind):
    lines = [line.split(",") for line in ORDERS.splitlines()]
    records = "\n".join(json.dumps(dict(zip(lines[0], line, strict=True))) for line in lines[1:])
    content = ORDERS if kind == "csv" else records
    found = read(content.encode(), f"x.{kind}", patience=Patience(20, 2_000, Clock()))
    assert codes(found) == ["counted_in_part", "compound_keys_not_counted"]
    assert found.rows == found.profile.rows == ROWS
    by_name = counts(found)
    assert all(each.approximate and each.rows == ROWS for each in by_name.values())
    assert all(each.distinct + each.duplicates + each.empty + each.placeholders == ROWS for each in by_name.values())
    assert by_name["id"].distinct == ROWS
    assert by_name["kind"].distinct == 4
    assert (by_name["note"].empty, by_name["note"].placeholders) == (about(0.8 * ROWS), about(0.1 * ROWS))
    assert (found.profile.origin, found.profile.codes) == (None, ())


def test_past_the_time_for_reading_the_rest_is_not_read(read, codes):
    found = read(ORDERS.encode(), patience=Patience(30, 40, Clock()))
    assert codes(found)[0] == "read_in_part"
    assert found.warnings[0].detail.startswith(f"Only the first {found.rows:,} rows were read")
    assert 1_000 <= found.rows < ROWS
    assert all(each.approximate and each.rows == found.rows for each in counts(found).values())
    assert found.profile.origin is None


def test_a_worker_without_any_time_still_counts_the_first_rows(read):
    found = read(ORDERS.encode(), patience=Patience(0, 0, Clock()))
    assert 0 < found.rows < ROWS / 4
    assert [field.name for field in found.profile.fields] == ["id", "kind", "note"]


def test_a_small_file_is_exact_however_slow_the_worker(read, codes):
    found = read(b"id,name\n1,Ann\n2,Bob\n", patience=Patience(0, 0, Clock()))
    assert (codes(found), found.profile.origin.fields) == ([], ("id",))


@pytest.mark.parametrize("seconds", [30, 60, 1])
def test_parquet_columns_share_the_time_and_all_are_known(read, codes, tmp_path, seconds):
    path = tmp_path / "made.parquet"
    select = f"SELECT 'C-' || i AS id, i % 4 AS kind, CASE WHEN i % 5 = 0 THEN 'x' END AS note FROM range({ROWS}) r(i)"
    duckdb.connect().execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    found = read(path.read_bytes(), "x.parquet", patience=Patience(10, seconds, Clock()))
    assert codes(found)[0] == "counted_in_part"
    assert found.rows == ROWS
    by_name = counts(found)
    assert [each.rows for each in by_name.values()] == [ROWS] * 3
    assert by_name["id"].approximate
    assert by_name["id"].distinct == ROWS
    assert by_name["kind"].distinct == 4
    assert by_name["note"].empty == about(0.8 * ROWS)
    assert found.profile.origin is None


def test_other_times_are_shared_out_alike():
    clock = Clock()
    patience = Patience.within(42, lambda: clock.now)
    clock.now = 19.9
    assert (patience.counts(), patience.over) == (True, False)
    clock.now = 20.1
    assert (patience.counts(), patience.over) == (False, False)
    clock.now = 32.1
    assert patience.over
