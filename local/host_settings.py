"""What the host reads from host.json, with the defaults of the real host.

Source: learn.microsoft.com, "host.json reference for Azure Functions 2.x and later".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TIME_SPAN = re.compile(r"(?:(\d+)\.)?(\d+):(\d{1,2})(?::(\d{1,2}(?:\.\d+)?))?")
_SETTING = re.compile(r"%([^%]+)%")


@dataclass(frozen=True)
class QueueSettings:
    batch_size: int = 16
    new_batch_threshold: int = 8
    max_dequeue_count: int = 5
    visibility_timeout: float = 0
    """Seconds until a failed message is tried again."""
    max_polling_interval: float = 60
    """Seconds; the shortest is 0.1."""
    base64: bool = True


@dataclass(frozen=True)
class HostSettings:
    route_prefix: str = "api"
    function_timeout: float = 30 * 60
    """Seconds."""
    queues: QueueSettings = QueueSettings()


def seconds(time_span: str) -> float:
    """A .NET TimeSpan, ``[d.]hh:mm[:ss]``, in seconds. Raises ValueError."""
    match = _TIME_SPAN.fullmatch(time_span.strip())
    if match is None:
        raise ValueError(f"{time_span!r} is not a time span such as 00:00:30")
    days, hours, minutes, rest = match.groups()
    return int(days or 0) * 86_400 + int(hours) * 3_600 + int(minutes) * 60 + float(rest or 0)


def resolve(text: str, environ: Mapping[str, str]) -> str:
    """Replace ``%NAME%`` by that app setting, as the host does in binding expressions. Raises KeyError."""
    return _SETTING.sub(lambda match: environ[match.group(1)], text)


def read_host_json(path: Path) -> HostSettings:
    content = json.loads(path.read_text("utf-8")) if path.exists() else {}
    extensions = content.get("extensions", {})
    return HostSettings(
        route_prefix=extensions.get("http", {}).get("routePrefix", "api").strip("/"),
        function_timeout=_timeout(content.get("functionTimeout")),
        queues=_queues(extensions.get("queues", {})),
    )


def _timeout(value: str | None) -> float:
    if value == "-1":
        return float("inf")
    return HostSettings.function_timeout if value is None else seconds(value)


def _queues(section: dict[str, Any]) -> QueueSettings:
    default = QueueSettings()
    batch = int(section.get("batchSize", default.batch_size))
    return QueueSettings(
        batch_size=batch,
        new_batch_threshold=int(section.get("newBatchThreshold", batch // 2)),
        max_dequeue_count=int(section.get("maxDequeueCount", default.max_dequeue_count)),
        visibility_timeout=seconds(section.get("visibilityTimeout", "00:00:00")),
        max_polling_interval=seconds(section.get("maxPollingInterval", "00:01:00")),
        base64=section.get("messageEncoding", "base64").lower() == "base64",
    )
