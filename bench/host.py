"""A functions host of a benchmark's own, beside a stack: the host stand-in in a process that the benchmark started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.stack import Stack

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class RunningHost:
    url: str
    pid: int

    def processor_seconds(self) -> float:
        """What the process has used so far, its children aside. Linux."""
        used = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running_host(stack: Stack, app: Path = ROOT, **settings: str) -> Iterator[RunningHost]:
    """Serve the app in this directory. Raises SystemExit with the host's log when it does not start."""
    env = {**os.environ, **stack.app_settings(), "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, "-m", "local.host", "--port", "0", "--app", str(app)]
    with tempfile.NamedTemporaryFile() as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=log)
        try:
            yield RunningHost(f"http://127.0.0.1:{_port(Path(log.name), process)}", process.pid)
        finally:
            process.terminate()
            process.wait(40)


def _port(log: Path, process: subprocess.Popen[bytes]) -> int:
    for _ in range(200):
        for line in log.read_text().splitlines():
            if '"host.ready"' in line:
                return int(json.loads(line)["port"])
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(f"the host did not start:\n{log.read_text()}")
