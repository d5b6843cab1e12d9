"""Fits the weights of ``confidence`` and writes shared/mapping/confidence.json; says how well they hold elsewhere.

A conditional logit on every field of the public suites: which of the keys that are weighed when a mapping is settled
was right, or none? Few weights, pulled towards 0, so that a rerun on other tasks gives nearly the same. ``ai`` needs
the local model's answers (kept from ``mapping_accuracy``; what is missing is asked). What is told is
leave-one-task-out: each task is decided with weights fitted on all the others, beside the naive prompt.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.accuracy_left_out import Asked, Decided, Engine, compared, decided, decided_naively, labelled_share
from bench.accuracy_model import LocalModel, ModelAsker, OutOfTime
from bench.accuracy_scores import measures
from bench.accuracy_tasks import SUITES, Task, tasks
from bench.mapping_accuracy import CALLER
from shared.mapping import confidence, settle
from shared.mapping.assemble import assemble
from shared.mapping.standing import Standings
from shared.mapping.suggest import Work, suggest

FITTED_ON = (*SUITES, "labelled")
_FILE = Path(confidence.__file__).with_suffix(".json")
_PULL = 0.05
"""Of the ridge."""
_STEPS = 600
_LEAST = {"saidNone": 1.0}
"""What a weight is at least. The model fitted on is small and says "none" at random; of others it has to count."""
_BAR = 0.10
Vector = npt.NDArray[np.float64]


def run() -> dict[str, object]:
    kind, seconds = os.environ.get("ACCURACY_MODEL", "model-1.5b"), float(os.environ.get("ACCURACY_SECONDS", "inf"))
    with LocalModel(kind, seconds) as model:
        auto, ai = asyncio.run(_asked("auto", model)), asyncio.run(_asked("ai", model))
        naively = decided_naively([one.task for one in auto.values() if one.task.suite in SUITES], model)
    # A task that the model has not answered yet still says what scores are worth, but nothing of the model's word.
    known: dict[Engine, dict[str, Asked]] = {"auto": auto, "ai": auto | ai}
    fitted = {engine: _fit(engine, list(asked.values())) for engine, asked in known.items()}
    found = {engine: _left_out(engine, asked, list(ai)) for engine, asked in known.items()}
    told: dict[str, object] = {
        "tasks": len(auto),
        "answered": len(ai),
        **compared(FITTED_ON, found["ai"], found["auto"], naively),
        "labelledShare": {engine: labelled_share(decisions) for engine, decisions in found.items()},
    }
    about = "Fitted by `python -m bench accuracy_fit`. Left out: each task decided with the weights of all the others."
    _FILE.write_text(json.dumps({"about": about, "model": kind, "leftOut": told, "weights": fitted}, indent=2) + "\n")
    errors = [measures([each for one in all_ for each in one.judged])["calibrationError"] for all_ in found.values()]
    return told | {"weights": fitted, "bar": _BAR, "reached": max(errors) <= _BAR}


async def _asked(engine: Engine, model: LocalModel) -> dict[str, Asked]:
    """Task → exactly what the product plans and asks: its own use case is run, and listened to. Without those tasks
    for whose answers the time did not suffice."""
    found: dict[str, Asked] = {}
    for suite in FITTED_ON:
        for task in tasks(suite):
            with contextlib.suppress(OutOfTime):
                found[f"{suite}/{task.name}"] = await _listened(task, engine, model)
    return found


async def _listened(task: Task, engine: Engine, model: LocalModel) -> Asked:
    heard: list[Asked] = []

    async def compute(function: Any, /, *args: Any, **kwargs: Any) -> Any:
        if function is assemble:
            heard.append(Asked(task, args[0], args[1], kwargs))
        return function(*args, **kwargs)

    work = Work("bench", "bench", task.request(engine), task.vocabularies, "full", CALLER, "USD", compute=compute)
    await suggest(work, ModelAsker(model))
    return heard[0]


def _fit(engine: Engine, asked: Sequence[Asked]) -> dict[str, float]:
    return _weights(engine, [each for one in asked for each in _fields(one, _names(engine))])


def _names(engine: Engine) -> tuple[str, ...]:
    return confidence.RANKING + (confidence.WORD if engine == "ai" else ())


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


def _weights(engine: Engine, fields: Sequence[Field]) -> dict[str, float]:
    names = _names(engine)
    least = np.array([_LEAST.get(name, 0.0) for name in names])
    return {name: round(float(weight), 3) for name, weight in zip(names, _logit(fields, least), strict=True)}


def _logit(fields: Sequence[Field], least: Vector) -> Vector:
    """Gradient ascent (Adam) on the likelihood that one of the right rows is taken, with a ridge. No weight is below
    ``least``, or 0: a better score, or the model's word, never speaks against what it is for."""
    count, longest = len(least), max(len(rows) for rows, _ in fields)
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
        weights = np.maximum(weights, least)
    return weights


def _left_out(engine: Engine, asked: Mapping[str, Asked], names: Sequence[str]) -> list[Decided]:
    """The named tasks, each decided with weights fitted on all the others."""
    fields = {name: list(_fields(each, _names(engine))) for name, each in asked.items()}
    return [
        decided(asked[name], engine, _weights(engine, [f for other in fields if other != name for f in fields[other]]))
        for name in names
    ]
