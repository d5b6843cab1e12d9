"""Seconds and memory of indexing, loading and ranking catalogues: a real one, one vocabulary of as many keys, names of
ten words, and 32 MiB.

Each in a process of its own, so that its peak memory is its own. 1,000 fields are ranked as a mapping without the model
does it, from the request to the plan, the vocabulary chosen among all; the index comes from its blob, as in a worker
that has just started. CPU seconds beside the clock's, since a busy machine only lengthens the latter.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from bench.vocabulary_choice import catalogue
from shared.mapping.index.catalogue_index import build
from shared.mapping.index.stored_index import load
from shared.mapping.index.stored_index import pack as pack_index
from shared.mapping.models import DataSetIn, FieldIn, MappingRequest, Options, Vocabulary
from shared.mapping.plan import plan
from shared.mapping.stored_catalogue import pack, parse

FIELDS = 1_000
SECONDS, MEGABYTES = 5.0, 1_000
SEED = 7
MIB = 1024 * 1024
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va")


def run() -> dict[str, object]:
    results = {name: _in_child(name) for name in SCENARIOS}
    real = results["real"]
    reached = real["rank first cpu"] < SECONDS and real["peak MB loaded"] < MEGABYTES
    return {"catalogues": results, "bar": {"rank seconds": SECONDS, "MB": MEGABYTES}, "reached": reached}


def _in_child(name: str) -> dict[str, float]:
    figures: dict[str, float] = {}
    for part in ("make", "use"):
        command = [sys.executable, "-m", "bench.catalogue", name, part]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        figures |= json.loads(done.stdout)
    return figures


def real() -> tuple[Vocabulary, ...]:
    return catalogue()


def one_vocabulary() -> tuple[Vocabulary, ...]:
    """The real one's keys in one vocabulary, each with its own vocabulary's name before it."""
    names = [key.key.removeprefix("commonDataModel.") for vocabulary in catalogue() for key in vocabulary.keys]
    return (_vocabulary("cdm", names),)


def ten_words() -> tuple[Vocabulary, ...]:
    """50,000 names of ten words each, of 4,000 different words."""
    random = Random(SEED)
    listed = _words(random, 4_000)
    names = {"_".join(random.sample(listed, 10)) for _ in range(50_000)}
    return (_vocabulary("ten", sorted(names)),)


def largest() -> tuple[Vocabulary, ...]:
    """As much as may be stored, 32 MiB of JSON, keys described."""
    random = Random(SEED)
    listed = _words(random, 4_000)

    def keys(prefix: str) -> Iterator[dict[str, object]]:
        for number in range(40):
            text = " ".join(random.choices(listed, k=9))
            yield {"key": f"{prefix}.{random.choice(listed)}{number}", "dataType": "Text", "description": text}

    made: list[Vocabulary] = []
    size = 0
    while size < 31.5 * MIB:
        prefix = f"v{len(made)}"
        item = {"name": f"{random.choice(listed)} {prefix}", "keyPrefix": prefix, "keys": list(keys(prefix))}
        size += len(json.dumps(item))
        made.append(Vocabulary.model_validate(item))
    return tuple(made)


SCENARIOS: dict[str, Callable[[], tuple[Vocabulary, ...]]] = {
    "real": real,
    "one vocabulary": one_vocabulary,
    "ten words": ten_words,
    "32 MiB": largest,
}


def _vocabulary(prefix: str, names: list[str]) -> Vocabulary:
    keys = [{"key": f"{prefix}.{name}", "dataType": "Text"} for name in names]
    return Vocabulary.model_validate({"name": prefix, "keyPrefix": prefix, "keys": keys})


def _words(random: Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(random.choices(_SYLLABLES, k=random.randint(3, 5)))] = None
    return list(found)


def _fields(vocabularies: tuple[Vocabulary, ...]) -> DataSetIn:
    """Names of keys, first of the largest vocabulary, so that it is chosen and all are ranked against it, then from all
    over; shortened here and there, with a value each."""
    random = Random(SEED)
    largest = max(vocabularies, key=lambda vocabulary: len(vocabulary.keys))
    own = [key.key.rpartition(".")[2] for key in largest.keys[: FIELDS // 2]]
    names = [key.key.rpartition(".")[2] for vocabulary in vocabularies for key in vocabulary.keys]
    chosen = list(dict.fromkeys([*own, *random.sample(names, min(len(names), 2 * FIELDS))]))[:FIELDS]
    cut = [name[: -random.randint(1, 3)] if random.random() < 0.3 and len(name) > 8 else name for name in chosen]
    return DataSetIn(name="data", fields=[FieldIn(name=name, samples=["Oslo", "7"]) for name in dict.fromkeys(cut)])


def make(name: str) -> dict[str, float]:
    """Store and index, as the background does."""
    vocabularies = SCENARIOS[name]()
    figures: dict[str, float] = {"vocabularies": len(vocabularies), "keys": sum(len(v.keys) for v in vocabularies)}
    with _measured(figures, "store"):
        content = pack(vocabularies)
    stored = parse(content, "v1")
    del vocabularies
    with _measured(figures, "build"):
        index = build(stored.all(), stored.vocabulary)
    with _measured(figures, "pack"):
        packed = pack_index(index, "v1")
    figures |= {"catalogue KB": len(content) // 1000, "index KB": len(packed) // 1000}
    return figures | {"peak MB made": _peak()}


def use(name: str) -> dict[str, float]:
    """Load and rank, as a worker does. The blobs are made in a child, whose memory is not counted. ``chosen``: a
    vocabulary was found to rank against; of 5,504 with 40 made-up keys each none fits 1,000 fields from all over."""
    content, packed, fields = _blobs(name)
    figures: dict[str, float] = {}
    with _measured(figures, "load"):
        stored = parse(content, "v1")
        index = load(packed, stored)
    assert index is not None
    options = Options.model_validate({"engine": "auto"})
    request = MappingRequest.model_construct(data_set=fields, vocabularies=None, options=options)
    for which in ("rank first", "rank again"):
        with _measured(figures, which):
            planned = plan(request, index)
    return figures | {"chosen": planned.vocabulary is not None, "peak MB loaded": _peak()}


def _blobs(name: str) -> tuple[bytes, bytes, DataSetIn]:
    command = [sys.executable, "-m", "bench.catalogue", name, "blobs"]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    first, second, rest = output.split(b"\n", 2)
    content, packed = rest[: int(first)], rest[int(first) : int(first) + int(second)]
    return content, packed, DataSetIn.model_validate_json(rest[int(first) + int(second) :])


def _write_blobs(name: str) -> None:
    vocabularies = SCENARIOS[name]()
    content = pack(vocabularies)
    stored = parse(content, "v1")
    packed = pack_index(build(stored.all(), stored.vocabulary), "v1")
    fields = _fields(vocabularies).model_dump_json(by_alias=True, exclude_defaults=True).encode()
    sys.stdout.buffer.write(b"%d\n%d\n" % (len(content), len(packed)) + content + packed + fields)


@contextmanager
def _measured(figures: dict[str, float], what: str) -> Iterator[None]:
    wall, cpu = time.monotonic(), time.process_time()
    yield
    figures[f"{what} seconds"] = round(time.monotonic() - wall, 2)
    figures[f"{what} cpu"] = round(time.process_time() - cpu, 2)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000


if __name__ == "__main__":
    asked, part = sys.argv[1:]
    if part == "blobs":
        _write_blobs(asked)
    else:
        print(json.dumps({"make": make, "use": use}[part](asked)))
