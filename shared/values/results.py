"""From answers to what is written: Add never overwrites, Set does, and nothing is written that was not asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from shared.values.answers import Values
from shared.values.models import Cause, Mode, Result, Summary
from shared.values.outputs import Output
from shared.values.questions import Asked, Inputs, NotAsked

LOST = Cause(code="answer_missing", detail="The record was not answered.")


def result_of(
    one: Asked | NotAsked,
    outputs: Sequence[Output],
    mode: Mode,
    values: Mapping[Inputs, Values],
    failed: Mapping[Inputs, Cause],
) -> Result:
    """One record's result."""
    if isinstance(one, NotAsked):
        return Result(id=one.id, status="Skipped", outputs={}, error=one.cause)
    answer = values.get(one.inputs)
    if answer is None:
        return Result(id=one.id, status="Failed", outputs={}, error=failed.get(one.inputs, LOST))
    written = {
        output.key: value
        for output, value in zip(outputs, answer, strict=True)
        if value is not None and _writes(mode, one.present[output.key.casefold()], value)
    }
    return Result(id=one.id, status="Set" if written else "Unchanged", outputs=written)


def summary_of(results: Iterable[Result], asked: int) -> Summary:
    """``asked``: questions that were sent, each for one record; whoever else was answered reused an answer."""
    records = skipped = failed = answered = 0
    for result in results:
        records += 1
        skipped += result.status == "Skipped"
        failed += result.status == "Failed"
        answered += result.status in ("Set", "Unchanged")
    return Summary(
        records=records, asked=asked, reused=max(0, records - skipped - asked), skipped=skipped, failed=failed
    )


def _writes(mode: Mode, present: str, value: str) -> bool:
    return not present if mode == "Add" else present != value
