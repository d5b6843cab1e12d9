"""Fits the weights of ``confidence`` and writes shared/mapping/confidence.json; says how well they hold elsewhere.

Logistic regression on every field × key that is weighed when a mapping is settled, on the public suites: was the key
right? Few weights, pulled towards 0, so that a rerun on other tasks gives nearly the same. ``ai`` needs the local
model's answers (kept from ``mapping_accuracy``; what is missing is asked). What is told is leave-one-task-out: each
task is decided with weights fitted on all the others.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from bench.accuracy_model import LocalModel, ModelAsker
from bench.accuracy_scores import Judged, ahead, calibration_error, scores
from bench.accuracy_tasks import SUITES, Task, tasks
from shared.mapping import confidence, settle
from shared.mapping.plan import Plan
from shared.mapping.standing import Standings
from shared.mapping.verdicts import Ledger, Verdict

_FILE = Path(confidence.__file__).with_suffix(".json")
_PULL = 1.0
"""Of the ridge: in examples."""
_STEPS = 50
_BAR = 0.10
Engine = Literal["ai", "auto"]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """A task, what is known of it, and what the model said (nothing with ``auto``)."""

    task: Task
    plan: Plan
    verdicts: Mapping[int, Verdict]


def run() -> dict[str, object]:
    kind, seconds = os.environ.get("ACCURACY_MODEL", "model-1.5b"), float(os.environ.get("ACCURACY_SECONDS", "inf"))
    with LocalModel(kind, seconds) as model:
        known = {engine: asyncio.run(_asked(engine, model)) for engine in ("ai", "auto")}
    fitted = {engine: _fit(engine, asked) for engine, asked in known.items()}
    held_out = {engine: _held_out(engine, asked) for engine, asked in known.items()}
    told: dict[str, object] = {engine: _told(judged) for engine, judged in held_out.items()}
    told["aiAheadOfAuto"] = ahead(held_out["ai"], held_out["auto"])
    about = "Fitted by `python -m bench accuracy_fit`. Left out: each task decided with the weights of all the others."
    content = {"about": about, "model": kind, "leftOut": told, "weights": fitted}
    _FILE.write_text(json.dumps(content, indent=2) + "\n")
    errors = [
        calibration_error([(each.confidence or 0.0, each.right) for each in judged]) for judged in held_out.values()
    ]
    return told | {"weights": fitted, "bar": _BAR, "reached": max(errors) <= _BAR}


async def _asked(engine: Engine, model: LocalModel) -> list[Asked]:
    """Exactly what the product plans and asks: its own use case is run, and listened to."""
    from shared.mapping import suggest as use_case

    found: list[Asked] = []
    for suite in SUITES:
        for task in tasks(suite):
            heard: list[tuple[Plan, Ledger]] = []
            work = _work(task, engine, heard)
            await use_case.suggest(work, ModelAsker(model))
            plan, ledger = heard[0]
            found.append(Asked(task, plan, dict(ledger.verdicts)))
    return found


def _work(task: Task, engine: Engine, heard: list[tuple[Plan, Ledger]]) -> object:
    from bench.mapping_accuracy import CALLER
    from shared.mapping.assemble import assemble
    from shared.mapping.suggest import Work

    async def compute(function, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        if function is assemble:
            heard.append((args[0], args[1]))
        return function(*args, **kwargs)

    return Work("bench", "bench", task.request(engine), task.vocabularies, "full", CALLER, "USD", compute=compute)


def _fit(engine: Engine, asked: Sequence[Asked]) -> dict[str, float]:
    names = confidence.WEIGHTS if engine == "ai" else confidence.WEIGHTS[:4]
    rows, right = [], []
    for each in asked:
        standings = Standings(each.plan.short_lists)
        for number in range(len(each.plan.profile.fields)):
            if number in each.plan.ignored:
                continue
            verdict = each.verdicts.get(number)
            truth = each.task.truth.get(each.plan.profile.fields[number].name, frozenset())
            for ranked in settle.weighed(each.plan, number, verdict):
                found = confidence.features(standings.of(number, ranked), settle.voice(verdict, ranked))
                rows.append([found.get(name, 0.0) for name in names])
                right.append(float(ranked.key.key.key in truth))
    weights = _logistic(np.array(rows), np.array(right))
    return {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}


def _logistic(rows: Vector, right: Vector) -> Vector:
    """Newton's method, with a ridge on all weights but the first."""
    pull = np.diag([0.0] + [_PULL] * (rows.shape[1] - 1))
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (likely - right) + pull @ weights
        curve = (rows * (likely * (1 - likely))[:, None]).T @ rows + pull
        weights = weights - np.linalg.solve(curve, slope)
    return weights


def _held_out(engine: Engine, asked: Sequence[Asked]) -> list[Judged]:
    judged: list[Judged] = []
    for left_out in asked:
        weights = _fit(engine, [each for each in asked if each is not left_out])
        with confidence.weights_of({engine: weights}):
            decisions = settle.settle(left_out.plan, left_out.verdicts)
        for field, decision in zip(left_out.plan.profile.fields, decisions, strict=True):
            truth = left_out.task.truth.get(field.name, frozenset())
            said = decision.key.key.key.key if decision.key else None
            right = said in truth if said is not None else not truth
            judged.append(Judged(left_out.task.name, field.name, said, right, len(truth), decision.confidence))
    return judged


def _told(judged: Sequence[Judged]) -> dict[str, object]:
    sure = [(each.confidence or 0.0, each.right) for each in judged]
    return {**scores(judged), "fields": len(judged), "calibrationError": calibration_error(sure)}
