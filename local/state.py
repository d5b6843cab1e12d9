"""Where a stack keeps what it knows: one folder, ``.local`` of the checkout unless LOCAL_STATE names another.

``stack.json``     where everything is; there only while all of it answers
``processes.json`` every process started, for ``down`` to clean up after a killed supervisor
``order.json``     what ``host`` asks of the supervisor; ``answer.json`` what came of it
``lock``           held by the supervisor as long as it lives
``data/``          what the stand-ins store; kept between runs
``logs/``          one file per process
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.processes import Identity

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class State:
    folder: Path

    @staticmethod
    def default() -> State:
        return State(Path(os.environ.get("LOCAL_STATE") or CHECKOUT / ".local").expanduser().resolve())

    @property
    def stack_file(self) -> Path:
        return self.folder / "stack.json"

    @property
    def processes_file(self) -> Path:
        return self.folder / "processes.json"

    @property
    def order_file(self) -> Path:
        return self.folder / "order.json"

    @property
    def answer_file(self) -> Path:
        return self.folder / "answer.json"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def make(self) -> None:
        """Make the folders, readable by nobody else: they hold keys."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        for each in (self.data, self.logs):
            each.mkdir(exist_ok=True)

    def processes(self) -> list[Identity]:
        """The processes of the last stack that still run, the supervisor first."""
        written = read(self.processes_file) or {}
        known = [Identity(int(str(pid)), int(str(started))) for pid, started in written.items()]
        return [each for each in known if each.alive()]

    @contextlib.contextmanager
    def locked(self) -> Iterator[bool]:
        """Hold the lock; yields False when a supervisor holds it."""
        with (self.folder / "lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True

    def supervised(self) -> bool:
        """→ whether a supervisor lives."""
        if not self.folder.is_dir():
            return False
        with self.locked() as free:
            return not free


def read(path: Path) -> dict[str, object] | None:
    """→ None when the file is missing or was not written by this module."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write(path: Path, content: object) -> None:
    """Put JSON there in one step, readable by its owner only."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.touch(mode=0o600)
    part.chmod(0o600)
    part.write_text(json.dumps(content, indent=2) + "\n")
    part.replace(path)
