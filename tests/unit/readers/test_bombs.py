"""Hostile files in the child process, with its fences up: a cause each, and the worker lives on."""

import gzip
import io
import json
import zlib

import pytest

from shared.drops.apart import profile_apart
from shared.drops.readers.limits import MIB, Limits
from shared.drops.unreadable import UnreadableFile
from tests.fakes.ranges import OnDisk


async def apart(path, name):
    with pytest.raises(UnreadableFile) as raised:
        await profile_apart(OnDisk(path), name, "x", None)
    return raised.value.code


def zeros(path, mebibytes, start=b"id,name\n"):
    """gzip of a table's start and then nothing but zeros, a thousand times smaller than what it unpacks to."""
    packer = zlib.compressobj(9, wbits=31)
    with path.open("wb") as file:
        file.write(packer.compress(start))
        for _ in range(mebibytes):
            file.write(packer.compress(bytes(MIB)))
        file.write(packer.flush())


async def test_a_gzip_bomb(tmp_path):
    zeros(tmp_path / "bomb", 300)
    assert await apart(tmp_path / "bomb", "x.csv.gz") == "not_what_it_says"
    zeros(tmp_path / "bomb", 300, start=b"id,name\n" + b"1,Ann\n" * 2_000)
    assert await apart(tmp_path / "bomb", "x.csv.gz") in {"decompression_bomb", "row_too_large"}


async def test_a_gzip_bomb_of_short_rows(tmp_path):
    (tmp_path / "bomb").write_bytes(gzip.compress(b"id,name\n" + b"1,a\n" * 10_000_000))
    assert await apart(tmp_path / "bomb", "x.csv.gz") == "decompression_bomb"


async def test_one_endless_line(tmp_path):
    with (tmp_path / "line").open("wb") as file:
        file.truncate(0)
        for _ in range(64):
            file.write(b"a," * (MIB // 2))
    assert await apart(tmp_path / "line", "x.csv") == "row_too_large"


async def test_one_endless_quoted_cell(tmp_path):
    (tmp_path / "cell").write_bytes(b'id,name\n1,"' + b"word\n" * MIB)
    assert await apart(tmp_path / "cell", "x.csv") == "row_too_large"


async def test_json_of_one_huge_string(tmp_path):
    with (tmp_path / "string").open("wb") as file:
        file.write(b'[{"a": "')
        for _ in range(400):
            file.write(b"a" * MIB)
        file.write(b'"}]')
    assert await apart(tmp_path / "string", "x.json") == "row_too_large"


async def test_a_sparse_file_of_many_gibibytes(tmp_path):
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(3 * 1024 * MIB)
    assert await apart(tmp_path / "sparse", "x.csv") == "too_large"


async def test_two_gibibytes_of_zeros(tmp_path):
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2 * 1024 * MIB)
    assert await apart(tmp_path / "sparse", "x.csv") in {"not_a_table", "row_too_large"}


def test_row_seventeen_is_named(cause):
    rows = [f"{row},x" for row in range(30)]
    rows[15] = "15," + "y" * 2 * MIB
    code, detail = cause("\n".join(["id,name", *rows]).encode())
    assert (code, detail) == ("row_too_large", "Row 17 is larger than 1 MiB, the most a row may be.")
    rows = [json.dumps({"id": row}) for row in range(30)]
    rows[16] = json.dumps({"id": "z" * 2 * MIB})
    assert cause("\n".join(rows).encode(), "x.jsonl")[1].startswith("Row 17 is larger than 1 MiB")


def test_sizes_are_those_of_the_format(cause):
    small = Limits(delimited=1_000, json_lines=1_000, json=500, workbook=200, parquet=300)
    assert cause(b"id,name\n" + b"1,Ann\n" * 500, limits=small)[0] == "too_large"
    assert cause(b'[{"a": 1}' + b',{"a": 1}' * 100 + b"]", "x.json", limits=small)[0] == "too_large"
    assert cause(b"PAR1" + bytes(400), "x.parquet", limits=small)[0] == "too_large"
    assert cause(b"PK\x03\x04" + bytes(400), "x.xlsx", limits=small)[0] == "too_large"


def test_too_many_columns(cause):
    assert cause((",".join(f"c{at}" for at in range(1_001)) + "\n").encode())[0] == "too_many_columns"


def test_gzip_that_is_cut_or_damaged(cause):
    content = gzip.compress(b"id,name\n" + b"".join(b"%d,x%d\n" % (row, row * 7919) for row in range(5_000)))
    assert cause(content[:-100], "x.csv.gz")[0] == "truncated"
    assert cause(content[:100] + bytes(200) + content[300:], "x.csv.gz")[0] in {"damaged", "truncated"}
    assert cause(gzip.compress(content), "x.csv.gz")[0] in {"not_what_it_says", "unsupported_format"}


def test_members_and_padding_of_gzip(read):
    packed = io.BytesIO(gzip.compress(b"id,name\n1,Ann\n") + gzip.compress(b"2,Bob\n") + bytes(64))
    assert read(packed.getvalue(), "x.csv").rows == 2


def test_gzip_of_countless_tiny_members_is_refused(cause):
    empty = gzip.compress(b"", mtime=0)
    code, detail = cause(gzip.compress(b"id,name\n1,Ann\n") + empty * 150_000, "x.csv.gz")
    assert (code, "tiny files" in detail) == ("too_costly", True)


def test_gzip_of_many_small_members_is_read(read):
    members = b"".join(gzip.compress(b"%d,x%d\n" % (row, row)) for row in range(2_000))
    assert read(gzip.compress(b"id,name\n") + members, "x.csv.gz").rows == 2_000


def test_a_size_that_gzip_claims_wrongly_is_damage(cause):
    content = bytearray(gzip.compress(b"id,name\n1,Ann\n"))
    content[-4:] = b"\xff\xff\xff\x7f"
    assert cause(bytes(content), "x.csv.gz")[0] == "damaged"
