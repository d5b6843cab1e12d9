"""make up, host and down: what they promise, and that nothing outlives them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import answers
from local.processes import Identity
from tests.e2e.machine import Machine, eventually

MEMBERS = [
    "baseUrl", "functionKey", "adminKey", "callbackKey", "organization", "storageConnectionString", "storageEndpoints",
    "vaultUrl", "caFile", "identityEndpoint", "identityHeader", "databaseUrl", "deployment", "pids", "logs",
]  # fmt: skip
PIDS = ["host", "blob", "queue", "table", "vault", "identity", "deployment"]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path / "state")
    yield made
    made.clear()


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A stack that the tests which leave it running share."""
    made = Machine(tmp_path_factory.mktemp("stack") / "state")
    ended = made.make("up", "DEPLOYMENT=simulated")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    yield made
    made.clear()


def host_settings(machine: Machine) -> dict[str, str]:
    environ = Path(f"/proc/{machine.stack()['pids']['host']}/environ").read_text()
    return dict(line.partition("=")[::2] for line in environ.split("\0") if line)


def health(stack: dict[str, Any]) -> int | None:
    return answers.status(f"{stack['baseUrl']}/api/health", Path(stack["caFile"]))


def test_stack_json_says_where_everything_is(up: Machine) -> None:
    stack = up.stack()
    assert list(stack) == MEMBERS
    assert list(stack["pids"]) == PIDS
    assert list(stack["deployment"]) == ["kind", "baseUrl", "apiKey", "resourceKey", "deploymentName"]
    assert all(Identity.of(pid) for pid in stack["pids"].values())


def test_stack_json_is_for_its_owner_only(up: Machine) -> None:
    assert (up.folder / "stack.json").stat().st_mode & 0o777 == 0o600


def test_up_returns_once_the_host_is_healthy(up: Machine) -> None:
    assert health(up.stack()) == 200


def test_up_again_says_so_and_changes_nothing(up: Machine) -> None:
    before = up.stack()
    ended = up.make("up", "DEPLOYMENT=none")
    assert (ended.returncode, up.stack()) == (0, before)
    assert "up already" in ended.stdout


def test_host_gets_settings_as_they_were_typed(up: Machine) -> None:
    prices = """{"a b": {"prompt": 1.5, "x": "#1 $HOME $$ \\" it's = :="}}"""
    before = up.stack()
    ended = up.make("host", f"PRICES={prices}", "SAMPLES=masked")
    after = up.stack()
    assert ended.returncode == 0, ended.stderr
    assert host_settings(up)["PRICES"] == prices
    assert host_settings(up)["SAMPLES"] == "masked"
    assert after["baseUrl"] == before["baseUrl"]
    assert after["pids"]["host"] != before["pids"]["host"]
    assert {**after["pids"], "host": 0} == {**before["pids"], "host": 0}


def test_host_forgets_the_last_extra_settings(up: Machine) -> None:
    up.make("host", "CURRENCY=EUR")
    up.make("host", "SYNC_DEADLINE_SECONDS=5")
    assert "CURRENCY" not in host_settings(up)
    assert host_settings(up)["SYNC_DEADLINE_SECONDS"] == "5"


def test_host_comes_back_after_it_was_killed(up: Machine) -> None:
    os.kill(up.stack()["pids"]["host"], signal.SIGKILL)
    ended = up.make("host")
    assert ended.returncode == 0, ended.stderr
    assert health(up.stack()) == 200


def test_host_that_cannot_start_is_an_error_and_can_be_put_right(up: Machine) -> None:
    failed = up.make("host", "PYTHONHOME=/nowhere")
    assert failed.returncode != 0
    assert "host.log" in failed.stderr
    assert up.make("host").returncode == 0
    assert health(up.stack()) == 200


def test_two_stacks_run_side_by_side(up: Machine, machine: Machine) -> None:
    assert machine.make("up", "DEPLOYMENT=none").returncode == 0
    assert health(up.stack()) == health(machine.stack()) == 200
    assert machine.make("down").returncode == 0
    assert health(up.stack()) == 200


