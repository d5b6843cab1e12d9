"""How many labelled columns get the data type a person would give them, by type.

Columns of many locales (bench/labels) are judged as they are, with their name withheld where values can tell, and with
bad cells among them. ``seen`` was tuned on; ``kept`` was looked at once, late; ``fresh`` was written after that and has
been measured only. CluedIn's own files are judged where they lie beside
the checkout.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shared.profiling.counting import column
from shared.profiling.data_types import data_type

_LABELS = Path(__file__).with_name("labels")
_CLUEDIN = Path(__file__).resolve().parents[2] / "shared" / "data" / "cluedin"
_BAD = ("n/a", "see notes", "?", "tbd", "###INVALID###", "asdf 1")
_BAR = 0.9


@dataclass(frozen=True)
class Labelled:
    right: tuple[str, ...]
    locale: str
    name: str
    values: tuple[str, ...]
    name_needed: bool

    @property
    def found(self) -> str:
        return data_type(column(self.name, self.values, rows=len(self.values)))[0]


def labelled(path: Path) -> Iterator[Labelled]:
    """The columns of a file of labels; its own head says how it is written."""
    right: tuple[str, ...] = ()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            right = tuple(line[3:].split("|"))
        elif " ¦ " in line and not line.startswith("#"):
            locale, field, *values = line.split(" ¦ ")
            name, _, times = field.partition(" *")
            yield Labelled(right, locale, name.lstrip("?"), tuple(values) * int(times or 1), name.startswith("?"))


def cluedin() -> Iterator[Labelled]:
    """The columns of CluedIn's files; none where they are not here."""
    labels: dict[str, dict[str, str]] = json.loads((_LABELS / "cluedin_types.json").read_text())
    for file, types in labels.items() if _CLUEDIN.is_dir() else ():
        with (_CLUEDIN / f"{file}.csv").open(encoding="utf-8-sig", newline="") as opened:
            records = list(csv.DictReader(opened))
        for name, right in types.items():
            yield Labelled((right,), "en", name, tuple(record[name] for record in records), name_needed=True)


def without_name(columns: Sequence[Labelled]) -> list[Labelled]:
    return [replace(one, name="column 7") for one in columns if not one.name_needed]


def with_bad_cells(columns: Sequence[Labelled]) -> list[Labelled]:
    """One cell in six, at least one, is none of the type."""
    return [
        replace(one, values=one.values + tuple(_BAD[i % len(_BAD)] for i in range(max(1, len(one.values) // 5))))
        for one in columns
    ]


def run() -> dict[str, object]:
    kept = list(labelled(_LABELS / "data_types_kept.txt"))
    seen = list(labelled(_LABELS / "data_types_seen.txt"))
    fresh = list(labelled(_LABELS / "data_types_fresh.txt"))
    every = [*seen, *kept, *fresh]
    runs = {
        "seen": seen,
        "kept": kept,
        "fresh": fresh,
        "kept and fresh, name withheld": without_name([*kept, *fresh]),
        "kept and fresh, bad cells": with_bad_cells([*kept, *fresh]),
        "cluedin": list(cluedin()),
    }
    result: dict[str, object] = {name: _accuracy(columns) for name, columns in runs.items() if columns}
    return result | {
        "per type (right of all, name withheld)": _per_type(every),
        "wrong": [f"{one.name}: {one.found} for {one.right[0]}" for one in seen if one.found not in one.right],
        "bar": _BAR,
        "reached": _accuracy(fresh) >= _BAR,
    }


def _accuracy(columns: Sequence[Labelled]) -> float:
    return round(sum(one.found in one.right for one in columns) / len(columns), 3)


def _per_type(columns: Sequence[Labelled]) -> dict[str, str]:
    counts = Counter(one.right[0] for one in columns)
    right = Counter(one.right[0] for one in columns if one.found in one.right)
    blind = without_name(columns)
    of, unnamed = Counter(one.right[0] for one in blind), Counter(o.right[0] for o in blind if o.found in o.right)
    return {name: f"{right[name]}/{counts[name]}, {unnamed[name]}/{of[name]}" for name in sorted(counts)}
