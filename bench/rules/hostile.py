"""Hostile patterns and formulas, twelve at once from one organization, while another goes on previewing rules.

``python -m bench.rules.hostile``: seconds until each hostile one was answered, and until each harmless one was.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time

from shared.errors import RuleTimeout
from shared.rules.compile import compile_rule
from shared.rules.draft import Action, ChildRule, Condition, Draft, Formula, Group, Test
from shared.rules.preview import run_rule
from shared.rules.sandbox import Sandbox

RULE_ID = "00000000-0000-4000-8000-000000000000"
_OWN = 'GetVocabularyKeyValue(Entity,"a.x")'
HOSTILE: tuple[Condition, ...] = (
    Test("a.x", "matchesPattern", (r"^(a+)+$",)),
    Test("a.x", "matchesPattern", (r"^(a|aa)+$",)),
    Test("a.x", "notMatchesPattern", (r"^([a-z]*)*$",)),
    Test("a.x", "matchesPattern", (r"(.*)*(.*)*(.*)*\d",)),
    Test("a.x", "matchesPattern", (r"^(\w+\s?)*$",)),
    Test("a.x", "matchesPattern", (r"(a{1,60000}){1,60000}b",)),
    Test("a.x", "matchesPattern", ("(" * 5_000 + ")" * 5_000,)),
    Formula(f'IsMatch({_OWN},"(a+)+")'),
    Formula("Power(10,100000000)>1"),
    Formula("Power(Power(Power(10,1000),1000),1000)>1"),
    Formula("(" * 3_000 + "1" + ")" * 3_000),
    Formula("Len(" + "Concatenate(" * 25 + f"{_OWN},{_OWN}" + ")" * 25 + ")>0"),
)
RECORDS = [{"id": str(n), "properties": {"a.x": "a" * 40 + "!"}} for n in range(100)]


def _rule(condition: Condition) -> dict[str, object]:
    tag = ChildRule("Tag", (Action("addTag", (("tag", "x"),)),))
    return dict(compile_rule(Draft("R", "Entity", Group("all", (condition,)), (tag,)), RULE_ID))


async def _timed(sandbox: Sandbox, organization: str, condition: Condition) -> float:
    started = time.perf_counter()
    with contextlib.suppress(RuleTimeout):
        await run_rule(sandbox, organization, _rule(condition), RECORDS)  # type: ignore[arg-type]
    return time.perf_counter() - started


async def measure() -> dict[str, object]:
    sandbox = Sandbox()
    harmless = Test("a.x", "beginsWith", ("a",))
    await _timed(sandbox, "acme", harmless)
    hostile = [asyncio.ensure_future(_timed(sandbox, "evil", each)) for each in HOSTILE]
    others = []
    while not all(each.done() for each in hostile):
        others.append(await _timed(sandbox, "acme", harmless))
        await asyncio.sleep(0.05)
    taken = [round(await each, 2) for each in hostile]
    sandbox.close()
    others.sort()
    return {
        "hostile": taken,
        "slowest hostile": max(taken),
        "harmless": len(others),
        "harmless median, slowest": [round(others[len(others) // 2], 3), round(others[-1], 3)],
        "reached": max(taken) <= 3.0,
    }


def run() -> dict[str, object]:
    return asyncio.run(measure())


if __name__ == "__main__":
    print(json.dumps(run()))
