"""Spellings, formats and odd values: what counting finds in the values of one key."""

from __future__ import annotations

from collections import Counter

import pytest

from shared.rules.anomalies import anomalies
from shared.rules.column import of_values
from shared.rules.formats import learn
from shared.rules.plausible import implausible
from shared.rules.spellings import fingerprint, spellings
from shared.rules.suggestion_models import ValueIn


def groups(counts: dict[str, int], data_type: str = "Text") -> list[set[str]]:
    return [{value for value, _ in each.variants} for each in spellings(Counter(counts), data_type)]


def odd(counts: dict[str, int], data_type: str | None = None) -> dict[str, str]:
    made = of_values("a.x", [ValueIn(value=value, count=count) for value, count in counts.items()], data_type)
    return {each.value: each.reason for each in anomalies(made, learn(made.real))}


@pytest.mark.parametrize(
    "variants",
    [
        ("Copenhagen", "COPENHAGEN", " copenhagen "),
        ("Île-de-France", "Ile de France"),
        ("O'Brien", "OBrien"),
        ("Jensen, Anna", "Anna Jensen"),
        ("Møller", "Moller"),
        ("Straße", "Strasse"),
        ("ｆｕｌｌ", "full"),
    ],
)
def test_case_accents_punctuation_and_order_make_no_difference(variants: tuple[str, ...]) -> None:
    assert len({fingerprint(value) for value in variants}) == 1
    assert groups(dict.fromkeys(variants, 1)) == [set(variants)]


def test_a_slip_of_a_much_commoner_value_is_put_to_it() -> None:
    assert groups({"Accountant": 15, "Acountant": 6, "Recruiter": 9}) == [{"Accountant", "Acountant"}]
    assert spellings(Counter({"Berlin": 9, "Belrin": 1}), "Text")[0].canonical == "Berlin"


@pytest.mark.parametrize(
    ("counts", "data_type"),
    [
        ({"Unit 12": 90, "Unit 13": 1}, "Text"),
        ({"Gold": 50, "Bold": 40}, "Text"),
        ({"Anna": 9, "Anne": 3}, "PersonName"),
        ({"ABC-1234": 50, "ABC-1235": 1}, "Identifier"),
        ({"2024-01-01": 50, "2024-01-11": 1}, "DateTime"),
        ({"Ireland": 50, "Iceland": 4}, "GeographyCountry"),
        ({"DK": 90, "DE": 1}, "Text"),
    ],
)
def test_what_may_well_be_two_things_stays_apart(counts: dict[str, int], data_type: str) -> None:
    assert groups(counts, data_type) == []


def test_ten_thousand_values_are_grouped_too() -> None:
    many = {f"Street {n * 7919 % 99_991} {chr(97 + n % 26)}": 1 for n in range(10_000)}
    assert spellings(Counter(many), "Text") == []


def test_a_format_is_what_nearly_all_values_fit() -> None:
    learnt = learn(Counter({f"ACC-{n:04}": 1 for n in range(100)} | {"ACC-77a": 1}))
    assert learnt is not None
    assert (learnt.pattern, learnt.misfits) == (r"^[A-Z]{3}\-\d{4}$", ("ACC-77a",))


def test_one_odd_value_among_few_is_no_format_of_its_own() -> None:
    learnt = learn(Counter({f"{n}.{n + 10}": 1 for n in range(20, 60)} | {"abc": 1}))
    assert learnt is not None
    assert (learnt.pattern, learnt.misfits) == (r"^\d{2}\.\d{2}$", ("abc",))


def test_several_shapes_are_alternatives() -> None:
    values = {f"{n:05}": 1 for n in range(80)} | {f"{n:04} AB": 1 for n in range(70)}
    learnt = learn(Counter(values))
    assert learnt is not None
    assert learnt.pattern == r"^(?:\d{5}|\d{4}\ [A-Z]{2})$"


@pytest.mark.parametrize("words", [["blue", "green", "red"], ["Ann Lee", "Bo Ek", "Émile Zola"]])
def test_text_has_no_format(words: list[str]) -> None:
    assert learn(Counter({f"{word}{chr(97 + n)}": 1 for word in words for n in range(20)})) is None


EMAILS = {f"person{n}@example.com": 1 for n in range(30)}


@pytest.mark.parametrize("value", ["ann#example.com", "ann@", "ann@@b.com", "a nn@b.com", "ann..b@c.com", "ann@c"])
def test_an_email_that_is_none_is_odd(value: str) -> None:
    assert value in odd(EMAILS | {value: 1}, "Email")


@pytest.mark.parametrize("value", ["josé@müller.de", "o'brien@example.co.uk", "a+b@c.museum"])
def test_an_unusual_email_is_not(value: str) -> None:
    assert implausible(value, "Email") is None


def test_placeholders_and_far_numbers_and_broken_text_are_odd() -> None:
    amounts = {str(100 + n): 1 for n in range(60)}
    found = odd(amounts | {"N/A": 2, "99999999": 1}, "Money")
    assert set(found) == {"N/A", "99999999"}
    assert set(odd({"Aarhus": 5, "Ã…rhus": 1, "a\x00b": 1, "Cоpenhagen": 1})) == {"Ã…rhus", "a\x00b", "Cоpenhagen"}


def test_where_most_values_are_implausible_the_type_is_wrong_not_the_values() -> None:
    assert odd({f"word {chr(97 + n)}": 1 for n in range(20)}, "Email") == {}


def test_greek_letters_before_a_word_are_no_mixture() -> None:
    assert odd({"β-Carotene": 5, "α-Tocopherol": 5, "Mосква": 1, "Oslo": 9}) == {
        "Mосква": "A word mixes letters of two alphabets."
    }
