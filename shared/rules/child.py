"""The sandbox's nursery and its children. The nursery loads CluedIn's SDK once and forks a child for each rule, which
takes milliseconds; the child runs that rule, answers and ends. Bounded in memory, nothing of ours in its environment;
the parent's clock bounds its time. Messages both ways: eight bytes of length, then JSON.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from typing import Any, Final

MEMORY: Final = 512 * 1024 * 1024
"""Bytes of address space of a child."""
LENGTH: Final = 8
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of an answer."""
PID: Final = 4
"""Bytes of a process id, as the nursery tells it."""


def framed(content: bytes) -> bytes:
    return len(content).to_bytes(LENGTH, "big") + content


def answer(content: bytes) -> bytes:
    """What a rule does to records, as JSON; never raises."""
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
    """The nursery: a child for each socket it is sent, until nobody can send one any more."""
    import shared.rules.execute  # noqa: F401 - what takes long is loaded before the first rule comes

    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system takes dead children away
    gc.collect()
    gc.freeze()
    while True:
        asked, sent, _, _ = socket.recv_fds(control, 1, 1)
        if not asked:
            return
        child = os.fork()
        if child == 0:
            control.close()
            _run(sent[0])
        os.close(sent[0])
        control.sendall(child.to_bytes(PID, "big"))


def _run(number: int) -> None:
    """One rule, in a child of its own. Does not return."""
    try:
        _die_with_parent()
        _fence()
        with socket.socket(fileno=number) as line:
            size = int.from_bytes(_read(line, LENGTH), "big")
            line.sendall(framed(answer(_read(line, size))))
    finally:
        os._exit(0)


def _read(line: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = line.recv(min(size - len(parts), 1 << 20))
        if not part:
            os._exit(0)
        parts += part
    return bytes(parts)


def _fence() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)  # the worker that answers everybody goes first


def _die_with_parent() -> None:
    """Linux only; elsewhere the end of what it runs ends an orphan."""
    import ctypes

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


if __name__ == "__main__":
    main()
