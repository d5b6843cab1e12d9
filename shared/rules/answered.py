"""Keys a person chose when asked: where the model still takes another one, the chosen one is put in its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from shared.rules.actions import BY_NAME as ACTIONS
from shared.rules.actions import key_arguments
from shared.rules.doubts import keys_used
from shared.rules.draft import Action, Draft, Test, changed, with_actions
from shared.rules.models import AnswerIn
from shared.rules.prompt import NO_KEY


def as_answered(draft: Draft, answers: Sequence[AnswerIn], keys: Collection[str]) -> Draft:
    for key, others in _choices(answers, keys):
        if key not in keys_used(draft):
            draft = _instead(draft, key, others)
    return draft


def not_used(draft: Draft, answers: Sequence[AnswerIn], keys: Collection[str]) -> list[str]:
    """The keys a person chose that a draft is not about: its faults."""
    return [key for key, _ in _choices(answers, keys) if key not in keys_used(draft)]


def _choices(answers: Sequence[AnswerIn], keys: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """A chosen key, and those it stands instead of: the others that were asked about, or none that fits."""
    for answer in answers:
        chosen, asked = _named(answer.answer, keys), _named(answer.question, keys)
        if len(chosen) == 1 and (not asked or chosen[0] in asked):
            yield chosen[0], [key for key in asked if key != chosen[0]] or [NO_KEY]


def _named(text: str, keys: Collection[str]) -> list[str]:
    """Keys that stand in a text as a whole."""
    return [key for key in keys if re.search(rf"(?<![\w.]){re.escape(key)}(?![\w]|\.\w)", text)]


def _instead(draft: Draft, key: str, others: Sequence[str]) -> Draft:
    """The draft with one key in place of others."""

    def test(each: Test) -> Test:
        return replace(each, field=key) if each.field in others else each

    def action(each: Action) -> Action:
        kind = ACTIONS.get(each.name)
        places = key_arguments(kind) if kind else ()
        given = ((name, key if name in places and value in others else value) for name, value in each.arguments)
        return Action(each.name, tuple(given))

    return changed(with_actions(draft, action), test)
