"""A throttled deployment: waits as told, no stampede, and its quota used to the full."""

from __future__ import annotations

import asyncio
import math
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from shared.errors import DeploymentThrottled, ProductError
from shared.gateway.pauses import told_wait
from shared.gateway.ports import ChatRequest, Completion, Deployment
from shared.gateway.records import Message
from shared.gateway.throttle import Gate, Throttle
from tests.fakes.deployment import World, completion, failure, prompt


async def test_a_pause_is_as_long_as_told(world: World) -> None:
    started = world.clock()
    world.chat.script = [failure(429, "429", retry_after="12", retry_after_ms="11500")]
    reply = await world.ask()
    assert world.clock() - started == pytest.approx(11.5, abs=0.1)
    assert world.history.statuses == ["throttled", "succeeded"]
    assert len(reply.attempt_ids) == 2


async def test_throttling_is_retried_more_often_than_failures(world: World) -> None:
    world.chat.script = [failure(429, "429", retry_after="1")] * 30
    assert len((await world.ask()).attempt_ids) == 31


@pytest.mark.parametrize("wait", ["120", "86400"])
async def test_a_pause_that_does_not_fit_the_deadline_is_the_callers_to_wait(world: World, wait: str) -> None:
    world.chat.script = [failure(429, "429", retry_after=wait)]
    started = world.clock()
    with pytest.raises(DeploymentThrottled) as caught:
        await world.ask(patience=30)
    assert world.clock() - started < 1
    assert caught.value.retry_after == pytest.approx(60, abs=1)
    assert caught.value.attempt_ids == (world.history.attempts[0].attempt_id,)


@pytest.mark.parametrize(("told", "waits"), [("20", 20), ("45", 0)])
async def test_queued_work_waits_a_while_for_its_turn_and_longer_in_its_queue(
    world: World, told: str, waits: float
) -> None:
    """Meanwhile its worker is another's."""
    world.chat.script = [failure(429, "429", retry_after=told)]
    started, queued = world.clock(), world.caller(longest_wait=30)
    if waits:
        await world.gateway.ask(queued, prompt())
    else:
        with pytest.raises(DeploymentThrottled) as caught:
            await world.gateway.ask(queued, prompt())
        assert caught.value.retry_after == pytest.approx(float(told), abs=1)
    assert world.clock() - started == pytest.approx(waits, abs=0.1)


async def test_others_are_told_too_without_a_send(world: World) -> None:
    world.chat.script = [failure(429, "429", retry_after="50")]
    with pytest.raises(DeploymentThrottled):
        await world.ask(patience=30)
    with pytest.raises(DeploymentThrottled):
        await world.ask(patience=30)
    assert len(world.chat.sent) == 1


async def test_an_absurd_pause_is_probed_every_minute_by_one_prompt(world: World) -> None:
    world.chat.script = [failure(429, "429", retry_after="86400")] * 3
    started = world.clock()
    asking = [asyncio.create_task(world.ask(patience=500)) for _ in range(3)]
    sent_by_minute = []
    for _ in range(3):
        await asyncio.sleep(59)
        sent_by_minute.append(len(world.chat.sent))
        await asyncio.sleep(2)
    await asyncio.gather(*asking)
    assert sent_by_minute[0] == 3
    assert world.clock() - started < 200


@pytest.mark.parametrize(
    "headers", [{}, {"retry_after": "0"}, {"retry_after": "-1"}, {"retry_after": "soon"}, {"retry_after": "nan"}]
)
async def test_without_a_sensible_wait_probes_come_further_and_further_apart(
    world: World, headers: dict[str, str]
) -> None:
    started = world.clock()
    world.chat.script = [failure(429, "429", **headers)] * 4
    await world.ask()
    assert 0.75 * 15 <= world.clock() - started <= 1.25 * 15 + 0.2


