"""Masks: what leaves where samples are masked."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.profiling.patterns import common_patterns, mask, masks

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=300)
SIGNS = set("Aax9* …" + string.punctuation)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("C-004", "A-999"),
        ("CUST00001", "A9+"),
        ("Ann Lee", "Aa Aa"),
        ("ann.lee@example.com", "a.a@a.a"),
        ("+45 1641293261", "+99 9+"),
        ("2024-01-31", "9999-99-99"),
        ("Île-de-France", "Aa-a-Aa"),
        ("Ελλάδα", "Aa"),
        ("日本 12", "x 99"),
        ("٣٤", "99"),
        ("e\u0301te\u0301", "a"),
        ("½ 😀😀", "* *"),
        ("one two three four", "a + a"),
        ("a\nb\tc", "a a a"),
        ("", ""),
    ],
)
def test_the_shape_without_the_content(value, expected):
    assert mask(value) == expected


@given(ANYTHING)
def test_no_letter_or_digit_of_a_value_leaves(value):
    """Whatever goes in, only the signs come out."""
    assert set(mask(value)) <= SIGNS
    assert len(mask(value)) <= 60


@given(st.text(string.ascii_lowercase, min_size=1, max_size=150), st.text(string.digits, min_size=5, max_size=40))
def test_lengths_of_words_and_of_long_numbers_do_not_leave(word, digits):
    assert mask(word + digits) == "a9+"


@given(st.lists(ANYTHING, max_size=8))
def test_many_at_once_are_masked_as_one_by_one(values):
    assert masks(values) == [mask(value) for value in values]


def test_the_commonest_shapes_come_first_with_their_rows():
    counted = common_patterns([("A-1", 2), ("B-2", 3), ("cc", 4), ("7", 1), ("+", 1)])
    assert counted == (("A-9", 5), ("a", 4), ("9", 1))
