"""Plain words → rule: every draft compiled and run; end to end with the real 1.5B model, against asking directly.

A case is right when exactly the expected records match and exactly the expected changes come of it. Answers are kept:
a run that is out of time (RULES_SECONDS) is gone on with by the next one. RULES_CASES takes every n-th case only,
RULES_MODEL another model.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bench.rules.end_to_end import Outcome
    from shared.rules.sandbox import Sandbox

_BAR: Final = 2.0
"""Times as many right as by asking for the rule directly."""


def run() -> dict[str, object]:
    from bench.accuracy_model import LocalModel
    from bench.rules import detection, hostile
    from bench.rules.cases import ALL
    from bench.rules.end_to_end import answered_directly, written
    from bench.rules.reworded import reworded
    from shared.rules.sandbox import Sandbox

    sandbox = Sandbox()
    exact = asyncio.run(_exact(sandbox))
    step = int(os.environ.get("RULES_CASES", "1"))
    cases, others = ALL[::step], reworded()[::step]
    seconds = float(os.environ.get("RULES_SECONDS", "inf"))
    with LocalModel(os.environ.get("RULES_MODEL", "model-1.5b"), seconds) as model:
        ours = [asyncio.run(written(model, sandbox, case)) for case in cases]
        directly = [asyncio.run(answered_directly(model, sandbox, case)) for case in cases]
        again = [asyncio.run(written(model, sandbox, case)) for case in others]
    sandbox.close()
    both = [(one, other) for one, other in zip(ours, directly, strict=True) if one.known and other.known]
    right, naive = sum(one.right for one, _ in both), sum(other.right for _, other in both)
    for outcome in ours:
        if outcome.known and not outcome.right:
            print(outcome.case.name, outcome.why[:160], sep="\t", file=sys.stderr)
    ratio = right / naive if naive else float(right)
    attacked = hostile.run()
    return {
        "drafts": f"{exact} of {len(ALL)}",
        "ours": _share(ours),
        "ours, reworded by others": _share(again),
        "ours by language": _by_language(ours),
        "compared": len(both),
        "right": right,
        "naive": naive,
        "naive share": _share(directly),
        "ratio": round(ratio, 2),
        "bar": _BAR,
        **detection.run(),
        **attacked,
        "reached": exact == len(ALL) and ratio >= _BAR and bool(attacked["reached"]),
    }


async def _exact(sandbox: Sandbox) -> int:
    from bench.rules.cases import ALL
    from bench.rules.compiled import wrong

    return sum([not await wrong(sandbox, case) for case in ALL])


def _share(outcomes: Sequence[Outcome]) -> str:
    known = [outcome for outcome in outcomes if outcome.known]
    return f"{sum(outcome.right for outcome in known)} of {len(known)}"


def _by_language(outcomes: Sequence[Outcome]) -> dict[str, str]:
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.known:
            total[outcome.case.language] += 1
            right[outcome.case.language] += outcome.right
    return {language: f"{right[language]}/{count}" for language, count in sorted(total.items())}
