"""A whole profile, of records and of fields with samples."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.mapping.models import FieldIn
from shared.profiling.models import DATA_TYPES
from shared.profiling.profile import profile_fields, profile_records

CELL = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAME = st.text(st.characters(exclude_categories=()), max_size=12) | st.sampled_from(
    ["id", "email", "date", "phone", "price", "country", "city", "line_no", "Status", "lat"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(NAME, CELL, max_size=5), min_size=1, max_size=15))
def test_any_records_have_a_profile(records):
    """Lone surrogates, NUL, infinities, nested values: nothing raises, and what is said holds."""
    profile = profile_records("x", None, records)
    names = list(dict.fromkeys(name for record in records for name in record))
    assert [field.name for field in profile.fields] == names
    for field in profile.fields:
        assert field.data_type in DATA_TYPES
        assert 0 <= field.type_share <= 1
        assert len(field.samples) <= min(5, field.counts.distinct)
        assert sum(count for _, count in field.patterns) <= field.counts.rows
        json.dumps([field.samples, field.patterns], ensure_ascii=False).encode()


MANY = 1_000_000
HOSTILE = [
    *(sign * MANY for sign in "a9<-日\u200b"),
    *(part * (MANY // len(part)) for part in ("<a ", "a@", "1,111", "1:", "jan ", "a b ")),
    " " * MANY + "x",
    "[" * MANY + "]",
    "{" * 40_000 + "}",
    "a." * 500_000 + "@",
    *("1 h " * 15, "0" * 63 + "x", "(" * 60, "1." * 30, "1'111" * 12 + "x", "a-" * 32 + "@" + "b-" * 100),
    "\ud800\x00",
    10**400,
    -(10**400),
    1e308,
]


@pytest.mark.parametrize("cell", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_cells_are_read_like_any_other(cell):
    names = ("date", "phone", "email", "price", "id", "country", "url", "duration", "x", "address", "company", "name")
    profile = profile_records("x", None, [dict.fromkeys(names, cell), dict.fromkeys(names, cell)])
    assert len(profile.fields) == len(names)
    assert profile.origin is None
    assert all(len(sample) <= 80 for field in profile.fields for sample in field.samples)


def test_samples_are_the_first_five_different_real_values():
    field = profile_records(
        "x", None, [{"f": value} for value in ["", "b", "N/A", "a", " b", "c", "d", "e", "f"]]
    ).fields[0]
    assert field.samples == ("b", "a", "c", "d", "e")


def test_long_samples_are_shortened_to_eighty_characters():
    assert profile_records("x", None, [{"f": "y" * 100}]).fields[0].samples == ("y" * 79 + "…",)


def test_patterns_are_counted_in_rows():
    field = profile_records("x", None, [{"f": value} for value in ["A-1", "B-2", "B-2", "ccc", ""]]).fields[0]
    assert field.patterns == (("A-9", 3), ("a", 1))


def test_patterns_of_very_many_values_are_estimated_for_all_rows():
    field = profile_records("x", None, [{"f": f"A{i:05}" if i % 4 else f"b-{i}"} for i in range(5_001)]).fields[0]
    assert sum(count for _, count in field.patterns) <= 5_001
    assert 3_300 < field.patterns[0][1] < 4_200  # really 3,750, though every fourth row differs


@pytest.mark.parametrize(
    ("values", "constant"),
    [(["a", "a"], True), (["a", " a", "", "N/A"], True), (["a"], False), (["a", "b"], False), (["", ""], False)],
)
def test_constant_is_the_same_real_value_twice_or_more(values, constant):
    assert profile_records("x", None, [{"f": value} for value in values]).fields[0].constant is constant


def test_fields_with_samples_have_types_but_no_counts_and_no_identifier():
    fields = [
        FieldIn(name="CustomerID", samples=["C1", "C2", "C3"], description="the key"),
        FieldIn(name="E-mail addr", samples=["a@b.com", "N/A"]),
        FieldIn(name="Status", samples=["Open", "Closed"]),
        FieldIn(name="City"),
    ]
    profile = profile_fields("crm", "people", fields)
    assert (profile.rows, profile.origin, profile.codes, profile.description) == (None, None, (), "people")
    assert [field.counts for field in profile.fields] == [None] * 4
    assert [field.data_type for field in profile.fields] == ["Identifier", "Email", "Lookup", "GeographyCity"]
    assert profile.fields[0].description == "the key"
    assert profile.fields[1].samples == ("a@b.com",)


def test_records_without_fields_have_an_empty_profile():
    profile = profile_records("x", None, [{}, {}])
    assert (profile.rows, profile.fields, profile.origin, profile.codes) == (2, (), None, ())
