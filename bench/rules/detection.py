"""Precision and recall of anomalies and spellings on CluedIn's training files, against the labels. No prompt."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from bench.rules.columns import COLUMNS, DATA, MANGLED, Labelled, mangled, pairs
from shared.rules.anomalies import anomalies
from shared.rules.column import ValueColumn, of_values
from shared.rules.formats import learn
from shared.rules.spellings import spellings
from shared.rules.suggestion_models import ValueIn


def column_of(name: str, counts: Counter[str], data_type: str | None) -> ValueColumn:
    return of_values(f"data.{name}", [ValueIn(value=value, count=count) for value, count in counts.items()], data_type)


def measure(verbose: bool = False) -> dict[str, object]:
    found: Counter[str] = Counter()
    for labelled in COLUMNS:
        _add(found, labelled, verbose)
    spelt: Counter[str] = Counter()
    for labelled in COLUMNS:
        made = column_of(labelled.column, labelled.values(), labelled.data_type)
        groups = [{value for value, _ in each.variants} for each in spellings(made.real, made.data_type)]
        kept = [group for group in groups if not all(labelled.is_anomaly(value) is None for value in group)]
        _pairs(spelt, kept, list(map(set, labelled.groups)), labelled.column, verbose)
    spoilt: Counter[str] = Counter()
    for file, name, data_type in MANGLED:
        counts, truth = mangled(file, name)
        made = column_of(name, counts, data_type)
        groups = [{value for value, _ in each.variants} for each in spellings(made.real, made.data_type)]
        _pairs(spoilt, groups, truth, name, verbose)
    return {"anomalies": _figures(found), "groups": _figures(spelt), "groups of spoilt columns": _figures(spoilt)}


def _add(found: Counter[str], labelled: Labelled, verbose: bool) -> None:
    made = column_of(labelled.column, labelled.values(), labelled.data_type)
    said = {each.value: each.reason for each in anomalies(made, learn(made.real))}
    for value in made.counts:
        truth = labelled.is_anomaly(value)
        if truth is None:
            continue
        kind = {(True, True): "right", (False, True): "missed", (True, False): "wrong"}.get((value in said, truth), "")
        found[kind] += 1
        if verbose and kind in ("missed", "wrong"):
            print(labelled.column, kind, repr(value), said.get(value, ""))


def _pairs(
    found: Counter[str], groups: Sequence[set[str]], truth: Sequence[set[str]], name: str, verbose: bool
) -> None:
    ours, theirs = pairs(list(groups)), pairs(list(truth))
    found["right"] += len(ours & theirs)
    found["wrong"] += len(ours - theirs)
    found["missed"] += len(theirs - ours)
    if verbose:
        print(name, "wrong", [sorted(each) for each in ours - theirs][:8], "missed",
              [sorted(each) for each in theirs - ours][:8])  # fmt: skip


def _figures(found: Counter[str]) -> dict[str, object]:
    right, wrong, missed = found["right"], found["wrong"], found["missed"]
    return {
        "precision": round(right / (right + wrong), 3) if right + wrong else None,
        "recall": round(right / (right + missed), 3) if right + missed else None,
        "right": right, "wrong": wrong, "missed": missed,
    }  # fmt: skip


def run() -> dict[str, object]:
    return {"data": DATA.exists(), **(measure() if DATA.exists() else {}), "reached": True}


if __name__ == "__main__":
    print(json.dumps(measure(verbose=True), indent=1))
