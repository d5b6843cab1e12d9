"""Where the true keys stand in the ranking that is made without the model, over the public matching suites.

recall@k over truth pairs, MRR over source fields with a truth; beside them names compared with rapidfuzz, in the same
run. Each ranker works in a process of its own, so that seconds and peak memory are its own; the seconds count from
parsed requests to ranked lists, reading the vocabularies included, importing not. The weights are the committed ones:
what they reach on suites they were not fitted on, ``python -m bench fit_ranking`` tells.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence

from rapidfuzz import fuzz, process, utils

from bench.suites import SUITES, Task, tasks
from shared.mapping.candidates import rank
from shared.mapping.keys import KeyList
from shared.profiling.models import DataSetProfile
from shared.profiling.profile import profile_fields, profile_records

BARS: dict[str, dict[str, float]] = {
    "pairs": {"recall@1": 0.95, "recall@5": 1.0, "mrr": 0.97},
    "mimic_omop_pair": {"recall@5": 0.85, "mrr": 0.82},
    "mimic_omop": {"recall@10": 0.50, "mrr": 0.45},
}
DEPTHS = (1, 5, 10, 20)
_LIMIT = 50

Ranking = dict[str, list[str]]
"""Field → keys, best first."""


def run() -> dict[str, object]:
    figures = {
        suite: {ranker: _in_child(suite, ranker) for ranker in RANKERS} | {"bar": BARS[suite]} for suite in SUITES
    }
    reached = all(figures[suite]["product"][name] >= bar for suite, bars in BARS.items() for name, bar in bars.items())
    return {"suites": figures, "reached": reached}


def _in_child(suite: str, ranker: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.ranking", suite, ranker]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def measured(suite: str, ranker: str) -> dict[str, float]:
    found = tasks(suite)
    start = time.perf_counter()
    rankings = [RANKERS[ranker](task) for task in found]
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures_of(zip(found, rankings, strict=True)) | {"seconds": round(seconds, 2), "peak_mib": round(peak)}


def figures_of(ranked: Iterable[tuple[Task, Ranking]]) -> dict[str, float]:
    """recall@k over truth pairs and the mean reciprocal rank of each field's first true key."""
    places: list[float] = []
    reciprocal: list[float] = []
    for task, ranking in ranked:
        by_field: dict[str, list[float]] = {}
        for field, key in task.truth:
            by_field.setdefault(field, []).append(_place(key, ranking[field]))
        places += [place for found in by_field.values() for place in found]
        reciprocal += [1 / min(found) for found in by_field.values()]
    recall = {f"recall@{k}": round(sum(place <= k for place in places) / len(places), 3) for k in DEPTHS}
    return recall | {"mrr": round(sum(reciprocal) / len(reciprocal), 3)}


def _place(key: str, keys: Sequence[str]) -> float:
    return keys.index(key) + 1 if key in keys else float("inf")


def profiled(task: Task) -> DataSetProfile:
    data = task.data_set
    if data.records is not None:
        return profile_records(data.name, data.description, data.records)
    return profile_fields(data.name, data.description, data.fields or [])


def _product(task: Task) -> Ranking:
    profile = profiled(task)
    short_lists = rank(profile.fields, KeyList(task.vocabulary), _LIMIT, data_set=profile)
    return {
        field.name: [ranked.key.key.key for ranked in short_list]
        for field, short_list in zip(profile.fields, short_lists, strict=True)
    }


def _rapidfuzz(task: Task) -> Ranking:
    """The public matchers' baseline: the likeness of names."""
    names = {key.key: key.key.removeprefix("t.") for key in task.vocabulary.keys}
    fields = [field.name for field in profiled(task).fields]
    return {
        field: [
            found[2]
            for found in process.extract(field, names, scorer=fuzz.WRatio, processor=utils.default_process, limit=None)
        ]
        for field in fields
    }


RANKERS: dict[str, Callable[[Task], Ranking]] = {"product": _product, "rapidfuzz": _rapidfuzz}


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], sys.argv[2])))
