"""The sandbox's child: runs rules, one at a time, as long as its parent writes to it.

Bounded in memory, nothing of ours in its environment; the parent's clock bounds its time. Messages both ways: eight
bytes of length, then JSON.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from signal import SIGKILL
from typing import Any, BinaryIO, Final

MEMORY: Final = 512 * 1024 * 1024
"""Bytes of address space."""
LENGTH: Final = 8
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of an answer."""


def read(stream: BinaryIO) -> bytes | None:
    """One message; None where the stream has ended."""
    head = stream.read(LENGTH)
    return stream.read(int.from_bytes(head, "big")) if len(head) == LENGTH else None


def framed(content: bytes) -> bytes:
    return len(content).to_bytes(LENGTH, "big") + content


def answer(content: bytes) -> bytes:
    from shared.rules.execute import execute

    try:
        asked = json.loads(content)
        found: dict[str, Any] = execute(asked["rule"], asked["records"], asked["steps"])
        said = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
        return said if len(said) <= MOST_BYTES else b'{"error":"costly"}'
    except (MemoryError, RecursionError):
        return b'{"error":"costly"}'
    except Exception as error:
        return json.dumps({"error": "failed", "reason": f"{type(error).__name__}: {error}"[:300]}).encode()


def main() -> None:
    _die_with_parent()
    _fence()
    import shared.rules.execute  # noqa: F401 - what takes long is loaded before the first rule comes

    heard, told = sys.stdin.buffer, sys.stdout.buffer
    told.write(framed(b"ready"))
    told.flush()
    gc.freeze()
    while (content := read(heard)) is not None:
        told.write(framed(answer(content)))
        told.flush()


def _fence() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)  # the worker that answers everybody goes first


def _die_with_parent() -> None:
    """Linux only; elsewhere the end of its input ends an orphan."""
    import ctypes

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, SIGKILL)


if __name__ == "__main__":
    main()
