"""Who gets which key: the model's word where there is one, else the ranking; one key for one field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.mapping import confidence
from shared.mapping.candidates import Ranked, ShortList
from shared.mapping.noise import is_empty
from shared.mapping.plan import Plan
from shared.mapping.verdicts import Answered, Named, Reviewed, Unanswered, Verdict

GOOD = 0.5
"""Without the model a key is given from this score on; below, a new one is proposed."""
NEXT_BEST = 0.6
"""A field that lost its key gets its next one from this score on."""
SAME_NAME = 0.9
"""A field named like this key keeps it, even where the model sees none that fits."""


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
class _Claim:
    number: int
    key: Ranked | None
    voice: confidence.Voice
    reason: str
    wish: str | None = None


def settle(plan: Plan, verdicts: Mapping[int, Verdict]) -> tuple[Decision, ...]:
    """One decision per field, in order. Better scores choose first; a loser gets its next good key, or a new one."""
    reviewed = {number: verdict for number, verdict in verdicts.items() if isinstance(verdict, Reviewed)}
    claims = [_claim(plan, number, verdicts.get(number)) for number in _open(plan) if number not in reviewed]
    given = {verdict.key.key.key.key: number for number, verdict in reviewed.items() if verdict.key}
    decisions: dict[int, Decision] = {number: _ignored(plan, number) for number in plan.ignored}
    decisions |= {number: _reviewed(verdict) for number, verdict in reviewed.items()}
    losers: list[_Claim] = []
    for claim in sorted(claims, key=_strength):
        if claim.key is None:
            decisions[claim.number] = _new(plan, claim)
        elif claim.key.key.key.key in given:
            losers.append(claim)
        else:
            given[claim.key.key.key.key] = claim.number
            decisions[claim.number] = _existing(plan, claim)
    for claim in losers:
        decisions[claim.number] = _next_best(plan, claim, given)
    return tuple(decisions[number] for number in range(len(plan.profile.fields)))


def _open(plan: Plan) -> list[int]:
    return [number for number in range(len(plan.profile.fields)) if number not in plan.ignored]


def _strength(claim: _Claim) -> tuple[float, int]:
    return (-claim.key.score if claim.key else 0.0, claim.number)


def _claim(plan: Plan, number: int, verdict: Verdict | None) -> _Claim:
    short_list = plan.short_lists[number]
    best = short_list[0] if short_list else None
    if isinstance(verdict, Named):
        return _Claim(number, None, "agrees", "There is no vocabulary yet; the model proposed the name.", verdict.name)
    if isinstance(verdict, Answered) and verdict.key is not None:
        return _chosen(number, short_list, verdict.key)
    if isinstance(verdict, Answered) and not (best and best.score >= SAME_NAME):
        return _Claim(number, None, "agrees", _no_key(plan, best, "The model found none that means the same."))
    if isinstance(verdict, Answered):
        return _Claim(number, best, "differs", f"{_because(best)}; the model found no key that fits.")
    word = f" {verdict.detail} Decided without the model." if isinstance(verdict, Unanswered) else ""
    if best is None or best.score < GOOD:
        return _Claim(number, None, "silent", _no_key(plan, best, "") + word)
    return _Claim(number, best, "silent", f"{_because(best)}.{word}")


def _chosen(number: int, short_list: ShortList, key: str) -> _Claim:
    ranked = next(r for r in short_list if r.key.key.key == key)
    if ranked.score >= short_list[0].score:
        return _Claim(number, ranked, "agrees", f"The model chose it; {_because(ranked, lower=True)}.")
    instead = f"the ranking alone would take {short_list[0].key.key.key} ({short_list[0].score:.2f})"
    return _Claim(number, ranked, "differs", f"The model chose it; {instead}.")


def _because(ranked: Ranked | None, *, lower: bool = False) -> str:
    if ranked is None:
        return ""
    named = ", ".join(f"{name} {value:.2f}" for name, value in sorted(ranked.signals.items()) if value > 0)
    text = f"Best of the ranking with {ranked.score:.2f} ({named})"
    return text[0].lower() + text[1:] if lower else text


def _no_key(plan: Plan, best: Ranked | None, word: str) -> str:
    if plan.vocabulary is None:
        return "There is no vocabulary that fits, so the key is new."
    nearest = f" Nearest is {best.key.key.key} with {best.score:.2f}." if best else ""
    return f"{word or 'No key of the vocabulary is like it.'}{nearest}"


def _existing(plan: Plan, claim: _Claim) -> Decision:
    assert claim.key is not None
    sure = confidence.of_key(plan.short_lists[claim.number], claim.key.key.key.key, claim.voice)
    return Decision("Existing", claim.key, None, sure, claim.reason)


def _new(plan: Plan, claim: _Claim) -> Decision:
    return Decision(
        "New", None, claim.wish, confidence.of_none(plan.short_lists[claim.number], claim.voice), claim.reason
    )


def _next_best(plan: Plan, claim: _Claim, given: dict[str, int]) -> Decision:
    assert claim.key is not None
    lost = claim.key.key.key.key
    winner = plan.profile.fields[given[lost]].name
    story = f"{lost} fits better to field {winner!r}"
    short_list = plan.short_lists[claim.number]
    free = next((r for r in short_list if r.key.key.key not in given and r.score >= NEXT_BEST), None)
    if free is None:
        return Decision("New", None, None, 0.4, f"{story}, and no other key is like this field.")
    given[free.key.key.key] = claim.number
    sure = confidence.of_key(short_list, free.key.key.key, "differs")
    return Decision("Existing", free, None, sure, f"{story}; this is the next best, with {free.score:.2f}.")


def _reviewed(verdict: Reviewed) -> Decision:
    sure = confidence.bounded(1.0)
    return Decision(verdict.status, verdict.key, None, sure, verdict.reason, verdict.data_type, verdict.name)


def _ignored(plan: Plan, number: int) -> Decision:
    field = plan.profile.fields[number]
    if is_empty(field):
        return Decision("Ignored", None, None, 0.95, "No row has a value.")
    return Decision("Ignored", None, None, 0.8, "Every row has the same value, and the name is a technical one.")
