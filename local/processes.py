"""Child processes that end with whoever started them. Standard library only: setup runs before anything is installed.

Two ties hold each child: the kernel sends it SIGTERM when its parent dies, even by ``kill -9`` (``PR_SET_PDEATHSIG`` of
prctl(2); sent when the *thread* that started it ends, so children are started from the main thread), and it leads a
process group of its own, so that stopping it takes its own children along, and Ctrl-C reaches only the parent, which
stops them in order.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

_PR_SET_PDEATHSIG = 1
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Stopped(BaseException):
    """Somebody asked this process to stop (Ctrl-C, SIGTERM, a closed terminal)."""


class Failed(Exception):
    """Something could not be done. The message is for the person at the terminal."""


def end_with_parent(parent: int | None = None, number: int = signal.SIGTERM) -> None:
    """Have the kernel send this process a signal when its parent dies; exit now if that has happened already."""
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(143)


def outlive_parent() -> None:
    """Take back end_with_parent."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, 0, 0, 0, 0)


def stop_on_signals() -> None:
    """Raise Stopped in the main thread on the first SIGINT, SIGTERM or SIGHUP; ignore further ones while stopping."""

    def on_stop(number: int, frame: FrameType | None) -> None:
        ignore_stops()
        raise Stopped(signal.Signals(number).name)

    for each in _STOPS:
        signal.signal(each, on_stop)


def ignore_stops() -> None:
    """What comes next, cleaning up, is not interrupted."""
    for each in _STOPS:
        signal.signal(each, signal.SIG_IGN)


@contextlib.contextmanager
def stops_held() -> Iterator[None]:
    """Hold back a stop, such as between starting a child and knowing that it was: it would be forgotten."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True)
class Child:
    """A running child and the signal that ends it in good order."""

    process: subprocess.Popen[bytes]
    ends_on: int

    @property
    def pid(self) -> int:
        return self.process.pid

    def running(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: int) -> None:
        """Signal the child's whole group; nothing happens if all of it is gone."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


def spawn(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    log: Path | None = None,
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
    both: bool = False,
    ends_on: int = signal.SIGTERM,
) -> Child:
    """Start a child tied to this process; with `log` its output is appended there; `both` sends errors after output."""
    parent = os.getpid()

    def tie() -> None:
        for each in _STOPS:
            signal.signal(each, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        end_with_parent(parent, ends_on)

    with stops_held(), contextlib.ExitStack() as files:
        output = files.enter_context(log.open("ab")) if log else None
        process = subprocess.Popen(
            list(command),
            env=None if env is None else dict(env),
            cwd=cwd,
            stdin=stdin,
            stdout=output if output else stdout,
            stderr=subprocess.STDOUT if output or both else None,
            start_new_session=True,
            preexec_fn=tie,
        )
        return Child(process, ends_on)


def stop(children: Sequence[Child], patience: float = 10) -> None:
    """Ask each child's group to end, wait until all have gone, SIGKILL what is left after `patience` seconds."""
    for child in children:
        child.signal(child.ends_on)
        child.signal(signal.SIGCONT)
    deadline = time.monotonic() + patience
    for child in children:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.signal(signal.SIGKILL)
            child.process.wait()
    for child in children:
        child.signal(signal.SIGKILL)


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> int:
    """Run a command to its end, its output on this terminal; it goes when this process is stopped. → its exit code."""
    with stops_held():
        child = spawn(command, env=env, cwd=cwd)
    try:
        return child.process.wait()
    finally:
        if child.running():
            stop([child])


@dataclass(frozen=True)
class Identity:
    """A process by id and start time, since ids are used again."""

    pid: int
    started: int

    @staticmethod
    def of(pid: int) -> Identity | None:
        """→ None when no such process runs (a zombie does not run)."""
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else Identity(pid, int(fields[19]))

    def alive(self) -> bool:
        return Identity.of(self.pid) == self


def end(processes: Sequence[Identity], patience: float = 15) -> None:
    """Stop processes that are nobody's children here: SIGTERM, then SIGKILL after `patience` seconds."""
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        for process in processes:
            if process.alive():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, number)
                    os.kill(process.pid, signal.SIGCONT)
        if wait_until(lambda: not any(process.alive() for process in processes), seconds):
            return
    raise Failed(f"still running: {[process.pid for process in processes if process.alive()]}")


def wait_until(done: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """→ whether `done` came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


class Port:
    """A port chosen by the system and kept: a bound socket that never listens.

    With SO_REUSEADDR on both sides Linux lets one other socket bind and listen beside it (socket(7)), so a server can
    be stopped and started again on the same port without anybody taking it in between.
    """

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.number: int = self._socket.getsockname()[1]

    def release(self) -> None:
        self._socket.close()
