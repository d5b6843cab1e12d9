"""The estimate that decides whether a mapping is made at once or later."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from shared.mapping.pace import Pace

SYNC_DEADLINE = 60.0
"""SYNC_DEADLINE_SECONDS unless it is set."""


def made(fields: int, prompts: int = 1) -> Any:
    """A mapping, as far as its pace goes."""
    return cast(Any, SimpleNamespace(usage=SimpleNamespace(prompts=prompts), properties=("field",) * fields))


def test_a_new_worker_expects_more_of_more_fields() -> None:
    expected = [Pace().expected("acme", fields) for fields in (1, 5, 30, 240, 500, 1_000)]
    assert expected == sorted(expected)
    assert expected[0] < expected[2] < expected[-1]


def test_a_new_worker_lets_nobody_with_an_ordinary_deployment_wait_past_the_deadline() -> None:
    """The largest request is within it, and so is answered at once."""
    assert SYNC_DEADLINE / 2 < Pace().expected("acme", 1_000) < SYNC_DEADLINE


def test_fields_of_one_round_of_prompts_take_no_longer_than_one_prompt() -> None:
    assert Pace().expected("acme", 240) == Pace().expected("acme", 30)
    assert Pace().expected("acme", 241) == 2 * Pace().expected("acme", 30)


def test_what_a_small_mapping_took_says_what_a_large_one_will_take() -> None:
    """A slow deployment is known from its first mappings, whatever their size."""
    pace = Pace()
    ordinary = pace.expected("acme", 5)
    for _ in range(20):
        pace.learn("acme", made(5), 10 * ordinary)
    assert pace.expected("acme", 1_000) > 9 * Pace().expected("acme", 1_000)


def test_a_mapping_without_prompts_says_nothing() -> None:
    pace = Pace()
    pace.learn("acme", made(5, prompts=0), 1_000.0)
    assert pace.expected("acme", 5) == Pace().expected("acme", 5)


def test_after_one_time_out_the_next_such_mapping_is_made_later() -> None:
    pace = Pace()
    pace.learn_at_least("acme", 300, 210.0)
    assert pace.expected("acme", 300) >= 210.0


def test_one_organization_does_not_slow_another_down() -> None:
    pace = Pace()
    pace.learn_at_least("acme", 300, 210.0)
    assert pace.expected("other", 300) == Pace().expected("other", 300)
