"""The processes that run rules, as the worker sees them: a nursery that forks, and one child for each rule."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from typing import Final

from shared.rules.child import LENGTH, MOST_BYTES, PID, framed

START_SECONDS: Final = 30.0
"""The nursery's start, on a machine that does much else; then a fork."""
QUICK_SECONDS: Final = 0.25
"""Nearly all rules take less. One that takes more lets the others go first."""
_SLOW: Final = 19


class Gone(Exception):
    """The child took too long, or ended without an answer; it is no more."""


class Nursery:
    """Started with the first child, and again where it died. Usable from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def run(self, content: bytes, seconds: float) -> bytes:
        """A child's answer to one message. Raises Gone."""
        with self._child() as child:
            return child.ask(content, seconds)

    def close(self) -> None:
        with self._lock:
            self._end()

    def _child(self) -> _Child:
        with self._lock:
            try:
                return self._fork()
            except (OSError, EOFError):
                self._end()
            try:
                return self._fork()
            except (OSError, EOFError) as error:
                self._end()
                raise Gone from error

    def _fork(self) -> _Child:
        control = self._control or self._start()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(control, [b"f"], [theirs.fileno()])
            return _Child(int.from_bytes(_read(control, PID, time.monotonic() + START_SECONDS), "big"), ours)
        except BaseException:
            ours.close()
            raise

    def _start(self) -> socket.socket:
        """It ends when the worker does: its end of the control socket is then closed."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "shared.rules.child", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                pass_fds=(theirs.fileno(),),
            )
        self._control = ours
        return ours

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._control = None


class _Child:
    """One forked process and the socket to it; killed when it is left."""

    def __init__(self, process: int, line: socket.socket) -> None:
        self._line = line
        self._process = process
        self._handle: int | None = None
        with contextlib.suppress(OSError):  # gone already
            self._handle = os.pidfd_open(process)

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()
        if self._handle is not None:
            # By handle, not by number: the number may be another process's by now.
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            os.close(self._handle)

    def ask(self, content: bytes, seconds: float) -> bytes:
        """Raises Gone."""
        until = time.monotonic() + seconds
        try:
            self._line.settimeout(seconds)
            self._line.sendall(framed(content))
            if not _waits(self._line, min(until, time.monotonic() + QUICK_SECONDS)):
                with contextlib.suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, self._process, _SLOW)
            size = int.from_bytes(_read(self._line, LENGTH, until), "big")
            if size > MOST_BYTES:
                raise EOFError
            return _read(self._line, size, until)
        except (OSError, EOFError) as error:
            raise Gone from error


def _read(line: socket.socket, size: int, until: float) -> bytes:
    """Raises TimeoutError, EOFError."""
    parts = bytearray()
    while len(parts) < size:
        if not _waits(line, until):
            raise TimeoutError
        part = line.recv(min(size - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _waits(line: socket.socket, until: float) -> bool:
    """Whether something can be read before then."""
    waiting = select.poll()
    waiting.register(line.fileno(), select.POLLIN)
    return bool(waiting.poll(max(0.0, until - time.monotonic()) * 1000))


def _environment() -> dict[str, str]:
    """Nothing of ours: a formula that took a child over would find no key."""
    return {
        "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
        "PYTHONHASHSEED": "0",
        "LD_LIBRARY_PATH": str(sysconfig.get_config_var("LIBDIR") or ""),
        "LANG": "C.UTF-8",
    }
