"""JSON and JSONL: an array, an object that holds one, values one after another."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.profiling.profile import profile_records

ROWS = [{"id": 1, "name": "Ann", "tags": ["a"]}, {"id": 2, "city": "Oslo", "name": None}, {"id": 3.0, "name": "Bob"}]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        json.dumps({"value": ROWS}),
        json.dumps({"count": 3, "next": None, "tags": ["x"], "meta": {"page": 1}, "items": ROWS, "more": {"a": []}}),
        json.dumps({"d": {"results": ROWS}}),
        "\n".join(map(json.dumps, ROWS)),
        "\r\n\r\n".join(map(json.dumps, ROWS)) + "\r\n",
        "\n".join(json.dumps(row, indent=1) for row in ROWS),
    ],
    ids=["array", "indented", "value", "among others", "nested", "lines", "crlf lines", "indented values"],
)
def test_every_shape_has_the_profile_of_its_records(read, text, encoding, packed):
    found = read(text.encode(encoding), "x.json", packed=packed)
    assert found.profile == profile_records("customers", None, ROWS)


def test_an_array_of_arrays_is_a_table_of_cells(read, columns):
    found = read(b'[["id","name"],[1,"Ann"],[2,"Bob"]]', "x.json")
    assert columns(found) == [("id", ["1", "2"], 0), ("name", ["Ann", "Bob"], 0)]


def test_one_line_of_jsonl_is_a_row(read):
    assert read(b'{"id": 1, "items": [{"a": 1}]}', "x.jsonl").rows == 1


def test_content_decides_against_the_name(read):
    assert read(json.dumps(ROWS).encode(), "x.csv").format == "json"
    assert read(b"id,name\n1,Ann\n2,Bob\n", "x.json").format == "csv"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[]", "empty_file"),
        ("[1, 2, 3]", "not_a_table"),
        ('{"id": 1}', "not_a_table"),
        ('{"a": [{"x": 1}], "b": [{"y": 2}]}', "several_tables"),
        ('[{"a": 1}, 5]', "not_a_table"),
        ('[{"a": 1}, {"a": ', "truncated"),
        ('[{"a": 1}, {"a": 2}', "truncated"),
        ('{"items": [{"a": 1}], "next": ', "truncated"),
        ('{"a": 1}\n{"a": 2}\n{"a"', "truncated"),
        ('[{"a": 1} {"a": 2}]', "bad_json"),
        ("[{'a': 1}]", "bad_json"),
        ('[{"a": 1}] trailing', "bad_json"),
        ("[{}]", "empty_file"),
    ],
)
def test_causes(cause, text, code):
    assert cause(text.encode(), "x.json")[0] == code


def test_the_line_that_is_wrong_is_named(cause):
    lines = ['{"a": %d}' % row for row in range(20)]  # noqa: UP031 - braces
    lines[16] = '{"a": oops}'
    assert cause("\n".join(lines).encode(), "x.jsonl") == ("bad_json", "Line 17 is not valid JSON.")


def test_ten_thousand_levels_are_refused(cause):
    assert cause(b'[{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}]", "x.json")[0] == "nested_too_deep"
    assert cause(b'{"a": ' * 10_000 + b"1" + b"}" * 10_000, "x.json")[0] == "nested_too_deep"


def test_numbers_of_any_length_are_read(read):
    assert read(b'{"a": ' + b"7" * 5_000 + b'}\n{"a": 1}', "x.jsonl").rows == 2


def test_more_members_than_columns_are_refused(cause):
    many = json.dumps([{f"c{at}": 1 for at in range(1_001)}])
    assert cause(many.encode(), "x.json")[0] == "too_many_columns"


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.dictionaries(st.text(max_size=5), VALUE, min_size=1, max_size=4), min_size=2, max_size=8), st.booleans()
)
def test_any_records_have_their_profile(read, records, lines):
    text = "\n".join(map(json.dumps, records)) if lines else json.dumps(records)
    assert read(text.encode(), "x.jsonl" if lines else "x.json").profile == profile_records("customers", None, records)


def test_members_named_twice_are_noted_and_the_last_is_read(read, columns, codes):
    found = read(b'[{"id": 1, "id": 2}, {"id": 3}]', "x.json")
    assert (columns(found), codes(found)) == ([("id", ["2", "3"], 0)], ["duplicate_member"])


def test_spaces_without_end_are_passed_over_in_no_memory(read):
    assert read(b'[{"a": 1},' + b" " * 8_000_000 + b'{"a": 2}]', "x.json").rows == 2


def test_a_number_without_end_is_too_large_a_row(cause):
    assert cause(b'[{"a": 1}, {"a": ' + b"9" * 8_000_000 + b"}]", "x.json")[0] == "row_too_large"
    assert cause(b'{"rows": [' + b" " * 3_000_000 + b"1]}", "x.json")[0] == "row_too_large"


def test_objects_ten_thousand_deep_are_refused_closed_or_not(cause):
    for content in (
        b'[{"a":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}]",
        b'{"meta":' + b"[" * 10_000 + b"]" * 10_000 + b',"rows":[{"a":1}]}',
        b"[" * 10_000 + b"]" * 10_000,
    ):
        assert cause(content, "x.json")[0] == "nested_too_deep"
