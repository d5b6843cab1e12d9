"""The file of a drop: read in its one version, when its turn comes, and once."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.drops.apart import Ranges
from shared.drops.file_profile import FileProfile
from shared.drops.files import DropFiles
from shared.drops.models import Drop, Source
from shared.mapping.claims import Superseded
from shared.mapping.orderly import TimeIsUp
from shared.mapping.queued_run import Run
from shared.mapping.run import Unmakeable
from shared.profiling.models import DataSetProfile
from shared.storage import BlobVersion
from tests.fakes.storage import FakeBlobs

SOURCE = Source(container="drops", blob="acme/crm/x.csv")
DROP = cast("Drop", SimpleNamespace(source=SOURCE, data_set_name="crm"))
NOTHING = FileProfile(DataSetProfile("crm", None, 0, (), None, ()), (), 0, "csv")


class Checkpoints:
    def name(self, what: str) -> str:
        return what

    async def load(self, name: str) -> bytes | None:
        return None


def a_run() -> Run:
    return cast("Run", SimpleNamespace(checkpoints=Checkpoints()))


async def landed(blobs: FakeBlobs, content: bytes = b"id\n1\n") -> BlobVersion:
    await blobs.put(SOURCE.container, SOURCE.blob, content, "text/csv")
    found = await blobs.version(SOURCE.container, SOURCE.blob)
    assert found
    return found


async def test_who_waits_too_long_for_its_turn_goes_back_to_the_queue_and_takes_no_turn_along() -> None:
    """The platform ends a function after ten minutes: waiting and reading together must stay below."""
    blobs, hold = FakeBlobs(), asyncio.Event()
    version = await landed(blobs)

    async def held(content: Ranges, name: str, drop: Drop) -> FileProfile:
        await hold.wait()
        return NOTHING

    files = DropFiles(blobs, held, at_once=1, gate_seconds=0.02)
    first = asyncio.create_task(files.profile(DROP, version, a_run()))
    await asyncio.sleep(0)
    for _ in range(3):
        with pytest.raises(TimeIsUp):
            await files.profile(DROP, version, a_run())
    hold.set()
    assert await first == NOTHING
    assert await files.profile(DROP, version, a_run()) == NOTHING


@pytest.mark.parametrize(("then", "expected"), [(b"id\n2\n", Superseded), (None, Unmakeable)])
async def test_a_blob_that_changes_or_vanishes_between_two_ranges_is_noticed(
    then: bytes | None, expected: type[Exception]
) -> None:
    blobs = FakeBlobs()
    version = await landed(blobs)

    async def two(content: Ranges, name: str, drop: Drop) -> FileProfile:
        assert await content.part(0, 2) == b"id"
        if then is None:
            await blobs.delete(SOURCE.container, SOURCE.blob)
        else:
            await blobs.put(SOURCE.container, SOURCE.blob, then, "text/csv")
        await content.part(2, 3)
        return NOTHING

    with pytest.raises(expected):
        await DropFiles(blobs, two).profile(DROP, version, a_run())


async def test_the_real_child_is_given_the_blob() -> None:
    blobs = FakeBlobs()
    rows = b"".join(b"%d,%080d\n" % (row, row) for row in range(20_000))
    version = await landed(blobs, b"id,name\n" + rows)
    run: Any = SimpleNamespace(checkpoints=Checkpoints())
    run.checkpoints.save = lambda name, content: asyncio.sleep(0)
    found = await DropFiles(blobs).profile(DROP, version, run)
    assert (found.rows, [field.name for field in found.profile.fields]) == (20_000, ["id", "name"])
