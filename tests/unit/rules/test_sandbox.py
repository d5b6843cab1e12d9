"""Untrusted patterns and formulas: killed in time, bounded in memory, and nobody else waits for them."""

from __future__ import annotations

import asyncio

import pytest

from shared.errors import RuleTimeout
from shared.rules.compile import compile_rule
from shared.rules.draft import Action, ChildRule, Condition, Draft, Formula, Group, Test
from shared.rules.preview import Ran, run_rule
from shared.rules.sandbox import Sandbox
from tests.fakes.app import SANDBOX

RULE_ID = "00000000-0000-4000-8000-000000000000"
TAG = Action("addTag", (("tag", "Found"),))
KILLER = {"id": "1", "properties": {"a.x": "a" * 40 + "!"}}

HOSTILE: list[Condition] = [
    Test("a.x", "matchesPattern", (r"^(a+)+$",)),
    Test("a.x", "matchesPattern", (r"^(a|aa)+$",)),
    Test("a.x", "notMatchesPattern", (r"^([a-z]*)*$",)),
    Test("a.x", "matchesPattern", (r"(.*)*(.*)*(.*)*\d",)),
    Formula(r'IsMatch(GetVocabularyKeyValue(Entity,"a.x"),"(a+)+")'),
    Formula("Power(10,100000000)>1"),
    Formula("Power(Power(Power(10,1000),1000),1000)>1"),
]
HARMLESS: list[Condition] = [
    Test("a.x", "matchesPattern", (r"a{99999999999}",)),
    Test("a.x", "matchesPattern", ("(" * 5_000 + ")" * 5_000,)),
    Test("a.x", "matchesPattern", ("[",)),
    Formula("(" * 3_000 + "1" + ")" * 3_000),
    Formula("-" * 3_000 + "1"),
    Formula("Entity.Name.__class__.__mro__"),
    Formula('LoadEntityByEntityCode("x").Name="y"'),
]


def rule(condition: Condition, action: Action = TAG) -> dict[str, object]:
    made = Draft("Rule", "DataPart", Group("all", (condition,)), (ChildRule("Actions", (action,)),))
    return dict(compile_rule(made, RULE_ID))


async def run(sandbox: Sandbox, condition: Condition, organization: str = "acme") -> Ran:
    return await run_rule(sandbox, organization, rule(condition), [KILLER])  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def impatient() -> Sandbox:
    """As the real one, but for the wait."""
    return Sandbox(seconds=0.3)


@pytest.mark.parametrize("condition", HOSTILE, ids=range(len(HOSTILE)))
async def test_what_never_ends_is_killed(impatient: Sandbox, condition: Condition) -> None:
    with pytest.raises(RuleTimeout):
        await run(impatient, condition)
    assert (await run(impatient, Test("a.x", "exists"))).matched == (0,)


@pytest.mark.parametrize("condition", HARMLESS, ids=range(len(HARMLESS)))
async def test_what_cannot_be_run_is_named_and_costs_nothing(condition: Condition) -> None:
    """Or it fails on the record, or matches nothing: never an exception."""
    found = await run(SANDBOX, condition)
    assert found.preview.unsupported or found.failures or isinstance(condition, Formula)


async def test_memory_is_bounded() -> None:
    """A text that doubles thirty times is 40 GB."""
    own = 'GetVocabularyKeyValue(Entity,"a.x")'
    double = f'SetVocabularyKeyValue(Entity,"a.x",Concatenate({own},{own}));' * 30
    grows = rule(Test("a.x", "exists"), Action("statements", (("formula", double),)))
    with pytest.raises(RuleTimeout):
        await run_rule(SANDBOX, "acme", grows, [KILLER])  # type: ignore[arg-type]
    assert (await run(SANDBOX, Test("a.x", "exists"))).matched == (0,)


async def test_others_go_on_while_one_organization_sends_what_never_ends() -> None:
    """Also where one thread stood idle when all of them came at once."""
    sandbox = Sandbox(seconds=5)
    assert (await run(sandbox, Test("a.x", "exists"), "acme")).matched == (0,)
    hostile = [asyncio.ensure_future(run(sandbox, HOSTILE[0], "evil")) for _ in range(12)]
    await asyncio.sleep(0)
    for _ in range(5):
        assert (await run(sandbox, Test("a.x", "exists"), "acme")).matched == (0,)
    assert not any(each.done() for each in hostile)
    for each in hostile:
        each.cancel()
    await asyncio.gather(*hostile, return_exceptions=True)
    sandbox.close()


async def test_the_loop_is_free_while_a_rule_runs(impatient: Sandbox) -> None:
    ticks = 0
    running = asyncio.ensure_future(run(impatient, HOSTILE[0]))
    while not running.done():
        await asyncio.sleep(0.01)
        ticks += 1
    assert isinstance(running.exception(), RuleTimeout)
    assert ticks > 1


async def test_what_is_given_up_while_it_waits_is_not_run() -> None:
    sandbox = Sandbox(seconds=1)
    first = [asyncio.ensure_future(run(sandbox, HOSTILE[0])) for _ in range(4)]
    await asyncio.sleep(0)
    waiting = asyncio.ensure_future(run(sandbox, HOSTILE[0]))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(*first, waiting, return_exceptions=True)
    assert (await run(sandbox, Test("a.x", "exists"))).matched == (0,)
    sandbox.close()
