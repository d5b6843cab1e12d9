"""What a reply says of each record it was asked about, and what it does not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.errors import AnswerCutOff, AnswerError, AnswerRefused, ContentFiltered, ContextTooLong
from shared.records import text_of
from shared.values.models import Cause
from shared.values.outputs import Output
from shared.values.prompt import Answers, Form, is_answer
from shared.values.questions import Inputs

Values = tuple[str | None, ...]
"""One per output, in order; None: the record does not tell."""


@dataclass(frozen=True)
class Reading:
    answered: Mapping[Inputs, Values]
    open: Mapping[Inputs, Cause]
    """Asked, and not answered so that it can be used."""


_LIST: Final = re.compile(r'"answers"\s*:\s*\[')
_NEXT: Final = re.compile(r"[\s,]*(?=\{)")
_NAMED: Final = re.compile(r'"id"\s*:\s*"([^"]*)"')

MISSING: Final = Cause(code="answer_missing", detail="The model did not answer for this record.")
DOUBLED: Final = Cause(code="answer_doubled", detail="The model answered this record twice, differently.")
_FAILURES: Final[Mapping[type[AnswerError], Cause]] = {
    ContentFiltered: Cause(code="answer_filtered", detail="The deployment's content filter blocked this record."),
    AnswerRefused: Cause(code="answer_refused", detail="The model refused to answer for this record."),
    AnswerCutOff: Cause(code="answer_cut_off", detail="The model's answer for this record was cut off."),
    ContextTooLong: Cause(code="context_too_long", detail="The record is longer than the model can read."),
}
_UNUSABLE: Final = Cause(code="answer_invalid", detail="The model's answer for this record was not the JSON asked for.")


def read_answers(form: Form, batch: Sequence[Inputs], ids: Sequence[str], answers: Answers) -> Reading:
    """Tie answers to records by id. Ids nobody asked about are dropped, and so is every value nobody asked for."""
    given: dict[str, list[Mapping[str, object]]] = {}
    for name, answer in answers:
        given.setdefault(name, []).append(answer)
    answered: dict[Inputs, Values] = {}
    unanswered: dict[Inputs, Cause] = {}
    for name, inputs in zip(ids, batch, strict=True):
        found = _one(form, given.get(name, []))
        if isinstance(found, Cause):
            unanswered[inputs] = found
        else:
            answered[inputs] = found
    return Reading(answered, unanswered)


def read_cut_off(form: Form, batch: Sequence[Inputs], ids: Sequence[str], text: str) -> tuple[Reading, Inputs | None]:
    """Of a reply that was cut off: the answers that are whole, and the record whose answer is not, where it names one
    that has no other."""
    answers, name = _begun(text)
    reading = read_answers(form, batch, ids, answers)
    cut = next((inputs for each, inputs in zip(ids, batch, strict=True) if each == name), None)
    return reading, cut if cut in reading.open else None


def cause_of(error: AnswerError) -> Cause:
    """Why a record failed, in words of ours."""
    return next((cause for kind, cause in _FAILURES.items() if isinstance(error, kind)), _UNUSABLE)


def _begun(text: str) -> tuple[Answers, str | None]:
    """The answers that are whole, and the id of the one that is not."""
    answers: list[tuple[str, Mapping[str, object]]] = []
    found = _LIST.search(text)
    place = found.end() if found else len(text)
    while begun := _NEXT.match(text, place):
        try:
            answer, place = json.JSONDecoder().raw_decode(text, begun.end())
            json.dumps(answer, ensure_ascii=False).encode()  # half a surrogate pair cannot be passed on: ValueError
        except (ValueError, RecursionError):
            named = _NAMED.search(text, begun.end())
            return tuple(answers), named[1] if named else None
        if is_answer(answer):
            answers.append((answer["id"], answer))
    return tuple(answers), None


def _one(form: Form, answers: Sequence[Mapping[str, object]]) -> Values | Cause:
    read = [_values(form, answer) for answer in answers]
    if not read:
        return MISSING
    return read[0] if all(other == read[0] for other in read) else DOUBLED


def _values(form: Form, answer: Mapping[str, object]) -> Values | Cause:
    values: list[str | None] = []
    for letter, output in zip(form.letters, form.outputs, strict=True):
        raw = answer.get(letter)
        value = None if raw is None else _read(raw, output)
        if raw is not None and value is None:
            return _illegal(output)
        values.append(value)
    return tuple(values)


def _read(raw: object, output: Output) -> str | None:
    if not isinstance(raw, str | int | float) or (isinstance(raw, float) and not math.isfinite(raw)):
        return None
    return output.read(text_of(raw))


def _illegal(output: Output) -> Cause:
    kind = "one of the allowed values" if output.allowed else f"of type {output.data_type}"
    return Cause(code="value_invalid", detail=f"The model's answer for {output.key} is not {kind}.")
