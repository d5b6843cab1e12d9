"""Short lists of keys per field, and the vocabulary that fits."""

from __future__ import annotations

import csv
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from shared.errors import InvalidRequest
from shared.mapping.candidates import ShortList, rank
from shared.mapping.choice import choose
from shared.mapping.data_types import known_type, type_likeness
from shared.mapping.index.catalogue_index import index_of
from shared.mapping.index.survivors import PAIRS
from shared.mapping.keys import KeyList, value_words
from shared.mapping.models import Vocabulary
from shared.profiling.models import DATA_TYPES, DataSetProfile
from shared.profiling.profile import profile_fields, profile_records
from tests.unit.mapping.requests import KEYS, fields, request, vocabulary

SUITES = Path(__file__).parents[4] / "shared" / "data" / "matching" / "dev-suites.tar.gz"


def profile(*names: str) -> DataSetProfile:
    return profile_fields("crm-customer", None, request(fields(*names)).data_set.fields or [])


def key_list(**changes: Any) -> KeyList:
    return KeyList(Vocabulary.model_validate(vocabulary(**changes)))


def best(short_list: ShortList) -> str:
    return short_list[0].key.short


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("Cust No.", "customerNumber"), ("FName", "firstName"), ("Surname", "lastName"), ("E-mail addr", "email"),
        ("email2nd secondary", "emailSecondary"), ("Mob.", "mobile"), ("Town", "city"), ("crt_dt", "createdDate"),
        ("Remarks", "notes"), ("Cr. Limit", "creditLimit"), ("last contact", "lastContactDate"),
    ],
)  # fmt: skip
def test_the_key_that_means_the_same_comes_first(field: str, key: str) -> None:
    assert best(rank(profile(field).fields, key_list(), 3)[0]) == key


def test_a_short_list_is_sorted_bounded_and_between_0_and_1() -> None:
    found = rank(profile("Email", "zzz").fields, key_list(), 4)
    assert [len(short_list) for short_list in found] == [4, 4]
    for short_list in found:
        scores = [ranked.score for ranked in short_list]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


def test_values_decide_where_names_say_nothing() -> None:
    keys = Vocabulary.model_validate(
        {
            "name": "Thing", "keyPrefix": "t",
            "keys": [{"key": "t.alpha", "samples": ["red", "green", "blue"]},
                     {"key": "t.beta", "samples": ["Oslo", "Rome", "Lima"]}],
        }
    )  # fmt: skip
    rows = profile_records("x", None, [{"col1": "Rome"}, {"col1": "Oslo"}, {"col1": "Paris"}])
    assert best(rank(rows.fields, KeyList(keys), 2)[0]) == "beta"


def test_a_display_name_counts_like_the_keys_own_name() -> None:
    keys = Vocabulary.model_validate(
        {"name": "T", "keyPrefix": "t",
         "keys": [{"key": "t.x1", "displayName": "Postal code"}, {"key": "t.x2", "displayName": "Colour"}]}
    )  # fmt: skip
    assert best(rank(profile("zip").fields, KeyList(keys), 1)[0]) == "x1"


