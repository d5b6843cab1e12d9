"""The stored catalogue over HTTP."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

from tests.fakes.app import Stand, call

PATH = "/organizations/acme/vocabularies"


def vocabulary(prefix: str, *keys: str) -> dict[str, Any]:
    return {"name": prefix.title(), "keyPrefix": prefix, "businessDomain": "/X", "keys": [{"key": k} for k in keys]}


async def test_a_catalogue_is_replaced_as_a_whole(stand: Stand) -> None:
    await call("PUT", PATH, [vocabulary("old", "old.a")])
    taken = await call("PUT", PATH, [vocabulary("b", "b.x", "b.y"), vocabulary("a")])
    assert (taken.status, taken.json) == (202, {"vocabularies": 2, "keys": 2})
    assert (await call("GET", PATH)).json == {
        "items": [
            {"name": "A", "keyPrefix": "a", "businessDomain": "/X", "keyCount": 0, "indexed": False},
            {"name": "B", "keyPrefix": "b", "businessDomain": "/X", "keyCount": 2, "indexed": False},
        ],
        "continuationToken": None,
    }


async def test_a_catalogue_may_come_as_gzip(stand: Stand) -> None:
    packed = gzip.compress(json.dumps([vocabulary("a")]).encode())
    assert (await call("PUT", PATH, packed, headers={"content-encoding": "gzip"})).status == 202
    assert len((await call("GET", PATH)).json["items"]) == 1


async def test_pages_follow_each_other_without_gap_or_overlap(stand: Stand) -> None:
    await call("PUT", PATH, [vocabulary(f"v{i}") for i in range(7)])
    seen, token = [], None
    for _ in range(10):
        page = (await call("GET", PATH, params={"top": "3", **({"continuationToken": token} if token else {})})).json
        seen += [item["keyPrefix"] for item in page["items"]]
        token = page["continuationToken"]
        if token is None:
            break
    assert seen == [f"v{i}" for i in range(7)]


async def test_one_vocabulary_is_added_then_replaced_then_removed(stand: Stand) -> None:
    one = f"{PATH}/customer"
    assert (await call("PUT", one, vocabulary("customer"))).status == 201
    assert (await call("PUT", one, vocabulary("customer", "customer.a"))).status == 200
    assert [key["key"] for key in (await call("GET", one)).json["keys"]] == ["customer.a"]
    assert (await call("DELETE", one)).status == 204
    assert (await call("GET", one)).status == 404


async def test_keys_are_taken_as_given(stand: Stand) -> None:
    """Any Unicode, spaces, brackets, control characters: names are data."""
    keys = ["customer.naïve name (old)", "customer.اسم\u202e", "customer.名前[0]", "customer.a\u0000b"]
    await call("PUT", f"{PATH}/customer", vocabulary("customer", *keys))
    assert [key["key"] for key in (await call("GET", f"{PATH}/customer")).json["keys"]] == keys


async def test_real_prefixes_with_dots_underscores_and_letters_of_any_script_are_taken(stand: Stand) -> None:
    for prefix in ("commonDataModel.account_x", "größe", "客户"):
        from urllib.parse import quote

        assert (await call("PUT", f"{PATH}/{quote(prefix)}", vocabulary(prefix))).status == 201
        assert (await call("GET", f"{PATH}/{quote(prefix)}")).status == 200


async def test_a_key_of_another_stored_vocabulary_is_refused(stand: Stand) -> None:
    await call("PUT", f"{PATH}/a", vocabulary("a", "a.b.c"))
    answer = await call("PUT", f"{PATH}/a.b", vocabulary("a.b", "a.b.c"))
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (400, "/keys/0/key")


async def test_vocabularies_put_at_once_are_all_kept(stand: Stand) -> None:
    await asyncio.gather(*(call("PUT", f"{PATH}/v{i}", vocabulary(f"v{i}")) for i in range(12)))
    assert len((await call("GET", PATH)).json["items"]) == 12


async def test_an_unchanged_catalogue_is_downloaded_once(stand: Stand) -> None:
    await call("PUT", PATH, [vocabulary("a")])
    for _ in range(5):
        await call("GET", PATH)
    assert stand.blobs.downloads == 1


async def test_organizations_neither_read_nor_change_each_others_vocabularies(stand: Stand) -> None:
    await call("PUT", f"{PATH}/a", vocabulary("a", "a.secret"))
    other = "/organizations/other/vocabularies"
    assert (await call("GET", other)).json["items"] == []
    assert (await call("GET", f"{other}/a")).status == 404
    assert (await call("DELETE", f"{other}/a")).status == 404
    await call("PUT", other, [])
    assert (await call("GET", f"{PATH}/a")).status == 200


async def test_storage_that_is_away_is_told(stand: Stand) -> None:
    stand.blobs.away = True
    answer = await call("PUT", PATH, [])
    assert (answer.status, answer.json["code"]) == (503, "deployment_unavailable")
    assert int(answer.headers["retry-after"]) >= 1
