"""Answers come from the schema alone, fit it, and do not depend on the order in which choices are offered."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.simulated_answers import answer


def choosing(values: list[Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"key": {"enum": values}}, "required": ["key"]}


@given(
    st.lists(st.text(), min_size=1, unique=True).flatmap(
        lambda values: st.tuples(st.just(values), st.permutations(values))
    )
)
def test_the_choice_does_not_depend_on_the_order_of_the_enum(orders: tuple[list[str], list[str]]) -> None:
    first, second = orders
    assert answer(choosing(first)) == answer(choosing(second))


@given(st.permutations([{"type": "null"}, {"type": "string"}, {"type": "integer"}, {"type": "boolean"}]))
def test_the_choice_does_not_depend_on_the_order_of_any_of(branches: list[dict[str, Any]]) -> None:
    usual = [{"type": "boolean"}, {"type": "integer"}, {"type": "null"}, {"type": "string"}]
    assert answer({"anyOf": branches}) == answer({"anyOf": usual})


def test_different_properties_may_choose_differently() -> None:
    names = [f"field{n}" for n in range(20)]
    schema = {"type": "object", "properties": {name: {"enum": ["a", "b", "c"]} for name in names}}
    assert len(set(answer(schema).values())) > 1  # type: ignore[attr-defined]


def test_every_property_is_filled_with_its_type() -> None:
    schema = {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "score": {"type": "number"},
            "count": {"type": "integer"},
            "yes": {"type": "boolean"},
            "nothing": {"type": "null"},
            "fixed": {"const": 7},
            "list": {"type": "array", "items": {"$ref": "#/$defs/one"}},
        },
        "$defs": {"one": {"type": "object", "properties": {"a": {"type": "string"}}}},
    }
    found: Any = answer(schema)
    kinds = {name: type(value) for name, value in found.items()}
    assert kinds == {
        "text": str,
        "score": float,
        "count": int,
        "yes": bool,
        "nothing": type(None),
        "fixed": int,
        "list": list,
    }
    assert found["list"] == [{"a": "simulated a"}]
    assert 0 <= found["score"] <= 1


@pytest.mark.parametrize("items", [0, 3])
def test_arrays_have_as_many_items_as_told(items: int) -> None:
    assert len(answer({"type": "array", "items": {"type": "string"}}, items)) == items  # type: ignore[arg-type]


def test_a_schema_that_refers_to_itself_ends() -> None:
    schema = {
        "type": "object",
        "properties": {
            "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
            "children": {"type": "array", "items": {"$ref": "#"}},
        },
    }
    assert len(json.dumps(answer(schema))) < 1_000_000
