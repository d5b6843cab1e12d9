"""How names are read and compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mapping.word_index import WordIndex
from shared.mapping.words import compound, likeness, words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("custFName", ("customer", "first", "name")),
        ("FName", ("first", "name")),
        ("Cust No.", ("customer", "number")),
        ("E-mail addr", ("email",)),
        ("emailAddress", ("email",)),
        ("DOB", ("date", "birth")),
        ("Date of Birth", ("date", "birth")),
        ("PLZ/Zip", ("postal", "code")),
        ("HTTPServerURL", ("http", "server", "website")),
        ("address_line2", ("address", "line", "2")),
        ("Straße", ("street",)),
        ("Ærøskøbing", ("aeroskobing",)),
        ("建物名稱", ("建", "物", "名", "稱")),
        ("of the", ("of", "the")),
        ("opt_in", ("consent",)),
        ("...", ()),
    ],
)
def test_a_name_is_read_as_words_in_one_spelling(name: str, expected: tuple[str, ...]) -> None:
    assert words(name) == expected


@pytest.mark.parametrize(
    ("word", "other", "least", "most"),
    [
        ("country", "country", 1.0, 1.0),
        ("desc", "description", 0.6, 0.9),
        ("cntry", "country", 0.5, 0.9),
        ("colour", "color", 0.7, 0.95),
        ("id", "number", 0.5, 0.9),
        ("id", "identity", 0.0, 0.0),
        ("city", "email", 0.0, 0.0),
        ("2021", "2022", 0.0, 0.0),
        ("name", "same", 0.0, 0.0),
    ],
)
def test_words_are_alike_by_beginning_consonants_spelling_or_meaning(
    word: str, other: str, least: float, most: float
) -> None:
    assert least <= likeness(word, other) <= most
    assert likeness(word, other) == likeness(other, word)


def test_a_compound_comes_apart_where_both_halves_are_known() -> None:
    known = frozenset(("customer", "status"))
    assert compound("customerstatus", known) == ("customer", "status")
    assert compound("customerzip", known) == ("customer", "postal", "code")
    assert compound("customerxyz", known) == ("customerxyz",)
    assert compound("status", known) == ("status",)


def test_rare_words_weigh_more_than_common_ones() -> None:
    index = WordIndex([frozenset(("date", word)) for word in ("birth", "created", "modified", "shipped")])
    assert index.weight("birth") > index.weight("date")


def test_a_word_of_the_context_matters_little() -> None:
    index = WordIndex([frozenset(("number",)), frozenset(("name",))])
    plain = index.similarity(("customer", "number"), frozenset(("number",)))
    told = index.similarity(("customer", "number"), frozenset(("number",)), frozenset(("customer",)))
    assert told > plain
    assert index.similarity((), frozenset(("number",))) == 0.0


def test_common_words_only_add_to_names_already_found() -> None:
    """So that a word in thousands of keys costs no more than the keys a rare word found."""
    names = [frozenset(("date", f"w{n}")) for n in range(2_000)] + [frozenset(("rare", "date"))] * 100
    found = WordIndex(names).shared(("rare", "date"))
    assert len(found) == 100


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert all(word for word in words(text))
