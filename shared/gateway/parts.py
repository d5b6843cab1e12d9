"""What all prompts share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from shared.gateway.attempts import History
from shared.gateway.capabilities import Learnt
from shared.gateway.credentials import Credentials
from shared.gateway.flags import Flags
from shared.gateway.ports import Chat
from shared.gateway.throttle import Throttle
from shared.settings import Settings


@dataclass(frozen=True)
class Parts:
    flags: Flags
    credentials: Credentials
    chat: Chat
    history: History
    settings: Settings
    throttle: Throttle
    learnt: Learnt
    clock: Callable[[], float] = time.monotonic
