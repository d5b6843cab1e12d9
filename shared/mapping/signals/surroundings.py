"""What the other fields and the other keys say about a pair."""

from __future__ import annotations

import numpy as np

from shared.mapping.signals.table import Grouping, Numbers, Scores, Table

_AT_ALL = 0.3
"""The group that fits best must reach this mean score, or groups say little."""


def rivals(table: Table, scores: Scores) -> Scores:
    """0 to 1: by how much another field claims the pair's key more. A field claims a key with its score for it, less
    what it scores more for another key."""
    claims = scores - np.maximum(0, _best_other(table.by_field, scores) - scores)
    found: Scores = np.clip(_best_other(table.by_key, claims) - claims, 0, 1)
    return found


def _best_other(grouping: Grouping, scores: Scores) -> Scores:
    """For each row the best score of the other rows of its group; 0 where it is alone."""
    if not len(scores):
        return scores
    ordered = scores[grouping.order]
    best = np.maximum.reduceat(ordered, grouping.starts)
    at = np.flatnonzero(ordered == best[grouping.numbers])
    at = at[np.unique(grouping.numbers[at], return_index=True)[1]]
    ordered[at] = -np.inf
    second = np.maximum(np.maximum.reduceat(ordered, grouping.starts), np.float32(0))
    others = best[grouping.numbers]
    others[at] = second
    found: Scores = np.empty_like(scores)
    found[grouping.order] = others
    return found


def group_fit(table: Table, groups: Numbers, scores: Scores) -> Scores:
    """0 to 1, for each pair: how well the key's group fits the fields together, beside the group that fits best.

    A group's fit is the mean over the fields of each one's best score in it."""
    total = int(groups.max(initial=-1)) + 1
    fields = int(table.fields.max(initial=-1)) + 1
    best = np.zeros((total, fields), np.float32)
    np.maximum.at(best, (groups, table.fields), scores)
    fit = best.mean(axis=1)
    found: Scores = (fit / max(float(fit.max(initial=0.0)), _AT_ALL))[groups].astype(np.float32)
    return found
