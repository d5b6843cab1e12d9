"""How tasks are decided with weights that were fitted without them, beside the naive prompt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bench.accuracy_labelled import labelled
from bench.accuracy_model import LocalModel, OutOfTime
from bench.accuracy_naive import naive
from bench.accuracy_scores import Judged, ahead, judge, judge_mapping, measures, scores
from bench.accuracy_tasks import Task
from shared.mapping import confidence
from shared.mapping.assemble import assemble
from shared.mapping.plan import Plan
from shared.mapping.verdicts import Ledger, Verdict

Engine = Literal["ai", "auto"]


@dataclass(frozen=True)
class Asked:
    """A task, what is known of it, and what the model said (nothing with ``auto``)."""

    task: Task
    plan: Plan
    ledger: Ledger
    details: Mapping[str, Any]
    """What else ``assemble`` was given."""

    @property
    def verdicts(self) -> Mapping[int, Verdict]:
        return self.ledger.verdicts


@dataclass(frozen=True)
class Decided:
    task: Task
    judged: tuple[Judged, ...]
    wrong: int
    """Of a labelled data set: fields with another key, type or role than labelled."""


def decided(asked: Asked, engine: Engine, weights: Mapping[str, float]) -> Decided:
    with confidence.weights_of({engine: weights}):
        mapping = assemble(asked.plan, asked.ledger, **asked.details)
    wrong = len(labelled(asked.task, mapping)) if asked.task.labels else 0
    return Decided(asked.task, tuple(judge_mapping(asked.task, mapping)), wrong)


def decided_naively(tasks: Iterable[Task], model: LocalModel) -> dict[str, tuple[Judged, ...]]:
    """Task → its fields, where the time suffices for the model to answer."""
    found: dict[str, tuple[Judged, ...]] = {}
    for task in tasks:
        try:
            said, _ = naive(task, model)
        except OutOfTime:
            continue
        found[task.name] = tuple(judge(task, field, key) for field, key in said.items())
    return found


def compared(
    suites: Sequence[str],
    ai: Sequence[Decided],
    auto: Sequence[Decided],
    naively: Mapping[str, tuple[Judged, ...]],
) -> dict[str, dict[str, object]]:
    """Per suite and pooled: ``ai`` beside ``auto``, and on tasks that the naive prompt answered beside that."""
    told: dict[str, dict[str, object]] = {}
    for name, among in (*((suite, (suite,)) for suite in suites), ("pooled", tuple(suites))):
        ours, alone = (_fields(one, lambda task: task.suite in among) for one in (ai, auto))  # noqa: B023
        told[name] = {"ai": measures(ours), "auto": measures(alone), "aheadOfAuto": ahead(ours, alone)}
        both = _fields(ai, lambda task: task.suite in among and task.name in naively)  # noqa: B023
        if both:
            simply = [judged for each in ai if each.task.suite in among for judged in naively.get(each.task.name, ())]
            told[name] |= {"naive": scores(simply), "ofThoseAi": scores(both), "aheadOfNaive": ahead(both, simply)}
    return told


def labelled_share(found: Sequence[Decided]) -> float | None:
    """Of all fields of the labelled data sets, those right in key, type and role."""
    sets = [each for each in found if each.task.labels]
    fields = sum(len(each.judged) for each in sets)
    return round(1 - sum(each.wrong for each in sets) / fields, 3) if fields else None


def _fields(found: Sequence[Decided], wanted: Callable[[Task], bool]) -> list[Judged]:
    return [judged for each in found if wanted(each.task) for judged in each.judged]
