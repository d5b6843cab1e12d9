"""Counts: empty, placeholders, distinct, duplicates."""

from hypothesis import given
from hypothesis import strategies as st

from shared.profiling.counting import columns
from shared.profiling.models import Counts

CELLS = st.sampled_from(["a", " a", "A", "b\u200b", "", "  ", "N/A", "###INVALID###", "-", None, 1, 1.0, True, [1], {}])


def counts_of(*values):
    return columns([{"f": value} for value in values])[0].counts


def test_empty_placeholder_distinct_and_duplicate():
    counts = counts_of("a", " a ", "A", "", None, "\u3000", "N/A", "-", "b")
    assert counts == Counts(rows=9, distinct=3, empty=3, placeholders=2, duplicates=1)


def test_an_absent_member_is_empty():
    first, second = columns([{"a": 1}, {"b": 2}, {"a": 3, "b": None}])
    assert (first.name, first.counts.empty) == ("a", 1)
    assert (second.name, second.counts.empty) == ("b", 2)


def test_fields_come_in_the_order_they_are_first_seen():
    assert [column.name for column in columns([{"b": 1}, {"a": 1, "b": 2}, {"c": 1}])] == ["b", "a", "c"]


def test_true_and_one_are_different_and_one_and_one_point_nought_are_not():
    assert counts_of(1, True, "true", 1.0, "1").distinct == 2


def test_equal_objects_are_duplicates_whatever_the_order_of_members():
    assert counts_of({"a": 1, "b": 2}, {"b": 2, "a": 1}).duplicates == 1


@given(st.lists(st.dictionaries(st.sampled_from("abc"), CELLS), min_size=1, max_size=30))
def test_the_parts_always_add_up_to_the_rows(records):
    """rows = empty + placeholders + distinct + duplicates, none of them negative."""
    for column in columns(records):
        counts = column.counts
        assert counts.rows == len(records)
        assert counts.rows == counts.empty + counts.placeholders + counts.distinct + counts.duplicates
        assert min(counts.empty, counts.placeholders, counts.distinct, counts.duplicates) >= 0


@given(st.lists(st.sampled_from(["a", "a ", "A", "b", "", " ", None, "N/A"]), min_size=1, max_size=40))
def test_counts_are_those_of_counting_by_hand(values):
    real = [value.strip() for value in values if value and value.strip() and value != "N/A"]
    expected = Counts(
        rows=len(values),
        distinct=len(set(real)),
        empty=sum(not (value or "").strip() for value in values),
        placeholders=values.count("N/A"),
        duplicates=len(real) - len(set(real)),
    )
    assert counts_of(*values) == expected
