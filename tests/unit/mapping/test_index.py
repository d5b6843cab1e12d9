"""The index of a catalogue: what it finds, how it lies in a blob, how run-together and foreign words are read."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mapping.index.catalogue_index import CatalogueIndex, index_of
from shared.mapping.index.coverage import coverage
from shared.mapping.index.foreign import foreign_like
from shared.mapping.index.segments import Segments
from shared.mapping.index.spellings import Spellings
from shared.mapping.index.stored_index import load, pack
from shared.mapping.models import FieldIn, Vocabulary
from shared.mapping.stored_catalogue import StoredCatalogue, changed, parse
from shared.mapping.stored_catalogue import pack as pack_catalogue
from shared.mapping.words import words
from shared.profiling.models import FieldProfile
from shared.profiling.profile import profile_fields, profile_records


def vocabulary(prefix: str, *names: str, **more: Any) -> Vocabulary:
    keys = [{"key": f"{prefix}.{name}"} for name in names]
    return Vocabulary.model_validate({"name": prefix.title(), "keyPrefix": prefix, "keys": keys, **more})


def fields(*names: str) -> tuple[FieldProfile, ...]:
    return profile_fields("x", None, [FieldIn(name=name) for name in names]).fields


CATALOGUE = (
    vocabulary("customer", "firstName", "emailAddress", "postalCode"),
    vocabulary("invoice", "number", "totalAmount", "dueDate"),
    vocabulary("nothing"),
)


def found(index: CatalogueIndex, text: str) -> list[str]:
    return [each.key.key for each in index.search(text, 2)]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("the customer's e-mail", "customer.emailAddress"),
        ("zip", "customer.postalCode"),
        ("Rechnungsnummer", "invoice.number"),
        ("amount total of an invoice", "invoice.totalAmount"),
    ],
)
def test_a_search_finds_the_key_that_is_spoken_of(text: str, key: str) -> None:
    assert found(index_of(CATALOGUE), text)[0] == key


def test_a_search_finds_nothing_where_no_word_is_shared() -> None:
    assert found(index_of(CATALOGUE), "zebra") == []
    assert found(index_of(()), "name") == []


def test_a_search_reads_descriptions_and_samples_too() -> None:
    keys = [{"key": "t.x1", "description": "Where the parcel goes"}, {"key": "t.x2", "samples": ["Oslo"]}]
    index = index_of((Vocabulary.model_validate({"name": "T", "keyPrefix": "t", "keys": keys}),))
    assert found(index, "parcel") == ["t.x1"]
    assert found(index, "oslo") == ["t.x2"]


@given(st.text(max_size=40))
def test_any_text_can_be_searched(text: str) -> None:
    assert len(index_of(CATALOGUE).search(text, 2)) <= 2


def stored() -> StoredCatalogue:
    return parse(pack_catalogue(CATALOGUE), '"v1"')


def test_a_catalogue_is_read_one_vocabulary_at_a_time() -> None:
    catalogue = stored()
    assert [head.key_count for head in catalogue.heads] == [3, 3, 0]
    assert catalogue.find("invoice") == CATALOGUE[1]
    assert catalogue.find("inv") is None
    assert tuple(catalogue.all()) == CATALOGUE


def test_a_changed_catalogue_keeps_its_order() -> None:
    more = parse(changed(stored(), vocabulary("a", "x"), "a"), '"v2"')
    assert [head.key_prefix for head in more.heads] == ["a", "customer", "invoice", "nothing"]
    less = parse(changed(more, None, "customer"), '"v3"')
    assert [head.key_prefix for head in less.heads] == ["a", "invoice", "nothing"]
    assert less.find("a") == vocabulary("a", "x")


def test_an_index_comes_back_from_its_blob() -> None:
    made = index_of(CATALOGUE)
    read = load(pack(made, '"v1"'), stored())
    assert read is not None
    for text in ("first name", "due date", "e-mail"):
        assert read.search(text, 5) == made.search(text, 5)
    assert read.key_list(0).vocabulary == CATALOGUE[0]


def test_an_index_of_another_version_is_not_used() -> None:
    assert load(pack(index_of(CATALOGUE), '"v0"'), stored()) is None


def test_an_index_made_by_another_way_of_reading_names_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pack(index_of(CATALOGUE), '"v1"')
    monkeypatch.setattr("shared.mapping.index.stored_index.reading", lambda: "another")
    assert load(content, stored()) is None


def test_a_damaged_index_is_not_used() -> None:
    content = pack(index_of(CATALOGUE), '"v1"')
    for damaged in (b"", b"PK", content[: len(content) // 2], content[:200] + b"\xff" * 40 + content[240:]):
        assert load(damaged, stored()) is None


@pytest.mark.parametrize("member", ["namesWords", "namesLengths", "textsLengths"])
def test_an_index_whose_parts_do_not_belong_together_is_not_used(member: str) -> None:
    content = pack(index_of(CATALOGUE), '"v1"')
    changed_file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed_file, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == f"{member}.npy":
                wrong = io.BytesIO()
                np.lib.format.write_array(wrong, np.full(6, 99, np.int32), allow_pickle=False)
                data = wrong.getvalue()
            new.writestr(name, data)
    assert load(changed_file.getvalue(), stored()) is None


def test_an_index_that_holds_python_objects_is_not_read() -> None:
    file = io.BytesIO()
    np.savez(file, about=np.array([{"catalogue": '"v1"'}], dtype=object))
    assert load(file.getvalue(), stored()) is None


class TestSegments:
    def test_words_run_together_come_apart_where_the_list_knows_them(self) -> None:
        segments = Segments({"sales": 9, "order": 9, "number": 9})
        assert segments.split("salesordernumb") == ("sales", "order", "numb")

    def test_a_word_of_the_list_stays_whole_unless_its_parts_are_likelier(self) -> None:
        segments = Segments({"warehouse": 50, "ware": 1, "house": 1, "statuscode": 1, "status": 40, "code": 60})
        assert segments.split("warehouse") == ("warehouse",)
        assert segments.split("statuscode") == ("status", "code")

    def test_foreign_compounds_come_apart_into_english_words(self) -> None:
        assert Segments({}).split("rechnungsbetrag") == ("invoice", "amount")

    @given(st.text(max_size=120))
    def test_any_word_can_be_split(self, word: str) -> None:
        assert Segments({"name": 2}).split(word)

    def test_what_nothing_is_known_of_stays_whole(self) -> None:
        assert Segments({"name": 2}).split("photosynthesis") == ("photosynthesis",)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Kundennummer", ("kundennummer",)),
        ("Rechnungs_Betrag", ("invoice", "amount")),
        ("numéro de facture", ("number", "invoice")),
        ("客户编号", ("customer", "number")),
        ("電話番号", ("phone", "number")),
        ("дата рождения", ("date", "birth")),
    ],
)
def test_names_in_other_languages_are_read_as_english_words(name: str, read: tuple[str, ...]) -> None:
    assert words(name) == read


def test_a_shortened_foreign_word_stands_for_the_english_one() -> None:
    assert foreign_like("rechn")["invoice"] > 0.5
    assert foreign_like("zzzz") == {}


class TestSpellings:
    words = Spellings(sorted(("address", "customer", "cstmr", "description", "discount", "number", "adress")))

    @pytest.mark.parametrize(
        ("word", "other"),
        [
            ("desc", "description"),
            ("descriptions", "description"),
            ("cstmr", "customer"),
            ("customer", "cstmr"),
            ("addres", "address"),
            ("id", "number"),
        ],
    )
    def test_what_may_be_alike_is_near(self, word: str, other: str) -> None:
        assert other in self.words.near(word)

    def test_what_is_not_is_not(self) -> None:
        assert self.words.near("phone") == set()


class TestCoverage:
    def test_the_vocabulary_that_covers_most_is_first_and_one_without_keys_is_none(self) -> None:
        index = index_of(CATALOGUE)
        best = coverage(fields("InvNo", "Total Amt", "Due Dt"), index, np.zeros(3, np.float32))
        assert [one.number for one in best] == [1, 0]
        assert best[0].share > 0.5 > best[1].share

    def test_a_key_covers_one_field_only(self) -> None:
        index = index_of((vocabulary("a", "name"), vocabulary("b", "name", "date")))
        best = coverage(fields("name", "nm", "Name"), index, np.zeros(2, np.float32))
        assert best[0].share == pytest.approx(1 / 3, abs=0.05)

    def test_headers_that_say_nothing_leave_it_to_the_values(self) -> None:
        def of_values(prefix: str, *samples: str) -> Vocabulary:
            keys = [{"key": f"{prefix}.x", "samples": list(samples)}]
            return Vocabulary.model_validate({"name": prefix, "keyPrefix": prefix, "keys": keys})

        index = index_of((of_values("a", "red", "blue"), of_values("b", "Oslo", "Rome"), of_values("c", "pear")))
        rows = profile_records("x", None, [{"zq": "Rome"}, {"zq": "Oslo"}])
        assert coverage(rows.fields, index, np.zeros(3, np.float32))[0].number == 1

    def test_nothing_is_covered_of_a_catalogue_without_keys(self) -> None:
        best = coverage(fields("name"), index_of((vocabulary("a"),)), np.zeros(1, np.float32))
        assert [one.share for one in best] == [0.0]
