"""One score out of several signals: their weighted mean, and what the surroundings take from it.

The weights are fitted by ``python -m bench fit_ranking`` and kept in ``weights.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from shared.mapping.signals.clues import Clues
from shared.mapping.signals.surroundings import group_fit, rivals
from shared.mapping.signals.table import SIGNALS, Numbers, Scores, Table

_SAME_NAME: Final = 0.97
"""The least that a field scores for a key of the same name, letter by letter."""
_SAME_WORDS: Final = 0.9
"""The same, for a key with the same words in its name."""
_ALL: Final = 0.999
_HALFWAY: Final = 0.5
"""A clue takes a pair's score half of the way to 1, or to 0: the other signals still tell several such pairs apart."""
FILE: Final = Path(__file__).with_name("weights.json")


@dataclass(frozen=True)
class Weights:
    signals: Mapping[str, float]
    """Each signal's part in the mean; a signal without data is left out of it."""
    rivals: float
    """What is taken off for each point that another field claims the key more."""
    group: float
    """What is taken off for each point that the key's group fits the data set less than the best group."""
    topic: float
    """What is taken off for each point that the key's group is less about the data set than another."""


@dataclass(frozen=True)
class Fused:
    scores: Scores
    """0 to 1, one per pair."""
    rivals: Scores
    group: Scores
    clues: Clues | None


@cache
def weights() -> Weights:
    read = json.loads(FILE.read_text(encoding="utf-8"))
    return Weights(read["signals"], read["rivals"], read["group"], read["topic"])


def fuse(table: Table, groups: Numbers | None, chosen: Weights, clues: Clues | None = None) -> Fused:
    """``groups``: the number of each key's group, one per pair; None where all keys are of one. ``clues``: None where
    nothing is known of the data set as a whole."""
    alone = np.maximum(mean(table, chosen), named_alike(table))
    if clues is not None:
        alone += np.float32(_HALFWAY) * (1 - alone) * np.maximum(clues.role, clues.listing)
        alone *= 1 - np.float32(_HALFWAY) * clues.misfit
    fit = np.ones_like(alone) if groups is None else group_fit(table, groups, alone)
    scores = alone - np.float32(chosen.group) * (1 - fit)
    if clues is not None:
        scores -= np.float32(chosen.topic) * clues.topic
    claimed = rivals(table, scores)
    return Fused(np.clip(scores - np.float32(chosen.rivals) * claimed, 0, 1), 1 - claimed, fit, clues)


def named_alike(table: Table) -> Scores:
    """What the name alone is worth where it is the key's: no description or sample speaks against that."""
    name, spelling = (table.signals[:, SIGNALS.index(signal)] for signal in ("name", "spelling"))
    found: Scores = np.float32(_SAME_WORDS) * name**4
    found[(name > _ALL) & (spelling > _ALL)] = _SAME_NAME
    return found


def mean(table: Table, chosen: Weights) -> Scores:
    weighed = np.array([chosen.signals[name] for name in SIGNALS], np.float32)
    there = ~np.isnan(table.signals)
    found: Scores = np.where(there, table.signals, np.float32(0)) @ weighed
    found /= np.maximum(there.astype(np.float32) @ weighed, np.float32(1e-6))
    return found
