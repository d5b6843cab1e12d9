"""How well ``ai`` maps with a real local model, against the same model asked naively, and against ``auto``.

Public suites beside the checkout, and the labelled data sets: the product's sample, CluedIn's training files, and one
of them against the whole Common Data Model. Needs no stack: the product's use case runs in this process, with the local
model in the gateway's place. The model is slow here, so its answers are kept; ACCURACY_SECONDS bounds what a run spends
on new ones (it goes on from there the next time), ACCURACY_MODEL names the model, ACCURACY_SUITES what is run.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bench.accuracy_labelled import labelled
from bench.accuracy_model import Answered, LocalModel, ModelAsker, OutOfTime
from bench.accuracy_naive import naive
from bench.accuracy_scores import Judged, ahead, judge, judge_mapping, measures, scores
from bench.accuracy_tasks import SUITES, Task, tasks
from shared.gateway.records import Caller, Feature
from shared.mapping.models import Mapping
from shared.mapping.suggest import Work, suggest

CALLER = Caller("bench", (Feature.AI_MAPPING,), "AiMapping", "bench", float("inf"), "bench")
_BAR = 0.95
"""Of the labelled fields."""
Engine = Literal["naive", "ai", "auto"]


@dataclass
class Run:
    """One engine on one suite."""

    judged: list[Judged] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)

    def told(self) -> dict[str, object]:
        told: dict[str, object] = dict(scores(self.judged))
        if self.answers:
            read = sum(answer.prompt_tokens + answer.schema_tokens for answer in self.answers)
            told |= {
                "prompts": len(self.answers),
                "promptTokensPerField": round(read / len(self.judged)),
                "seconds": round(sum(answer.seconds for answer in self.answers)),
            }
        if any(judged.confidence is not None for judged in self.judged):
            told["calibrationError"] = measures(self.judged)["calibrationError"]
        return told


def run() -> dict[str, object]:
    suites = os.environ.get("ACCURACY_SUITES", "pairs mimic_omop_pair mimic_omop labelled cdm").split()
    kind, seconds = os.environ.get("ACCURACY_MODEL", "model-1.5b"), float(os.environ.get("ACCURACY_SECONDS", "inf"))
    result: dict[str, object] = {"model": kind}
    with LocalModel(kind, seconds) as model:
        try:
            result |= asyncio.run(_measure(suites, model))
        except OutOfTime:
            return result | {"sent": model.sent, "reached": False, "unfinished": "out of time: run it again"}
        return result | {"sent": model.sent}


async def _measure(suites: Sequence[str], model: LocalModel) -> dict[str, object]:
    told: dict[str, object] = {}
    pooled: dict[Engine, Run] = {"naive": Run(), "ai": Run(), "auto": Run()}
    behind: list[str] = []
    for suite in (suite for suite in SUITES if suite in suites):
        runs = {engine: await _suite(suite, engine, model) for engine in pooled}
        against = {other: ahead(runs["ai"].judged, runs[other].judged) for other in ("naive", "auto")}
        told[suite] = {engine: each.told() for engine, each in runs.items()} | {"aiAhead": against}
        print(suite, told[suite], file=sys.stderr, flush=True)
        behind += [suite for ahead_of in against.values() if ahead_of["interval90"][1] < 0]  # type: ignore[index]
        for engine, each in runs.items():
            pooled[engine].judged += each.judged
            pooled[engine].answers += each.answers
    reached = not behind
    if pooled["ai"].judged:
        against = {other: ahead(pooled["ai"].judged, pooled[other].judged) for other in ("naive", "auto")}
        told["pooled"] = {engine: each.told() for engine, each in pooled.items()} | {"aiAhead": against}
        reached = reached and all(each["ahead"] > 0 for each in against.values())  # type: ignore[operator]
    for suite in (suite for suite in ("labelled", "cdm") if suite in suites):
        told[suite] = await _labelled(suite, model)
        print(suite, told[suite], file=sys.stderr, flush=True)
        reached = reached and told[suite]["ai"]["share"] >= _BAR  # type: ignore[index]
    return told | {"reached": reached}


async def _suite(suite: str, engine: Engine, model: LocalModel) -> Run:
    done = Run()
    for task in tasks(suite):
        if engine == "naive":
            said, answer = naive(task, model)
            done.answers.append(answer)
            done.judged += [judge(task, name, key) for name, key in said.items()]
        else:
            mapping, answers = await mapped(task, engine, model)
            done.answers += answers
            done.judged += judge_mapping(task, mapping)
    return done


async def mapped(task: Task, engine: Literal["ai", "auto"], model: LocalModel) -> tuple[Mapping, list[Answered]]:
    """The product's mapping, and what its prompts took. Raises OutOfTime."""
    asker = ModelAsker(model)
    work = Work("bench", "bench", task.request(engine), task.vocabularies, "full", CALLER, "USD")
    return await suggest(work, asker), asker.answers


async def _labelled(suite: str, model: LocalModel) -> dict[str, object]:
    told: dict[str, object] = {}
    for engine in ("ai", "auto"):
        answers: list[Answered] = []
        fields, wrong = 0, list[str]()
        for task in tasks(suite):
            mapping, asked = await mapped(task, engine, model)
            answers += asked
            fields += len(mapping.properties)
            wrong += labelled(task, mapping)
        read = sum(answer.prompt_tokens + answer.schema_tokens for answer in answers)
        share = round(1 - len(wrong) / fields, 3) if fields else 0.0
        told[engine] = {"fields": fields, "share": share, "wrong": wrong, "promptTokensPerField": round(read / fields)}
    return told
