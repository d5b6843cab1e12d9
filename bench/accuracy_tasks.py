"""What accuracy is measured on: the public suites beside the checkout, and the labelled data sets.

The suites' keys have no common prefix: they are put into one vocabulary with prefix ``t``, named in the request.
"""

from __future__ import annotations

import csv
import gzip
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from shared.mapping.models import DataSetIn, FieldIn, MappingRequest, Options, Vocabulary

CHECKOUT = Path(__file__).parent.parent
DATA = CHECKOUT.parent / "shared" / "data"
LABELS = Path(__file__).parent / "labels"
SUITES = ("pairs", "mimic_omop_pair", "mimic_omop")
PREFIX = "t"


@dataclass(frozen=True)
class Task:
    suite: str
    name: str
    data_set: DataSetIn
    vocabularies: tuple[Vocabulary, ...]
    wanted: str | None
    """The vocabulary the request names."""
    truth: Mapping[str, frozenset[str]]
    """Field → the keys that are right, without fields that have none."""
    labels: Mapping[str, Any] | None = None

    @property
    def fields(self) -> list[str]:
        if self.data_set.records is not None:
            return list(self.data_set.records[0])
        return [field.name for field in self.data_set.fields or []]

    def request(self, engine: Literal["ai", "auto"]) -> MappingRequest:
        options = {"engine": engine, "vocabulary": self.wanted, "candidates": 50, "explain": True}
        return MappingRequest.model_construct(data_set=self.data_set, options=Options.model_validate(options))


def tasks(suite: str) -> list[Task]:
    """A public suite's tasks, ``labelled`` or ``cdm``; none where their data are not there."""
    if suite == "labelled":
        return _labelled()
    if suite == "cdm":
        return _cdm()
    return [_task(suite, name, files) for name, files in sorted(_suite(suite).items())]


@cache
def _archive() -> dict[str, dict[str, dict[str, bytes]]]:
    path = DATA / "matching" / "dev-suites.tar.gz"
    found: dict[str, dict[str, dict[str, bytes]]] = {}
    if not path.is_file():
        return found
    with tarfile.open(path) as archive:
        for member in archive:
            parts = member.name.removeprefix("./").split("/")
            if member.isfile() and len(parts) == 3:
                found.setdefault(parts[0], {}).setdefault(parts[1], {})[parts[2]] = archive.extractfile(member).read()  # type: ignore[union-attr]
    return found


def _suite(name: str) -> dict[str, dict[str, bytes]]:
    return _archive().get(name, {})


def _task(suite: str, name: str, files: Mapping[str, bytes]) -> Task:
    rows = list(csv.DictReader(files["source.csv"].decode("utf-8-sig").splitlines(keepends=True)))
    header = next(csv.reader(files["source.csv"].decode("utf-8-sig").splitlines(keepends=True)))
    meta = json.loads(files["source_meta.json"]) if "source_meta.json" in files else {}
    keys = [
        {
            "key": f"{PREFIX}.{item['key']}",
            "dataType": item.get("dataType"),
            "description": (item.get("description") or None) and item["description"][:4_000],
            "samples": [str(sample)[:2_000] for sample in item.get("samples") or []],
        }
        for item in json.loads(files["target.json"])
    ]
    truth: dict[str, set[str]] = {}
    for field, key in json.loads(files["truth.json"]):
        truth.setdefault(field, set()).add(f"{PREFIX}.{key}")
    return Task(
        suite=suite,
        name=name,
        data_set=_data_set(meta.get("table") or name, meta, header, rows),
        vocabularies=(Vocabulary.model_validate({"name": "Target", "keyPrefix": PREFIX, "keys": keys}),),
        wanted=PREFIX,
        truth={field: frozenset(found) for field, found in truth.items()},
    )


def _data_set(name: str, meta: Mapping[str, Any], header: list[str], rows: list[dict[str, str]]) -> DataSetIn:
    described = meta.get("columns", {})
    about = meta.get("tableDescription")
    if rows and not described:
        return DataSetIn(name=name, description=about, records=[dict(row) for row in rows])
    fields = [
        FieldIn(name=column, description=described.get(column), samples=_samples(column, rows)) for column in header
    ]
    return DataSetIn(name=name, description=about, fields=fields)


def _samples(column: str, rows: list[dict[str, str]]) -> list[str]:
    return list(dict.fromkeys(row[column][:2_000] for row in rows if row.get(column)))[:100]


def _records(file: str) -> list[dict[str, Any]]:
    path = CHECKOUT / file if "/" in file else DATA / "cluedin" / file
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def _labelled() -> list[Task]:
    vocabulary = Vocabulary.model_validate_json((LABELS / "party-vocabulary.json").read_text())
    return list(_labelled_sets((vocabulary,)))


def _labelled_sets(vocabularies: tuple[Vocabulary, ...]) -> Iterator[Task]:
    for labels in json.loads((LABELS / "mapping-labels.json").read_text())["dataSets"]:
        records = _records(labels["file"])
        if records:
            keys = {field: set(label["keys"]) - {None, "ignored"} for field, label in labels["fields"].items()}
            truth = {field: frozenset(found) for field, found in keys.items() if found}
            data_set = DataSetIn(name=labels["name"], records=records)
            yield Task("labelled", labels["name"], data_set, vocabularies, None, truth, labels)


def _cdm() -> list[Task]:
    path, labels = DATA / "cluedin" / "catalogue-cdm.json.gz", json.loads((LABELS / "cdm-labels.json").read_text())
    if not path.is_file():
        return []
    catalogue = tuple(Vocabulary.model_validate(item) for item in json.loads(gzip.decompress(path.read_bytes())))
    data_set = DataSetIn(name=labels["name"], records=_records(labels["file"]))
    return [Task("cdm", labels["name"], data_set, catalogue, None, {}, labels)]
