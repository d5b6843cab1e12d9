"""A stack for the length of a task, in a folder of its own that goes with it: for tests and the demo."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local import processes
from local.processes import Failed
from local.state import CHECKOUT, State

_PATIENCE = 3600
"""Seconds; a model may have to be downloaded first."""


@contextmanager
def running(choice: Mapping[str, str], *, quiet: bool = False) -> Iterator[Path]:
    """→ its stack.json. `choice` is what `make up` takes, such as DEPLOYMENT. Raises Failed when it does not start."""
    with tempfile.TemporaryDirectory(prefix="local-stack-") as folder:
        stack = State(Path(folder)).stack_file
        env = {**os.environ, "LOCAL_STATE": folder, **choice}
        with processes.stops_held():
            command = [sys.executable, "-m", "local", "serve"]
            stdout = subprocess.DEVNULL if quiet else None
            child = processes.spawn(command, env=env, cwd=CHECKOUT, stdout=stdout)
        try:
            processes.wait_until(lambda: stack.is_file() or not child.running(), _PATIENCE)
            if not stack.is_file():
                raise Failed("the stack did not start")
            yield stack
        finally:
            processes.stop([child], patience=60)
