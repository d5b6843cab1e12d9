"""Usage added up from the history: by day, feature, deployment; what has no price is counted, and never taken for 0."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from shared.adapters.sql_history import SqlHistory
from shared.gateway.records import Status
from shared.gateway.usage import UsageItem, UsageQuery
from tests.fakes.history import NOON, attempt, outcome


def used(history: SqlHistory, *by: str, organization: str = "acme", days: int = 2) -> tuple[UsageItem, ...]:
    span = (NOON - timedelta(days=days), NOON + timedelta(days=1))
    return history.usage(UsageQuery(organization, *span, by, "USD"))  # type: ignore[arg-type]


def send(history: SqlHistory, name: str, cost: str | None = "0.5", *, days_ago: int = 0, **more: object) -> None:
    at = NOON - timedelta(days=days_ago)
    history.insert([attempt(name, created_at=at, **more)])  # type: ignore[arg-type]
    history.insert(
        [
            outcome(
                name, prompt_tokens=100, completion_tokens=20, cached_tokens=40, currency="USD" if cost else None,
                cost=None if cost is None else Decimal(cost),
            )
        ]
    )  # fmt: skip


def test_nothing_sent_is_nothing_used(history: SqlHistory) -> None:
    assert used(history, "day") == ()
    assert used(history) == (UsageItem(None, None, None, 0, 0, 0, 0, Decimal(0), 0),)


def test_all_in_one(history: SqlHistory) -> None:
    send(history, "p1-1")
    send(history, "p2-1", "0.25")
    assert used(history) == (UsageItem(None, None, None, 2, 200, 40, 80, Decimal("0.75"), 0),)


def test_by_day_the_latest_first(history: SqlHistory) -> None:
    send(history, "p1-1", days_ago=1)
    send(history, "p2-1")
    send(history, "p3-1")
    assert [(item.day, item.prompts) for item in used(history, "day")] == [
        (NOON.date(), 2),
        (date(NOON.year, NOON.month, NOON.day) - timedelta(days=1), 1),
    ]


def test_by_feature_and_deployment(history: SqlHistory) -> None:
    send(history, "p1-1", feature="AiMapping", deployment="gpt-a")
    send(history, "p2-1", feature="RuleEngine", deployment="gpt-a")
    send(history, "p3-1", feature="RuleEngine", deployment="gpt-b")
    found = [(item.feature, item.deployment, item.prompts) for item in used(history, "feature", "deployment")]
    assert found == [("AiMapping", "gpt-a", 1), ("RuleEngine", "gpt-a", 1), ("RuleEngine", "gpt-b", 1)]


def test_what_has_no_price_is_counted(history: SqlHistory) -> None:
    send(history, "p1-1")
    send(history, "p2-1", None)
    (item,) = used(history)
    assert (item.cost, item.unpriced) == (Decimal("0.5"), 1)


def test_without_any_price_the_cost_is_not_known(history: SqlHistory) -> None:
    send(history, "p1-1", None)
    (item,) = used(history)
    assert (item.cost, item.unpriced) == (None, 1)


def test_an_attempt_without_an_outcome_may_have_been_billed(history: SqlHistory) -> None:
    history.insert([attempt("p1-1")])
    (item,) = used(history)
    assert (item.prompts, item.cost, item.unpriced) == (1, None, 1)


def test_a_refused_call_costs_nothing(history: SqlHistory) -> None:
    refused = {"prompt_tokens": None, "completion_tokens": None, "cached_tokens": None, "cost": None, "currency": None}
    history.insert([attempt("p1-1")])
    history.insert([outcome("p1-1", status=Status.THROTTLED, **refused)])  # type: ignore[arg-type]
    (item,) = used(history)
    assert (item.prompts, item.cost, item.unpriced) == (1, Decimal(0), 0)


def test_amounts_of_another_currency_are_not_added(history: SqlHistory) -> None:
    send(history, "p1-1")
    history.insert([attempt("p2-1")])
    history.insert([outcome("p2-1", prompt_tokens=1, cost=Decimal(9), currency="EUR")])
    (item,) = used(history)
    assert (item.cost, item.unpriced) == (Decimal("0.5"), 1)


def test_only_the_organizations_own_and_only_the_span(history: SqlHistory) -> None:
    send(history, "p1-1", organization="other")
    send(history, "p2-1", days_ago=5)
    assert used(history)[0].prompts == 0
    assert used(history, days=6)[0].prompts == 1


def test_an_outcome_that_came_before_its_attempt_is_added_up_with_it(history: SqlHistory) -> None:
    send(history, "p1-1")
    history.insert([outcome("p2-1", prompt_tokens=7, cost=Decimal("0.25"))])
    assert used(history)[0].prompts == 1
    history.insert([attempt("p2-1", feature="RuleEngine")])
    found = {
        item.feature: (item.prompts, item.prompt_tokens, item.cost, item.unpriced) for item in used(history, "feature")
    }
    assert found == {"AiMapping": (1, 100, Decimal("0.5"), 0), "RuleEngine": (1, 7, Decimal("0.25"), 0)}


def test_a_span_begins_and_ends_within_days(history: SqlHistory) -> None:
    history.insert([attempt(f"p{hour}-1", created_at=NOON + timedelta(hours=hour)) for hour in range(-30, 30)])
    since, until = NOON - timedelta(hours=20), NOON + timedelta(hours=4)
    found = history.usage(UsageQuery("acme", since, until, ("day",), "USD"))
    assert [(item.day, item.prompts) for item in found] == [
        (NOON.date(), 16),
        (NOON.date() - timedelta(days=1), 8),
    ]
