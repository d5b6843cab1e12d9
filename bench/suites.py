"""The public schema-matching tasks beside the repository, as requests of the product.

A task's keys are put under the prefix ``t``; a source that is only a header goes in as fields, with the descriptions
of its ``source_meta.json``.
"""

from __future__ import annotations

import csv
import gzip
import json
import tarfile
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from bench.mangling import LEAST, MOST, disguise
from shared.mapping.models import DataSetIn, FieldIn, Vocabulary

ARCHIVE = Path(__file__).parents[2] / "shared" / "data" / "matching" / "dev-suites.tar.gz"
CATALOGUE = ARCHIVE.parents[1] / "cluedin" / "catalogue-cdm.json.gz"
SUITES = ("pairs", "mimic_omop_pair", "mimic_omop")
_LONGEST = 4_000
"""Characters of a description that a request may carry."""
_MOST_KEYS = 150


@dataclass(frozen=True)
class Task:
    suite: str
    name: str
    data_set: DataSetIn
    vocabulary: Vocabulary
    truth: tuple[tuple[str, str], ...]
    """Field and key, in full."""


def tasks(suite: str) -> list[Task]:
    """In the order of their names."""
    files = _files()
    names = sorted({path.split("/")[1] for path in files if path.startswith(f"{suite}/")})
    return [_task(suite, name, files) for name in names]


@cache
def _files() -> dict[str, str]:
    """``suite/task/file`` → text."""
    texts = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive.getmembers():
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                texts[member.name.removeprefix("./")] = file.read().decode("utf-8-sig")
    return texts


def _task(suite: str, name: str, files: dict[str, str]) -> Task:
    at = f"{suite}/{name}"
    keys = [
        {
            "key": f"t.{key['key']}",
            "description": (key["description"] or "")[:_LONGEST] or None,
            "dataType": key["dataType"],
            "samples": [sample[:2_000] for sample in key["samples"][:100]],
        }
        for key in json.loads(files[f"{at}/target.json"])
    ]
    return Task(
        suite=suite,
        name=name,
        data_set=_data_set(name, files[f"{at}/source.csv"], json.loads(files.get(f"{at}/source_meta.json", "{}"))),
        vocabulary=Vocabulary.model_validate({"name": "t", "keyPrefix": "t", "keys": keys}),
        truth=tuple((field, f"t.{key}") for field, key in json.loads(files[f"{at}/truth.json"])),
    )


def disguised(count: int, seed: int) -> list[Task]:
    """Vocabularies of the catalogue, some of their keys as re-cased, abbreviated or translated fields: nothing but
    names, and noise between them."""
    catalogue = [Vocabulary.model_validate(item) for item in json.loads(gzip.decompress(CATALOGUE.read_bytes()))]
    random = Random(seed)
    sources = random.sample([one for one in catalogue if LEAST <= len(one.keys) <= _MOST_KEYS], count)
    return [_disguised(random, source, catalogue) for source in sources]


def _disguised(random: Random, source: Vocabulary, catalogue: list[Vocabulary]) -> Task:
    keys = random.sample(source.keys, random.randint(LEAST, min(MOST, len(source.keys))))
    found = disguise(random, [key.key.removeprefix(f"{source.key_prefix}.") for key in keys], catalogue)
    truth = tuple((field, f"{source.key_prefix}.{was}") for field, was in found.items() if was)
    fields = [FieldIn(name=name) for name in found]
    random.shuffle(fields)
    return Task("disguised", source.key_prefix, DataSetIn(name="data", fields=fields), source, truth)


def _data_set(name: str, source: str, meta: dict[str, Any]) -> DataSetIn:
    reader = csv.DictReader(StringIO(source, newline=""))
    rows = list(reader)
    described = meta.get("columns", {})
    fields = [{"name": field, "description": _cut(described.get(field))} for field in reader.fieldnames or ()]
    content = {"records": rows} if rows else {"fields": fields}
    about = {"name": meta.get("table") or name, "description": _cut(meta.get("tableDescription"))}
    return DataSetIn.model_validate(about | content)


def _cut(text: str | None) -> str | None:
    return text[:_LONGEST] if text else None
