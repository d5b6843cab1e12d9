"""Queue ``vocabulary-index``: catalogues are indexed in the background, once for each version."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from azure.functions.queue import QueueMessage

from functions.vocabulary_index import QUEUE, bp
from shared.errors import StorageUnavailable
from shared.mapping.index.catalogue_index import CatalogueIndex, indexed
from shared.mapping.index.indexes import Indexes
from shared.queue_messages import as_text, dump
from tests.fakes.app import Stand, call

PATH = "/organizations/acme/vocabularies"


def vocabulary(prefix: str, *keys: str) -> dict[str, Any]:
    return {"name": prefix.title(), "keyPrefix": prefix, "businessDomain": "/X", "keys": [{"key": k} for k in keys]}


async def deliver(text: str) -> None:
    """What the host does with one message."""
    (function,) = (builder._function for builder in bp._function_builders)
    await function.get_user_function()(QueueMessage(id="1", body=text.encode(), dequeue_count=1))


async def deliver_all(stand: Stand) -> int:
    """Everything that waits; how many there were."""
    waiting = stand.queues.queues.pop(QUEUE, [])
    for stored in waiting:
        await deliver(stored.text)
    return len(waiting)


async def flags() -> list[bool]:
    return [item["indexed"] for item in (await call("GET", PATH)).json["items"]]


def blobs(stand: Stand) -> list[str]:
    return [name for _, name in stand.blobs.blobs if "/index/" in name]


def found(index: CatalogueIndex, text: str) -> list[str]:
    return [each.key.key for each in index.search(text, 3)]


async def test_a_catalogue_says_that_it_is_indexed_when_it_is(stand: Stand) -> None:
    await call("PUT", PATH, [vocabulary("a", "a.firstName"), vocabulary("b", "b.city")])
    assert await flags() == [False, False]
    assert await deliver_all(stand) == 1
    assert await flags() == [True, True]
    await stand.services.indexes.current("acme")
    assert stand.blobs.downloads == 1, "the catalogue and nothing else: what was made is kept in memory"


@pytest.mark.parametrize(("method", "body"), [("PUT", vocabulary("a", "a.country")), ("DELETE", None)])
async def test_a_changed_vocabulary_is_indexed_anew(stand: Stand, method: str, body: Any) -> None:
    await call("PUT", PATH, [vocabulary("a", "a.firstName"), vocabulary("b", "b.city")])
    await deliver_all(stand)
    await call(method, f"{PATH}/a", body)
    assert not any(await flags())
    assert stand.queues.queues[QUEUE][0].delay > 0, "those changed one after the other are indexed together"
    await deliver_all(stand)
    assert all(await flags())
    assert len(blobs(stand)) == 1, "what the older version left is taken away"
    expected = ["a.country"] if method == "PUT" else []
    assert found(await stand.services.indexes.current("acme"), "country") == expected


async def test_messages_of_a_burst_make_one_index(stand: Stand) -> None:
    for number in range(5):
        await call("PUT", f"{PATH}/v{number}", vocabulary(f"v{number}", f"v{number}.x"))
    written: list[str] = []
    put = stand.blobs.put

    async def counted(container: str, name: str, *args: Any, **kwargs: Any) -> str | None:
        written.append(name)
        return await put(container, name, *args, **kwargs)

    stand.blobs.put = counted  # type: ignore[method-assign]
    waiting = stand.queues.queues.pop(QUEUE)
    await asyncio.gather(*(deliver(stored.text) for stored in waiting))
    assert len(waiting) == 5
    assert len(written) == 1
    assert all(await flags())


async def test_an_index_of_a_version_that_is_replaced_meanwhile_is_not_stored(stand: Stand) -> None:
    """The newer version's own message makes the newer index."""
    await call("PUT", PATH, [vocabulary("a", "a.firstName")])
    services = stand.services
    indexes = Indexes(services.catalogue, stand.blobs, stand.queues)

    async def slow(function: Any, *args: Any, **kwargs: Any) -> Any:
        await call("PUT", PATH, [vocabulary("b", "b.city")])
        return function(*args, **kwargs)

    await indexes.make("acme", slow)
    assert blobs(stand) == []
    await deliver_all(stand)
    assert await flags() == [True]


