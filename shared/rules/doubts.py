"""Questions instead of guesses: what a draft says and the words do not.

Found by comparing, since a small model seldom asks: a key the words fit no better than another one, no key at all, a
threshold that nobody named. What was answered before is not asked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shared.mapping.words import words
from shared.records import RecordIn, text_of
from shared.rules.actions import BY_NAME as ACTIONS
from shared.rules.actions import key_arguments
from shared.rules.draft import PROPERTIES, Draft, Test, ValueType, conditions, tests
from shared.rules.figures import numbers, years
from shared.rules.models import AnswerIn, QuestionOut
from shared.rules.number_words import NUMBER_WORDS
from shared.rules.offer import Offer
from shared.rules.operators import BY_NAME as OPERATORS
from shared.rules.prompt import NO_KEY
from shared.rules.value_types import is_number, value_type

_OPTIONS: Final = 6
_NUMERALS: Final = re.compile(r"[一二三四五六七八九十百千万億〇零两]|[०-९٠-٩۰-۹]")


@dataclass(frozen=True)
class Asked:
    """What was asked for, and what the model was offered."""

    words: str
    offered: Sequence[Offer]
    records: Sequence[RecordIn]
    answers: Sequence[AnswerIn] = ()

    @property
    def said(self) -> str:
        return "\n".join([self.words, *(answer.answer for answer in self.answers)])


def doubts(draft: Draft, asked: Asked, question: str) -> list[QuestionOut]:
    """``question``: the model's own. It counts where it names two keys, or where the draft leaves something open."""
    found = [*_no_key(draft, asked), *_two_keys(draft, asked), *_thresholds(draft, asked)]
    if question and not found and (not draft.actions or len(_named(question, asked.offered)) > 1):
        found.append(QuestionOut(question=question[:500], options=_named(question, asked.offered)))
    given = {answer.question for answer in asked.answers}
    return [each for each in {each.question: each for each in found}.values() if each.question not in given]


def _all_tests(draft: Draft) -> Iterator[Test]:
    for condition in conditions(draft):
        yield from tests(condition)


def keys_used(draft: Draft) -> list[str]:
    """The keys a draft is about, each once."""
    used = [test.field for test in _all_tests(draft) if test.field not in PROPERTIES]
    for action in draft.actions:
        kind = ACTIONS.get(action.name)
        used += [action.get(each) for each in key_arguments(kind) if action.get(each)] if kind else []
    return list(dict.fromkeys(used))


def _no_key(draft: Draft, asked: Asked) -> Iterator[QuestionOut]:
    if NO_KEY in keys_used(draft):
        options = likely(asked.words, asked.offered)
        yield QuestionOut(question="Which key is meant? No key clearly fits these words.", options=options)


def likely(text: str, offered: Sequence[Offer]) -> list[str]:
    """Keys by the words they share with a text, best first; then the others."""
    said = set(words(text))
    scored = sorted(offered, key=lambda each: -len(said & _words_of(each)))
    return [each.key for each in scored[:_OPTIONS]]


def _two_keys(draft: Draft, asked: Asked) -> Iterator[QuestionOut]:
    said, used = set(words(asked.said)), set(keys_used(draft))
    by_key = {each.key: each for each in asked.offered}
    for key in used & by_key.keys():
        rivals = [each.key for each in _rivals(by_key[key], asked, said) if each.key not in used]
        if rivals and not _settled(key, rivals, draft, asked):
            options = [each.key for each in asked.offered if each.key in (key, *rivals)][:_OPTIONS]
            yield QuestionOut(question=f"Which of these keys is meant: {', '.join(options)}?", options=options)


def _rivals(chosen: Offer, asked: Asked, said: set[str]) -> Iterator[Offer]:
    """Keys that fit as much of the words as the chosen one, where neither is named in full."""
    own = _words_of(chosen)
    shared = own & said
    if not shared or own <= said:
        return
    for other in asked.offered:
        theirs = _words_of(other)
        if other.key != chosen.key and theirs & said >= shared:
            yield other


def _words_of(offer: Offer) -> frozenset[str]:
    """Of the last part of the key, or of what it is called where that says more in fewer words."""
    short = frozenset(words(offer.key.rpartition(".")[2]))
    display = frozenset(words(offer.display))
    return display if display and len(display) <= len(short) else short


def _settled(key: str, rivals: Sequence[str], draft: Draft, asked: Asked) -> bool:
    """An answer names it, or only its records have the value that is looked for."""
    if any(key in answer.answer or key in answer.question for answer in asked.answers):
        return True
    wanted = {value.casefold() for test in _all_tests(draft) if test.field == key for value in test.values}
    return _has(asked.records, key, wanted) and not any(_has(asked.records, rival, wanted) for rival in rivals)


def _has(records: Sequence[RecordIn], key: str, wanted: set[str]) -> bool:
    return any(text_of(record.properties.get(key)).casefold() in wanted for record in records)


def _thresholds(draft: Draft, asked: Asked) -> Iterator[QuestionOut]:
    """A number to compare with must have been said: in figures, or in words that are not read here."""
    text = asked.said
    if _NUMERALS.search(text):
        return
    spelt = not NUMBER_WORDS.isdisjoint(re.findall(r"[^\W\d_]+", text.casefold()))
    known, named = set(numbers(text)), years(text)
    for test in _all_tests(draft):
        operator = OPERATORS.get(test.operator)
        if operator is None or operator.kind != "ordered" or not test.values:
            continue
        kind = value_type(test)
        if not (spelt and kind == "number") and not all(_said(value, kind, known, named) for value in test.values):
            yield QuestionOut(
                question=f"Which value should {test.field} be compared with ({test.operator})?", options=[]
            )


def _said(value: str, kind: ValueType, known: set[float], named: set[int]) -> bool:
    """Whether the words may mean it; of a day its year or, as ``up to 2020`` ends in 2021, the one beside it."""
    if kind == "number":
        return not is_number(value) or abs(float(value)) in known
    if kind != "date":
        return True
    year = int(value.strip()[:4])
    return not named.isdisjoint((year - 1, year, year + 1))


def _named(text: str, offered: Sequence[Offer]) -> list[str]:
    """Keys a question names."""
    folded = text.casefold()
    return [each.key for each in offered if each.key.casefold() in folded
            or (len(each.display) > 3 and each.display.casefold() in folded)][:_OPTIONS]  # fmt: skip
