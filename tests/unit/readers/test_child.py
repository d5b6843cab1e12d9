"""The child process: the same profile as in this process, or the cause, whatever becomes of the child."""

import asyncio
import io
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from shared.drops import child
from shared.drops.apart import profile_apart
from shared.drops.profile_file import profile_file
from shared.drops.readers.limits import MIB
from shared.drops.readers.ranged_file import PART
from shared.drops.unreadable import UnreadableFile
from tests.fakes.ranges import InMemory

ROWS = b"id,name\n" + b"".join(b"%d,%090d\n" % (row, row % 100) for row in range(100_000))


async def test_the_child_says_what_this_process_would():
    content = b'{"id": 1, "bad \\ud800 name": null}\n{"id": 2}\n'
    expected = profile_file(io.BytesIO(content), len(content), "x.jsonl", "x", "d")
    assert await profile_apart(InMemory(content), "x.jsonl", "x", "d") == expected


async def test_a_cause_crosses_the_border():
    with pytest.raises(UnreadableFile) as raised:
        await profile_apart(InMemory(b"%PDF-1.7 \x00\x01\x02"), "x.csv", "x", None)
    assert raised.value.code == "not_what_it_says"


async def test_text_is_asked_for_once_in_order_and_in_parts():
    file = InMemory(ROWS)
    found = await profile_apart(file, "x.csv", "x", None)
    assert found.rows == 100_000
    assert [start for start, _ in file.asked] == [
        sum(length for _, length in file.asked[:at]) for at in range(len(file.asked))
    ]
    assert sum(length for _, length in file.asked) == len(ROWS)
    assert max(length for _, length in file.asked) <= PART


async def test_a_file_refused_by_its_first_bytes_is_not_fetched():
    file = InMemory(b"%PDF-1.7 \x00\x01\x02" + bytes(30 * MIB))
    with pytest.raises(UnreadableFile):
        await profile_apart(file, "x.csv", "x", None)
    assert sum(length for _, length in file.asked) < 2 * MIB


class Gone(Exception):
    pass


@pytest.mark.parametrize("after", [0, 1, 3])
async def test_what_ends_the_reading_is_raised_as_it_is(after):
    """Such as a blob that has changed."""

    class Changing(InMemory):
        async def part(self, start, length):
            if len(self.asked) == after:
                raise Gone
            return await super().part(start, length)

    with pytest.raises(Gone):
        await profile_apart(Changing(ROWS), "x.csv", "x", None)
    assert children() == []


async def test_a_file_that_never_comes_is_given_up():
    class Silent(InMemory):
        async def part(self, start, length):
            await asyncio.Event().wait()

    with pytest.raises(UnreadableFile) as raised:
        await profile_apart(Silent(ROWS), "x.csv", "x", None, seconds=1)
    assert raised.value.code == "too_costly"
    assert children() == []


async def test_who_is_cancelled_leaves_no_child():
    class Told(InMemory):
        async def part(self, start, length):
            begun.set()
            return await super().part(start, length)

    begun = asyncio.Event()
    work = asyncio.create_task(profile_apart(Told(ROWS), "x.csv", "x", None))
    await begun.wait()
    assert len(children()) == 1
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert children() == []


WORKER = """
    import asyncio
    from shared.drops.apart import profile_apart
    from tests.fakes.ranges import InMemory

    class Slow(InMemory):
        async def part(self, start, length):
            print("asked", flush=True)
            if start:
                await asyncio.Event().wait()
            return await super().part(start, length)

    asyncio.run(profile_apart(Slow(b"id,name\\n" + b"1,x\\n" * 1_000_000), "x.csv", "x", None))
"""


def test_a_worker_killed_takes_its_child_along_and_leaves_nothing_behind(tmp_path):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, sys.path)), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", textwrap.dedent(WORKER)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as worker:
        worker.stdout.readline()
        (child,) = children(worker.pid)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        for _ in range(500):
            if not alive(child):
                break
            signal.sigtimedwait([], 0.01)
        assert not alive(child)
    assert list(tmp_path.iterdir()) == []


def children(parent=None):
    """By their parent: a list of a thread's own is gone with the thread."""
    parent = str(parent or os.getpid())
    return [
        int(found.name)
        for found in Path("/proc").glob("[0-9]*")
        if stat(found.name)[1:2] == [parent] and alive(found.name) and reads_files(found)
    ]


def reads_files(process):
    """Other parts of the app, and of the test run, keep children of their own."""
    try:
        return b"shared.drops.child" in (process / "cmdline").read_bytes()
    except OSError:
        return False


def alive(process):
    """A zombie is not."""
    return stat(process)[:1] not in ([], ["Z"])


def stat(process):
    """State, parent and more; [] where there is none."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def test_a_defect_of_ours_is_called_one_and_repeats_no_cell(monkeypatch):
    def fail(*_, **__):
        raise ValueError("secret cell")

    monkeypatch.setattr(child, "profile_file", fail)
    request = {"size": 1, "file_name": "x", "data_set_name": "x", "description": None, "sheet": None, "seconds": 9}
    said = child.answer(request, None)
    assert said["error"] == "internal_error"
    assert str(said["where"]).startswith("ValueError in test_child.py:")
    assert "secret" not in str(said)
