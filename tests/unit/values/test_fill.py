"""Many records, few calls: each record is answered, or fails with a cause of its own, whatever its neighbours do."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest

from shared.errors import AnswerCutOff, ContentFiltered, DeploymentThrottled, UnusableAnswer
from shared.gateway.records import Caller, Feature, Prompt
from shared.values.batches import MOST, START, BatchSize
from shared.values.fill import Filled, fill
from shared.values.outputs import Output
from shared.values.prompt import Form, form_of
from shared.values.template import parse_template
from tests.fakes.asker import FakeAsker
from tests.fakes.values import WordyAsker, answers, records_of, upper

CALLER = Caller("acme", (Feature.RULE_ENGINE,), "RuleEngine", "abc", deadline=math.inf)
TEMPLATE = parse_template("Shout {Vocabulary:a.name} into {output:Vocabulary:a.loud}")


def form(*, data_type: str = "Text", allowed: tuple[str, ...] = ()) -> Form:
    return form_of(TEMPLATE, (Output("a.loud", data_type, allowed),))


def questions(count: int) -> list[tuple[str, ...]]:
    return [(f"name {number}",) for number in range(count)]


async def run(asker: FakeAsker, count: int, size: BatchSize | None = None, **shape: Any) -> Filled:
    return await fill(asker, CALLER, form(**shape), questions(count), size or BatchSize())


def loud(count: int) -> dict[tuple[str, ...], tuple[str | None, ...]]:
    return {(f"name {number}",): (f"NAME {number}",) for number in range(count)}


async def test_every_record_is_answered_by_its_own_inputs() -> None:
    asker = FakeAsker(lambda prompt: answers(prompt, upper))
    filled = await run(asker, 1_000)
    assert (filled.values, filled.failed) == (loud(1_000), {})
    assert len(asker.prompts) <= 1_000 / START
    assert filled.usage.prompts == len(asker.prompts) == len(filled.attempt_ids)


async def test_the_fixed_part_comes_first_and_is_the_same_for_all_calls() -> None:
    asker = FakeAsker(lambda prompt: answers(prompt, upper))
    await run(asker, 200)
    assert len({(prompt.messages[0].content, json.dumps(prompt.schema)) for prompt in asker.prompts}) == 1


async def test_answers_come_in_any_order_and_are_tied_by_id() -> None:
    def shuffled(prompt: Prompt[Any]) -> object:
        items: list[Any] = answers(prompt, upper)["answers"]  # type: ignore[assignment]
        random.Random(1).shuffle(items)
        return {"answers": items}

    assert (await run(FakeAsker(shuffled), 100)).values == loud(100)


async def test_one_poisoned_record_in_twenty_costs_at_most_twice_the_logarithm() -> None:
    """Wherever it stands: 19 good results, at most 2·log2(20) further calls."""
    for place in range(20):
        poison = f"name {place}"

        def filtered(prompt: Prompt[Any], poison: str = poison) -> object:
            if any([poison] == inputs for inputs in records_of(prompt).values()):
                return ContentFiltered("blocked")
            return answers(prompt, upper)

        asker = FakeAsker(filtered)
        filled = await run(asker, 20)
        assert filled.values == {inputs: value for inputs, value in loud(20).items() if inputs != (poison,)}
        assert filled.failed[poison,].code == "answer_filtered"
        assert len(asker.prompts) - 1 <= 2 * math.log2(20)


async def test_several_poisoned_records_fail_alone() -> None:
    bad = {"name 3", "name 4", "name 57", "name 99"}

    def filtered(prompt: Prompt[Any]) -> object:
        blocked = any(inputs[0] in bad for inputs in records_of(prompt).values())
        return ContentFiltered("blocked") if blocked else answers(prompt, upper)

    filled = await run(FakeAsker(filtered), 100)
    assert {inputs[0] for inputs in filled.failed} == bad
    assert len(filled.values) == 96


async def test_a_record_left_out_is_asked_again() -> None:
    def forgetful(prompt: Prompt[Any]) -> object:
        items: list[Any] = answers(prompt, upper)["answers"]  # type: ignore[assignment]
        return {"answers": items[: len(items) - len(items) // 5]}

    filled = await run(FakeAsker(forgetful), 200)
    assert filled.values == loud(200)


async def test_a_record_never_answered_fails_with_its_cause() -> None:
    def silent(prompt: Prompt[Any]) -> object:
        items: list[Any] = answers(prompt, upper)["answers"]  # type: ignore[assignment]
        return {"answers": [item for item in items if item["a"] != "NAME 7"]}

    filled = await run(FakeAsker(silent), 40)
    assert {inputs: cause.code for inputs, cause in filled.failed.items()} == {("name 7",): "answer_missing"}
    assert len(filled.values) == 39


async def test_an_answer_given_twice_differently_is_asked_again_alone() -> None:
    def doubling(prompt: Prompt[Any]) -> object:
        items: list[Any] = answers(prompt, upper)["answers"]  # type: ignore[assignment]
        return {"answers": [*items, {**items[0], "a": "OTHER"}] if len(items) > 1 else items}

    filled = await run(FakeAsker(doubling), 40)
    assert filled.values == loud(40)


async def test_an_id_nobody_asked_about_is_dropped() -> None:
    def inventive(prompt: Prompt[Any]) -> object:
        items: list[Any] = answers(prompt, upper)["answers"]  # type: ignore[assignment]
        return {"answers": [{"id": "zzz", "a": "X"}, {"id": "", "a": "X"}, *items, "junk", {"a": "X"}, {"id": 7}]}

    assert (await run(FakeAsker(inventive), 40)).values == loud(40)


async def test_a_value_its_type_forbids_is_never_taken() -> None:
    def numbers(inputs: list[str]) -> list[object]:
        return ["many" if inputs == ["name 5"] else inputs[0].removeprefix("name ")]

    filled = await run(FakeAsker(lambda prompt: answers(prompt, numbers)), 20, data_type="Integer")
    assert filled.failed["name 5",].code == "value_invalid"
    assert filled.values["name 6",] == ("6",)
    assert len(filled.values) == 19


async def test_a_number_beyond_all_is_no_text() -> None:
    filled = await run(FakeAsker(lambda prompt: answers(prompt, lambda inputs: [math.inf])), 2)
    assert {cause.code for cause in filled.failed.values()} == {"value_invalid"}


async def test_an_allowed_value_is_written_as_it_is_allowed() -> None:
    asker = FakeAsker(lambda prompt: answers(prompt, lambda inputs: [" GOLD "]))
    filled = await run(asker, 3, allowed=("Gold", "Silver"))
    assert set(filled.values.values()) == {("Gold",)}


async def test_not_knowing_is_an_answer() -> None:
    filled = await run(FakeAsker(lambda prompt: answers(prompt, lambda inputs: [None])), 10)
    assert set(filled.values.values()) == {(None,)}
    assert not filled.failed


async def test_a_cut_off_answer_makes_smaller_calls() -> None:
    def short(prompt: Prompt[Any]) -> object:
        return AnswerCutOff("cut") if len(records_of(prompt)) > 8 else answers(prompt, upper)

    size = BatchSize()
    filled = await run(FakeAsker(short), 400, size)
    assert filled.values == loud(400)
    assert size.records < START / 2


@pytest.mark.parametrize("length", [2_000, 100_000])
async def test_one_answer_in_twenty_that_is_too_long_costs_at_most_twice_the_logarithm(length: int) -> None:
    """Wherever it stands: the others are answered, at most 2·log2(20) further calls; one that ends is answered too."""
    for place in range(20):
        size = BatchSize()
        size.used(20, 20 * 12)

        def talkative(inputs: list[str], long: str = f"name {place}") -> list[object]:
            return ["x" * length if inputs == [long] else inputs[0].upper()]

        asker = WordyAsker(talkative)
        filled = await run(asker, 20, size)
        assert len(asker.prompts) - 1 <= 2 * math.log2(20)
        assert {inputs for inputs in loud(20) if inputs not in filled.values} <= {(f"name {place}",)}
        assert len(filled.values) == (20 if length == 2_000 else 19)
        assert {cause.code for cause in filled.failed.values()} <= {"answer_cut_off"}


async def test_of_an_answer_that_was_cut_off_what_is_whole_is_not_asked_again() -> None:
    def half(prompt: Prompt[Any]) -> object:
        whole = answers(prompt, upper)
        text = json.dumps(whole)
        return AnswerCutOff("cut", text=text[: len(text) // 2]) if len(records_of(prompt)) == 20 else whole

    asker = FakeAsker(half)
    assert (await run(asker, 20)).values == loud(20)
    assert len(asker.prompts) <= 3
    assert sum(len(records_of(prompt)) for prompt in asker.prompts[1:]) <= 11


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"answers": [',
        '{"answers": [{"id"',
        '{"answers": [{"id": "zzz", "a": "',
        "x" * 99,
        '{"answers": [{"id": "\\ud800',
    ],
)
async def test_whatever_was_cut_off_every_record_is_answered(text: str) -> None:
    def cut(prompt: Prompt[Any]) -> object:
        return AnswerCutOff("cut", text=text) if len(records_of(prompt)) > 2 else answers(prompt, upper)

    assert (await run(FakeAsker(cut), 20)).values == loud(20)


async def test_answers_longer_than_their_type_lets_expect_get_room() -> None:
    """Texts of some 200 tokens, where 80 are expected: nobody fails, and what was learnt holds for the calls after."""
    asker, size = WordyAsker(lambda inputs: [inputs[0] * 100]), BatchSize()
    filled = await run(asker, 200, size)
    assert (len(filled.values), filled.failed) == (200, {})
    before = len(asker.prompts)
    await run(asker, 12, size)
    assert len(asker.prompts) == before + 1


async def test_no_call_is_given_more_room_than_a_deployment_has() -> None:
    template = parse_template("{Vocabulary:a.name}" + "".join(f"{{output:Vocabulary:a.o{n}}}" for n in range(20)))
    form = form_of(template, tuple(Output(f"a.o{n}", "Text") for n in range(20)))
    asker = FakeAsker(lambda prompt: answers(prompt, lambda inputs: ["x"] * 20))
    filled = await fill(asker, CALLER, form, questions(100), BatchSize())
    assert len(filled.values) == 100
    assert max(prompt.max_output_tokens for prompt in asker.prompts) <= 4_096


@pytest.mark.parametrize("error", [None, AnswerCutOff("cut"), ContentFiltered("blocked")])
async def test_records_that_fail_alone_too_do_not_make_smaller_calls(error: Exception | None) -> None:
    def one_in_fifty(prompt: Prompt[Any]) -> object:
        bad = [inputs for inputs in records_of(prompt).values() if int(inputs[0].split()[1]) % 50 == 7]
        if bad and error:
            return error
        return answers(prompt, lambda inputs: [{"no": "text"}] if inputs in bad else upper(inputs))

    size = BatchSize()
    filled = await run(FakeAsker(one_in_fifty), 2_000, size)
    assert len(filled.failed) == 40
    assert size.records > START / 4
    asker = FakeAsker(one_in_fifty)
    await run(asker, 20, size)
    assert len(asker.prompts) <= 1 + 2 * math.log2(20)


async def test_records_answered_only_in_smaller_company_make_smaller_calls() -> None:
    def six(prompt: Prompt[Any]) -> object:
        return {"answers": answers(prompt, upper)["answers"][:6]}  # type: ignore[index]

    size = BatchSize()
    assert (await run(FakeAsker(six), 400, size)).values == loud(400)
    assert size.records <= 10


async def test_a_call_that_is_never_usable_fails_only_its_record() -> None:
    def broken(prompt: Prompt[Any]) -> object:
        if ["name 0"] in records_of(prompt).values():
            return UnusableAnswer("no JSON")
        return answers(prompt, upper)

    filled = await run(FakeAsker(broken), 30)
    assert {inputs: cause.code for inputs, cause in filled.failed.items()} == {("name 0",): "answer_invalid"}
    assert len(filled.values) == 29


async def test_a_throttled_deployment_is_not_a_records_fault() -> None:
    asker = FakeAsker(lambda prompt: DeploymentThrottled("busy", retry_after=3))
    with pytest.raises(DeploymentThrottled):
        await run(asker, 100)
    assert asker.in_flight == 0


async def test_calls_grow_while_all_is_right() -> None:
    size = BatchSize()
    await run(FakeAsker(lambda prompt: answers(prompt, upper)), 3_000, size)
    assert size.records == MOST


async def test_long_records_make_small_calls() -> None:
    asker = FakeAsker(lambda prompt: answers(prompt, lambda inputs: ["x"]))
    long = [(f"{number} " + "word " * 1_000,) for number in range(20)]
    filled = await fill(asker, CALLER, form(), long, BatchSize())
    assert len(filled.values) == 20
    assert max(len(records_of(prompt)) for prompt in asker.prompts) <= 5


def test_ids_differ_within_a_call_and_between_calls() -> None:
    from shared.values.prompt import fill_prompt

    first, second = fill_prompt(form(), questions(100), 9)[1], fill_prompt(form(), questions(99), 9)[1]
    assert len(set(first)) == 100
    assert first[:99] != second
