"""What a deployment does not accept is learnt from its 400, sent again without, and remembered."""

from __future__ import annotations

import asyncio
import json

import pytest

from shared.errors import AnswerCutOff, DeploymentRejected
from shared.gateway.capabilities import Capabilities, Learnt, learn
from shared.gateway.ports import ChatError, ChatRequest, Completion, Deployment
from shared.gateway.records import Message
from tests.fakes.deployment import SCHEMA, World, completion, failure

NO_TEMPERATURE = failure(400, "unsupported_value", "temperature")
NO_MAX_TOKENS = failure(400, "unsupported_parameter", "max_tokens")
NO_SCHEMA = failure(400, None, "response_format")


@pytest.mark.parametrize(
    ("told", "gone"),
    [
        (NO_TEMPERATURE, "temperature"),
        (failure(400, None, "temperature"), "temperature"),
        (failure(400, "400", None, "Unsupported value: 'temperature' does not support 0"), "temperature"),
        (failure(422, None, None, "temperature: Extra inputs are not permitted"), "temperature"),
        (NO_MAX_TOKENS, "max_tokens"),
        (failure(400, None, "max_tokens"), "max_tokens"),
        (failure(400, None, None, "'max_tokens' is not supported with this model"), "max_tokens"),
    ],
)
async def test_a_parameter_is_dropped_and_the_next_prompt_goes_without_it(
    world: World, told: ChatError, gone: str
) -> None:
    world.chat.script = [told]
    reply = await world.ask()
    assert [gone in sent.parameters for sent in world.chat.sent] == [True, False]
    assert len(set(reply.attempt_ids)) == 2
    assert [row.error_code for row in world.history.outcomes] == ["parameter_unsupported", None]
    await world.ask()
    assert len(world.chat.sent) == 3
    assert gone not in world.chat.sent[2].parameters


async def test_what_is_learnt_holds_for_one_deployment_only(world: World) -> None:
    world.chat.script = [NO_TEMPERATURE]
    await world.ask()
    world.secrets.values["acme--openai-deployment-name"] = "other"
    await world.credentials.renew("acme")
    await world.ask()
    assert "temperature" in world.chat.sent[-1].parameters


async def test_a_reasoning_model_is_given_more_tokens_by_their_other_name(world: World) -> None:
    world.chat.script = [NO_MAX_TOKENS, NO_TEMPERATURE]
    await world.ask()
    parameters = world.chat.sent[-1].parameters
    assert set(parameters) == {"max_completion_tokens"}
    assert isinstance(parameters["max_completion_tokens"], int)
    assert parameters["max_completion_tokens"] > 1000


async def test_a_deployment_that_knows_neither_limit_is_sent_none(world: World) -> None:
    world.chat.script = [NO_MAX_TOKENS, failure(400, "unsupported_parameter", "max_completion_tokens")]
    await world.ask()
    assert world.chat.sent[-1].parameters == {"temperature": 0}


async def test_without_schemas_json_is_asked_for_and_without_json_text(world: World) -> None:
    world.chat.script = [NO_SCHEMA, NO_SCHEMA, completion('Here it is:\n```json\n{"word": "yes"}\n```')]
    assert (await world.ask()).value == "yes"
    formats = [sent.response_format and sent.response_format["type"] for sent in world.chat.sent]
    assert formats == ["json_schema", "json_object", None]
    for sent in world.chat.sent[1:]:
        assert json.dumps(SCHEMA) in sent.messages[0].content
    assert world.history.attempts[2].messages.count("JSON schema") == 1


async def test_an_api_version_before_structured_outputs_is_understood(world: World) -> None:
    hint = "response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later"
    world.chat.script = [failure(400, "BadRequest", None, hint)]
    await world.ask()
    assert world.chat.sent[1].response_format == {"type": "json_object"}


