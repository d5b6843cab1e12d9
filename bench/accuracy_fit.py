"""Fits the weights of ``confidence`` and writes shared/mapping/confidence.json; says how well they hold elsewhere.

A conditional logit on every field of the public suites: which of the keys that are weighed when a mapping is settled
was right, or none? Few weights, pulled towards 0, so that a rerun on other tasks gives nearly the same. ``ai`` needs
the local model's answers (kept from ``mapping_accuracy``; what is missing is asked). What is told is
leave-one-task-out: each task is decided with weights fitted on all the others.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from bench.accuracy_model import LocalModel, ModelAsker, OutOfTime
from bench.accuracy_scores import Judged, ahead, calibration_error, scores
from bench.accuracy_tasks import SUITES, Task, tasks
from bench.mapping_accuracy import CALLER
from shared.mapping import confidence, settle
from shared.mapping.assemble import assemble
from shared.mapping.plan import Plan
from shared.mapping.standing import Standings
from shared.mapping.suggest import Work, suggest
from shared.mapping.verdicts import Ledger, Verdict

FITTED_ON = (*SUITES, "labelled")
_FILE = Path(confidence.__file__).with_suffix(".json")
_PULL = 0.05
"""Of the ridge."""
_STEPS = 600
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
        auto, ai = asyncio.run(_asked("auto", model)), asyncio.run(_asked("ai", model))
    # A task that the model has not answered yet still says what scores are worth, but nothing of the model's word.
    known = {"auto": auto, "ai": auto | ai}
    fitted = {engine: _fit(engine, list(asked.values())) for engine, asked in known.items()}
    held_out = {engine: _held_out(engine, asked, list(ai)) for engine, asked in known.items()}
    told: dict[str, object] = {
        "tasks": len(auto),
        "answered": len(ai),
        "auto": _told(_held_out("auto", auto, list(auto))),
    }
    told |= {"whereAnswered": {engine: _told(judged) for engine, judged in held_out.items()}}
    told["aiAheadOfAuto"] = ahead(held_out["ai"], held_out["auto"])
    about = "Fitted by `python -m bench accuracy_fit`. Left out: each task decided with the weights of all the others."
    _FILE.write_text(json.dumps({"about": about, "model": kind, "leftOut": told, "weights": fitted}, indent=2) + "\n")
    errors = [calibration_error([(each.confidence or 0.0, each.right) for each in all_]) for all_ in held_out.values()]
    return told | {"weights": fitted, "bar": _BAR, "reached": max(errors) <= _BAR}


async def _asked(engine: Engine, model: LocalModel) -> dict[str, Asked]:
    """Task → exactly what the product plans and asks: its own use case is run, and listened to. Without those tasks
    for whose answers the time did not suffice."""
    found: dict[str, Asked] = {}
    for suite in FITTED_ON:
        for task in tasks(suite):
            heard: list[tuple[Plan, Ledger]] = []
            with contextlib.suppress(OutOfTime):
                await suggest(_work(task, engine, heard), ModelAsker(model))
                plan, ledger = heard[0]
                found[f"{suite}/{task.name}"] = Asked(task, plan, dict(ledger.verdicts))
    return found


def _work(task: Task, engine: Engine, heard: list[tuple[Plan, Ledger]]) -> Work:
    async def compute(function, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        if function is assemble:
            heard.append((args[0], args[1]))
        return function(*args, **kwargs)

    return Work("bench", "bench", task.request(engine), task.vocabularies, "full", CALLER, "USD", compute=compute)


def _fit(engine: Engine, asked: Sequence[Asked]) -> dict[str, float]:
    names = confidence.RANKING + (confidence.WORD if engine == "ai" else ())
    fields = [each for one in asked for each in _fields(one, names)]
    weights = _logit(fields, len(names))
    return {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}


Field = tuple[Vector, Vector]
"""Features, one row a key and the last for "none"; and which rows are right."""


def _fields(asked: Asked, names: Sequence[str]) -> Iterator[Field]:
    standings = Standings(asked.plan.profile.fields, asked.plan.short_lists)
    for number, field in enumerate(asked.plan.profile.fields):
        if number in asked.plan.ignored:
            continue
        verdict, truth = asked.verdicts.get(number), asked.task.truth.get(field.name, frozenset())
        keys = settle.weighed(asked.plan, number, verdict)
        voices = [settle.voice(verdict, ranked) for ranked in keys]
        rows = [confidence.features(standings.of(number, each), said) for each, said in zip(keys, voices, strict=True)]
        rows.append(confidence.none_features(voices))
        right = [float(ranked.key.key.key in truth) for ranked in keys]
        yield (
            np.array([[row.get(name, 0.0) for name in names] for row in rows]),
            np.array([*right, float(not any(right))]),
        )


def _logit(fields: Sequence[Field], count: int) -> Vector:
    """Gradient ascent (Adam) on the likelihood that one of the right rows is taken, with a ridge. No weight is below 0:
    a better score, or the model's word, never speaks against what it is for."""
    longest = max(len(rows) for rows, _ in fields)
    values, there = np.zeros((len(fields), longest, count)), np.zeros((len(fields), longest))
    right = np.zeros((len(fields), longest))
    for place, (rows, is_right) in enumerate(fields):
        values[place, : len(rows)], there[place, : len(rows)], right[place, : len(rows)] = rows, 1.0, is_right
    weights, mean, spread = np.zeros(count), np.zeros(count), np.zeros(count)
    for step in range(1, _STEPS + 1):
        merits = np.where(there > 0, values @ weights, -np.inf)
        shares = np.exp(merits - merits.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        wanted = shares * right
        wanted /= np.maximum(wanted.sum(1, keepdims=True), 1e-12)
        slope = ((wanted - shares)[:, :, None] * values).sum((0, 1)) - _PULL * weights
        mean, spread = 0.9 * mean + 0.1 * slope, 0.99 * spread + 0.01 * slope**2
        weights = weights + 0.1 * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
        weights = np.maximum(weights, 0.0)
    return weights


def _held_out(engine: Engine, asked: Mapping[str, Asked], names: Sequence[str]) -> list[Judged]:
    """The named tasks, each decided with weights fitted on all the others."""
    judged: list[Judged] = []
    for name in names:
        left_out = asked[name]
        weights = _fit(engine, [each for other, each in asked.items() if other != name])
        with confidence.weights_of({engine: weights}):
            decisions = settle.settle(left_out.plan, left_out.verdicts)
        for field, decision in zip(left_out.plan.profile.fields, decisions, strict=True):
            truth = left_out.task.truth.get(field.name, frozenset())
            said = decision.key.key.key.key if decision.key else None
            right = said in truth if said is not None else not truth
            judged.append(Judged(name, field.name, said, right, len(truth), decision.confidence))
    return judged


def _told(judged: Sequence[Judged]) -> dict[str, object]:
    sure = [(each.confidence or 0.0, each.right) for each in judged]
    return {**scores(judged), "fields": len(judged), "calibrationError": calibration_error(sure)}