def test_a_large_vocabulary_gives_the_same_best_keys_as_a_small_one() -> None:
    """Pruning by shared words loses none that scores well."""
    padding = tuple((f"filler{n}.thing{n}", "Text", "") for n in range(500))
    wanted = profile("Cust No.", "FName", "E-mail addr", "last contact", *(f"q{n}" for n in range(PAIRS // 500))).fields
    small, large = rank(wanted, key_list(), 1), rank(wanted, key_list(keys=(*KEYS, *padding)), 1)
    assert [best(s) for s in small[:4]] == [best(s) for s in large[:4]]


def test_a_field_that_shares_no_word_with_a_large_vocabulary_gets_keys_of_its_type() -> None:
    keys = key_list(keys=(*((f"thing{n}", "Text", "") for n in range(500)), ("born", "DateTime", "")))
    others = {f"q{n}": str(n) for n in range(PAIRS // 500)}
    rows = profile_records("x", None, [{"qqq": "2024-01-31"} | others, {"qqq": "2023-02-01"}])
    assert best(rank(rows.fields, keys, 3)[0]) == "born"


def test_a_field_that_shares_only_values_with_a_large_vocabulary_gets_those_keys() -> None:
    keys = [{"key": f"t.thing{n}", "samples": [f"w{n}"]} for n in range(500)]
    keys[77]["samples"] = ["Oslo", "Rome", "Lima"]
    listed = KeyList(Vocabulary.model_validate({"name": "T", "keyPrefix": "t", "keys": keys}))
    others = {f"q{n}": str(n) for n in range(PAIRS // 500)}
    rows = profile_records("x", None, [{"qqq": "Rome"} | others, {"qqq": "Oslo"}])
    assert best(rank(rows.fields, listed, 1)[0]) == "thing77"


def test_value_words_are_bounded() -> None:
    assert len(value_words([f"w{n} v{n}" for n in range(2_000)])) < 500


def test_types_compare_symmetrically_and_a_contradiction_is_0() -> None:
    for one in DATA_TYPES:
        for other in DATA_TYPES:
            assert type_likeness(one, other) == type_likeness(other, one)
    assert type_likeness("DateTime", "Email") == 0.0
    assert type_likeness("Email", "Email") == 1.0


def test_a_type_is_known_by_its_documented_name_in_any_case() -> None:
    assert known_type(" email ") == "Email"
    assert known_type("varchar") is None
    assert known_type(None) is None


class TestChoice:
    def catalogue(self) -> tuple[Vocabulary, ...]:
        others = [
            vocabulary(f"v{n}", ((f"alpha{n}", "Text", ""), (f"beta{n}", "Text", ""), ("name", "Text", "")), f"Vee{n}")
            for n in range(30)
        ]
        return tuple(Vocabulary.model_validate(v) for v in [*others, vocabulary()])

    def test_the_vocabulary_that_covers_the_fields_is_chosen_among_many(self) -> None:
        choice = choose(profile("FName", "Surname", "E-mail", "Cust No"), index_of(self.catalogue()), None)
        assert choice.keys is not None
        assert choice.keys.vocabulary.key_prefix == "customer"
        assert choice.fit > choice.runner_up

    def test_a_data_set_named_like_a_vocabulary_decides_between_equals(self) -> None:
        twins = tuple(
            Vocabulary.model_validate(vocabulary(p, KEYS, n)) for p, n in (("a", "Person"), ("b", "Customer"))
        )
        choice = choose(profile("FName", "E-mail"), index_of(twins), None)
        assert choice.keys is not None
        assert choice.keys.vocabulary.key_prefix == "b"

    def test_more_is_asked_of_the_best_of_many_than_of_a_vocabulary_given_alone(self) -> None:
        """One of many shares something with any data set; one alone is likely meant."""
        asked = profile("Cust No", "zqx", "wvk", "qqp", "jjr", "kkz")
        many = tuple(
            Vocabulary.model_validate(vocabulary(f"v{n}", ((f"alpha{n}", "Text", ""),), "V")) for n in range(2_000)
        )
        customer = Vocabulary.model_validate(vocabulary())
        assert choose(asked, index_of((customer,)), None).fits
        assert not choose(asked, index_of((*many, customer)), None).fits

    def test_the_request_can_fix_it(self) -> None:
        choice = choose(profile("FName"), index_of(self.catalogue()), "v3")
        assert choice.fixed
        assert choice.keys is not None
        assert choice.keys.vocabulary.key_prefix == "v3"

    def test_an_unknown_prefix_is_named_with_its_pointer(self) -> None:
        with pytest.raises(InvalidRequest) as caught:
            choose(profile("FName"), index_of(self.catalogue()), "nope")
        assert [v.pointer for v in caught.value.violations] == ["/options/vocabulary"]

    def test_an_empty_catalogue_gives_none(self) -> None:
        assert choose(profile("FName"), index_of(()), None).keys is None


@pytest.mark.skipif(not SUITES.exists(), reason="the matching suites are not on this machine")
def test_recall_on_public_table_pairs(tmp_path: Path) -> None:
    """The true key is first for 85% of the fields and among ten for 98%."""
    with tarfile.open(SUITES) as archive:
        archive.extractall(tmp_path, filter="data")
    ranks = [place for task in sorted((tmp_path / "pairs").iterdir()) for place in _places(task)]
    assert sum(place <= 1 for place in ranks) / len(ranks) >= 0.85
    assert sum(place <= 10 for place in ranks) / len(ranks) >= 0.98


def _places(task: Path) -> list[int]:
    """Where each true key stands in its field's list, from 1."""
    with (task / "source.csv").open(encoding="utf-8-sig", newline="") as file:
        source = profile_records(task.name, None, list(csv.DictReader(file)))
    target = json.loads((task / "target.json").read_text(encoding="utf-8"))
    keys = [
        {"key": f"t.{k['key']}", "description": k["description"], "dataType": k["dataType"],
         "samples": [sample[:2_000] for sample in k["samples"][:100]]}
        for k in target
    ]  # fmt: skip
    found = rank(source.fields, KeyList(Vocabulary.model_validate({"name": "t", "keyPrefix": "t", "keys": keys})), 50)
    names = {f.name: [r.key.short for r in s] for f, s in zip(source.fields, found, strict=True)}
    truth = json.loads((task / "truth.json").read_text(encoding="utf-8"))
    return [names[field].index(key) + 1 if key in names[field] else 999 for field, key in truth]
