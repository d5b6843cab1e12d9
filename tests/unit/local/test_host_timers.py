"""Timer triggers fire when due, one run at a time, and go on after a failure."""

import asyncio
from typing import Any

import azure.functions as func
import pytest

from local.host_functions import Function, read_functions
from local.host_invocations import Invocations
from local.host_timers import TimerTrigger


class Runs:
    def __init__(self) -> None:
        self.requests: list[func.TimerRequest] = []
        self.at_once = 0
        self.most_at_once = 0


def timer(runs: Runs, schedule: str, *, at_start: bool = False, lasts: float = 0, fails: bool = False) -> Function:
    app = func.FunctionApp()

    @app.timer_trigger(arg_name="due", schedule=schedule, run_on_startup=at_start, use_monitor=False)
    async def tick(due: func.TimerRequest) -> None:
        runs.requests.append(due)
        runs.at_once += 1
        runs.most_at_once = max(runs.most_at_once, runs.at_once)
        await asyncio.sleep(lasts)
        runs.at_once -= 1
        if fails:
            raise RuntimeError("told to fail")

    return read_functions(app.get_functions())[0]


async def fired(runs: Runs, function: Function, times: int) -> None:
    task = asyncio.create_task(TimerTrigger(function, Invocations()).run())
    async with asyncio.timeout(10):
        while len(runs.requests) < times:
            await asyncio.sleep(0.01)
    task.cancel()


async def test_a_timer_fires_again_and_again_even_after_a_failure() -> None:
    runs = Runs()
    await fired(runs, timer(runs, "00:00:00.02", fails=True), 3)
    assert [request.past_due for request in runs.requests[:3]] == [False] * 3


async def test_a_run_that_outlasts_its_interval_is_never_doubled() -> None:
    runs = Runs()
    await fired(runs, timer(runs, "00:00:00.01", lasts=0.05), 3)
    assert runs.most_at_once == 1


async def test_run_on_startup_fires_at_once() -> None:
    runs = Runs()
    await fired(runs, timer(runs, "0 0 0 1 1 *", at_start=True), 1)
    assert len(runs.requests) == 1


async def test_a_schedule_may_be_an_app_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERY", "00:00:00.01")
    runs = Runs()
    await fired(runs, timer(runs, "%EVERY%"), 1)
    assert runs.requests


def test_a_schedule_that_cannot_be_read_stops_the_start() -> None:
    runs: Any = Runs()
    with pytest.raises(ValueError, match="fields"):
        TimerTrigger(timer(runs, "every day"), Invocations())