def test_without_a_deployment_there_is_none(machine: Machine) -> None:
    assert machine.make("up", "DEPLOYMENT=none").returncode == 0
    stack = machine.stack()
    assert stack["deployment"] == {
        "kind": "none", "baseUrl": None, "apiKey": None, "resourceKey": None, "deploymentName": None
    }  # fmt: skip
    assert stack["pids"]["deployment"] is None


def test_down_leaves_nothing_and_may_be_repeated(machine: Machine) -> None:
    machine.make("up", "DEPLOYMENT=none")
    assert machine.running()
    first, second = machine.make("down"), machine.make("down")
    assert (first.returncode, second.returncode) == (0, 0)
    assert machine.running() == []
    assert not machine.is_up()


def test_what_was_stored_is_there_after_down_and_up(machine: Machine) -> None:
    from azure.data.tables import TableClient
    from azure.storage.queue import QueueClient

    machine.make("up", "DEPLOYMENT=none")
    connection = machine.stack()["storageConnectionString"]
    with TableClient.from_connection_string(connection, "FeatureFlags") as flags:
        flags.create_entity({"PartitionKey": "globex", "RowKey": "AiMapping", "Enabled": True})
    with QueueClient.from_connection_string(connection, "mapping-results") as queue:
        queue.send_message("kept")
    machine.make("down")
    machine.make("up", "DEPLOYMENT=none")
    connection = machine.stack()["storageConnectionString"]
    with TableClient.from_connection_string(connection, "FeatureFlags") as flags:
        assert flags.get_entity("globex", "AiMapping")["Enabled"] is True
    with QueueClient.from_connection_string(connection, "mapping-results") as queue:
        assert [message.content for message in queue.peek_messages()] == ["kept"]


def test_on_a_terminal_up_stays_until_control_c(machine: Machine) -> None:
    terminal = machine.on_terminal("up", "DEPLOYMENT=none")
    assert "Ctrl-C stops it" in terminal.read_until("Ctrl-C stops it")
    assert machine.is_up()
    assert Identity.of(terminal.pid)
    terminal.press_control_c()
    assert "Error" not in terminal.read()
    assert machine.running() == []
    assert not machine.is_up()


@pytest.mark.parametrize("processes", [1, 4, 6])
def test_control_c_while_starting_leaves_nothing(machine: Machine, processes: int) -> None:
    terminal = machine.on_terminal("up", "DEPLOYMENT=simulated")
    assert eventually(lambda: len(machine.running()) >= processes + 1)
    terminal.press_control_c()
    terminal.read()
    assert machine.running() == []


@pytest.mark.parametrize("on_terminal", [True, False])
def test_killing_make_while_starting_leaves_nothing(machine: Machine, on_terminal: bool) -> None:
    if on_terminal:
        make = machine.on_terminal("up", "DEPLOYMENT=none").pid
    else:
        make = machine.start("up", "DEPLOYMENT=none").pid
    assert eventually((machine.folder / "processes.json").is_file)
    os.kill(make, signal.SIGKILL)
    os.waitpid(make, 0)
    assert machine.gone()


def test_killing_make_on_a_terminal_leaves_nothing(machine: Machine) -> None:
    make = machine.on_terminal("up", "DEPLOYMENT=none").pid
    assert eventually(machine.is_up)
    os.kill(make, signal.SIGKILL)
    os.waitpid(make, 0)
    assert machine.gone()


def test_killing_the_supervisor_leaves_nothing_and_up_works_again(machine: Machine) -> None:
    machine.make("up", "DEPLOYMENT=none")
    host = Path(f"/proc/{machine.stack()['pids']['host']}/stat").read_text()
    os.kill(int(host.rpartition(")")[2].split()[1]), signal.SIGKILL)
    assert machine.gone()
    assert machine.make("up", "DEPLOYMENT=none").returncode == 0
    assert health(machine.stack()) == 200


def test_a_start_that_fails_says_why_and_leaves_nothing(machine: Machine, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"no model")
    ended = machine.make("up", f"MODEL_FILE={broken}")
    assert ended.returncode != 0
    assert "deployment.log" in ended.stdout + ended.stderr
    assert machine.running() == []
    assert not machine.is_up()


def test_an_unknown_deployment_is_named(machine: Machine) -> None:
    ended = machine.make("up", "DEPLOYMENT=gpt")
    assert ended.returncode != 0
    assert "DEPLOYMENT=gpt" in ended.stderr
