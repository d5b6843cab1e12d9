"""The local stack's commands, behind the Makefile: ``python -m local up|down|host|…``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from local import commands, processes
from local.demo import demo
from local.processes import Failed, Stopped

_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "up": commands.up,
    "run": commands.run,
    "serve": commands.serve,
    "demo": demo,
    "host": commands.host,
    "down": commands.down,
    "fetch-model": commands.fetch_model,
}


def main() -> int:
    name, *rest = sys.argv[1:] or [""]
    if name not in _COMMANDS:
        print(f"usage: python -m local {'|'.join(_COMMANDS)}", file=sys.stderr)
        return 2
    parent = os.environ.pop("LOCAL_PARENT", "")
    processes.end_with_parent(int(parent) if parent else None)
    processes.stop_on_signals()
    try:
        return _COMMANDS[name](rest)
    except Failed as failed:
        print(f"{name}: {failed}", file=sys.stderr, flush=True)
        return 1
    except Stopped:
        print(f"{name}: stopped", file=sys.stderr, flush=True)
        return 130


if __name__ == "__main__":
    sys.exit(main())
