"""What the other fields and the other keys say about a pair."""

from __future__ import annotations

import numpy as np

from shared.mapping.signals.table import Numbers, Scores, Table

_AT_ALL = 0.3
"""The group that fits best must reach this mean score, or groups say little."""


def rivals(table: Table, scores: Scores) -> Scores:
    """0 to 1: by how much another field claims the pair's key more. A field claims a key with its score for it, less
    what it scores more for another key."""
    fields, keys = table.fields, table.keys
    best, second, at = _two_best(fields, scores)
    elsewhere = np.where(np.arange(len(scores)) == at[fields], second[fields], best[fields])
    claims = scores - np.maximum(0, elsewhere - scores)
    most, next_most, holder = _two_best(keys, claims)
    others = np.where(np.arange(len(scores)) == holder[keys], next_most[keys], most[keys])
    found: Scores = np.clip(others - claims, 0, 1).astype(np.float32)
    return found


def _two_best(owners: Numbers, scores: Scores) -> tuple[Scores, Scores, Numbers]:
    """For each owner its best score, its second best (0 without one), and the row of the best."""
    total = int(owners.max(initial=-1)) + 1
    order = np.lexsort((np.arange(len(scores)), -scores, owners))
    sorted_owners = owners[order]
    first = np.searchsorted(sorted_owners, np.arange(total))
    best, second = np.zeros(total, np.float32), np.zeros(total, np.float32)
    at = np.full(total, -1, np.int32)
    last = np.searchsorted(sorted_owners, np.arange(total), side="right")
    some, several = last > first, last > first + 1
    best[some] = scores[order[first[some]]]
    second[several] = scores[order[first[several] + 1]]
    at[some] = order[first[some]]
    return best, second, at


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