async def test_a_prompt_that_was_refused_has_its_turn_before_those_that_came_later(world: World) -> None:
    async def sent(request: ChatRequest) -> Completion:
        order.append(request.messages[-1].content)
        return completion()

    order: list[str] = []
    world.chat.script = [failure(429, "429", retry_after="5"), sent, sent]
    first = asyncio.create_task(world.ask(messages=(Message("user", "first"),)))
    await asyncio.sleep(1)
    second = asyncio.create_task(world.ask(messages=(Message("user", "second"),)))
    await asyncio.gather(first, second)
    assert order == ["first", "second"]


async def test_a_waiter_that_leaves_gives_its_place_up() -> None:
    clock = asyncio.get_running_loop().time
    gate = Gate("gpt", clock)
    gate.refused(await gate.enter(10, clock() + 100), 5)
    waiting = [asyncio.create_task(gate.enter(10, clock() + 100)) for _ in range(2)]
    await asyncio.sleep(1)
    waiting[0].cancel()
    await asyncio.sleep(5)
    assert waiting[0].cancelled()
    assert waiting[1].done()


async def test_a_waiter_cancelled_as_its_turn_comes_passes_it_on() -> None:
    clock = asyncio.get_running_loop().time
    gate = Gate("gpt", clock)
    gate.refused(await gate.enter(10, clock() + 100), 5)
    waiting = [asyncio.create_task(gate.enter(10, clock() + 100)) for _ in range(2)]
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(5.0005, lambda: (gate._pump(), waiting[0].cancel()))
    await asyncio.sleep(6)
    assert waiting[0].cancelled()
    assert waiting[1].done()


async def test_a_turn_that_does_not_come_in_time_is_a_429() -> None:
    clock = asyncio.get_running_loop().time
    gate = Gate("gpt", clock)
    gate.refused(await gate.enter(10, clock() + 100), None)
    await asyncio.sleep(2)
    await gate.enter(10, clock() + 100)  # the probe, not answered yet
    with pytest.raises(DeploymentThrottled) as caught:
        await gate.enter(10, clock() + 5)
    assert caught.value.retry_after == 1


async def test_after_a_calm_minute_the_gate_is_wide_open_again(world: World) -> None:
    world.chat.script = [failure(429, "429", retry_after="1")]
    await world.ask()
    await asyncio.sleep(181)
    world.chat.latency = 1
    world.chat.most_in_flight = 0
    await asyncio.gather(*(world.ask() for _ in range(200)))
    assert world.chat.most_in_flight == 200


async def test_one_deployments_pause_holds_no_other_one_up(world: World) -> None:
    world.chat.script = [failure(429, "429", retry_after="50")]
    waiting = asyncio.create_task(world.ask())
    await asyncio.sleep(1)
    world.secrets.values |= {
        name.replace("acme", "other"): value for name, value in world.secrets.values.items() if "acme--" in name
    }
    world.secrets.values["other--openai-deployment-name"] = "another"
    world.switch(True, organization="other")
    started = world.clock()
    await world.gateway.ask(world.caller(organization="other"), prompt())
    assert world.clock() - started < 1
    await waiting


async def test_gates_that_nobody_needs_are_dropped() -> None:
    throttle = Throttle(asyncio.get_running_loop().time)
    for number in range(1500):
        async with await throttle.turn(Deployment("https://x/", str(number), "", ""), 1, 2e6, first=False):
            pass
    assert len(throttle._gates) <= 1024


class Service:
    """A quota of ``per_second`` tokens, in fixed windows or as a bucket that refills."""

    def __init__(self, world: World, per_second: float, window: float, refills: bool, header: str) -> None:
        self.world, self.per_second, self.window, self.refills = world, per_second, window, refills
        self.header = header
        self.size = per_second * window
        self.left, self.at = self.size, world.clock()
        self.admitted, self.turned_away = 0.0, 0
        self.bursts: dict[int, int] = {}

    async def answer(self, request: ChatRequest) -> Completion:
        now = self.world.clock()
        cost = sum(len(message.content) for message in request.messages) / 4 + 50
        self._refill(now)
        if self.left < cost:
            self.turned_away += 1
            self.bursts[round(now * 10)] = self.bursts.get(round(now * 10), 0) + 1
            raise failure(429, "429", **self._wait(cost, now))
        self.left -= cost
        self.admitted += cost
        await asyncio.sleep(random.uniform(0.5, 3.0))
        return completion()

    def _refill(self, now: float) -> None:
        if self.refills:
            self.left = min(self.size, self.left + (now - self.at) * self.per_second)
            self.at = now
        elif now - self.at >= self.window:
            self.at += math.floor((now - self.at) / self.window) * self.window
            self.left = self.size

    def _wait(self, cost: float, now: float) -> dict[str, str]:
        wait = (cost - self.left) / self.per_second if self.refills else self.at + self.window - now
        wait = max(wait, 0.001)
        told = {"retry_after": str(math.ceil(wait)), "retry_after_ms": str(math.ceil(wait * 1000))}
        return told if self.header == "both" else {"retry_after": told["retry_after"]}


