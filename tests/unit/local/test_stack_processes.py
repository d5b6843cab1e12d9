"""What is started ends with whoever started it, and a port once chosen stays ours."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local import processes
from local.processes import Identity, Port

_STARTS_A_CHILD = """
import sys
from local import processes
processes.stop_on_signals()
try:
    child = processes.spawn(["sleep", "600"])
    print(child.pid, flush=True)
    child.process.wait()
except processes.Stopped:
    processes.stop([child])
"""


def parent_and_child() -> tuple[subprocess.Popen[str], Identity]:
    parent = subprocess.Popen([sys.executable, "-c", _STARTS_A_CHILD], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = Identity.of(int(parent.stdout.readline()))
    assert child
    return parent, child


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_child_ends_with_its_parent(number: signal.Signals) -> None:
    parent, child = parent_and_child()
    parent.send_signal(number)
    parent.wait()
    assert processes.wait_until(lambda: not child.alive(), 10)


def test_stopping_takes_along_what_the_child_started(tmp_path: Path) -> None:
    written = tmp_path / "pid"
    child = processes.spawn(["sh", "-c", f"sleep 600 & echo $! > {written}; wait"])
    assert processes.wait_until(lambda: written.is_file() and bool(written.read_text().strip()), 10)
    grandchild = Identity.of(int(written.read_text()))
    assert grandchild
    processes.stop([child])
    assert processes.wait_until(lambda: not grandchild.alive(), 10)


def test_a_child_deaf_to_the_request_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    child = processes.spawn(["sh", "-c", f"trap '' TERM; touch {ready}; while :; do sleep 1; done"])
    assert processes.wait_until(ready.is_file, 10)
    processes.stop([child], patience=0.2)
    assert child.process.returncode == -signal.SIGKILL


def test_a_command_gives_its_exit_code() -> None:
    assert processes.run(["sh", "-c", "exit 3"]) == 3


def test_an_id_used_again_is_another_process() -> None:
    ours = Identity.of(os.getpid())
    assert ours
    assert ours.alive()
    assert not Identity(ours.pid, ours.started - 1).alive()


def test_a_kept_port_can_be_listened_on_again_and_again() -> None:
    port = Port()
    for _ in range(3):
        with socket.socket() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(("127.0.0.1", port.number))
            server.listen()
            with socket.create_connection(("127.0.0.1", port.number), 5) as client:
                assert client.getpeername()[1] == port.number
    port.release()


def test_a_kept_port_is_refused_to_others() -> None:
    port = Port()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port.number))
    port.release()
