"""Profile a file in a child process: bounded in time and memory, killed when the worker dies or gives up.

The child's environment holds nothing of ours: a file that takes it over finds no key. What comes back is JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from signal import SIGKILL
from typing import Final

from shared.drops.profile_file import FileProfile, profile_file
from shared.drops.profile_json import read_profile
from shared.drops.readers.limits import GIB
from shared.drops.unreadable import UnreadableFile

TIME: Final = 20 * 60
"""Seconds a file may take. The largest that may be dropped take about a quarter of it."""
_ADDRESS_SPACE: Final = 2 * GIB
"""A fence against what grows without measure. Memory in use is far below: libraries reserve more than they use."""


async def profile_apart(
    path: Path,
    file_name: str,
    data_set_name: str,
    description: str | None,
    *,
    sheet: str | None = None,
    seconds: float = TIME,
) -> FileProfile:
    """As ``profile_file``, without blocking the loop. Cancelling kills the child. Raises UnreadableFile."""
    request = {
        "path": str(path),
        "file_name": file_name,
        "data_set_name": data_set_name,
        "description": description,
        "sheet": sheet,
        "seconds": seconds,
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "shared.drops.child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
    )
    try:
        answer, _ = await asyncio.wait_for(child.communicate(json.dumps(request).encode()), seconds)
    except TimeoutError:
        raise _too_costly() from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return _read(answer)


def environment() -> dict[str, str]:
    """A fixed seed makes hashes, and so samples, the same in every run."""
    return {
        "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
        "PYTHONHASHSEED": "0",
        "LD_LIBRARY_PATH": str(sysconfig.get_config_var("LIBDIR") or ""),
        "LANG": "C.UTF-8",
    }


def _read(answer: bytes) -> FileProfile:
    """Without a whole answer the child was stopped: by its limits, by the system, or by a library's crash."""
    try:
        found = json.loads(answer)
    except ValueError:
        raise _too_costly() from None
    if "error" in found:
        raise UnreadableFile(found["error"], found["detail"])
    return read_profile(found["profile"])


def _too_costly() -> UnreadableFile:
    return UnreadableFile("too_costly", "The file cannot be read within the time and memory that one file may take.")


def answer(request: Mapping[str, str | None]) -> dict[str, object]:
    """What the child says: a profile, or why there is none."""
    try:
        found = profile_file(
            Path(request["path"] or ""),
            request["file_name"] or "",
            request["data_set_name"] or "",
            request["description"],
            sheet=request["sheet"],
        )
    except UnreadableFile as error:
        return {"error": error.code, "detail": error.detail}
    except (MemoryError, RecursionError):
        costly = _too_costly()
        return {"error": costly.code, "detail": costly.detail}
    return {"profile": asdict(found)}


def _fence(seconds: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _die_with_parent() -> None:
    """Linux only; elsewhere the time limit ends an orphan."""
    import ctypes

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, SIGKILL)


def main() -> None:
    request = json.load(sys.stdin)
    gc.disable()  # rows are many small lists and no cycles: looking for some costs a tenth of the time
    _die_with_parent()
    _fence(int(request["seconds"]) + 1)
    sys.stdout.write(json.dumps(answer(request)))


if __name__ == "__main__":
    main()
