"""What each command does: up, run (the supervisor on its own), host, down, fetch-model."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from local import deployments, processes, state, weights
from local.processes import Failed, Identity, Stopped
from local.state import CHECKOUT, State
from local.supervisor import Supervisor

say = partial(print, flush=True)
_STARTED, _KEEP = "started", "keep"


def up(names: Sequence[str]) -> int:
    """On a terminal: run the stack here until Ctrl-C. Else: leave a supervisor that runs it, and return."""
    where = State.default()
    where.make()
    if where.supervised():
        return _already_up(where)
    _clear(where)
    deployments.choose()
    if os.isatty(0):
        return _run(where, settings_named(names), announce=lambda: say("Ctrl-C stops it."))
    return _leave_running(where, names)


def run(names: Sequence[str]) -> int:
    """The supervisor that `up` leaves running: tells it `started`, and goes on if it answers `keep`."""
    where = State.default()

    def hand_over() -> None:
        say(_STARTED)
        if sys.stdin.readline().strip() != _KEEP:
            raise Stopped("nobody waits")
        processes.outlive_parent()
        log = os.open(where.log("supervisor"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for output in (1, 2):
            os.dup2(log, output)
        os.close(log)

    return _run(where, settings_named(names), announce=hand_over)


def serve(names: Sequence[str]) -> int:
    """The stack in this process, whether on a terminal or not, until it is stopped: for tests."""
    return _run(State.default(), settings_named(names), announce=lambda: None)


def _run(where: State, extra: dict[str, str], announce: Callable[[], None]) -> int:
    where.make()
    with where.locked() as free, contextlib.ExitStack() as stack:
        if not free:
            raise Failed("another 'up' is at it")
        for log in where.logs.glob("*.log"):
            log.unlink()
        supervisor = stack.enter_context(Supervisor(where, deployments.choose(), extra, say))
        describe(supervisor.start(with_host=os.environ.get("HOST") != "off"))
        announce()
        with contextlib.suppress(Stopped):
            supervisor.watch(_owner())
            say("its owner has gone: stopping")
    return 0


def _owner() -> Identity | None:
    """LOCAL_OWNER: the id of a process the stack must not outlive, such as a test run."""
    number = os.environ.get("LOCAL_OWNER", "")
    return (Identity.of(int(number)) or Identity(int(number), 0)) if number else None


def _leave_running(where: State, names: Sequence[str]) -> int:
    """Start the supervisor and pass on what it says until it has let go."""
    with processes.stops_held():
        child = processes.spawn(
            [sys.executable, "-m", "local", "run", *names],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            both=True,
        )
    try:
        assert child.process.stdin
        assert child.process.stdout
        for raw in child.process.stdout:
            line = raw.decode(errors="replace").rstrip("\n")
            if line != _STARTED:
                say(line)
                continue
            child.process.stdin.write(f"{_KEEP}\n".encode())
            child.process.stdin.flush()
        if where.stack_file.is_file() and child.running():
            return 0
        return child.process.wait() or 1
    except BaseException:
        processes.ignore_stops()
        processes.stop([child], patience=30)
        raise


def _already_up(where: State) -> int:
    """Wait for a stack that is being started, if so, and say where it is."""
    if not processes.wait_until(lambda: where.stack_file.is_file() or not where.supervised(), 300, 0.2):
        raise Failed("another 'up' is starting the stack and does not come to an end: 'make down' stops it")
    said = state.read(where.stack_file)
    if said is None:
        raise Failed("another 'up' did not succeed")
    say("the stack is up already")
    describe(said)
    return 0


def host(names: Sequence[str]) -> int:
    """Restart only the functions host, with extra app settings instead of the last ones."""
    where = State.default()
    if not where.supervised() or not where.stack_file.is_file():
        raise Failed("the stack is not up: run 'make up' first")
    order = {"id": secrets.token_hex(8), "settings": settings_named(names)}
    state.write(where.order_file, order)
    while (answer := state.read(where.answer_file)) is None or answer["id"] != order["id"]:
        if not where.supervised():
            raise Failed("the stack was stopped meanwhile")
        time.sleep(0.1)
    where.answer_file.unlink(missing_ok=True)
    if answer["failure"]:
        raise Failed(str(answer["failure"]))
    stack = state.read(where.stack_file) or {}
    say(f"the functions host answers at {stack.get('baseUrl')}", *(f"\n  with {name}" for name in names))
    return 0


def down(_: Sequence[str]) -> int:
    """Stop everything, also what a killed supervisor may have left; done when all of it has gone."""
    where = State.default()
    say("the stack is down" if _clear(where) else "the stack was not up")
    return 0


def _clear(where: State) -> bool:
    """→ whether there was anything to stop."""
    running = where.processes()
    processes.end(running[:1], patience=40)
    processes.end(where.processes())
    if where.supervised():
        processes.wait_until(lambda: not where.supervised(), 10)
    for file in (where.stack_file, where.processes_file, where.order_file, where.answer_file):
        file.unlink(missing_ok=True)
    return bool(running)


def fetch_model(kinds: Sequence[str]) -> int:
    """Download the weights of a kind of deployment (model, model-1.5b), unless they are there."""
    for kind in kinds:
        weights.fetch(weights.WEIGHTS[kind], say)
    return 0


def settings_named(names: Sequence[str]) -> dict[str, str]:
    """App settings from the environment, where make has put what was given on its command line."""
    return {name: os.environ.get(f"APP_SETTING_{name}", os.environ.get(name, "")) for name in names}


def describe(said: dict[str, object]) -> None:
    deployment = said["deployment"]
    assert isinstance(deployment, dict)
    rows = {
        "functions": said["baseUrl"],
        "function key": said["functionKey"],
        "admin key": said["adminKey"],
        "organization": said["organization"],
        "docs": f"{said['baseUrl']}/api/docs",
        "key vault": said["vaultUrl"],
        "database": said["databaseUrl"],
        "deployment": f"{deployment['kind']} {deployment['baseUrl'] or ''} {deployment['deploymentName'] or ''}",
        "logs": said["logs"],
        "all of it": Path(str(said["logs"])).parent / "stack.json",
    }
    for name, value in rows.items():
        say(f"  {name:<14}{value}")
