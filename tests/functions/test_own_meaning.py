"""Names compared by the organization's own embedding deployment: only where it is named, for what is left to decide."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import DeploymentNotFound, DeploymentThrottled, UnusableAnswer
from shared.mapping import own_meaning
from tests.fakes.app import Stand, call
from tests.functions import test_async_mappings as queue

PATH = "/organizations/acme/mappings"
SECRET = "acme--openai-embedding-deployment-name"
KEYS = ("gadgetry", "sprocketry", "remark")
VOCABULARY = {"name": "Customer", "keyPrefix": "customer", "keys": [{"key": f"customer.{name}"} for name in KEYS]}


def request(**options: object) -> dict[str, Any]:
    records = [{"Zzyxu": f"secret {n}", "Qqufo": f"value {n}"} for n in range(3)]
    options = {"vocabulary": "customer", **options}
    return {"dataSet": {"name": "crm", "records": records}, "vocabularies": [VOCABULARY], "options": options}


@pytest.fixture
def named(stand: Stand) -> Stand:
    """The organization names an embedding deployment, which knows two words that nobody else does."""
    stand.secrets.values[SECRET] = "embedding"
    stand.gateway.means = {"zzyxu": "gadgetry", "qqufo": "sprocketry"}
    return stand


async def mapped(**options: object) -> dict[str, Any]:
    answer = await call("POST", PATH, request(**options))
    assert answer.status == 200, answer.json
    return answer.json


def best(mapping: dict[str, Any]) -> list[str]:
    return [each["candidates"][0]["vocabularyKey"] for each in mapping["properties"]]


async def test_names_that_mean_the_same_are_found(named: Stand) -> None:
    mapping = await mapped(explain=True)
    assert best(mapping) == ["customer.gadgetry", "customer.sprocketry"]
    assert mapping["properties"][0]["candidates"][0]["signals"]["meaning"] > 0.5
    assert mapping["promptIds"][:2] == ["embedding-1-1", "embedding-2-1"]
    assert mapping["usage"]["prompts"] == 3


async def test_only_names_leave(named: Stand) -> None:
    """Of keys in calls of their own, so that they can be remembered; never a value."""
    await mapped()
    (_, keys), (_, fields) = named.gateway.embedded
    assert fields == ["qqufo", "zzyxu"]
    assert len(keys) == len(KEYS)
    assert "secret" not in str(named.gateway.embedded)


async def test_keys_that_are_known_are_not_asked_again(named: Stand) -> None:
    await mapped()
    named.gateway.embedded.clear()
    mapping = await mapped()
    assert (named.gateway.embedded, mapping["usage"]["prompts"]) == ([], 1)


async def test_without_the_setting_and_with_auto_nothing_is_embedded(stand: Stand) -> None:
    await mapped()
    stand.secrets.values[SECRET] = "embedding"
    await mapped(engine="auto")
    assert stand.gateway.embedded == []


async def test_a_reviewed_structure_embeds_nothing(named: Stand) -> None:
    mapping = await mapped(engine="auto")
    decisions = [{"field": each["field"], "decision": "accepted"} for each in mapping["properties"]]
    await call("PUT", f"{PATH}/{mapping['mappingId']}/review", {"decisions": decisions})
    assert (await mapped())["usage"]["prompts"] == 0
    assert named.gateway.embedded == []


async def test_a_large_vocabulary_is_ranked_without(named: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_meaning, "MOST_KEYS", 2)
    assert (await mapped())["usage"]["prompts"] == 1
    assert named.gateway.embedded == []


async def test_an_answer_that_cannot_be_used_is_a_warning(named: Stand) -> None:
    named.gateway.embedding_fails = UnusableAnswer("No vectors", setting="embeddingDeploymentName")
    mapping = await mapped()
    assert "meaning_unusable" in [warning["code"] for warning in mapping["warnings"]]
    assert mapping["promptIds"][0] == "embedding-1-1"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DeploymentNotFound("Not there", setting="embeddingDeploymentName"), 502),
        (DeploymentThrottled("Wait", retry_after=3), 429),
    ],
)
async def test_what_fails_a_prompt_fails_the_mapping_here_too(named: Stand, error: Any, status: int) -> None:
    named.gateway.embedding_fails = error
    answer = await call("POST", PATH, request())
    assert (answer.status, answer.json["code"]) == (status, error.code)
    assert named.gateway.asked == []


async def test_queued_work_embeds_too(named: Stand) -> None:
    answer = await call("POST", PATH, request(), headers=queue.ASYNC)
    await queue.deliver(named)
    state = await queue.state(answer.headers["location"].removeprefix("/api"))
    assert best(state["result"]) == ["customer.gadgetry", "customer.sprocketry"]
