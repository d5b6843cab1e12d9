"""The right vocabulary among 2,856: 200 data sets made out of a real catalogue, and 60 that have nothing to do with it.

Right is a first vocabulary that holds at least as many of the true keys as the one the data set was made from, however
they are spelt (letters' case apart); for the foreign ones, a new vocabulary. ``CHOICE_SEED`` gives other data sets than
those reported; ``CHOICE_SETS`` fewer.
"""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path
from random import Random

from bench.mangling import LEAST, Mangled, mangle
from bench.unrelated import DATA_SETS
from shared.mapping.index.catalogue_index import CatalogueIndex, indexed
from shared.mapping.models import DataSetIn, FieldIn, MappingRequest, Options, Vocabulary
from shared.mapping.plan import Plan, plan

SEED = 20261125
SETS = 200
BAR = 0.95
CATALOGUE = Path(__file__).parents[2] / "shared/data/cluedin/catalogue-cdm.json.gz"


def run() -> dict[str, object]:
    vocabularies = catalogue()
    index = indexed(vocabularies)
    found = [(made, chosen(index, made.data_set)) for made in data_sets(vocabularies)]
    right = [made.kind for made, by in found if holds(by, made.true) >= holds(made.source, made.true)]
    new = sum(chosen(index, data_set) is None for data_set in unrelated())
    made_of = Counter(made.kind for made, _ in found)
    return {
        "right": round(len(right) / len(found), 3),
        "by kind": {kind: f"{Counter(right)[kind]} of {count}" for kind, count in sorted(made_of.items())},
        "left without a vocabulary": sum(by is None for _, by in found),
        "unrelated data sets given a new vocabulary": f"{new} of {len(DATA_SETS)}",
        "bar": BAR,
        "reached": len(right) / len(found) >= BAR,
    }


def catalogue() -> tuple[Vocabulary, ...]:
    """The real one."""
    return tuple(Vocabulary.model_validate(item) for item in json.loads(gzip.decompress(CATALOGUE.read_bytes())))


def data_sets(vocabularies: tuple[Vocabulary, ...]) -> list[Mangled]:
    random = Random(int(os.environ.get("CHOICE_SEED", SEED)))
    large = [vocabulary for vocabulary in vocabularies if len(vocabulary.keys) >= LEAST]
    sources = random.sample(large, int(os.environ.get("CHOICE_SETS", SETS)))
    return [mangle(random, source, vocabularies) for source in sources]


def unrelated() -> list[DataSetIn]:
    return [DataSetIn(name="data", fields=[FieldIn(name=name) for name in names]) for names in DATA_SETS.values()]


def holds(vocabulary: Vocabulary | None, true: tuple[str, ...]) -> int:
    """How many of the keys are among the vocabulary's."""
    if vocabulary is None:
        return 0
    start = len(vocabulary.key_prefix) + 1
    names = {key.key[start:].casefold() for key in vocabulary.keys}
    return sum(name.casefold() in names for name in true)


def chosen(index: CatalogueIndex, data_set: DataSetIn) -> Vocabulary | None:
    return _plan(index, data_set).vocabulary


def _plan(index: CatalogueIndex, data_set: DataSetIn) -> Plan:
    return plan(MappingRequest.model_construct(data_set=data_set, vocabularies=None, options=Options()), index)
