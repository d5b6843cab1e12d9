"""CluedIn's operators by name. Source: ``cluedin.rules.operators`` of the SDK 4.0.2, which knows these 26 and no other.

The SDK's wrinkles, which compiling goes around: ``Equals`` lower-cases both sides and fails on what is not text; a list
of one value is unwrapped, so that ``In`` would search its letters; patterns are matched from the start of the value
(``re.match``) whatever the case; a comparison with a value that is not of the condition's type is never true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Takes = Literal["none", "one", "two", "many"]
Kind = Literal["any", "text", "ordered", "truth"]

NO_OPERATOR: Final = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Operator:
    name: str
    id: str
    takes: Takes
    """How many values a condition with it has."""
    kind: Kind
    """``ordered`` compares numbers, dates or text by order; ``text`` always compares text."""


OPERATORS: Final = (
    Operator("equals", "0bafc522-8011-43ba-978a-babe222ba466", "one", "text"),
    Operator("notEquals", "4f7f2b0f-155a-4208-b849-3e972f5d89d2", "one", "text"),
    Operator("in", "31feed84-ce0e-435f-ba94-ce01b9c7bd15", "many", "text"),
    Operator("notIn", "25c16d50-d170-4295-ad85-c2571431794a", "many", "text"),
    Operator("contains", "4988d076-3ec1-4414-9f56-5b9b30e25f72", "one", "text"),
    Operator("notContains", "4af53db0-acdb-44a6-89a1-40fa8ef05cde", "one", "text"),
    Operator("beginsWith", "daf3a318-569f-4baf-a17f-35b4426ae603", "one", "text"),
    Operator("notBeginsWith", "bbd02195-213e-40e2-9597-65ec05100dfc", "one", "text"),
    Operator("endsWith", "ff9a47ac-8e3c-4123-80ee-e0b660aa5f9f", "one", "text"),
    Operator("notEndsWith", "3527ff72-bdd4-4bb4-b964-f18898d5a82d", "one", "text"),
    Operator("matchesPattern", "4e4782d7-8c17-47c1-9797-37434fce0c77", "one", "text"),
    Operator("notMatchesPattern", "9253eea0-5975-460a-8373-dd6ff57d4e65", "one", "text"),
    Operator("greater", "85ecec6b-9c45-4365-9614-ef090137098d", "one", "ordered"),
    Operator("greaterOrEqual", "5a2d1185-7fd8-4dda-9d33-7f69e42e9147", "one", "ordered"),
    Operator("less", "0de353ce-bbe4-4a27-8e20-0dc21947e987", "one", "ordered"),
    Operator("lessOrEqual", "42d4d22d-e37a-4c5f-96eb-7ae59513f80f", "one", "ordered"),
    Operator("between", "566bc291-df6a-427c-b7f4-00f8766d37a2", "two", "ordered"),
    Operator("notBetween", "5642150e-fa0a-462c-a230-619d97cb3f8b", "two", "ordered"),
    Operator("exists", "306e5d29-832f-41e7-a6db-1c02eb5ebf74", "none", "any"),
    Operator("doesNotExist", "16b2dc07-94e3-4c29-bc60-a7a1d25de53b", "none", "any"),
    Operator("isNull", "9ad76320-021e-4211-9e9a-8b148c9c600d", "none", "any"),
    Operator("isNotNull", "a42a9f87-7944-4d07-b1f3-d2f404bc4fd7", "none", "any"),
    Operator("isTrue", "04f2d73a-c908-4bc3-a7d5-1774b7db44dd", "none", "truth"),
    Operator("isFalse", "dfbfc760-69ea-4241-b33e-0425c2a51688", "none", "truth"),
    Operator("isNotTrue", "7cd9d1e6-25d8-4fbf-977a-1d2c3832289d", "none", "truth"),
    Operator("isTrueToo", "bd804d86-f2bc-4bc1-9598-58cb6c490311", "none", "truth"),
)
"""``isTrueToo``: the SDK knows Is True by two ids. Only rules that already have the second one are given it back."""

BY_NAME: Final = {operator.name: operator for operator in OPERATORS}
BY_ID: Final = {operator.id: operator for operator in OPERATORS}

OURS: Final = ("isEmpty", "isNotEmpty")
"""Said in drafts, compiled to CluedIn's: absent, null or white space, as the product counts ``empty``."""
