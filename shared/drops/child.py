"""The child process that reads one file: its fences, what it is asked, and what it says. See ``shared.drops.apart``."""

from __future__ import annotations

import gc
import json
import os
import socket
import sys
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from signal import SIGKILL
from typing import Any, Final

from shared.drops.profile_file import profile_file
from shared.drops.readers.limits import GIB
from shared.drops.readers.patience import Patience
from shared.drops.readers.ranged_file import RangedFile, SourceLost
from shared.drops.unreadable import UnreadableFile, too_costly

_ADDRESS_SPACE: Final = 2 * GIB
_DATA: Final = 1 * GIB
"""Fences against what grows without measure: two such readers fit into an instance. Memory in use is below half of the
second: libraries reserve more than they use."""
_DEFECT: Final = "The file could not be read, by a defect of ours: the log says where."
_LONGEST_REQUEST: Final = 1_000_000


def answer(request: Mapping[str, Any], connection: socket.socket) -> dict[str, object]:
    """What the child says: a profile, or why there is none. Raises SourceLost."""
    try:
        found = profile_file(
            RangedFile(connection, request["size"]),
            request["size"],
            request["file_name"],
            request["data_set_name"],
            request["description"],
            sheet=request["sheet"],
            patience=Patience.within(request["seconds"]),
        )
    except UnreadableFile as error:
        return {"error": error.code, "detail": error.detail}
    except (MemoryError, RecursionError):
        costly = too_costly()
        return {"error": costly.code, "detail": costly.detail}
    except SourceLost:
        raise
    except Exception as error:
        return {"error": "internal_error", "detail": _DEFECT, "where": _where(error)}
    return {"profile": asdict(found)}


def begin() -> tuple[dict[str, Any], socket.socket]:
    """What is asked, and the connection over which the file is read: in a process fenced in. Raises SourceLost."""
    gc.disable()  # rows are many small lists and no cycles: looking for some costs a tenth of the time
    _die_with_parent()
    connection = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    request = _asked(connection)
    _fence(int(request["seconds"]) + 1)
    return request, connection


def _where(error: Exception) -> str:
    """What a log may hold: no message, which may repeat a cell."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {os.path.basename(frame.filename)}:{frame.lineno}"


def _fence(seconds: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_DATA, (_DATA, _DATA))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _die_with_parent() -> None:
    """Linux only; elsewhere an orphan ends when it asks for the next range, and nobody answers."""
    import ctypes

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, SIGKILL)


def _asked(connection: socket.socket) -> dict[str, Any]:
    """One line of JSON. Read byte by byte, since nothing behind it may be taken. Raises SourceLost."""
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < _LONGEST_REQUEST:
        taken = connection.recv(1)
        if not taken:
            raise SourceLost
        line += taken
    found: dict[str, Any] = json.loads(line)
    return found


def main() -> None:
    """An orphan, or one whose file is gone, has nobody to tell: it ends in silence."""
    try:
        request, connection = begin()
        said = answer(request, connection)
    except SourceLost:
        return
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
