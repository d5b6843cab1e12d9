"""What a key's place in the ranking is worth."""

from __future__ import annotations

import pytest

from shared.mapping.candidates import rank
from shared.mapping.keys import KeyList
from shared.mapping.models import FieldIn, Vocabulary
from shared.mapping.standing import Standings
from shared.profiling.profile import profile_fields


@pytest.mark.parametrize(
    ("more", "samples", "shown"),
    [
        ({"description": "Where the customer lives"}, ("Oslo", "Rome"), True),
        ({"samples": ["Lima"]}, ("Oslo", "Rome"), True),
        ({}, ("Oslo", "Rome"), False),
        ({"description": "Where the customer lives"}, (), False),
    ],
)
def test_names_alone_are_worth_less_than_where_both_sides_have_more(
    more: dict[str, object], samples: tuple[str, ...], shown: bool
) -> None:
    keys = KeyList(Vocabulary.model_validate({"name": "P", "keyPrefix": "p", "keys": [{"key": "p.town", **more}]}))
    fields = profile_fields("d", None, [FieldIn(name="Town", samples=list(samples))]).fields
    short_lists = rank(fields, keys, 1)
    assert Standings(fields, short_lists).of(0, short_lists[0][0]).shown is shown
