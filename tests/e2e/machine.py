"""make, run as a person or a pipeline would, and what it leaves running."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent.parent


class Machine:
    """One state folder, and the commands on it. Every process of its stack has LOCAL_STATE in its environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "APP_"))}
        self.env = {**kept, "LOCAL_STATE": str(folder), "LOCAL_OWNER": str(os.getpid()), "PYTHON": sys.executable}

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Without a terminal, to its end."""
        return subprocess.run(
            ["make", *arguments], cwd=CHECKOUT, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Without a terminal, not waited for."""
        return subprocess.Popen(
            ["make", *arguments], cwd=CHECKOUT, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def on_terminal(self, *arguments: str) -> Terminal:
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(CHECKOUT)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a background job ignores it
            os.execvpe("make", ["make", *arguments], self.env)
        return Terminal(pid, terminal)

    def stack(self) -> dict[str, Any]:
        return json.loads((self.folder / "stack.json").read_text())

    def is_up(self) -> bool:
        return (self.folder / "stack.json").is_file()

    def running(self) -> list[int]:
        """The ids of every process of this stack, and of the commands on it."""
        mark = f"LOCAL_STATE={self.folder}\0".encode()
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if mark in _content(path)]

    def gone(self, seconds: float = 30) -> bool:
        """→ whether nothing is left, within so many seconds."""
        return eventually(lambda: not self.running(), seconds)

    def clear(self) -> None:
        """After a test, whatever it did."""
        self.make("down")
        for pid in self.running():
            os.kill(pid, signal.SIGKILL)


class Terminal:
    """A command in the foreground of a terminal of its own."""

    def __init__(self, pid: int, descriptor: int) -> None:
        self.pid, self._descriptor = pid, descriptor

    def press_control_c(self) -> None:
        os.write(self._descriptor, b"\x03")

    def read_until(self, text: str) -> str:
        """What it said, up to `text` or to its end."""
        said = b""
        while text.encode() not in said and (part := self._part()):
            said += part
        return said.decode(errors="replace")

    def read(self) -> str:
        """What it said, to its end."""
        said = b""
        while part := self._part():
            said += part
        os.waitpid(self.pid, 0)
        os.close(self._descriptor)
        return said.decode(errors="replace")

    def _part(self) -> bytes:
        try:
            return os.read(self._descriptor, 4096)
        except OSError:
            return b""


def eventually(true: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
