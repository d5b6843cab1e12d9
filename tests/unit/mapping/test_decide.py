"""Asking in batches, checking what comes back, and asking again only what failed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from shared.errors import (
    AnswerCutOff,
    AnswerError,
    AnswerRefused,
    ContentFiltered,
    ContextTooLong,
    DeploymentThrottled,
    FeatureDisabled,
    HistoryUnavailable,
    ProductError,
    UnusableAnswer,
)
from shared.gateway.records import Prompt
from shared.mapping.models import Mapping
from shared.mapping.prompt_size import MOST, START, PromptSize
from shared.mapping.suggest import suggest
from tests.fakes.asker import FakeAsker, likeliest_option, no_option
from tests.unit.mapping.requests import fields, request, vocabulary, work


async def mapped(asker: FakeAsker, *names: str, **options: Any) -> Mapping:
    return await suggest(work(request(fields(*names), [vocabulary()], **options)), asker)


def asked(prompt: Prompt[Any]) -> list[str]:
    return list(prompt.schema["properties"])  # type: ignore[call-overload]


def keys(mapping: Mapping) -> dict[str, str | None]:
    return {p.field: p.vocabulary_key for p in mapping.properties}


def codes(mapping: Mapping) -> list[tuple[str, str | None]]:
    return [(w.code, w.field) for w in mapping.warnings if w.code != "identifiers_unverified"]


def spoiling(error: type[AnswerError], name: str) -> FakeAsker:
    """Any prompt that contains this property fails."""
    return FakeAsker(lambda p: error("no") if any(name in n for n in asked(p)) else likeliest_option(p))


async def test_one_prompt_answers_a_batch() -> None:
    asker = FakeAsker()
    mapping = await mapped(asker, "FName", "Surname", "E-mail")
    assert len(asker.prompts) == 1
    assert mapping.prompt_ids == ["m-1-1"]
    assert (mapping.usage.prompts, mapping.usage.prompt_tokens, mapping.usage.cost) == (1, 100, 0.001)
    assert keys(mapping)["E-mail"] == "customer.email"


@pytest.mark.parametrize("count", [1, 29, 30, 31, 490, 1_000])
async def test_many_fields_go_in_even_batches_a_few_at_a_time_each_field_once(count: int) -> None:
    asker = FakeAsker()
    names = [f"column {n}" for n in range(count)]
    mapping = await mapped(asker, *names)
    sizes = [len(asked(p)) for p in asker.prompts]
    assert sorted(name for p in asker.prompts for name in asked(p)) == sorted(
        f"f{n + 1}_column_{n}" for n in range(count)
    )
    assert max(sizes) <= MOST
    assert min(sizes) >= min(count, START // 3)
    assert asker.most_in_flight <= 8
    assert [p.field for p in mapping.properties] == names


async def test_a_batch_shrinks_where_answers_are_missing_and_grows_again_where_they_come() -> None:
    """Learnt across the mappings of one deployment."""
    size = PromptSize()

    def forgetful(prompt: Prompt[Any]) -> object:
        answer: Any = likeliest_option(prompt)
        return dict(list(answer.items())[:6])

    request_ = request(fields(*(f"column {n}" for n in range(100))), [vocabulary()])
    await suggest(replace(work(request_), size=size), FakeAsker(forgetful))
    assert size.fields <= 8
    asker = FakeAsker()
    for _ in range(6):
        await suggest(replace(work(request_), size=size), asker)
    assert max(len(asked(p)) for p in asker.prompts[:8]) <= 16
    assert size.fields == MOST


async def test_a_batch_shrinks_where_the_model_contradicts_what_is_certain() -> None:
    size = PromptSize()
    names = ("first name", "last name", "email", "mobile", "fax", "city")
    many = tuple(f"{name}{' ' * spaces}" for name in names for spaces in range(3))
    await suggest(replace(work(request(fields(*many), [vocabulary()])), size=size), FakeAsker(no_option))
    assert size.fields < START


async def test_wrong_answers_to_a_few_fields_are_not_blamed_on_the_prompts_length() -> None:
    size = PromptSize()
    names = ("first name", "last name", "email", "mobile", "fax", "city")
    await suggest(replace(work(request(fields(*names), [vocabulary()])), size=size), FakeAsker(no_option))
    assert size.fields == START


async def test_only_what_was_not_offered_is_asked_again_alone() -> None:
    def once_wrong(prompt: Prompt[Any]) -> object:
        answer: Any = likeliest_option(prompt)
        if "f2_surname" in answer and len(answer) > 1:
            answer["f2_surname"] = "password"
        return answer

    asker = FakeAsker(once_wrong)
    mapping = await mapped(asker, "FName", "Surname", "E-mail")
    assert [asked(p) for p in asker.prompts] == [["f1_fname", "f2_surname", "f3_e_mail"], ["f2_surname"]]
    assert keys(mapping)["Surname"] == "customer.lastName"
    assert codes(mapping) == []
    assert mapping.usage.prompts == 2


@pytest.mark.parametrize("wrong", [None, 7, ["email"], {"key": "email"}, "customer.email", "EMAIL", ""])
async def test_what_is_wrong_twice_is_decided_without_the_model(wrong: object) -> None:
    def wrong_for_email(prompt: Prompt[Any]) -> object:
        answer: Any = likeliest_option(prompt)
        return {n: wrong if "mail" in n else v for n, v in answer.items()}

    asker = FakeAsker(wrong_for_email)
    mapping = await mapped(asker, "FName", "E-mail")
    assert len(asker.prompts) == 2
    assert codes(mapping) == [("answer_invalid", "E-mail")]
    assert keys(mapping) == {"FName": "customer.firstName", "E-mail": "customer.email"}
    assert "without the model" in mapping.properties[1].reason


async def test_a_missing_property_is_invalid_and_one_too_many_is_not_read() -> None:
    def odd(prompt: Prompt[Any]) -> object:
        answer: Any = likeliest_option(prompt)
        if len(answer) > 1:
            del answer["f1_fname"]
        return {**answer, "f99_extra": "email"}

    mapping = await mapped(FakeAsker(odd), "FName", "E-mail")
    assert codes(mapping) == []
    assert [p.field for p in mapping.properties] == ["FName", "E-mail"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ContentFiltered, "answer_filtered"), (AnswerRefused, "answer_refused"), (AnswerCutOff, "answer_cut_off"),
        (ContextTooLong, "context_too_long"), (UnusableAnswer, "answer_invalid"),
    ],
)  # fmt: skip
async def test_one_field_that_spoils_its_batch_fails_alone(error: type[AnswerError], code: str) -> None:
    mapping = await mapped(spoiling(error, "mobile"), "FName", "Surname", "E-mail", "Mobile", "Town", "Notes")
    assert codes(mapping) == [(code, "Mobile")]
    assert keys(mapping)["Mobile"] == "customer.mobile"
    assert keys(mapping)["Town"] == "customer.city"


async def test_what_failed_attempts_used_is_counted() -> None:
    asker = spoiling(ContentFiltered, "mobile")
    mapping = await mapped(asker, "FName", "Mobile")
    assert mapping.usage.prompts == len(mapping.prompt_ids) == len(asker.prompts) == 3
    assert mapping.usage.prompt_tokens == 120


async def test_a_failed_attempt_of_unknown_use_leaves_the_cost_unknown() -> None:
    class Bare(FakeAsker):
        async def ask(self, caller: Any, prompt: Any) -> Any:
            if len(asked(prompt)) > 1:
                error = AnswerCutOff("cut")
                error.attempt_ids = ("t-1", "t-2")
                raise error
            return await super().ask(caller, prompt)

    mapping = await mapped(Bare(), "FName", "Mobile")
    assert mapping.usage.cost is None
    assert mapping.usage.prompts == 4


async def test_halving_is_bounded() -> None:
    """A filter that blocks nearly everything costs tens of prompts, not hundreds."""
    asker = FakeAsker(lambda _: ContentFiltered("no"))
    with pytest.raises(ContentFiltered):
        await mapped(asker, *(f"column {n}" for n in range(START * 10)))
    assert len(asker.prompts) == 10 + 2 * 6 * 10


async def test_one_spoiling_field_in_each_batch_is_found() -> None:
    asker = FakeAsker(lambda p: ContentFiltered("no") if any("bad" in n for n in asked(p)) else likeliest_option(p))
    names = [f"{'bad' if n % START == 7 else 'column'} {n}" for n in range(START * 5)]
    mapping = await mapped(asker, *names)
    assert codes(mapping) == [("answer_filtered", name) for name in names if "bad" in name]


@pytest.mark.parametrize(
    ("error", "raised"),
    [(ContentFiltered, ContentFiltered), (AnswerRefused, UnusableAnswer), (UnusableAnswer, UnusableAnswer)],
)
async def test_a_mapping_without_one_usable_answer_fails(error: type[AnswerError], raised: type[AnswerError]) -> None:
    asker = FakeAsker(lambda _: error("no"))
    with pytest.raises(raised) as caught:
        await mapped(asker, "FName", "Surname")
    assert type(caught.value) is raised
    assert len(caught.value.attempt_ids) == len(asker.prompts)
    assert caught.value.usage is not None


async def test_answers_that_are_all_invalid_are_not_a_success() -> None:
    with pytest.raises(UnusableAnswer) as caught:
        await mapped(FakeAsker(lambda _: {}), "FName")
    assert caught.value.setting == "deploymentName"


@pytest.mark.parametrize("error", [DeploymentThrottled, FeatureDisabled, HistoryUnavailable])
async def test_other_failures_are_raised_and_the_prompts_in_flight_cancelled(error: type[ProductError]) -> None:
    def answer(prompt: Prompt[Any]) -> object:
        return error("no") if "f1_column_0" in asked(prompt) else asyncio.sleep(3_600)

    asker = FakeAsker(answer)
    with pytest.raises(error):
        await mapped(asker, *(f"column {n}" for n in range(START * 4)))
    assert asker.cancelled == 3
    assert asker.in_flight == 0


async def test_a_failure_while_halving_is_raised_too() -> None:
    def answer(prompt: Prompt[Any]) -> object:
        return ContentFiltered("no") if len(asked(prompt)) > 1 else DeploymentThrottled("wait")

    with pytest.raises(DeploymentThrottled):
        await mapped(FakeAsker(answer), "FName", "Surname")


async def test_the_gate_is_asked_before_anything_else() -> None:
    asker = FakeAsker(refusal=FeatureDisabled("off"))
    with pytest.raises(FeatureDisabled):
        await mapped(asker, "FName", vocabulary="not-there")
    assert asker.prompts == []
    assert asker.required[0].organization == "acme"