@pytest.mark.parametrize("hint", ["Invalid schema for response_format 'x'", "failed to parse grammar"])
async def test_a_schema_that_is_refused_is_no_lesson_about_schemas(world: World, hint: str) -> None:
    world.chat.script = [failure(400, None, "response_format", hint)]
    await world.ask()
    assert world.chat.sent[1].response_format == {"type": "json_object"}
    await world.ask()
    assert world.chat.sent[2].response_format != {"type": "json_object"}


async def test_two_lessons_learnt_at_the_same_time_are_both_kept(world: World) -> None:
    async def no_max_tokens(request: ChatRequest) -> Completion:
        await asyncio.sleep(1)
        raise NO_MAX_TOKENS

    world.chat.script = [NO_TEMPERATURE, no_max_tokens]
    await asyncio.gather(world.ask(), world.ask())
    world.chat.sent.clear()
    await world.ask()
    assert set(world.chat.sent[0].parameters) == {"max_completion_tokens"}


async def test_a_400_that_repeats_itself_ends(world: World) -> None:
    world.chat.script = [failure(400, "unsupported_parameter", "temperature")] * 9
    with pytest.raises(DeploymentRejected):
        await world.ask()
    assert len(world.chat.sent) == 2


@pytest.mark.parametrize(
    "told",
    [
        failure(400, "content_filter", "prompt", "temperature is not supported"),
        failure(400, "something_else", "temperature"),
        failure(400, None, None, "the field temperature is odd"),
        failure(400, None, "messages", "temperature is not supported"),
        failure(404, "unsupported_parameter", "temperature"),
        failure(400, None, None, "nothing is supported: unsupported"),
    ],
)
def test_only_a_400_about_a_parameter_teaches(told: ChatError) -> None:
    assert learn(Capabilities(), told) is None


async def test_reasoning_that_ate_the_budget_gets_twice_as_much_once_and_it_is_remembered(world: World) -> None:
    world.chat.script = [NO_MAX_TOKENS, completion("", finish_reason="length")]
    await world.ask()
    budgets = [sent.parameters.get("max_completion_tokens") for sent in world.chat.sent]
    assert isinstance(budgets[1], int)
    assert budgets[2] == budgets[1] * 2
    assert world.history.statuses == ["failed", "cut_off", "succeeded"]
    await world.ask()
    assert world.chat.sent[3].parameters["max_completion_tokens"] == budgets[2]


async def test_the_budget_is_doubled_once_a_prompt_and_eightfold_at_most(world: World) -> None:
    for _ in range(6):
        world.chat.script = [completion("", finish_reason="length")] * 2
        with pytest.raises(AnswerCutOff):
            await world.ask()
    assert [sent.parameters["max_tokens"] for sent in world.chat.sent] == [50, 100, 100, 200, 200, 400, 400, 400, 400]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"word": "yes"}', "yes"),
        ('<think>{"word": "no"}</think>{"word": "yes"}', "yes"),
        ('```\n{"word": "yes"}\n```\nAnything else?', "yes"),
        ('{broken {"word": "yes"}', "yes"),
    ],
)
async def test_in_free_text_the_first_json_object_counts(world: World, text: str, expected: str) -> None:
    world.chat.script = [NO_SCHEMA, NO_SCHEMA, completion(text)]
    assert (await world.ask()).value == expected


def test_a_prompt_without_a_system_message_is_given_one() -> None:
    told = Capabilities(output="text").messages((Message("user", "Now"),), SCHEMA)
    assert [message.role for message in told] == ["system", "user"]


def test_only_so_many_deployments_are_remembered() -> None:
    learnt = Learnt()
    for number in range(5000):
        learnt.remember(Deployment("https://x/", str(number), "", ""), Capabilities(temperature=False))
    assert learnt.of(Deployment("https://x/", "0", "", "")).temperature
    assert not learnt.of(Deployment("https://x/", "4999", "", "")).temperature


def test_the_name_of_a_schema_has_only_what_the_service_takes() -> None:
    named = Capabilities().response_format("map fields/v1: " + "x" * 100, SCHEMA)
    assert named is not None
    assert str(named["json_schema"]).startswith("{'name': 'map_fields_v1__xxx")
