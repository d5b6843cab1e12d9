"""Data sets made out of a catalogue's vocabularies: re-cased, abbreviated, translated names, with noise between them.

Knows nothing of how the product reads names: splitting, shortening and translating are its own. Every choice comes from
the ``Random`` given, so that a seed names the data sets for good.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from bench.translations import LANGUAGES, WORDS
from shared.mapping.models import DataSetIn, FieldIn, Vocabulary

LEAST, MOST = 10, 30
"""Keys a data set takes of its vocabulary."""
NOISE = 0.2
"""Of the columns, half of them keys of other vocabularies and half what systems leave behind."""
_PART = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"[A-ZÀ-Þ]+(?![a-zß-ÿ])|[A-ZÀ-Þ]?[a-zß-ÿ]+|\d+")
_CUSTOMARY = {
    "account": ("acct", "acc"), "address": ("addr", "adr"), "amount": ("amt",), "average": ("avg",), "code": ("cd",),
    "company": ("co", "comp"), "country": ("ctry", "cntry"), "currency": ("curr", "ccy"), "customer": ("cust",),
    "date": ("dt",), "default": ("def", "dflt"), "delivery": ("dlv", "deliv"), "department": ("dept",),
    "description": ("desc", "descr"), "discount": ("disc",), "document": ("doc",), "group": ("grp",), "id": ("id",),
    "inventory": ("inv", "invt"), "invoice": ("inv",), "maximum": ("max",), "minimum": ("min",), "name": ("nm",),
    "number": ("no", "nbr", "num", "nr"), "order": ("ord",), "organization": ("org",), "payment": ("pmt", "pay"),
    "percentage": ("pct",), "product": ("prod",), "purchase": ("purch", "po"), "quantity": ("qty",),
    "reference": ("ref",), "sales": ("sls",), "status": ("sts", "stat"), "transaction": ("trx", "trans"),
    "type": ("typ",), "value": ("val",), "vendor": ("vend",), "warehouse": ("whse", "wh"), "year": ("yr",),
}  # fmt: skip
_LEFTOVERS = (
    "row hash", "etl batch id", "load ts", "unnamed 3", "dirty flag", "import file name", "column 17", "x y z", "misc",
    "old value do not use", "my comment", "guid 2", "partition key", "sync state token", "temp 1", "legacy blob",
    "foo", "checked by intern", "score v3", "is test record", "kafka offset", "checksum", "free field 9", "todo",
)  # fmt: skip


@dataclass(frozen=True)
class Mangled:
    """A data set, and the keys without prefix that it was made from."""

    source: Vocabulary
    true: tuple[str, ...]
    data_set: DataSetIn
    kind: str
    """``re-cased``, ``abbreviated``, ``translated`` or ``both``."""


def mangle(random: Random, source: Vocabulary, others: Sequence[Vocabulary]) -> Mangled:
    """A data set of some keys of ``source``, with noise out of ``others``. Every name is given once."""
    kind = random.choices(("re-cased", "abbreviated", "translated", "both"), (1, 4, 3, 2))[0]
    language = random.choice(LANGUAGES) if kind in ("translated", "both") else None
    short = 0.5 if kind in ("abbreviated", "both") else 0.0
    case = random.choice(_CASES)
    keys = random.sample(source.keys, random.randint(LEAST, min(MOST, len(source.keys))))
    true = tuple(key.key.removeprefix(source.key_prefix + ".") for key in keys)
    noise = [_noise(random, others) for _ in range(round(len(true) * NOISE / (1 - NOISE)))]
    names = list(dict.fromkeys(case(_words(random, name, language, short)) for name in (*true, *noise)))
    random.shuffle(names)
    fields = [FieldIn(name=name) for name in names if name]
    return Mangled(source, true, DataSetIn(name="data", fields=fields), kind)


def disguise(random: Random, names: Sequence[str], others: Sequence[Vocabulary]) -> dict[str, str | None]:
    """Names in a disguise of some kind → what they were; None for the noise among them."""
    kind = random.choices(("re-cased", "abbreviated", "translated", "both"), (1, 4, 3, 2))[0]
    language = random.choice(LANGUAGES) if kind in ("translated", "both") else None
    short = 0.5 if kind in ("abbreviated", "both") else 0.0
    case = random.choice(_CASES)
    noise: list[str | None] = [None] * round(len(names) * NOISE / (1 - NOISE))
    found = {case(_words(random, name or _noise(random, others), language, short)): name for name in (*noise, *names)}
    return {name: was for name, was in found.items() if name}


def split(name: str) -> list[str]:
    """``"Customer_AccountNumber2"`` → ``["customer", "account", "number", "2"]``."""
    return [hump.lower() for part in _PART.findall(name) for hump in _HUMP.findall(part) or [part]]


def _noise(random: Random, others: Sequence[Vocabulary]) -> str:
    if random.random() < 0.5:
        return random.choice(_LEFTOVERS)
    vocabulary = random.choice(others)
    return random.choice(vocabulary.keys).key.removeprefix(vocabulary.key_prefix + ".")


def _words(random: Random, name: str, language: str | None, short: float) -> list[str]:
    said = [WORDS[language].get(word, word) if language else word for word in split(name)]
    return [_shorten(random, word) if random.random() < short else word for word in said]


def _shorten(random: Random, word: str) -> str:
    """As people do: the customary short form, the beginning, or the consonants. Short words stay."""
    if word in _CUSTOMARY and random.random() < 0.7:
        return random.choice(_CUSTOMARY[word])
    if len(word) < 5 or not word.isalpha():
        return word
    if random.random() < 0.6:
        return word[: random.randint(3, max(4, len(word) // 2))]
    return word[0] + "".join(letter for letter in word[1:] if letter not in "aeiouäöüáéíóúàèêøæåąę")[:4]


def _camel(words: list[str]) -> str:
    return "".join(word if at == 0 else word.capitalize() for at, word in enumerate(words))


_CASES: tuple[Callable[[list[str]], str], ...] = (
    _camel,
    lambda words: "".join(word.capitalize() for word in words),
    "_".join,
    lambda words: "_".join(words).upper(),
    lambda words: " ".join(word.capitalize() for word in words),
    " ".join,
    "-".join,
    "".join,
)
"""The last runs words together, in small letters."""
