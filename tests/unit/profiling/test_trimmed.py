"""The quick way to trim a batch finds what the slow one does, and the same suspects."""

from hypothesis import example, given
from hypothesis import strategies as st

from shared.profiling.placeholders import suspects
from shared.profiling.trimmed import trimmed
from shared.profiling.values import text

CELL = (
    st.text(" \tabN/A0-9\n\x7f\u2800é", max_size=4)
    | st.sampled_from(["", "n/a", "Oslo", "x y", " x", "-", "N", "null", "3"])
    | st.text(max_size=6)
)


@given(st.lists(CELL) | st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=3)))
@example([])
@example([""])
@example(["", ""])
@example(["a", ""])
@example(["n"])
@example(["a\nb"])
@example(["a\nb", "c"])
def test_texts_are_trimmed_and_suspects_found_as_one_by_one(cells):
    found = trimmed(cells)
    assert list(found.values) == [text(cell) for cell in cells]
    assert [value for value in found.suspects() if value] == [value for value in suspects(found.values) if value]


@given(
    st.lists(CELL | st.none() | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.lists(st.integers()))
)
def test_other_values_are_written_as_everywhere(cells):
    assert list(trimmed(cells).values) == [text(cell) for cell in cells]
