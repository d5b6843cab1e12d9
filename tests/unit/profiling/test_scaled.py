"""Some rows of a column made to stand for all: sums stay right, and nothing is called exact."""

from hypothesis import given
from hypothesis import strategies as st

from shared.profiling.counting import column
from shared.profiling.scaled import scaled

CELLS = st.lists(st.sampled_from(["a", "b", "c", "d", "", "n/a", "x1", "x2", "x3"]), min_size=1, max_size=60)


@given(CELLS, st.integers(0, 5_000))
def test_every_row_is_accounted_for(cells, more):
    counted = column("name", cells, rows=len(cells))
    found = scaled(counted, len(cells) + more)
    counts = found.counts
    assert counts.rows == len(cells) + more == counts.distinct + counts.duplicates + counts.empty + counts.placeholders
    assert min(counts.distinct, counts.duplicates, counts.empty, counts.placeholders) >= 0
    assert list(found.real) == list(counted.real)
    assert sum(found.real.values()) == found.filled
    assert counts.approximate
    assert not found.unique


@given(CELLS)
def test_of_all_rows_nothing_changes_but_the_name(cells):
    counted = column("name", cells, rows=len(cells))
    found = scaled(counted, len(cells))
    assert (found.real, found.empty, found.distinct) == (counted.real, counted.empty, counted.distinct)


def test_values_that_differ_go_on_to_and_values_that_repeat_do_not():
    assert scaled(column("id", map(str, range(1_000)), rows=1_000), 5_000).distinct == 5_000
    assert scaled(column("kind", [str(row % 4) for row in range(1_000)], rows=1_000), 5_000).distinct == 4
