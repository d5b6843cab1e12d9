"""Parquet: types as text, all columns at once or one by one, and files that make no sense."""

import struct

import duckdb
import pytest

from shared.drops.readers import parquet

SELECT = """SELECT i AS id, 'C-' || i AS code, i::DOUBLE AS whole, i / 4.0 AS amount, (i / 10.0)::FLOAT AS share,
    DATE '2024-01-30' + i::INT AS joined, TIMESTAMP '2024-01-30 10:20:00' + INTERVAL (i) DAY AS seen,
    (i / 100.0)::DECIMAL(9, 2) AS price, i % 2 = 0 AS active, ['a', 'b'] AS tags, {'city': 'Oslo'} AS address,
    uuid() AS token, 'raw'::BLOB AS raw, CASE WHEN i = 2 THEN NULL ELSE 'x' END AS maybe, NULL AS nothing
    FROM range(1, 5) rows(i)"""


def written(tmp_path, select, options="FORMAT parquet"):
    path = tmp_path / "made.parquet"
    duckdb.connect().execute(f"COPY ({select}) TO '{path}' ({options})")
    return path.read_bytes()


@pytest.mark.parametrize("cells", [0, 1_000_000], ids=["one by one", "together"])
def test_every_type_is_text_as_over_http(read, columns, tmp_path, monkeypatch, cells):
    monkeypatch.setattr(parquet, "_SMALL", cells)
    found = {name: (samples, empty) for name, samples, empty in columns(read(written(tmp_path, SELECT), "x.parquet"))}
    assert found["id"] == (["1", "2", "3", "4"], 0)
    assert found["whole"] == (["1", "2", "3", "4"], 0)
    assert found["amount"] == (["0.25", "0.5", "0.75", "1"], 0)
    assert found["share"] == (["0.1", "0.2", "0.3", "0.4"], 0)
    assert found["joined"][0][0] == "2024-01-31"
    assert found["seen"][0][0] == "2024-01-31 10:20:00"
    assert found["price"][0] == ["0.01", "0.02", "0.03", "0.04"]
    assert found["active"] == (["false", "true"], 0)
    assert found["tags"] == (['["a","b"]'], 0)
    assert found["address"] == (['{"city":"Oslo"}'], 0)
    assert found["raw"] == (["raw"], 0)
    assert found["maybe"] == (["x"], 1)
    assert found["nothing"] == ([], 4)
    assert len(found["token"][0]) == 4


def test_column_by_column_finds_the_same_identifiers(read, tmp_path, monkeypatch):
    content = written(tmp_path, "SELECT i AS id, 'C-' || i AS customer_code, i % 3 AS kind FROM range(50000) rows(i)")
    together = read(content, "x.parquet")
    monkeypatch.setattr(parquet, "_SMALL", 0)
    assert read(content, "x.parquet").profile == together.profile
    assert together.profile.origin.fields == ("id",)


def test_the_name_is_only_a_hint(read, tmp_path):
    assert read(written(tmp_path, "SELECT 1 AS id"), "x.csv").format == "parquet"


def test_no_rows_are_a_table(read, columns, tmp_path):
    found = read(written(tmp_path, "SELECT 1 AS id WHERE false"), "x.parquet")
    assert (columns(found), found.rows) == ([("id", [], 0)], 0)


def test_a_cut_or_scribbled_file_is_damaged(cause, tmp_path):
    content = written(tmp_path, SELECT)
    assert cause(content[:-100], "x.parquet")[0] == "damaged"
    assert cause(content[:4] + b"\xff" * 200 + content[204:], "x.parquet")[0] == "damaged"
    assert cause(content[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1", "x.parquet")[0] == "damaged"
    assert cause(b"PAR1", "x.parquet")[0] == "damaged"


def test_millions_of_equal_rows_are_a_bomb(cause, tmp_path):
    """They pack to next to nothing, and row counts say so at once."""
    content = written(tmp_path, "SELECT 'x' AS a, 'y' AS b FROM range(40000000)")
    assert len(content) < 200_000
    assert cause(content, "x.parquet")[0] == "decompression_bomb"


def test_too_many_columns(cause, tmp_path):
    content = written(tmp_path, "SELECT " + ", ".join(f"1 AS c{at}" for at in range(1_001)))
    assert cause(content, "x.parquet")[0] == "too_many_columns"


def test_a_row_of_two_mebibytes(cause, tmp_path):
    content = written(tmp_path, "SELECT 1 AS id, repeat('ab', 1048576) AS note")
    assert cause(content, "x.parquet")[0] == "row_too_large"


def test_an_encrypted_file_says_so(cause):
    assert cause(b"PARE" + bytes(100) + b"PARE", "x.parquet")[0] == "unsupported_format"


def test_a_column_nested_three_hundred_deep_is_refused(cause, tmp_path):
    nested = "1"
    for _ in range(300):
        nested = f"{{'a': {nested}}}"
    content = written(tmp_path, f"SELECT 1 AS id, {nested} AS deep")
    assert "nest deeper than 250 levels" in cause(content, "x.parquet")[1]


def test_a_page_too_large_for_memory_is_refused(cause, tmp_path, monkeypatch):
    monkeypatch.setattr("shared.drops.readers.parquet_file._LONGEST", 50_000)
    content = written(
        tmp_path, "SELECT md5(i::VARCHAR) AS a FROM range(20000) r(i)", "FORMAT parquet, COMPRESSION zstd"
    )
    assert cause(content, "x.parquet")[0] == "too_costly"
