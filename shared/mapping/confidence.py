"""How likely each key is right for a field, and that none is: shares of one, from the ranking and the model's word.

A conditional logit: each key has a merit (how it stands in the ranking, and whether the model chose it), "none" has one
too (more when the model said so), and each gets its share of the sum of their exponentials. So keys that are equally
good share the doubt. The few weights are in ``confidence.json``, fitted by ``python -m bench accuracy_fit`` on public
schema-matching tasks; docs/benchmarks.md says how well they hold on tasks they were not fitted on. Never 0 or 1:
neither a name nor a model is proof.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from shared.mapping.standing import Standing

Voice = Literal["chosen", "another", "none", "silent"]
"""The model's word on a key: it chose it, it chose another, it said that none fits, or it was not asked (or gave no
usable answer)."""
RANKING = ("score", "shownScore", "hold", "none")
WORD = ("chosen", "saidNone")
"""Weights: ``auto`` has those of the ranking, ``ai`` the model's word too."""
_FILE = Path(__file__).with_suffix(".json")
_instead: ContextVar[Mapping[str, Mapping[str, float]] | None] = ContextVar("weights", default=None)
_LOWEST, _HIGHEST = 0.03, 0.98


@dataclass(frozen=True)
class Shares:
    """They add up to 1."""

    keys: tuple[float, ...]
    none: float


def shares(standings: Sequence[Standing], voices: Sequence[Voice]) -> Shares:
    """Of a field's keys, in their order, and of none of them; voices: the model's word on each."""
    weights = _weights()["auto" if not voices or "silent" in voices else "ai"]
    merits = [
        sum(weights[name] * value for name, value in features(standing, voice).items())
        for standing, voice in zip(standings, voices, strict=True)
    ]
    nothing = sum(weights[name] * value for name, value in none_features(voices).items())
    most = max([nothing, *merits])
    parts = [math.exp(merit - most) for merit in merits]
    whole = math.exp(nothing - most) + sum(parts)
    return Shares(tuple(part / whole for part in parts), math.exp(nothing - most) / whole)


def features(standing: Standing, voice: Voice) -> dict[str, float]:
    """What a key's merit is made of, by the names of RANKING and WORD."""
    found = {
        "score": standing.score,
        "shownScore": standing.score * standing.shown,
        "hold": standing.hold,
    }
    return found if voice == "silent" else found | {"chosen": float(voice == "chosen")}


def none_features(voices: Sequence[Voice]) -> dict[str, float]:
    """What the merit of "none" is made of."""
    asked = bool(voices) and "silent" not in voices
    return {"none": 1.0} | ({"saidNone": float("none" in voices)} if asked else {})


def bounded(value: float) -> float:
    return round(max(_LOWEST, min(_HIGHEST, value)), 2)


@contextmanager
def weights_of(engines: Mapping[str, Mapping[str, float]]) -> Iterator[None]:
    """Other weights meanwhile: for fitting and measuring."""
    token = _instead.set({**_fitted(), **engines})
    try:
        yield
    finally:
        _instead.reset(token)


def _weights() -> Mapping[str, Mapping[str, float]]:
    return _instead.get() or _fitted()


@cache
def _fitted() -> Mapping[str, Mapping[str, float]]:
    return dict(json.loads(_FILE.read_text(encoding="utf-8"))["weights"])