@pytest.mark.parametrize("header", ["both", "seconds"])
@pytest.mark.parametrize(("window", "refills"), [(1, False), (5, False), (10, False), (10, True), (60, True)])
async def test_at_least_95_percent_of_the_quota_is_used_while_hundreds_wait(
    world: World, window: float, refills: bool, header: str
) -> None:
    random.seed(1)
    service = Service(world, 1500, window, refills, header)
    stop = world.clock() + 300

    async def keep_asking() -> None:
        while world.clock() < stop:
            try:
                await world.ask(patience=200, messages=_some_text())
            except ProductError:
                await asyncio.sleep(1)

    world.chat._answer = service.answer  # type: ignore[method-assign]
    askers = [asyncio.create_task(keep_asking()) for _ in range(300)]
    await asyncio.sleep(60)
    admitted, turned_away = service.admitted, service.turned_away
    await asyncio.sleep(180)
    used = (service.admitted - admitted) / (1500 * 180)
    sent = (service.admitted - admitted) / 75
    refused = service.turned_away - turned_away
    for asker in askers:
        asker.cancel()
    await asyncio.gather(*askers, return_exceptions=True)
    assert used >= (0.93 if (window, header) == (1, "seconds") else 0.95)  # the wait is rounded up to a whole window
    assert refused <= sent * 0.25
    assert max(service.bursts.values()) <= 300


def _some_text() -> tuple[Message, ...]:
    return (Message("user", "x" * random.randint(20, 180)),)


def test_how_long_to_wait_is_read_from_all_forms_of_header() -> None:
    now = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
    later = format_datetime(now + timedelta(seconds=30), usegmt=True)
    assert told_wait({"retry-after-ms": "1500", "retry-after": "2"}) == 1.5
    assert told_wait({"retry-after-ms": "-1", "retry-after": "2"}) == 2
    assert told_wait({"retry-after": "86400"}) == 86400
    assert told_wait({"retry-after": later}, now) == pytest.approx(30)
    assert told_wait({"retry-after": later.replace("GMT", "-0000")}, now) == pytest.approx(30)
    for absurd in ({}, {"retry-after": "0"}, {"retry-after": "-1"}, {"retry-after": "soon"}, {"retry-after": "inf"}):
        assert told_wait(absurd) is None
    assert told_wait({"retry-after": format_datetime(now - timedelta(days=1), usegmt=True)}, now) is None


async def test_a_rest_says_nothing_of_the_quota() -> None:
    """After a lull the rate learnt before it holds: neither a stampede, nor a crawl because little was asked for."""
    clock = asyncio.get_running_loop().time
    gate = Gate("gpt", clock)
    for _ in range(30):
        permits = [await gate.enter(100, clock() + 100) for _ in range(10)]
        refused = await gate.enter(100, clock() + 100)
        gate.refused(refused, 1)
        for permit in permits:
            gate.accepted(permit)
    await asyncio.sleep(60)
    waiting = [asyncio.create_task(gate.enter(100, clock() + 100)) for _ in range(100)]
    await asyncio.sleep(0.01)
    at_once = sum(task.done() for task in waiting)
    await asyncio.sleep(4)
    after_a_while = sum(task.done() for task in waiting)
    assert 1 <= at_once <= 15
    assert after_a_while >= 30
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
