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


def test_a_name_gains_by_each_word_it_shares_the_rare_ones_most() -> None:
    names = [frozenset(("date", f"w{n}")) for n in range(20)] + [frozenset(("rare", "date"))]
    index = WordIndex(names)
    gains = index.gains(("rare", "date"))
    assert gains[20] == pytest.approx(index.weight("rare") + index.weight("date"))
    assert gains[0] == pytest.approx(index.weight("date"))
    assert index.gains(("unheard",)).tolist() == [0.0] * 21


def test_of_several_words_that_stand_for_one_the_best_counts_alone() -> None:
    index = WordIndex([("description", "desc"), ("desc",)])
    assert index.gains(("desc",)).tolist() == pytest.approx([index.weight("desc")] * 2)


def test_a_part_of_an_index_is_weighed_like_one_of_its_own() -> None:
    names = [("date", "birth"), ("customer", "name"), ("date", "created"), ("order", "date")]
    part, alone = WordIndex(names).part(1, 3), WordIndex(names[1:3])
    assert part.known == alone.known
    assert part.gains(("date", "name")).tolist() == alone.gains(("date", "name")).tolist()
    assert part.sizes.tolist() == alone.sizes.tolist()


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert all(word for word in words(text))
