"""Records made from a draft: some match and some do not, so that no rule is offered that was not run."""

from __future__ import annotations

import re
import uuid

import pytest

from bench.rules.cases import ALL
from shared.rules.compile import compile_rule
from shared.rules.made_up import made_up_records
from shared.rules.pattern_example import example
from shared.rules.preview import run_rule
from tests.fakes.app import SANDBOX

PATTERNS = [
    r"^\d{4}$", r"^[A-Z]{2}\d+$", r"^(?:\d{5}|\d{4}\ [A-Z]{2})$", r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$", "(a|b)c?", "a|(b",
    r"^\+?[\d\s().x/-]{7,25}$", "x{3}y*",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS[:-3] + PATTERNS[-2:])
def test_a_pattern_is_read_to_a_text_it_matches(pattern: str) -> None:
    assert re.match(pattern, example(pattern))


@pytest.mark.parametrize(
    "pattern", ["", "(" * 1_000, "[" * 999, "a{99999999}" * 90, "((a{20}){20}){20}", "[]", "\\", "{", "*"]
)
def test_any_pattern_is_read_to_a_short_text(pattern: str) -> None:
    assert len(example(pattern)) <= 200


async def test_of_nearly_all_rules_some_made_up_records_match_and_some_do_not() -> None:
    """The rest are formulas whose values cannot be guessed; the answer's checks say so."""
    wrong = []
    for case in ALL:
        records = made_up_records(case.draft)
        ran = await run_rule(SANDBOX, "acme", compile_rule(case.draft, str(uuid.uuid4())), records)
        conditional = bool(case.draft.condition.parts)
        if not ran.preview.matched or (conditional and ran.preview.matched == ran.preview.records):
            wrong.append(case.name)
    assert wrong == []
