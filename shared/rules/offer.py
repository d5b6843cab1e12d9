"""Which keys a rule may be about, and what the model is told of each: those the words are likeliest to mean.

A small catalogue is offered whole. Of a large one the keys that share rare words with the prompt come first, and with
them the keys the given records have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.mapping.index.catalogue_index import CatalogueIndex
from shared.mapping.models import VocabularyKey
from shared.mapping.quoting import is_value, plain, quote
from shared.records import RecordIn, text_of
from shared.rules.models import Samples

WHOLE: Final = 60
"""Keys up to this many are all offered; of more, so many."""
_SAMPLES: Final = 3

EACH: Final = 12
"""Keys looked at for each phrase of the prompt."""
MOST_PHRASES: Final = 150
_BREAK: Final = re.compile(r"[,;.:!?()\"„“”«»\n]+")
_QUOTED: Final = re.compile(r'"[^"]*"|“[^”]*”|„[^“]*“|«[^»]*»')
_SAID: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "tag",
        "tags",
        "add",
        "set",
        "if",
        "is",
        "are",
        "where",
        "with",
        "without",
        "than",
        "no",
        "not",
        "or",
        "and",
        "of",
        "to",
        "for",
        "all",
        "whose",
        "that",
        "as",
    ]
)
"""Words of rules, which no key is found by."""
_WORD: Final = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")


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


def offers(prompt: str, index: CatalogueIndex, records: Sequence[RecordIn]) -> tuple[Offer, ...]:
    """At most WHOLE keys, in the catalogue's order where all are offered, else the likeliest first.

    Where the catalogue has none, the keys of the records are taken. Takes processor time: not on the event loop."""
    total = sum(head.key_count for head in index.heads)
    if not total:
        return tuple(_offer(VocabularyKey(key=name), records) for name in _held(records)[:WHOLE])
    if total <= WHOLE:
        return tuple(_offer(key, records) for n in range(len(index.heads)) for key in _keys(index, n))
    found = _likely(prompt, index)
    held = {key.key: key for name in _held(records)[:WHOLE] if (key := _key(index, name))}
    ordered = [*list(found.values())[: WHOLE // 2], *held.values(), *found.values()]
    return tuple(_offer(key, records) for key in list({key.key: key for key in ordered}.values())[:WHOLE])


def _keys(index: CatalogueIndex, number: int) -> Sequence[VocabularyKey]:
    return index.key_list(number).vocabulary.keys


def _key(index: CatalogueIndex, name: str) -> VocabularyKey | None:
    """A key by its whole name."""
    for number, head in enumerate(index.heads):
        if name.startswith(f"{head.key_prefix}."):
            found = next((key for key in _keys(index, number) if key.key == name), None)
            if found:
                return found
    return None


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


def phrases(text: str) -> list[str]:
    """Runs of one to three words: what a key may be called in a prompt. What stands in quotes is a value."""
    found: dict[str, None] = {}
    for part in _BREAK.split(_QUOTED.sub(";", text)):
        said = _WORD.findall(part)
        for size in (3, 2, 1):
            runs = (said[n : n + size] for n in range(len(said) - size + 1))
            found |= dict.fromkeys(" ".join(run) for run in runs if not _SAID.issuperset(map(str.lower, run)))
    return sorted(found, key=lambda phrase: -phrase.count(" "))[:MOST_PHRASES]


def _likely(prompt: str, index: CatalogueIndex) -> dict[str, VocabularyKey]:
    """Keys the prompt's phrases speak of, best first: each by the phrase that says it best, more words saying more."""
    found: dict[str, tuple[float, VocabularyKey]] = {}
    for phrase in phrases(prompt):
        weight = 1 + 0.3 * phrase.count(" ")
        for each in index.search(phrase, EACH):
            if each.score * weight > found.get(each.key.key, (0.0, None))[0]:
                found[each.key.key] = (each.score * weight, each.key)
    return {key.key: key for _, key in sorted(found.values(), key=lambda pair: -pair[0])}
