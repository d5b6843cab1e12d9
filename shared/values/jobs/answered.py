"""The answers of a whole job, on disk, and what each of its records got."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from pydantic import JsonValue

from shared.values.answers import Values
from shared.values.jobs.lane import ChunkAnswers
from shared.values.jobs.task import JobTask
from shared.values.models import Cause, Result
from shared.values.questions import Asked, Inputs, NotAsked
from shared.values.results import result_of

UNASKED: Final = Cause(code="not_asked", detail="The job ended before this record was asked about.")


@dataclass(frozen=True)
class Answer:
    """Of one question: values, or why there are none, with what was asked."""

    values: Values | None
    cause: Cause | None
    inputs: Inputs | None


@dataclass(frozen=True)
class AnsweredRecord:
    result: Result
    properties: Mapping[str, str]
    """What a record that failed was asked about, and what it holds under its outputs; empty for any other."""


class JobAnswers:
    """Answers by the number of their question. ``close`` it."""

    def __init__(self) -> None:
        # A database without a name is a file that nobody else sees and that is gone when it is closed.
        self._answers = sqlite3.connect("", check_same_thread=False)
        self._answers.execute("PRAGMA journal_mode = OFF")
        self._answers.execute("CREATE TABLE answers (number INTEGER PRIMARY KEY, answer TEXT)")

    def add(self, first: int, chunk: ChunkAnswers, questions: Sequence[Inputs]) -> None:
        """A chunk's. ``questions`` may be left out where none failed."""
        rows = []
        for place, (values, cause) in enumerate(zip(chunk.values, chunk.causes, strict=True)):
            if values is None and cause is None:
                continue
            inputs = questions[place] if cause and questions else None
            answer = [values, cause.model_dump() if cause else None, inputs]
            rows.append((first + place, json.dumps(answer)))
        self._answers.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?)", rows)

    def get(self, number: int) -> Answer:
        row = self._answers.execute("SELECT answer FROM answers WHERE number = ?", [number]).fetchone()
        if row is None:
            return Answer(None, UNASKED, None)
        values, cause, inputs = json.loads(row[0])
        return Answer(
            None if values is None else tuple(values),
            None if cause is None else Cause(**cause),
            None if inputs is None else tuple(inputs),
        )

    def close(self) -> None:
        self._answers.close()


def answer_of(row: list[JsonValue], task: JobTask, answers: JobAnswers) -> AnsweredRecord:
    """A record, as its part's blob has it: [id, None, code, detail] or [id, number of its question, what it holds]."""
    name = cast(str, row[0])
    if row[1] is None:
        skipped = NotAsked(name, Cause(code=cast(str, row[2]), detail=cast(str, row[3])))
        return AnsweredRecord(result_of(skipped, task.outputs, task.mode, {}, {}), {})
    answer = answers.get(cast(int, row[1]))
    held = cast("dict[str, str]", row[2])
    one = Asked(name, answer.inputs or (), held)
    values = {} if answer.values is None else {one.inputs: answer.values}
    failed = {} if answer.cause is None else {one.inputs: answer.cause}
    inputs = dict(zip(task.template.inputs, answer.inputs or (), strict=False))
    kept = {key: held[key.casefold()] for key in task.template.outputs if held.get(key.casefold())}
    return AnsweredRecord(result_of(one, task.outputs, task.mode, values, failed), {**kept, **inputs})
