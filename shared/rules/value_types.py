"""How a test's values are compared: as text, numbers, days, or as true and false."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from shared.rules.draft import Test, ValueType
from shared.rules.operators import BY_NAME

_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


def value_type(test: Test) -> ValueType:
    """By the operator, the type the test names, and what its values look like. Raises KeyError for an operator of ours
    (``OURS``) or of nobody's."""
    operator = BY_NAME[test.operator]
    if test.type == "date" or operator.kind == "truth":
        return test.type if test.type == "date" else "truth"
    if operator.kind != "ordered":
        return "text"
    if test.type is not None:
        return test.type
    if test.values and all(is_number(value) for value in test.values):
        return "number"
    return "date" if test.values and all(is_date(value) for value in test.values) else "text"


def is_number(text: str) -> bool:
    """As rules hold one: figures with a decimal point, no thousands, no unit."""
    return _NUMBER.fullmatch(text.strip()) is not None


def is_date(text: str) -> bool:
    """A day in ISO 8601, with a time or without."""
    try:
        date.fromisoformat(text.strip()[:10])
    except ValueError:
        return False
    return len(text.strip()) == 10 or text.strip()[10:11] in ("T", " ")
