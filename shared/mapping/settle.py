"""Who gets which key: what is likeliest over all fields and keys goes first, one key for one field.

How likely is said by ``confidence``, from the ranking and the model's word together, so neither overrules the other as
such; what is too unlikely is no key at all. ``reason`` says who had the last word, and against whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.mapping import confidence, reasons
from shared.mapping.candidates import Ranked
from shared.mapping.noise import is_empty
from shared.mapping.plan import Plan
from shared.mapping.standing import Standings, is_spoken_for
from shared.mapping.verdicts import Answered, Named, Reviewed, Verdict

LIKELY = 0.25
"""A key is given from this share on, or where it is likelier than that none fits; else a new one is proposed. Less than
one half, since keys that are alike share what speaks for them, and a reviewer sees the confidence."""
SAME_NAME = 0.85
"""So is one of this score: a field that is called like a key gets it, unless another field fits it better."""
LONGEST_LIST = 12
"""Keys of a field that are weighed: beyond them only the one the model chose."""


@dataclass(frozen=True)
class Decision:
    status: Literal["Existing", "New", "Ignored"]
    key: Ranked | None
    """The catalogue's key, for Existing."""
    wish: str | None
    """The name the model proposed for a New one."""
    confidence: float
    reason: str
    data_type: str | None = None
    """Where a review decided it."""
    name: str | None = None
    """The whole key of a New one, where a review decided it."""


@dataclass(frozen=True)
class _Option:
    """A key a field may get."""

    number: int
    ranked: Ranked
    likely: float
    is_good: bool
    """Good enough to be given."""

    @property
    def key(self) -> str:
        return self.ranked.key.key.key


@dataclass(frozen=True)
class _Choice:
    """A field's options, the likeliest first, and how likely it is that none is right."""

    options: tuple[_Option, ...]
    none: float


def settle(plan: Plan, verdicts: Mapping[int, Verdict]) -> tuple[Decision, ...]:
    """One decision per field, in order."""
    reviewed = {number: verdict for number, verdict in verdicts.items() if isinstance(verdict, Reviewed)}
    decisions: dict[int, Decision] = {number: _ignored(plan, number) for number in plan.ignored}
    decisions |= {number: _reviewed(verdict) for number, verdict in reviewed.items()}
    given = {verdict.key.key.key.key: number for number, verdict in reviewed.items() if verdict.key}
    standings = Standings(plan.profile.fields, plan.short_lists)
    choices = {
        number: _choice(plan, standings, number, verdicts.get(number))
        for number in range(len(plan.profile.fields))
        if number not in decisions
    }
    won = _share_out([option for choice in choices.values() for option in choice.options], given)
    for number, choice in choices.items():
        decisions[number] = _decision(plan, number, verdicts.get(number), choice, won.get(number), given)
    return tuple(decisions[number] for number in range(len(plan.profile.fields)))


def _choice(plan: Plan, standings: Standings, number: int, verdict: Verdict | None) -> _Choice:
    keys = weighed(plan, number, verdict)
    voices = [voice(verdict, key) for key in keys]
    shares = confidence.shares([standings.of(number, key) for key in keys], voices)
    options = (
        _Option(number, key, share, _is_good(key, said, share, shares.none))
        for key, said, share in zip(keys, voices, shares.keys, strict=True)
    )
    return _Choice(tuple(sorted(options, key=lambda option: -option.likely)), shares.none)


def _is_good(key: Ranked, said: confidence.Voice, share: float, none: float) -> bool:
    likely = share >= min(LIKELY, none) or key.score >= SAME_NAME
    return likely and (said == "chosen" or is_spoken_for(key))


def weighed(plan: Plan, number: int, verdict: Verdict | None) -> list[Ranked]:
    """The keys a field may get: the ranking's first ones, and the one the model chose."""
    listed = list(plan.short_lists[number][:LONGEST_LIST])
    chosen = verdict.choice(plan.short_lists[number]) if isinstance(verdict, Answered) else None
    return listed if chosen is None or chosen in listed else [*listed, chosen]


def voice(verdict: Verdict | None, ranked: Ranked) -> confidence.Voice:
    """The model's word on one of them."""
    if not isinstance(verdict, Answered):
        return "silent"
    if verdict.key is None:
        return "none"
    return "chosen" if verdict.key.key.key == ranked.key.key.key else "another"


def _order(option: _Option) -> tuple[float, float, float, int, str]:
    """First fields called like the key, by how much; then the likeliest, among the about equally likely the better
    score: a share is less where a field has another good key too."""
    named = option.ranked.score if option.ranked.score >= SAME_NAME else 0.0
    return (-named, -round(option.likely, 1), -option.ranked.score, option.number, option.key)


def _share_out(options: list[_Option], given: dict[str, int]) -> dict[int, _Option]:
    """Field number → the option it won; ``given`` is filled with who has which key."""
    won: dict[int, _Option] = {}
    for option in sorted(options, key=_order):
        if option.is_good and option.number not in won and option.key not in given:
            given[option.key] = option.number
            won[option.number] = option
    return won


def _decision(
    plan: Plan, number: int, verdict: Verdict | None, choice: _Choice, won: _Option | None, given: Mapping[str, int]
) -> Decision:
    first = choice.options[0] if choice.options else None
    lost = None
    if first and first is not won and first.is_good and first.key in given:
        lost = reasons.Lost(first.key, plan.profile.fields[given[first.key]].name)
    short_list = plan.short_lists[number]
    if won is not None:
        reason = reasons.of_key(won.ranked, short_list, verdict, lost)
        return Decision("Existing", won.ranked, None, confidence.bounded(won.likely), reason)
    wish = verdict.name if isinstance(verdict, Named) else None
    free = sum(option.likely for option in choice.options if option.key not in given)
    reason = reasons.of_none(first.ranked if first else None, verdict, lost, fits=plan.vocabulary is not None)
    return Decision("New", None, wish, confidence.bounded(choice.none / (choice.none + free)), reason)


def _reviewed(verdict: Reviewed) -> Decision:
    sure = confidence.bounded(1.0)
    return Decision(verdict.status, verdict.key, None, sure, verdict.reason, verdict.data_type, verdict.name)


def _ignored(plan: Plan, number: int) -> Decision:
    field = plan.profile.fields[number]
    if is_empty(field):
        return Decision("Ignored", None, None, 0.95, "No row has a value.")
    return Decision("Ignored", None, None, 0.8, "Every row has the same value, and the name is a technical one.")
