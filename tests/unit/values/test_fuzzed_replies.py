"""Whatever a model replies: no key that was not asked for, no value its type forbids, no answer on another record."""

from __future__ import annotations

import math
import random
from typing import Any

from shared.gateway.records import Caller, Feature, Prompt
from shared.values.batches import BatchSize
from shared.values.fill import fill
from shared.values.outputs import Output
from shared.values.prompt import form_of
from shared.values.template import parse_template
from tests.fakes.asker import FakeAsker
from tests.fakes.values import answers, records_of

CALLER = Caller("acme", (Feature.RULE_ENGINE,), "RuleEngine", "abc", deadline=math.inf)
OUTPUTS = (Output("a.number", "Integer"), Output("a.tier", "Text", ("Gold", "Silver")))
FORM = form_of(parse_template("{Vocabulary:a.in} {output:Vocabulary:a.number} {output:Vocabulary:a.tier}"), OUTPUTS)
REPLIES = 10_000
JUNK: tuple[object, ...] = (
    None, True, 7, -1.5, "", "7", "007", "many", "gold", "GOLD ", "Platinum", [], {}, ["7"], {"a": 1}, "\x00",
    "9" * 5_000, math.inf, "null", "12,5", "\ud800",
)  # fmt: skip


def spoil(items: list[dict[str, object]], random: random.Random) -> list[object]:
    """A reply with faults: junk values, ids taken from others, records left out, doubled, invented keys."""
    spoilt: list[object] = []
    for item in items:
        chance = random.random()
        if chance < 0.3:
            item = {**item, random.choice("ab"): random.choice(JUNK)}
        elif chance < 0.4:
            item = {**item, "id": random.choice(JUNK)}
        elif chance < 0.5:
            item = {**item, "a.other": "x", "c": "x", "__class__": "x"}
        elif chance < 0.6:
            spoilt.append({**item, "a": "1"})
        elif chance < 0.7:
            continue
        elif chance < 0.75:
            item = {key: value for key, value in item.items() if key != "a"}
        spoilt.append(item if chance < 0.95 else random.choice(JUNK))
    return spoilt


async def test_no_reply_writes_what_was_not_asked_for() -> None:
    chance = random.Random(7)
    replies = 0

    def rule(inputs: list[str]) -> list[object]:
        return [inputs[0], "Gold" if int(inputs[0]) % 2 else "Silver"]

    def spoilt(prompt: Prompt[Any]) -> object:
        nonlocal replies
        replies += 1
        items: list[Any] = answers(prompt, rule)["answers"]  # type: ignore[assignment]
        return {"answers": spoil(items, chance)}

    while replies < REPLIES:
        asker = FakeAsker(spoilt)
        questions = [(str(number),) for number in range(60)]
        filled = await fill(asker, CALLER, FORM, questions, BatchSize())
        assert set(filled.values) | set(filled.failed) == set(questions)
        assert not set(filled.values) & set(filled.failed)
        for number, tier in filled.values.values():
            assert number is None or OUTPUTS[0].read(number) == number
            assert tier in (None, "Gold", "Silver")


async def test_an_answer_is_never_on_the_wrong_record() -> None:
    """Where the values given are right for the id they are given under, each record gets its own or none."""
    chance = random.Random(3)

    def rule(inputs: list[str]) -> list[object]:
        return [inputs[0], None]

    def disordered(prompt: Prompt[Any]) -> object:
        items: list[Any] = answers(prompt, rule)["answers"]  # type: ignore[assignment]
        chance.shuffle(items)
        known = set(records_of(prompt))
        extra = [{"id": f"{chance.choice('xyz')}{chance.randrange(10)}q", "a": "1", "b": None} for _ in range(5)]
        return {"answers": [*items[: chance.randrange(len(items) + 1)], *(e for e in extra if e["id"] not in known)]}

    for _ in range(50):
        filled = await fill(FakeAsker(disordered), CALLER, FORM, [(str(n),) for n in range(60)], BatchSize())
        assert all(values[0] == inputs[0] for inputs, values in filled.values.items())
