"""Profiling a stream: the numbers of ``profile_records`` while there is room, honest ones when there is not."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.profiling.distinct import Distinct
from shared.profiling.placeholders import suspects, told_apart
from shared.profiling.profile import profile_records
from shared.profiling.stream import BUDGET, Budget, StreamProfile
from shared.profiling.values import text, texts

CELL = st.sampled_from(["", " ", "N/A", "NA", "test", "-", "a", "b ", "x@y.com", "2024-01-01", "7", "Ann\u200b"]) | (
    st.none() | st.integers(0, 20) | st.booleans() | st.lists(st.integers(), max_size=2) | st.text(max_size=3)
)
RECORDS = st.lists(st.dictionaries(st.sampled_from(["id", "line_no", "email", "x"]), CELL, min_size=1), min_size=1)


def streamed(records, budget=BUDGET, batch=7):
    """As a reader hands records on: in batches, by column, short where the last rows lack a column."""
    stream = StreamProfile(budget=budget)
    for start in range(0, len(records), batch):
        some = records[start : start + batch]
        columns = {name: [] for record in some for name in record}
        for name in columns:
            values = [record.get(name) for record in some]
            while name not in some[len(values) - 1]:
                values.pop()
            columns[name] = values
        stream.add(len(some), columns)
    return stream.profile("x", None)


@settings(deadline=None, max_examples=200)
@given(RECORDS)
def test_a_stream_has_the_profile_of_its_records(records):
    assert streamed(records) == profile_records("x", None, records)


def many(rows, seed=1):
    draw = random.Random(seed)
    return [
        {
            "id": f"C-{row:06}",
            "email": f"user{row}@mail{row % 7}.example.com",
            "group": draw.choice(["red", "green", "blue"]),
            "company": f"Company {draw.randrange(rows // 2)} Ltd",
            "phone": "N/A" if row % 10 == 0 else f"+45 {draw.randrange(10**8):08}",
            "note": "" if row % 3 else f"called back on day {row}",
        }
        for row in range(rows)
    ]


def test_counting_on_hashes_is_exact():
    """Few values held as they are: all counts, types and identifiers are the same, only samples stand for the rest."""
    records = many(20_000)
    small = streamed(records, Budget(values_of_one=1_000), batch=2_000)
    whole = profile_records("x", None, records)
    assert [field.counts for field in small.fields] == [field.counts for field in whole.fields]
    assert [field.data_type for field in small.fields] == [field.data_type for field in whole.fields]
    assert [field.samples for field in small.fields] == [field.samples for field in whole.fields]
    assert (small.origin, small.codes) == (whole.origin, whole.codes)


def test_types_and_patterns_of_a_sample_are_near_those_of_all():
    records = many(20_000)
    small = streamed(records, Budget(values=100_000), batch=2_000)
    for field, whole in zip(small.fields, profile_records("x", None, records).fields, strict=True):
        assert field.type_share == pytest.approx(whole.type_share, abs=0.05)
        assert field.patterns[0][0] == whole.patterns[0][0]
        assert field.patterns[0][1] == pytest.approx(whole.patterns[0][1], rel=0.1)


def test_without_room_counts_are_estimates_and_prove_nothing():
    records = many(40_000)
    small = streamed(records, Budget(values_of_one=1_000, hashes=20_000, cells=1_000), batch=2_000)
    by_name = {field.name: field.counts for field in small.fields}
    for name in ("id", "email", "company", "phone", "note"):
        exact = len({record[name] for record in records} - {"", "N/A"})
        assert by_name[name].approximate
        assert by_name[name].distinct == pytest.approx(exact, rel=0.1)
    assert by_name["phone"].placeholders == 4_000
    assert not by_name["group"].approximate
    assert small.origin is None
    assert small.codes == ()


def test_the_field_called_an_identifier_is_counted_exactly_longest():
    """Room for one field's hashes of several: what repeats, and what is not called an identifier, goes first."""
    records = many(40_000)
    small = streamed(records, Budget(values_of_one=1_000, hashes=70_000, cells=1_000), batch=2_000)
    by_name = {field.name: field.counts for field in small.fields}
    assert not by_name["id"].approximate
    assert by_name["company"].approximate
    assert small.origin.fields == ("id",)


def test_one_late_duplicate_among_many_is_found():
    records = [{"id": f"C-{row:06}"} for row in range(30_000)] + [{"id": "C-000007"}]
    small = streamed(records, Budget(values_of_one=1_000), batch=2_000)
    assert small.fields[0].counts.duplicates == 1
    assert small.origin is None


def test_one_late_placeholder_among_many_is_found():
    records = [{"id": f"C-{row:06}"} for row in range(30_000)] + [{"id": "n/a"}, {"id": "TEST"}]
    small = streamed(records, Budget(values_of_one=1_000), batch=2_000)
    assert (small.fields[0].counts.placeholders, small.fields[0].counts.duplicates) == (2, 0)
    assert small.origin is None


@given(st.lists(st.integers(-(2**63), 2**63 - 1)), st.integers(0, 3))
def test_distinct_hashes_are_counted_once(hashes, repeats):
    counted = Distinct()
    for _ in range(repeats + 1):
        counted.add(hashes)
        counted.settle()
    assert counted.count() == len(set(hashes))


PLACEHOLDERS = ["n/a", "null", "none", "unknown", "xxx", "0000-00-00", "test", "na", "no phone", "kein", "#ref!", "tbd"]


@given(
    st.lists(
        st.builds(
            lambda before, word, after: before + word + after,
            st.text("#*<([-_ .xN0９", max_size=2),
            st.sampled_from(PLACEHOLDERS).flatmap(lambda word: st.sampled_from([word, word.upper(), word.title()])),
            st.text("#>)]-_ .!?", max_size=2),
        )
        | st.text("nNaA/.-_ ?x0９", max_size=5)
    )
)
def test_the_quick_look_passes_over_no_placeholder(values):
    values = [value.strip() for value in values]
    certain, doubtful = told_apart("phone", values)
    assert certain | doubtful <= set(suspects(values))


@given(st.lists(CELL | st.text("a \t\u200b\u00a0\u115f")))
def test_texts_trims_as_text_does(values):
    assert list(texts(values)) == [text(value) for value in values]
