"""What was found out about a field: by the model, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shared.errors import AnswerCutOff, AnswerError, AnswerRefused, ContentFiltered, ContextTooLong
from shared.gateway.records import Usage
from shared.mapping.candidates import Ranked, ShortList
from shared.mapping.keys import KeyFacts
from shared.mapping.prompt import Answers
from shared.mapping.questions import Question, Sheet


@dataclass(frozen=True)
class Answered:
    """The model chose one of the offered keys, or none of them."""

    key: KeyFacts | None

    def choice(self, short_list: ShortList) -> Ranked | None:
        """The key as the ranking has it; one that it does not list cannot score more than the last it lists."""
        if self.key is None:
            return None
        listed = (ranked for ranked in short_list if ranked.key.key.key == self.key.key.key)
        least = short_list[-1].score if short_list else 0.0
        return next(listed, None) or Ranked(self.key, least, {})


@dataclass(frozen=True)
class Named:
    """The model proposed a name for a key of a new vocabulary. Not yet checked for being legal."""

    name: str


@dataclass(frozen=True)
class Unanswered:
    """The model gave no answer that can be used: the field is decided without it."""

    code: str
    detail: str


@dataclass(frozen=True)
class Reviewed:
    """A steward decided it for the same field of the same system: nobody is asked."""

    status: Literal["Existing", "New", "Ignored"]
    key: Ranked | None
    """The catalogue's key, for Existing."""
    name: str | None
    """The whole key, for New."""
    data_type: str | None
    """None: the key's own, or the field's."""
    reason: str


Verdict = Answered | Named | Unanswered | Reviewed

_CERTAIN, _AHEAD = 0.85, 0.2
"""A first key of this score, so far ahead of the second, is certain enough to judge the model by."""

INVALID = Unanswered("answer_invalid", "The model's answer was not one of those offered, twice.")


@dataclass
class Ledger:
    """What the prompts of one mapping came to. Filled while they are sent, from one event loop."""

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    """Field number → verdict."""
    attempt_ids: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    failures: list[AnswerError] = field(default_factory=list)

    def add(self, attempt_ids: tuple[str, ...], usage: Usage | None) -> None:
        self.attempt_ids.extend(attempt_ids)
        self.usage += usage or Usage(prompts=len(attempt_ids), cost=None if attempt_ids else Usage().cost)

    @property
    def answered(self) -> bool:
        """At least one field has the model's word, or a steward's."""
        return any(not isinstance(verdict, Unanswered) for verdict in self.verdicts.values())


def check_keys(sheet: Sheet, answers: Answers) -> tuple[dict[int, Verdict], list[Question]]:
    """Valid answers by field number, and the questions whose answer was not one of those offered."""
    valid: dict[int, Verdict] = {}
    invalid = []
    for asked in sheet.questions:
        answer = answers.get(asked.name)
        if not isinstance(answer, str) or (answer != sheet.none and answer not in sheet.keys):
            invalid.append(asked)
        else:
            valid[asked.number] = Answered(sheet.keys.get(answer))
    return valid, invalid


def check_names(questions: tuple[Question, ...], answers: Answers) -> tuple[dict[int, Verdict], list[Question]]:
    """Any text with a letter will do: the name is made legal later."""
    valid: dict[int, Verdict] = {}
    invalid = []
    for asked in questions:
        answer = answers.get(asked.name)
        if isinstance(answer, str) and any(char.isascii() and char.isalpha() for char in answer):
            valid[asked.number] = Named(answer[:200])
        else:
            invalid.append(asked)
    return valid, invalid


def contradicts(asked: Question, verdict: Verdict) -> bool:
    """The model answered otherwise where the ranking is certain."""
    if not isinstance(verdict, Answered) or not asked.short_list:
        return False
    first, *others = asked.short_list
    certain = first.score >= _CERTAIN and first.score - max((r.score for r in others[:1]), default=0.0) >= _AHEAD
    return certain and (verdict.key is None or verdict.key.key.key != first.key.key.key)


def without_answer(error: AnswerError) -> Unanswered:
    """Why a field is decided without the model, in words of ours."""
    for kind, verdict in _WORDS.items():
        if isinstance(error, kind):
            return verdict
    return INVALID


_WORDS: Mapping[type[AnswerError], Unanswered] = {
    ContentFiltered: Unanswered("answer_filtered", "The deployment's content filter blocked the prompt."),
    AnswerRefused: Unanswered("answer_refused", "The model refused to answer."),
    AnswerCutOff: Unanswered("answer_cut_off", "The model's answer was cut off."),
    ContextTooLong: Unanswered("context_too_long", "The prompt is longer than the model can read."),
}
