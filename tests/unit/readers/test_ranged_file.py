"""The child's file: whatever is read where, the bytes are those of the file, and little is asked for in vain."""

import io
import socket
import threading
from contextlib import contextmanager, suppress

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.drops.profile_file import profile_file
from shared.drops.readers import parquet, parquet_file, ranged_file
from shared.drops.readers.limits import MIB
from shared.drops.readers.ranged_file import RANGE, RangedFile, SourceLost
from shared.drops.unreadable import UnreadableFile

CONTENT = bytes(number * 7 % 251 for number in range(300_000))


@contextmanager
def ranged(content, asked=None):
    """The file, and who answers for it on the other side."""
    ours, theirs = socket.socketpair()

    def serve():
        with suppress(OSError):
            while wanted := theirs.recv(RANGE.size, socket.MSG_WAITALL):
                start, length = RANGE.unpack(wanted)
                if asked is not None:
                    asked.append((start, length))
                theirs.sendall(content[start : start + length])

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield RangedFile(ours, len(content))
    finally:
        ours.close()
        thread.join()
        theirs.close()


STEPS = st.lists(
    st.tuples(st.just("read"), st.integers(-1, 100_000))
    | st.tuples(st.just("seek"), st.integers(0, len(CONTENT) + 10))
    | st.tuples(st.just("end"), st.integers(-len(CONTENT), 0)),
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_it_reads_as_the_file_does(steps):
    expected = io.BytesIO(CONTENT)
    with ranged(CONTENT) as file:
        for what, number in steps:
            if what == "read":
                assert file.read(number) == expected.read(number)
            else:
                whence = io.SEEK_END if what == "end" else io.SEEK_SET
                assert file.seek(number, whence) == expected.seek(number, whence)
            assert file.tell() == expected.tell()


def test_read_in_order_every_byte_is_asked_for_once_and_ranges_grow():
    content, asked = bytes(20 * MIB), []
    with ranged(content, asked) as file:
        while file.read(256 * 1024):
            pass
    assert sum(length for _, length in asked) == len(content)
    assert len(asked) < 16
    assert max(length for _, length in asked) == ranged_file.PART


def test_the_next_range_is_asked_for_before_it_is_needed():
    asked = []
    with ranged(bytes(2 * MIB), asked) as file:
        file.read(100_000)
        file.read(100_000)
        while len(asked) < 3:
            pass
        assert asked[-1][0] > file.tell()


def test_a_reader_led_back_and_forth_without_end_is_stopped():
    def lead(file):
        for turn in range(10_000):
            file.seek(turn % 2 * 4 * MIB)
            file.read(MIB)

    with ranged(bytes(8 * MIB)) as file, pytest.raises(UnreadableFile) as raised:
        lead(file)
    assert raised.value.code == "too_costly"


def test_a_worker_that_is_gone_ends_the_reading():
    ours, theirs = socket.socketpair()
    theirs.close()
    with pytest.raises(SourceLost):
        RangedFile(ours, 10).read(1)
    ours.close()


def made(tmp_path, rows):
    path = tmp_path / "made.parquet"
    select = f"""SELECT i AS id, 'C-' || i AS code, i % 7 AS kind, i / 4.0 AS amount, NULL AS nothing
        FROM range({rows}) r(i)"""
    duckdb.connect().execute(f"COPY ({select}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 5000)")
    return path.read_bytes()


@pytest.mark.parametrize("copied", [0, 256 * MIB], ids=["where it lies", "copied"])
@pytest.mark.parametrize("small", [0, 1_000_000], ids=["one by one", "together"])
def test_parquet_is_the_same_read_where_it_lies_and_copied(tmp_path, monkeypatch, copied, small):
    monkeypatch.setattr(parquet_file, "COPIED", copied)
    monkeypatch.setattr(parquet, "_SMALL", small)
    content, asked = made(tmp_path, 40_000), []
    with ranged(content, asked) as file:
        found = profile_file(file, len(content), "x.parquet", "x", None)
    assert found == profile_file(io.BytesIO(content), len(content), "x.parquet", "x", None)
    assert (found.rows, found.profile.origin.fields) == (40_000, ("id",))
    assert sum(length for _, length in asked) < 4 * len(content)


def test_a_workbook_is_the_same_read_where_it_lies():
    book, saved = openpyxl.Workbook(), io.BytesIO()
    for row in range(3_000):
        book.active.append([row, f"x{row}"])
    book.save(saved)
    content, asked = saved.getvalue(), []
    with ranged(content, asked) as file:
        found = profile_file(file, len(content), "x.xlsx", "x", None)
    assert found == profile_file(io.BytesIO(content), len(content), "x.xlsx", "x", None)
    assert found.rows == 3_000


def test_a_copy_is_made_only_where_there_is_room(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_file, "_free", lambda folder: 65 * MIB)
    file = io.BytesIO(bytes(2 * MIB))
    assert parquet_file.at_hand(file, 2 * MIB) is file
    assert parquet_file.at_hand(file, MIB) is not file


@pytest.mark.parametrize("reads", [0, 1, 2, 3, 5, 8])
def test_what_ends_a_parquet_file_on_the_way_is_no_damage(tmp_path, monkeypatch, reads):
    monkeypatch.setattr(parquet_file, "COPIED", 0)
    content = made(tmp_path, 40_000)

    class Ending(io.BytesIO):
        left = reads

        def read(self, size=-1):
            self.left -= 1
            if self.left < 0:
                raise SourceLost
            return super().read(size)

    with pytest.raises(SourceLost):
        profile_file(Ending(content), len(content), "x.parquet", "x", None)
