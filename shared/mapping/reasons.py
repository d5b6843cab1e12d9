"""Why a field got its key, or none: who decided it, what spoke for it, and who said otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from shared.mapping.candidates import Ranked, ShortList
from shared.mapping.verdicts import Answered, Named, Unanswered, Verdict


@dataclass(frozen=True)
class Lost:
    """A key this field would have got, had another field not."""

    key: str
    winner: str
    """The other field's name."""

    def __str__(self) -> str:
        return f"{self.key} fits better to field {self.winner!r}"


def of_key(ranked: Ranked, short_list: ShortList, verdict: Verdict | None, lost: Lost | None) -> str:
    best = short_list[0] if short_list else ranked
    key = ranked.key.key.key
    chose = verdict.key.key.key if isinstance(verdict, Answered) and verdict.key else None
    if chose == key:
        if ranked.score >= best.score:
            return f"The model chose it; {_because(ranked, first=True, lower=True)}."
        return f"The model chose it; the ranking alone would take {best.key.key.key} ({best.score:.2f})."
    if lost is not None:
        return f"{lost}; this is the next best, with {ranked.score:.2f}."
    said = _because(ranked, first=ranked.score >= best.score)
    if chose is not None:
        return f"{said}, which weighs more than the model's choice of {chose}."
    if isinstance(verdict, Answered):
        return f"{said}; the model found no key that fits."
    return f"{said}.{_without_model(verdict)}"


def of_none(best: Ranked | None, verdict: Verdict | None, lost: Lost | None, *, fits: bool) -> str:
    """``fits``: there is a vocabulary."""
    if isinstance(verdict, Named):
        return "There is no vocabulary yet; the model proposed the name."
    if not fits:
        return f"There is no vocabulary that fits, so the key is new.{_without_model(verdict)}"
    if lost is not None:
        return f"{lost}, and no other key is like this field."
    nearest = f" Nearest is {best.key.key.key} with {best.score:.2f}." if best else ""
    if isinstance(verdict, Answered) and verdict.key is None:
        return f"The model found none that means the same.{nearest}"
    if isinstance(verdict, Answered) and verdict.key is not None:
        return f"The model chose {verdict.key.key.key}, but too little speaks for it: no key rather than a guess."
    return f"No key of the vocabulary is like it.{nearest}{_without_model(verdict)}"


def _because(ranked: Ranked, *, first: bool, lower: bool = False) -> str:
    named = ", ".join(f"{name} {value:.2f}" for name, value in sorted(ranked.signals.items()) if value > 0)
    place = "Best of the ranking with" if first else "The ranking gives it"
    text = f"{place} {ranked.score:.2f}" + (f" ({named})" if named else "")
    return text[0].lower() + text[1:] if lower else text


def _without_model(verdict: Verdict | None) -> str:
    return f" {verdict.detail} Decided without the model." if isinstance(verdict, Unanswered) else ""
