"""How likely a decision is right: an estimate from the ranking and from whether the model agrees.

The figures are set by hand, in view of public schema-matching tasks: ordered sensibly, not yet calibrated. Never 0
or 1: neither a name nor a model is proof.
"""

from __future__ import annotations

from typing import Literal

from shared.mapping.candidates import ShortList

Voice = Literal["agrees", "differs", "silent"]
"""The model beside the ranking; silent where it was not asked or gave no usable answer."""
_LOWEST, _HIGHEST = 0.03, 0.98


def of_key(short_list: ShortList, key: str, voice: Voice) -> float:
    """That ``key`` is the right one for the field."""
    score = next((ranked.score for ranked in short_list if ranked.key.key.key == key), 0.0)
    others = max((ranked.score for ranked in short_list if ranked.key.key.key != key), default=0.0)
    margin = max(-0.4, min(0.4, score - others))
    silent = 0.1 + 0.75 * score + 0.3 * margin
    if voice == "agrees":
        return bounded(silent + 0.5 * score * (1 - silent))
    return bounded(0.35 + 0.35 * score + 0.3 * margin if voice == "differs" else silent)


def of_none(short_list: ShortList, voice: Voice) -> float:
    """That no key of the vocabulary fits the field."""
    best = short_list[0].score if short_list else 0.0
    silent = 0.9 - 0.8 * best
    return bounded(silent + 0.25 * (1 - silent) if voice == "agrees" else silent)


def bounded(value: float) -> float:
    return round(max(_LOWEST, min(_HIGHEST, value)), 2)
