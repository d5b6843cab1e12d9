"""Any bytes under any name: a profile or a cause, nothing else."""

import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.drops.unreadable import UnreadableFile

NAMES = ["x.csv", "x.tsv", "x.json", "x.jsonl", "x.parquet", "x.xlsx", "x", "x.csv.gz"]
STARTS = [
    b"",
    b"id,name\n1,Ann\n2,Bob\n",
    b'"id";"name"\n"1";"Ann"\n',
    b'[{"id": 1}, {"id": 2}]',
    b'{"items": [{"id": 1}], "n": 1}',
    b'{"id": 1}\n{"id": 2}\n',
    b"\xff\xfei\x00d\x00\n\x001\x00\n\x00",
    b"PAR1",
    b"PK\x03\x04",
    gzip.compress(b"id,name\n1,Ann\n2,Bob\n"),
]


def changed(start, at, between, length):
    at = at % (len(start) + 1)
    return start[:at] + between + start[at + length :]


CONTENT = st.builds(
    changed, st.sampled_from(STARTS), st.integers(0, 400), st.binary(max_size=24), st.integers(0, 12)
) | st.binary(max_size=300)


def outcome(read, content, name):
    try:
        return read(content, name)
    except UnreadableFile as error:
        return error


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CONTENT, st.sampled_from(NAMES))
def test_any_bytes_are_read_or_refused(read, content, name):
    found = outcome(read, content, name)
    if isinstance(found, UnreadableFile):
        assert found.detail.endswith(".")
    else:
        assert len({field.name for field in found.profile.fields}) == len(found.profile.fields)
        json.dumps([field.samples for field in found.profile.fields])


@pytest.mark.parametrize("kind", ["parquet", "xlsx"])
def test_scribbled_archives_are_read_or_refused(read, tmp_path, kind):
    """Many a byte in turn: these carry offsets and sizes of their own."""
    content = _made(tmp_path, kind)
    for at in range(0, len(content), max(1, len(content) // 150)):
        scribbled = content[:at] + bytes([content[at] ^ 0xA5]) + content[at + 1 :]
        found = outcome(read, scribbled, f"x.{kind}")
        assert isinstance(found, UnreadableFile) or found.profile.fields


def _made(tmp_path, kind):
    path = tmp_path / f"made.{kind}"
    if kind == "parquet":
        import duckdb

        duckdb.connect().execute(f"COPY (SELECT i AS id, 'x' || i AS name FROM range(50) r(i)) TO '{path}'")
    else:
        import openpyxl

        book = openpyxl.Workbook()
        for row in range(50):
            book.active.append([row, f"x{row}"])
        book.save(path)
    return path.read_bytes()
