"""The host stand-in, killed (kill -9) so many seconds after each start, and started again."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.stack import Stack

LEASE_SECONDS = 10
"""After which the stand-in shows a killed host's messages again; the real host's lease is 10 minutes."""
_ROOT = Path(__file__).parent.parent


class KilledHost:
    def __init__(self, stack: Stack, seconds: float) -> None:
        """``seconds`` from when it says that it takes messages until it is killed; 0 never kills."""
        self._env = {**os.environ, **stack.app_settings(), "LOCAL_HOST_LEASE_SECONDS": str(LEASE_SECONDS)}
        self._log = tempfile.NamedTemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._ready: float | None = None
        self._seconds = seconds
        self.kills = 0

    def __enter__(self) -> KilledHost:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(40)
        self._log.close()

    def beat(self) -> None:
        """Kill it, if it is time."""
        if self._ready is None and b'"host.ready"' in Path(self._log.name).read_bytes():
            self._ready = time.monotonic()
        if self._seconds and self._ready and time.monotonic() - self._ready > self._seconds:
            self._process.kill()
            self._process.wait()
            self.kills += 1
            self._start()

    def _start(self) -> None:
        command = [sys.executable, "-m", "local.host", "--port", "0"]
        self._ready = None
        self._log.seek(0)
        self._log.truncate()
        self._process = subprocess.Popen(command, cwd=_ROOT, env=self._env, stderr=self._log, stdout=self._log)
