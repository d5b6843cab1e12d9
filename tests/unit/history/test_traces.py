"""The trace of a prompt goes on into the history, wherever its rows are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from shared.errors import HistoryUnavailable
from shared.gateway.gateway import Gateway
from shared.gateway.history import Recorder
from shared.telemetry.telemetry import span
from tests.fakes.deployment import World, prompt
from tests.fakes.history import FakeOutbox, FakeStore
from tests.fakes.telemetry import Recorded, recorded


class Place:
    """A gateway that writes its history into a database and an outbox in memory."""

    def __init__(self) -> None:
        self.store, self.outbox, self.world = FakeStore(), FakeOutbox(), World()
        self.history = Recorder(self.store, self.outbox, probe_every=1e6)
        world = self.world
        self.gateway = Gateway(world.flags, world.credentials, world.chat, self.history, world.settings, world.clock)

    async def ask(self) -> None:
        await self.gateway.ask(self.world.caller(), prompt())


@pytest.fixture
def told() -> Iterator[Recorded]:
    with recorded() as made:
        yield made


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    made = Place()
    yield made
    await made.history.close()


def kept_in(told: Recorded, table: str) -> object:
    return (told.one(f"INSERT {table}").attributes or {})["cluedin.history.kept_in"]


async def test_the_trace_reaches_sql(place: Place, told: Recorded) -> None:
    with span("request"):
        await place.ask()
    assert told.tree() == [
        "request",
        "  ask say-a-word-v1",
        "    INSERT prompt_attempts",
        "    chat gpt",
        "    INSERT prompt_outcomes",
    ]
    assert kept_in(told, "prompt_attempts") == "sql"


async def test_rows_that_went_to_the_outbox_say_so_in_the_same_trace(place: Place, told: Recorded) -> None:
    place.store.away = True
    with span("request"):
        await place.ask()
    assert told.tree() == [
        "request",
        "  ask say-a-word-v1",
        "    INSERT prompt_attempts",
        "      put into the outbox",
        "    chat gpt",
        "    INSERT prompt_outcomes",
        "      put into the outbox",
    ]
    assert kept_in(told, "prompt_outcomes") == "outbox"


async def test_a_row_that_is_kept_nowhere_is_a_failed_step(place: Place, told: Recorded) -> None:
    place.store.away = place.outbox.away = True
    with pytest.raises(HistoryUnavailable):
        await place.ask()
    failed = told.one("INSERT prompt_attempts")
    assert (failed.attributes or {})["error.type"] == "history_unavailable"
    assert "chat gpt" not in told.names
