"""Precision, recall and F1 of mappings, with bootstrap intervals over fields; expected calibration error."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from bench.accuracy_tasks import Task
from shared.mapping.models import Mapping

ROUNDS = 2_000
_SEED = 7


@dataclass(frozen=True)
class Judged:
    """One field of one task."""

    task: str
    field: str
    said: str | None
    """The key; None where none was given."""
    right: bool
    """The key said is one of the true ones; where none is true, none was said."""
    truths: int
    """How many keys are right for the field: recall counts pairs, as the public figures do."""
    confidence: float | None = None


def judge(task: Task, field: str, said: str | None, confidence: float | None = None) -> Judged:
    truth = task.truth.get(field, frozenset())
    right = said in truth if said is not None else not truth
    return Judged(task.name, field, said, right, len(truth), confidence)


def judge_mapping(task: Task, mapping: Mapping) -> list[Judged]:
    return [
        judge(task, each.field, each.vocabulary_key if each.status == "Existing" else None, each.confidence)
        for each in mapping.properties
    ]


def measures(fields: Sequence[Judged]) -> dict[str, float]:
    """The scores, how many fields, and how well the confidences hold."""
    sure = [(each.confidence or 0.0, each.right) for each in fields]
    return {**scores(fields), "fields": len(fields), "calibrationError": calibration_error(sure)}


def scores(fields: Sequence[Judged]) -> dict[str, float]:
    """Precision over keys said, recall over true pairs, and F1; 0 to 1."""
    hits = sum(judged.right for judged in fields if judged.said is not None)
    said = sum(judged.said is not None for judged in fields)
    pairs = sum(judged.truths for judged in fields)
    precision, recall = hits / said if said else 0.0, hits / pairs if pairs else 0.0
    f1 = 2 * hits / (said + pairs) if said + pairs else 0.0
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}


def ahead(ours: Sequence[Judged], theirs: Sequence[Judged]) -> dict[str, object]:
    """By how much our F1 is ahead, and the 90% interval of that: the same fields drawn for both."""
    dice = random.Random(_SEED)
    places = range(len(ours))
    drawn = sorted(
        _f1([ours[n] for n in chosen]) - _f1([theirs[n] for n in chosen])
        for chosen in (dice.choices(places, k=len(places)) for _ in range(ROUNDS))
    )
    return {
        "ahead": round(_f1(ours) - _f1(theirs), 3),
        "interval90": [round(drawn[int(ROUNDS * 0.05)], 3), round(drawn[int(ROUNDS * 0.95)], 3)],
    }


def _f1(fields: Sequence[Judged]) -> float:
    hits = sum(judged.right for judged in fields if judged.said is not None)
    total = sum((judged.said is not None) + judged.truths for judged in fields)
    return 2 * hits / total if total else 0.0


def calibration_error(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width: |share that is right - mean confidence|, by size."""
    filled: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in pairs:
        filled.setdefault(min(bins - 1, int(confidence * bins)), []).append((confidence, right))
    gaps = (
        abs(sum(right for _, right in held) - sum(confidence for confidence, _ in held)) for held in filled.values()
    )
    return round(sum(gaps) / len(pairs), 3) if pairs else 0.0
