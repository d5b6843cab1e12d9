"""Which keys a rule may be about, and what the model is told of each: those the words are likeliest to mean.

A small catalogue is offered whole. Of a large one the keys that share rare words with the prompt come first, and with
them the keys the given records have.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.mapping.models import Vocabulary, VocabularyKey
from shared.mapping.quoting import is_value, plain, quote
from shared.mapping.words import words
from shared.records import RecordIn, text_of
from shared.rules.models import Samples

WHOLE: Final = 60
"""Keys up to this many are all offered; of more, so many."""
_SAMPLES: Final = 3
_LIKE: Final = 0.84

Search = Callable[[str, int], Sequence[VocabularyKey]]
"""The words and a limit → keys of the whole catalogue, best first."""


@dataclass(frozen=True)
class Offer:
    """One key, as the model sees it."""

    key: str
    display: str
    data_type: str
    samples: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    def line(self, policy: Samples) -> str:
        about = [plain(self.display, 80)] if self.display else []
        about += [self.data_type] if self.data_type != "Text" else []
        if policy == "full" and self.samples:
            about.append("e.g. " + ", ".join(quote(sample, 40) for sample in self.samples))
        if policy == "masked" and self.patterns:
            about.append("such as " + ", ".join(quote(shape, 40) for shape in self.patterns))
        return f"{plain(self.key, 200)}: {'; '.join(about)}" if about else plain(self.key, 200)


def offers(
    prompt: str,
    vocabularies: Sequence[Vocabulary],
    records: Sequence[RecordIn],
    search: Search | None = None,
) -> tuple[Offer, ...]:
    """At most WHOLE keys, in the catalogue's order where all are offered, else the likeliest first."""
    keys = {key.key: key for vocabulary in vocabularies for key in vocabulary.keys}
    held = [name for name in _held(records) if not keys or name in keys]
    if not keys:
        chosen = held[:WHOLE]
    elif len(keys) <= WHOLE:
        chosen = list(keys)
    else:
        found = [each.key for each in search(prompt, WHOLE)] if search else _ranked(prompt, keys.values())
        chosen = list(dict.fromkeys([*found[: WHOLE // 2], *held, *found]))[:WHOLE]
    return tuple(_offer(keys.get(name) or VocabularyKey(key=name), records) for name in chosen)


def _held(records: Sequence[RecordIn]) -> list[str]:
    """The keys of the records, those most records have first."""
    counted = Counter(key for record in records for key, value in record.properties.items() if text_of(value))
    return [key for key, _ in counted.most_common()]


def _offer(key: VocabularyKey, records: Sequence[RecordIn]) -> Offer:
    from shared.profiling.patterns import masks

    values = Counter(text_of(record.properties.get(key.key)) for record in records)
    values.pop("", None)
    common = [value for value, _ in values.most_common(40)] or list(key.samples)
    return Offer(
        key=key.key,
        display=key.display_name or "",
        data_type=key.data_type or "Text",
        samples=tuple(value for value in common if is_value(value, 40))[:_SAMPLES],
        patterns=tuple(dict.fromkeys(masks(common[:20])))[:_SAMPLES],
    )


def _ranked(prompt: str, keys: Iterable[VocabularyKey]) -> list[str]:
    """Keys that share words with the prompt, rare words weighing more; of two alike the shorter first."""
    listed = list(keys)
    named = [frozenset(words(key.key.rpartition(".")[2])) | frozenset(words(key.display_name or "")) for key in listed]
    spread = [name | frozenset(words(key.key)) for name, key in zip(named, listed, strict=True)]
    common = Counter(word for each in spread for word in each)
    said = _said(prompt, common)
    scores = [
        (sum(_weight(common, len(listed), word) for word in each & said) / (1 + 0.2 * len(name - said)), key.key)
        for each, name, key in zip(spread, named, listed, strict=True)
    ]
    return [key for score, key in sorted(scores, key=lambda pair: (-pair[0], len(pair[1]))) if score > 0][:WHOLE]


def _said(prompt: str, known: Mapping[str, int]) -> frozenset[str]:
    """The prompt's words as the catalogue spells them: misspelt and foreign words by likeness."""
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    found: set[str] = set()
    listed = list(known)
    for word in dict.fromkeys(words(prompt)):
        if word in known:
            found.add(word)
        elif len(word) >= 4:
            near = process.extract(word, listed, scorer=JaroWinkler.similarity, score_cutoff=_LIKE, limit=3)
            found.update(match[0] for match in near)
    return frozenset(found)


def _weight(common: Mapping[str, int], total: int, word: str) -> float:
    return math.log((total + 1) / common[word]) + 0.1
