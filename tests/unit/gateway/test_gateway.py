"""One prompt through the gateway: flag, settings, rows before and after, answers and refusals."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal

import pytest

from shared.errors import (
    AnswerCutOff,
    AnswerError,
    AnswerRefused,
    ContentFiltered,
    ContextTooLong,
    DeploymentForbidden,
    DeploymentNotFound,
    DeploymentRejected,
    DeploymentTimeout,
    DeploymentUnauthorized,
    DeploymentUnavailable,
    FeatureDisabled,
    FlagsUnavailable,
    HistoryUnavailable,
    ProductError,
    SettingsMissing,
    UnusableAnswer,
)
from shared.gateway import attempts
from shared.gateway.ports import ChatRequest, Completion
from shared.gateway.records import Feature, Message, Usage
from tests.fakes.deployment import KEY_ONE, KEY_TWO, SCHEMA, World, completion, failure, messages_of, prompt


async def test_a_prompt_is_answered_with_its_ids_model_and_cost(world: World) -> None:
    reply = await world.ask()
    assert reply.value == "yes"
    assert reply.model == "gpt-4.1-mini-2025-04-14"
    cost = (60 * Decimal(1) + 40 * Decimal("0.5") + 20 * Decimal(4)) / 1_000_000
    assert reply.usage == Usage(1, 100, 20, 40, cost)
    assert reply.attempt_ids == (f"{world.history.attempts[0].prompt_id}-1",)


async def test_the_attempt_row_is_written_before_the_prompt_is_sent_and_the_outcome_after(world: World) -> None:
    async def look(request: ChatRequest) -> Completion:
        assert [type(row).__name__ for row in world.history.rows] == ["AttemptRow"]
        return completion()

    world.chat.script = [look]
    await world.ask()
    attempt, outcome = world.history.attempts[0], world.history.outcomes[0]
    assert (attempt.organization, attempt.feature, attempt.deployment) == ("acme", "AiMapping", "gpt")
    assert (attempt.host, attempt.try_number) == ("acme.openai.azure.com", 1)
    assert (attempt.correlation_id, attempt.mapping_id) == ("correlation", "mapping")
    assert messages_of(attempt)[1] == {"role": "user", "content": "Now"}
    assert (outcome.status, outcome.finish_reason, outcome.response) == ("succeeded", "stop", '{"word": "yes"}')
    assert (outcome.prompt_tokens, outcome.completion_tokens, outcome.cached_tokens) == (100, 20, 40)
    assert (outcome.currency, outcome.attempt_id) == ("USD", attempt.attempt_id)


async def test_a_strict_schema_the_budget_and_a_time_out_are_sent(world: World) -> None:
    await world.ask()
    sent = world.chat.sent[0]
    assert sent.response_format == {
        "type": "json_schema",
        "json_schema": {"name": "say-a-word-v1", "strict": True, "schema": SCHEMA},
    }
    assert sent.parameters == {"temperature": 0, "max_tokens": 50}
    assert sent.timeout == pytest.approx(100, abs=1)


@pytest.mark.parametrize("missing", ["flag", "default too"])
async def test_nothing_is_sent_or_recorded_while_the_flag_is_off(world: World, missing: str) -> None:
    world.table.rows.clear()
    with pytest.raises(FeatureDisabled):
        await world.ask()
    with pytest.raises(FeatureDisabled):
        await world.gateway.require(world.caller())
    assert (world.chat.sent, world.history.rows) == ([], [])


async def test_nothing_is_sent_while_the_flag_cannot_be_read(world: World) -> None:
    world.table.away = True
    with pytest.raises(FlagsUnavailable):
        await world.ask()
    assert (world.chat.sent, world.history.rows) == ([], [])


async def test_nothing_is_sent_without_that_organizations_own_settings(world: World) -> None:
    world.switch(True, organization="other")
    with pytest.raises(SettingsMissing):
        await world.gateway.ask(world.caller(organization="other"), prompt())
    with pytest.raises(SettingsMissing):
        await world.gateway.require(world.caller(organization="other"))
    assert world.chat.sent == []


async def test_a_base_url_that_may_not_be_used_is_refused_before_anything_is_sent(world: World) -> None:
    world.secrets.values["acme--openai-base-url"] = "https://169.254.169.254/"
    with pytest.raises(DeploymentForbidden) as caught:
        await world.ask()
    assert caught.value.setting == "baseUrl"
    assert (world.chat.sent, world.history.rows) == ([], [])


async def test_a_flag_switched_off_while_the_attempt_is_recorded_stops_the_send(world: World) -> None:
    world.history.latency = 5.0
    asking = asyncio.create_task(world.ask())
    await asyncio.sleep(1)
    world.switch(False)
    with pytest.raises(FeatureDisabled) as caught:
        await asking
    assert world.chat.sent == []
    assert (world.history.statuses, world.history.outcomes[0].error_code) == (["cancelled"], "feature_disabled")
    assert caught.value.attempt_ids == (world.history.attempts[0].attempt_id,)
    assert caught.value.usage == Usage()


async def test_a_flag_switched_off_during_a_retry_stops_the_retry(world: World) -> None:
    world.chat.script = [failure(503, retry_after="10")]
    asking = asyncio.create_task(world.ask())
    await asyncio.sleep(1)
    world.switch(False)
    with pytest.raises(FeatureDisabled):
        await asking
    assert len(world.chat.sent) == 1


async def test_a_flag_switched_off_during_a_pause_stops_all_that_wait(world: World) -> None:
    world.chat.script = [failure(429, "429", retry_after="30")]
    asking = [asyncio.create_task(world.ask()) for _ in range(20)]
    await asyncio.sleep(10)
    sent = len(world.chat.sent)
    world.switch(False)
    results = await asyncio.gather(*asking, return_exceptions=True)
    assert sum(isinstance(result, FeatureDisabled) for result in results) >= 1
    assert len(world.chat.sent) == sent


async def test_without_the_attempt_row_nothing_is_sent(world: World) -> None:
    world.history.away = True
    with pytest.raises(HistoryUnavailable) as caught:
        await world.ask()
    assert world.chat.sent == []
    assert caught.value.attempt_ids == ()


async def test_without_the_outcome_row_the_answer_is_still_returned(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.history.away_for_outcomes = True
    assert (await world.ask()).value == "yes"
    assert "history.outcome_lost" in caplog.text


@pytest.mark.parametrize(
    ("answer", "error", "status", "code"),
    [
        (completion("", finish_reason="content_filter"), ContentFiltered, "filtered", "content_filtered"),
        (completion("", refusal="I may not"), AnswerRefused, "refused", "unusable_answer"),
        (completion('{"word": "y', finish_reason="length"), AnswerCutOff, "cut_off", "unusable_answer"),
        (completion("not json"), UnusableAnswer, "failed", "unusable_answer"),
        (completion(""), UnusableAnswer, "failed", "unusable_answer"),
        (completion('{"other": 1}'), UnusableAnswer, "failed", "unusable_answer"),
        (completion('```json\n{"word": "yes"}\n```'), UnusableAnswer, "failed", "unusable_answer"),
        (completion('{"word": "\\ud800"}'), UnusableAnswer, "failed", "unusable_answer"),
        (completion("[" * 100_000), UnusableAnswer, "failed", "unusable_answer"),
    ],
)
async def test_an_answer_that_cannot_be_used_is_recorded_billed_and_never_retried(
    world: World, answer: Completion, error: type[AnswerError], status: str, code: str
) -> None:
    world.chat.script = [answer]
    with pytest.raises(error) as caught:
        await world.ask()
    assert type(caught.value) is error
    assert len(world.chat.sent) == 1
    outcome = world.history.outcomes[0]
    assert (outcome.status, outcome.error_code, outcome.prompt_tokens) == (status, code, 100)
    assert caught.value.usage is not None
    assert caught.value.usage.prompts == 1
    assert caught.value.usage.cost == outcome.cost != 0
    assert caught.value.attempt_ids == (outcome.attempt_id,)


@pytest.mark.parametrize(
    ("told", "error", "setting", "status", "sends"),
    [
        (failure(400, "content_filter", "prompt"), ContentFiltered, None, "filtered", 1),
        (failure(400, "context_length_exceeded", "messages"), ContextTooLong, "deploymentName", "failed", 1),
        (
            failure(400, "400", None, "exceeds the context size"),
            ContextTooLong,
            "deploymentName",
            "failed",
            1,
        ),
        (failure(413), ContextTooLong, "deploymentName", "failed", 1),
        (failure(400, None, None, "whatever"), DeploymentRejected, "deploymentName", "failed", 1),
        (failure(422, None), DeploymentRejected, "deploymentName", "failed", 1),
        (failure(401, "401"), DeploymentUnauthorized, "apiKey", "unauthorized", 2),
        (failure(403, "403"), DeploymentForbidden, "baseUrl", "failed", 1),
        (failure(404, "DeploymentNotFound"), DeploymentNotFound, "deploymentName", "failed", 1),
        (failure(404, "404", None, "Resource not found"), DeploymentNotFound, "baseUrl", "failed", 1),
        (failure(302), DeploymentForbidden, "baseUrl", "failed", 1),
        (failure(418), DeploymentRejected, "baseUrl", "failed", 1),
        (failure(200, "not_json"), DeploymentRejected, "baseUrl", "failed", 1),
        (failure(None, "address_refused"), DeploymentForbidden, "baseUrl", "failed", 1),
        (failure(408, "timeout"), DeploymentTimeout, None, "timed_out", 4),
        (failure(409), DeploymentUnavailable, None, "failed", 4),
        (failure(500), DeploymentUnavailable, None, "failed", 4),
        (failure(503), DeploymentUnavailable, None, "failed", 4),
        (failure(None), DeploymentUnavailable, "baseUrl", "failed", 4),
        (failure(None, "name_not_found"), DeploymentUnavailable, "baseUrl", "failed", 4),
        (failure(None, "tls_failed"), DeploymentUnavailable, "baseUrl", "failed", 4),
    ],
)
async def test_each_row_of_the_error_table(
    world: World, told: BaseException, error: type[ProductError], setting: str | None, status: str, sends: int
) -> None:
    """Named by its setting, tried as often as makes sense, one attempt and one outcome row per try."""
    world.chat.script = [told] * 10
    with pytest.raises(error) as caught:
        await world.ask()
    assert type(caught.value) is error
    assert caught.value.setting == setting
    assert len(world.chat.sent) == sends
    assert world.history.statuses == [status] * sends
    assert caught.value.attempt_ids == tuple(row.attempt_id for row in world.history.attempts)
    assert [row.try_number for row in world.history.attempts] == list(range(1, sends + 1))
    assert {row.error_code for row in world.history.outcomes} == {error.code}
    assert caught.value.usage == Usage(prompts=sends)


@pytest.mark.parametrize("told", [failure(408), failure(409), failure(500), failure(503), failure(None)])
async def test_a_transient_failure_is_tried_again(world: World, told: BaseException) -> None:
    world.chat.script = [told, told, told]
    reply = await world.ask()
    assert len(reply.attempt_ids) == 4
    assert world.history.statuses[-1] == "succeeded"
    assert reply.usage.prompts == 4


async def test_retries_wait_longer_each_time_and_as_long_as_told(world: World) -> None:
    started = world.clock()
    world.chat.script = [failure(503), failure(503, retry_after="7"), failure(503)]
    await world.ask()
    assert 0.25 + 7 + 1.0 <= world.clock() - started <= 0.5 + 7 + 2.1


async def test_no_retry_that_would_end_after_the_deadline(world: World) -> None:
    world.chat.script = [failure(503, retry_after="50")]
    with pytest.raises(DeploymentUnavailable):
        await world.ask(patience=20)
    assert len(world.chat.sent) == 1


async def test_a_deadline_that_has_passed_sends_nothing(world: World) -> None:
    with pytest.raises(DeploymentTimeout):
        await world.ask(patience=0)
    assert world.chat.sent == []


async def test_each_try_has_no_more_time_than_the_caller(world: World) -> None:
    await world.ask(patience=7)
    assert world.chat.sent[0].timeout <= 7


async def test_a_slow_try_leaves_its_error_when_time_is_up(world: World) -> None:
    async def slow(request: ChatRequest) -> Completion:
        await asyncio.sleep(request.timeout)
        raise failure(408, "timeout")

    world.chat.script = [slow]
    with pytest.raises(DeploymentTimeout):
        await world.ask(patience=10)
    assert world.history.statuses == ["timed_out"]


async def test_a_caller_that_leaves_during_the_send_leaves_an_outcome(world: World) -> None:
    world.chat.latency = 60
    asking = asyncio.create_task(world.ask())
    await asyncio.sleep(5)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (world.history.statuses, world.history.outcomes[0].error_code) == (["cancelled"], "cancelled")


async def test_a_caller_that_leaves_while_a_row_is_written_does_not_stop_it(world: World) -> None:
    world.history.latency = 5
    asking = asyncio.create_task(world.ask())
    await asyncio.sleep(1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await attempts.settled()
    assert world.chat.sent == []
    assert (len(world.history.attempts), world.history.statuses) == (1, ["cancelled"])


async def test_a_caller_that_leaves_while_the_history_is_away_leaves_nothing(world: World) -> None:
    world.history.latency, world.history.away = 5, True
    asking = asyncio.create_task(world.ask())
    await asyncio.sleep(1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await attempts.settled()
    assert world.history.rows == []


async def test_a_caller_that_leaves_twice_does_not_stop_the_outcome(world: World) -> None:
    world.chat.latency = 60
    asking = asyncio.create_task(world.ask())
    await asyncio.sleep(5)
    world.history.latency = 5
    asking.cancel()
    await asyncio.sleep(1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await attempts.settled()
    assert world.history.statuses == ["cancelled"]


async def test_an_unexpected_exception_is_recorded_without_its_words(world: World) -> None:
    world.chat.script = [RuntimeError(f"with {KEY_ONE}")]
    with pytest.raises(RuntimeError):
        await world.ask()
    outcome = world.history.outcomes[0]
    assert (outcome.status, outcome.error_code) == ("failed", "internal_error")
    assert outcome.error_detail == "Unexpected RuntimeError"


async def test_an_answer_that_does_not_say_what_it_used_has_no_cost(world: World) -> None:
    world.chat.script = [completion(prompt_tokens=0, completion_tokens=0, cached_tokens=0)]
    reply = await world.ask()
    outcome = world.history.outcomes[0]
    assert (outcome.prompt_tokens, outcome.cost, outcome.currency, reply.usage.cost) == (None, None, None, None)


async def test_keys_are_seen_nowhere_on_any_path(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A canary through every kind of answer, with a service that repeats the keys wherever it can."""
    caplog.set_level(logging.DEBUG)
    told = f"{KEY_ONE} {KEY_TWO}"
    kinds: list[Completion | BaseException] = [
        completion(f'{{"word": "{told}"}}', model=told),
        completion("", refusal=told),
        completion(told),
        completion(told, finish_reason="length"),
    ]
    kinds += [failure(status, told, told, told) for status in (400, 401, 403, 404, 408, 409, 418, 422, 429, 500)]
    kinds += [failure(None, told, told, told), failure(302, told, told, told)]
    seen: list[str] = []
    for kind in kinds:
        world.chat.script = [kind] * 8
        try:
            seen.append(repr(await world.ask(patience=5)))
        except ProductError as error:
            seen += [repr(error), str(vars(error)), error.detail]
    seen += [repr(row) for row in world.history.rows] + [repr(sent) for sent in world.chat.sent]
    seen += [str(vars(record)) for record in caplog.records]
    assert len(seen) > 100
    assert not [text for text in seen if KEY_ONE in text or KEY_TWO in text]


async def test_logs_hold_no_prompt(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await world.ask(messages=(Message("user", "canary-in-the-prompt"),))
    assert "prompt.sent" in caplog.text
    assert not any("canary-in-the-prompt" in str(vars(record)) for record in caplog.records)


async def test_five_hundred_prompts_are_in_flight_at_once(world: World) -> None:
    world.chat.latency = 2.0
    started = world.clock()
    await asyncio.gather(*(world.ask() for _ in range(500)))
    assert world.chat.most_in_flight == 500
    assert world.clock() - started == pytest.approx(2.0, abs=0.1)
    assert len({row.prompt_id for row in world.history.attempts}) == 500


async def test_any_one_of_the_features_allows_a_prompt(world: World) -> None:
    world.switch(False)
    world.switch(True, Feature.RULE_ENGINE)
    caller = world.caller(features=(Feature.AI_MAPPING, Feature.RULE_ENGINE))
    assert (await world.gateway.ask(caller, prompt())).value == "yes"
