"""Quotas are kept in short windows, count prompt plus max tokens, and say when to come back."""

from typing import Any

import openai
import pytest

from local.simulated_config import Quota
from local.simulated_quota import QuotaMeter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def meter(clock: Clock, tokens: int | None = None, requests: int | None = None, window: float = 10) -> QuotaMeter:
    quota = Quota(tokens_per_minute=tokens, requests_per_minute=requests, window_seconds=window)
    return QuotaMeter(quota, clock)


def test_without_a_quota_everything_is_let_in() -> None:
    watched = meter(Clock())
    assert [watched.ask(10**9).limited_by for _ in range(3)] == [None] * 3


def test_a_window_holds_its_share_of_the_minute() -> None:
    watched = meter(Clock(), tokens=6_000)
    assert [watched.ask(500).limited_by for _ in range(3)] == [None, None, "tokens"]


def test_requests_have_their_own_limit() -> None:
    watched = meter(Clock(), requests=60, window=1)
    assert [watched.ask(1).limited_by for _ in range(2)] == [None, "requests"]


def test_retry_after_names_the_moment_the_next_window_opens() -> None:
    clock = Clock()
    watched = meter(clock, tokens=6_000)
    watched.ask(1_000)
    clock.now += 4
    verdict = watched.ask(1)
    assert verdict.retry_after == pytest.approx(6)
    clock.now += verdict.retry_after
    assert watched.ask(1).limited_by is None


def test_a_prompt_larger_than_a_window_is_paid_for_by_the_next_ones() -> None:
    clock = Clock()
    watched = meter(clock, tokens=6_000)
    assert watched.ask(2_500).limited_by is None
    assert watched.ask(1).retry_after == pytest.approx(20)
    clock.now += 20
    assert watched.ask(1).limited_by is None


def test_no_more_than_the_quota_passes_in_the_long_run() -> None:
    clock = Clock()
    watched = meter(clock, tokens=6_000, window=1)
    for _ in range(600):
        watched.ask(330)
        clock.now += 0.1
    assert watched.admitted_tokens <= 6_000 + 330


def test_knocking_again_does_not_push_the_opening_away() -> None:
    clock = Clock()
    watched = meter(clock, tokens=6_000, requests=60)
    watched.ask(1_000)
    for _ in range(50):
        watched.ask(1_000)
    clock.now += 10
    assert watched.ask(1).limited_by is None


def test_turned_away_requests_count_as_requests() -> None:
    clock = Clock()
    watched = meter(clock, tokens=60, requests=60)
    watched.ask(100)
    clock.now += 1
    verdicts = [watched.ask(1) for _ in range(12)]
    assert verdicts[0].headers["x-ratelimit-remaining-requests"] == "8"
    assert verdicts[-1].headers["x-ratelimit-remaining-requests"] == "0"


async def test_a_used_up_quota_is_a_429_with_the_services_headers(simulated: Any) -> None:
    await simulated.tell(quota={"tokensPerMinute": 6_000, "windowSeconds": 10})
    create = simulated.v1.chat.completions.with_raw_response.create
    messages = [{"role": "user", "content": "x" * 40}]
    answer = await create(model="gpt", messages=messages, max_tokens=1_000)
    assert answer.headers["x-ratelimit-limit-tokens"] == "6000"
    assert answer.headers["x-ratelimit-remaining-tokens"] == "0"
    with pytest.raises(openai.RateLimitError) as caught:
        await create(model="gpt", messages=messages, max_tokens=10)
    headers = caught.value.response.headers
    assert 0 < int(headers["retry-after-ms"]) <= 20_000
    assert int(headers["retry-after"]) == -(-int(headers["retry-after-ms"]) // 1_000)


async def test_a_failed_request_costs_its_estimate_too(simulated: Any) -> None:
    await simulated.tell(quota={"tokensPerMinute": 6_000}, faults=[{"kind": "server_error", "count": 1}])
    messages: Any = [{"role": "user", "content": "x"}]
    with pytest.raises(openai.InternalServerError):
        await simulated.v1.chat.completions.create(model="gpt", messages=messages, max_tokens=2_000)
    with pytest.raises(openai.RateLimitError):
        await simulated.v1.chat.completions.create(model="gpt", messages=messages, max_tokens=1)


async def test_the_log_counts_what_was_let_in(simulated: Any) -> None:
    messages: Any = [{"role": "user", "content": "x" * 40}]
    for _ in range(2):
        await simulated.v1.chat.completions.create(model="gpt", messages=messages, max_tokens=100)
    log = (await simulated.http.get(simulated.url + "/simulated/log")).json()
    counted = sum(entry["promptTokens"] + entry["maxTokens"] for entry in log["requests"])
    assert log["quota"]["admittedTokens"] == counted
    assert (log["quota"]["admittedRequests"], log["mostInFlight"], log["inFlight"]) == (2, 1, 0)
