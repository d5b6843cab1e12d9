"""host.json and the code that counts on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from functions.workshop import LAST_DELIVERY, MOST_DELIVERIES
from local.host_settings import seconds
from shared.mapping.queued_run import RUN_SECONDS, WAITING_SECONDS
from tests.fakes.app import Stand

HOST: dict[str, Any] = json.loads((Path(__file__).parents[2] / "host.json").read_text())


def test_a_job_ends_or_is_put_back_before_the_platform_ends_it(stand: Stand) -> None:
    last_call = RUN_SECONDS + WAITING_SECONDS + stand.settings.prompt_timeout
    assert last_call < seconds(HOST["functionTimeout"]) - 15


def test_the_platform_gives_up_when_we_say_so_and_after_ourselves() -> None:
    assert HOST["extensions"]["queues"]["maxDequeueCount"] == MOST_DELIVERIES > LAST_DELIVERY
