"""How likely a key is right for a field: a logistic function of how it stands in the ranking and of the model's word.

Its few weights are in ``confidence.json``, fitted by ``python -m bench accuracy_fit`` on public schema-matching tasks;
docs/benchmarks.md says how well they hold on tasks they were not fitted on. Never 0 or 1: neither a name nor a model is
proof.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal

from shared.mapping.standing import Standing

Voice = Literal["chosen", "another", "none", "silent"]
"""The model's word on a key: it chose it, it chose another, it said that none fits, or it was not asked (or gave no
usable answer)."""
WEIGHTS = ("bias", "score", "lead", "hold", "chosen", "another")
"""``ai`` uses all of them, ``auto`` the first four."""
_FILE = Path(__file__).with_suffix(".json")
_instead: ContextVar[Mapping[str, Mapping[str, float]] | None] = ContextVar("weights", default=None)
_LOWEST, _HIGHEST = 0.03, 0.98


def of_key(standing: Standing, voice: Voice) -> float:
    """That the key is the right one for the field."""
    weights = _weights()["auto" if voice == "silent" else "ai"]
    total = sum(weights[name] * value for name, value in features(standing, voice).items())
    return bounded(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))))


def features(standing: Standing, voice: Voice) -> dict[str, float]:
    """By the names of WEIGHTS."""
    found = {"bias": 1.0, "score": standing.score, "lead": standing.lead, "hold": standing.hold}
    if voice != "silent":
        found |= {"chosen": float(voice == "chosen"), "another": float(voice == "another")}
    return found


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