async def test_a_request_that_comes_first_indexes_on_the_spot(stand: Stand) -> None:
    await call("PUT", PATH, [vocabulary("a", "a.firstName", "a.city")])
    stand.queues.queues.clear()
    body = {"dataSet": {"name": "x", "fields": [{"name": "FName"}]}, "options": {"engine": "auto"}}
    mapping = (await call("POST", "/organizations/acme/mappings", body)).json
    assert mapping["properties"][0]["vocabularyKey"] == "a.firstName"
    assert await flags() == [False]
    assert len(stand.queues.queues[QUEUE]) == 1, "a message that was lost is made up for"
    await call("POST", "/organizations/acme/mappings", body)
    assert len(stand.queues.queues[QUEUE]) == 1, "once"
    await deliver_all(stand)
    assert await flags() == [True]


async def test_a_stored_index_is_read_and_finds_what_a_made_one_finds(stand: Stand) -> None:
    await call("PUT", PATH, [vocabulary("a", "a.firstName", "a.statuscode"), vocabulary("b", "b.status", "b.code")])
    await deliver_all(stand)
    other_worker = Indexes(stand.services.catalogue, stand.blobs, stand.queues)
    read = await other_worker.current("acme")
    assert QUEUE not in stand.queues.queues, "it was not made again"
    made = indexed(await stand.services.catalogue.vocabularies("acme"))
    for text in ("first name", "status code", "code"):
        assert [(f.key, f.score) for f in read.search(text, 9)] == [(f.key, f.score) for f in made.search(text, 9)]


async def test_a_damaged_index_is_made_again(stand: Stand) -> None:
    await call("PUT", PATH, [vocabulary("a", "a.firstName")])
    await deliver_all(stand)
    (name,) = blobs(stand)
    await stand.blobs.put("vocabularies", name, b"PK not a zip", "application/zip")
    other_worker = Indexes(stand.services.catalogue, stand.blobs, stand.queues)
    assert found(await other_worker.current("acme"), "first name") == ["a.firstName"]


async def test_organizations_have_each_their_own(stand: Stand) -> None:
    await call("PUT", PATH, [vocabulary("a", "a.firstName")])
    await call("PUT", "/organizations/other/vocabularies", [vocabulary("b", "b.firstName")])
    await deliver_all(stand)
    assert found(await stand.services.indexes.current("acme"), "first name") == ["a.firstName"]
    assert found(await stand.services.indexes.current("other"), "first name") == ["b.firstName"]
    assert found(await stand.services.indexes.current("nobody"), "first name") == []


async def test_indices_of_many_organizations_take_bounded_memory(stand: Stand) -> None:
    for number in range(4):
        await call("PUT", f"/organizations/o{number}/vocabularies", [vocabulary("a", "a.firstName")])
    one = (await stand.services.indexes.current("o0")).size
    indexes = Indexes(stand.services.catalogue, stand.blobs, stand.queues, most_bytes=one * 5 // 2)
    for number in range(4):
        await indexes.current(f"o{number}")
    assert list(indexes._cached) == ["o2", "o3"]


async def test_what_names_no_organization_is_not_tried_again(stand: Stand) -> None:
    for content in ({}, {"organizationId": "../other"}, {"organizationId": 7}):
        await deliver(as_text(dump(content)))
    causes = [message["failure"]["code"] for message in stand.queues.messages(f"{QUEUE}-poison")]  # type: ignore[index]
    assert causes == ["unreadable_message"] * 3


async def test_storage_that_is_away_puts_the_message_back(stand: Stand) -> None:
    await call("PUT", PATH, [vocabulary("a", "a.x")])
    (stored,) = stand.queues.queues.pop(QUEUE)
    stand.blobs.away = True
    await deliver(stored.text)
    stand.blobs.away = False
    assert await deliver_all(stand) == 1
    assert await flags() == [True]


async def test_a_change_that_could_not_be_told_is_an_error_that_can_be_repeated(stand: Stand) -> None:
    stand.queues.away = True
    answer = await call("PUT", PATH, [vocabulary("a", "a.x")])
    assert answer.status == 503
    stand.queues.away = False
    assert (await call("PUT", PATH, [vocabulary("a", "a.x")])).status == 202
    await deliver_all(stand)
    assert await flags() == [True]


async def test_a_killed_worker_leaves_the_message_to_the_next(stand: Stand) -> None:
    """Killed before, while or after the index is stored: the redelivered message ends in one index."""
    await call("PUT", PATH, [vocabulary("a", "a.x")])
    (stored,) = stand.queues.queues.pop(QUEUE)
    put = stand.blobs.put

    async def killed(*args: Any, **kwargs: Any) -> str | None:
        await put(*args, **kwargs)
        raise StorageUnavailable("away", retry_after=1)

    stand.blobs.put = killed  # type: ignore[method-assign]
    await deliver(stored.text)
    stand.blobs.put = put  # type: ignore[method-assign]
    await deliver(stored.text)
    assert await flags() == [True]
    assert len(blobs(stand)) == 1
