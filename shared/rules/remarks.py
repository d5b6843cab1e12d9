"""What the model is told of its first answer, where it is asked once more."""

from __future__ import annotations

from typing import Final

from shared.rules.actions import BY_NAME as ACTIONS
from shared.rules.answer import Offered, RuleWork, Try, odd
from shared.rules.doubts import keys_used
from shared.rules.prompt import form_of
from shared.rules.understand import tested, without_tests

_SHOWN_VALUES: Final = 5
_SAID: Final = {
    "matches_nothing": "matches none",
    "matches_everything": "matches all",
    "changes_nothing": "changes none of those that it matches",
}


def refusal(tried: Try) -> str:
    """Of an answer that cannot be used, with the forms of its actions: what a fault calls ``to`` is ``with`` there."""
    used = dict.fromkeys(action.name for action in tried.draft.actions if action.name in ACTIONS)
    return "\n".join([f"This cannot be used: {tried.fault}", *(form_of(ACTIONS[name]) for name in used)])


def remark(work: RuleWork, offered: Offered, code: str) -> str:
    """Of a rule that does nothing, or all too much. ``code``: of ``odd``. Values only where they may leave."""
    text = f"Run on the {offered.ran.preview.records} records given, this rule {_SAID[code]}."
    if work.samples == "full":
        known = {offer.key: offer for offer in work.offered}
        used = [known[key] for key in keys_used(offered.draft) if key in known and known[key].samples]
        text += "".join(f"\n{offer.line('full')}" for offer in used[:_SHOWN_VALUES])
    return f"{text}\nIf that is what the words mean, answer the same again."


def forgotten_tests(first: Try) -> bool:
    """Whether an answer has no test where it should, and is asked for afresh: it names records, or would tag all."""
    if first.offered is None:
        return without_tests(first.reply, first.draft) is not None
    return not tested(first.draft) and odd(first.offered) == "matches_everything"
