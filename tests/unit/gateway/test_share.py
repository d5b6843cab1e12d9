"""What background prompts leave of a quota, by the limits that the service announces."""

from __future__ import annotations

import asyncio
import time

import pytest

from shared.errors import DeploymentThrottled
from shared.gateway.share import InteractiveShare
from shared.gateway.throttle import Gate
from tests.fakes.deployment import World, completion, prompt


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def announced(left: int, reset: str = "10", kind: str = "tokens") -> dict[str, str]:
    return {f"x-ratelimit-remaining-{kind}": str(left), f"x-ratelimit-reset-{kind}": reset}


def share(of: float = 0.3) -> tuple[InteractiveShare, Clock]:
    clock = Clock()
    return InteractiveShare(of, clock), clock


def test_without_headers_nothing_is_held_back() -> None:
    kept, _ = share()
    assert [kept.take(1e9) for _ in range(100)] == [0.0] * 100


def test_limits_the_service_does_not_have_hold_nothing_back() -> None:
    kept, _ = share()
    kept.heard(announced(-1))
    assert kept.take(1e9) == 0.0


def test_background_prompts_go_on_until_the_share_is_all_that_is_left() -> None:
    kept, _ = share()
    kept.heard(announced(1_000))
    assert [kept.take(100) == 0.0 for _ in range(9)] == [True] * 7 + [False] * 2


def test_what_others_use_counts() -> None:
    kept, _ = share()
    kept.heard(announced(1_000))
    kept.heard(announced(350))
    assert kept.take(100) > 0.0


def test_a_new_window_gives_room_again() -> None:
    kept, clock = share()
    kept.heard(announced(1_000))
    kept.heard(announced(300, reset="4s"))
    assert kept.take(100) > 0.0
    clock.now += 4.1
    assert [kept.take(100) == 0.0 for _ in range(8)] == [True] * 7 + [False]


def test_requests_are_a_quota_too() -> None:
    kept, _ = share()
    kept.heard(announced(10, kind="requests"))
    assert sum(kept.take(1) == 0.0 for _ in range(20)) == 7


def test_a_prompt_larger_than_its_part_goes_when_nothing_else_does() -> None:
    kept, _ = share()
    kept.heard(announced(1_000))
    assert kept.take(900) == 0.0
    assert kept.take(10) > 0.0


def test_a_share_of_nothing_holds_nothing_back() -> None:
    kept, _ = share(0.0)
    kept.heard(announced(1_000))
    assert [kept.take(100) for _ in range(10)] == [0.0] * 10


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12", 12.0), ("6s", 6.0), ("1m30s", 60.0), ("250ms", 0.25), ("soon", 1.0), ("", 1.0), ("1e9", 1.0)],
)
def test_when_it_is_whole_again_is_read_in_every_spelling_and_never_believed_for_long(
    text: str, seconds: float
) -> None:
    kept, clock = share()
    kept.heard(announced(1_000))
    kept.heard(announced(0, reset=text))
    clock.now += seconds - 0.01
    assert kept.take(100) > 0.0
    clock.now += 0.02
    assert kept.take(100) == 0.0


def test_what_was_taken_since_its_prompt_went_is_not_in_what_an_answer_announces() -> None:
    kept, clock = share()
    kept.heard(announced(1_000))
    sent = clock.now
    clock.now += 1
    assert [kept.take(100) == 0.0 for _ in range(6)] == [True] * 6
    kept.heard(announced(1_000), sent)
    assert [kept.take(100) == 0.0 for _ in range(2)] == [True, False]


def test_of_a_window_that_is_over_nothing_is_believed() -> None:
    kept, clock = share()
    kept.heard(announced(1_000))
    sent = clock.now
    clock.now += 10.1
    assert kept.take(500) == 0.0
    kept.heard(announced(900), sent)
    assert [kept.take(100) == 0.0 for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(("window", "answers_after"), [(10.0, 3.0), (60.0, 3.0), (10.0, 0.5), (1.0, 3.0)])
def test_a_job_alone_leaves_the_share_untouched(window: float, answers_after: float) -> None:
    """Sixteen prompts at a time against a quota of 1,000 a window, for ten windows; the first tells how things are."""
    kept, clock = share()
    start, used, flying = clock.now, dict[int, float](), list[tuple[float, float, dict[str, str]]]()
    kept.heard(announced(1_000, reset=str(window)), clock.now)
    while clock.now < start + 10 * window:
        clock.now += window / 200
        number, into = divmod(clock.now - start, window)
        for _, sent, headers in [each for each in flying if each[0] <= clock.now]:
            kept.heard(headers, sent)
        flying = [each for each in flying if each[0] > clock.now]
        while len(flying) < 16 and kept.take(50) == 0.0:
            used[int(number)] = used.get(int(number), 0.0) + 50
            told = announced(int(1_000 - used[int(number)]), reset=f"{window - into:.3f}")
            flying.append((clock.now + answers_after, clock.now, told))
    assert max(used.values()) <= 700
    assert answers_after > window or sum(used.values()) >= 0.9 * 7_000


@pytest.mark.parametrize("text", ["nan", "inf", "many", ""])
def test_headers_that_make_no_sense_are_no_limit(text: str) -> None:
    kept, _ = share()
    kept.heard({"x-ratelimit-remaining-tokens": text})
    assert kept.take(1e9) == 0.0


async def test_a_background_prompt_that_cannot_go_before_its_deadline_says_so() -> None:
    gate = Gate("gpt", share=0.3)
    gate.share.heard(announced(1_000, reset="30"))
    gate.share.heard(announced(100, reset="30"))
    with pytest.raises(DeploymentThrottled):
        await gate.enter_in_background(100, deadline=time.monotonic())


async def test_a_background_prompt_looks_at_the_share_when_its_turn_comes_not_when_it_begins_to_wait() -> None:
    clock = asyncio.get_running_loop().time
    gate = Gate("gpt", clock, share=0.3)
    gate.refused(await gate.enter(100, clock() + 9), 0.2)
    waiting = asyncio.ensure_future(gate.enter_in_background(100, clock() + 9))
    await asyncio.sleep(0.05)
    gate.share.heard(announced(1_000, reset="30"))
    gate.share.heard(announced(100, reset="30"))
    assert not (await asyncio.wait([waiting], timeout=0.5))[0]
    gate.share.heard(announced(1_000, reset="30"))
    await asyncio.wait_for(waiting, 5)


async def test_requests_pass_while_background_prompts_wait(world: World) -> None:
    """A fifth of the quota is left: below the share that jobs leave, and there for those who wait for an answer."""
    told = announced(1_000_000, reset="20")
    few = announced(200_000, reset="20")
    world.chat.script = [completion(headers=told), completion(headers=few), completion(headers=few)]
    await world.ask()
    await world.ask()
    started = world.clock()
    waiting = asyncio.ensure_future(world.gateway.ask(world.caller(60, background=True), prompt()))
    await world.ask()
    assert world.clock() - started < 1
    assert not waiting.done()
    await waiting
    assert world.clock() - started >= 19
