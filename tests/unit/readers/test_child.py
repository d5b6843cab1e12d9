"""The child process: the same profile as in this process, or the cause, whatever becomes of the child."""

import os

import pytest

from shared.drops.child import profile_apart
from shared.drops.profile_file import profile_file
from shared.drops.unreadable import UnreadableFile


async def test_the_child_says_what_this_process_would(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": 1, "bad \\ud800 name": null}\n{"id": 2}\n')
    assert await profile_apart(path, "x.jsonl", "x", "d") == profile_file(path, "x.jsonl", "x", "d")


async def test_a_cause_crosses_the_border(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"%PDF-1.7 \x00\x01\x02")
    with pytest.raises(UnreadableFile) as raised:
        await profile_apart(path, "x.csv", "x", None)
    assert raised.value.code == "not_what_it_says"


async def test_a_file_that_never_ends_is_given_up(tmp_path):
    """A pipe nobody writes to: the child waits, the parent does not."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(UnreadableFile) as raised:
        await profile_apart(path, "x.csv", "x", None, seconds=1)
    assert raised.value.code == "too_costly"
