"""The text of a value: what is counted and compared."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.profiling.values import canonical, shown, text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (" \t\n ", ""),
        ("\u3000\u00a0\u200b\ufeff\u2060\u200e\x00", ""),
        ("\u3164\u2800", ""),
        ("  Ann\u00a0Lee\u200b ", "Ann\u00a0Lee"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (12345678901234567890, "12345678901234567890"),
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        ([], "[]"),
    ],
)
def test_text_of_a_value(value, expected):
    """Trimmed of all a person cannot see; numbers as short as they can be; objects and lists as canonical JSON."""
    assert text(value) == expected


def test_integers_longer_than_python_writes_have_a_text():
    assert text(10**5_000).startswith("0x")
    assert text([10**5_000]) == f"[{text(10**5_000)}]"


def test_order_of_members_does_not_matter():
    assert text({"a": {"x": 1, "y": 2}, "b": 3}) == text({"b": 3, "a": {"y": 2, "x": 1}})


def test_nesting_deeper_than_the_interpreter_allows_has_a_text():
    deep: list = []
    for _ in range(50_000):
        deep = [deep, {"k": "ø"}]
    written = text(deep)
    assert written.startswith("[[[")
    assert written.endswith(',{"k":"ø"}],{"k":"ø"}]')


@given(JSON.filter(lambda value: isinstance(value, (dict, list))))
def test_both_ways_of_writing_agree(value):
    from shared.profiling.values import _canonical_without_recursion

    assert _canonical_without_recursion(value) == canonical(value)


@given(JSON)
def test_the_text_of_any_value_is_trimmed(value):
    assert text(text(value)) == text(value)


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_what_is_shown_can_be_sent_and_fits_one_line(value):
    """No lone surrogate, no control, no line break, at most 80 characters."""
    short = shown(value)
    assert len(short) <= 80
    assert json.loads(json.dumps(short).encode()) == short.encode("utf-8").decode()
    assert not any(char < " " or char in "\x7f\u2028\u2029\u202e" for char in short)
