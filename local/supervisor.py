"""Starts the stack's processes, keeps them until told to stop, and stops them all, whatever happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from local import answers, processes, state, weights
from local.deployments import Deployment
from local.processes import Child, Failed, Identity
from local.stack import ORGANIZATION, Service, Stack, environment, plan
from local.state import CHECKOUT, State

Say = Callable[[str], None]
_PATIENCE = 120
"""Seconds a process may take until it answers; a model is read from disk meanwhile."""


class Supervisor:
    """Use it as a context manager: leaving it stops every process, in order, and takes stack.json away."""

    def __init__(self, where: State, deployment: Deployment, extra: dict[str, str], say: Say) -> None:
        self._state, self._extra, self._say = where, extra, say
        self._children: dict[str, Child] = {}
        self._stack: Stack = plan(where, deployment)
        self._ended: set[str] = set()
        self._note()

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *reason: object) -> None:
        processes.ignore_stops()
        self._state.stack_file.unlink(missing_ok=True)
        # The host first, so that nothing it still does fails for want of the others.
        for names in (("host",), tuple(self._children)):
            processes.stop([child for name in names if (child := self._children.pop(name, None))])
        for file in (self._state.processes_file, self._state.order_file, self._state.answer_file):
            file.unlink(missing_ok=True)

    def start(self, *, with_host: bool = True) -> dict[str, object]:
        """→ what stack.json says. Raises Failed, with the end of the log of the process that did not start."""
        stack = self._stack
        model = weights.file_for(stack.deployment, self._say)
        self._say("starting storage, key vault and managed identity")
        base = [*stack.storage(), stack.vault(), stack.identity()]
        deployment = stack.local_deployment(model)
        for service in base:
            self._launch(service)
        if deployment:
            self._say(f"starting the deployment: {stack.deployment.kind}")
            self._launch(deployment)
        self._await(base)
        self._say("migrating the database, writing flags and secrets")
        self._provision()
        if with_host:
            self._say("starting the functions host")
            self._launch(stack.host(self._extra))
            self._await([stack.host(self._extra)])
            self._await_health()
        if deployment:
            self._await([deployment])
        return self._publish()

    def watch(self, owner: Identity | None = None) -> None:
        """Carry out orders, and note what ends, until stopped or until the owner has gone."""
        while owner is None or owner.alive():
            for name, child in self._children.items():
                if not child.running() and name not in self._ended:
                    self._ended.add(name)
                    self._say(f"{name} has ended ({child.process.returncode})")
            order = state.read(self._state.order_file)
            if order is not None:
                self._state.order_file.unlink(missing_ok=True)
                self._restart_host(order)
            time.sleep(0.1)

    def _restart_host(self, order: dict[str, object]) -> None:
        settings = order["settings"]
        assert isinstance(settings, dict)
        self._extra = {str(name): str(value) for name, value in settings.items()}
        failure = ""
        try:
            if old := self._children.get("host"):
                processes.stop([old])
            host = self._stack.host(self._extra)
            self._launch(host)
            self._await([host])
        except Failed as failed:
            failure = str(failed)
            processes.stop([self._children.pop("host")])
        self._publish()
        self._say(f"host restarted {failure}")
        state.write(self._state.answer_file, {"id": order["id"], "failure": failure})

    def _launch(self, service: Service) -> None:
        log = self._state.log(service.name)
        with processes.stops_held():
            self._children[service.name] = processes.spawn(
                service.command, env=environment(service.env), cwd=CHECKOUT, log=log, ends_on=service.ends_on
            )
            self._ended.discard(service.name)
            self._note()

    def _note(self) -> None:
        """Write down who runs, this process first, for `down` after this process was killed."""
        pids = [os.getpid(), *(child.pid for child in self._children.values())]
        known = filter(None, map(Identity.of, pids))
        state.write(self._state.processes_file, {str(each.pid): each.started for each in known})

    def _await(self, services: list[Service]) -> None:
        deadline = time.monotonic() + _PATIENCE
        for service in services:
            while not self._answers(service):
                code = self._children[service.name].process.poll()
                if code is not None:
                    raise Failed(f"{service.name} ended with {code}\n{tail(self._state.log(service.name))}")
                if time.monotonic() > deadline:
                    raise Failed(f"{service.name} does not answer\n{tail(self._state.log(service.name))}")
                time.sleep(0.1)

    def _await_health(self) -> None:
        """The host answers; its dependencies may need a moment more, or may be meant to be away."""
        health = f"{self._stack.base_url}/api/health"
        if not processes.wait_until(lambda: answers.status(health, self._stack.certificates.ca_file) == 200, 15, 0.2):
            self._say(f"  {health} does not say 200: see there what is missing")

    def _answers(self, service: Service) -> bool:
        status = answers.status(service.url, self._stack.certificates.ca_file, service.bearer)
        return status == 200 if service.bearer else status is not None

    def _provision(self) -> None:
        made, log = self._stack.deployment, self._state.log("provision")
        values = {"api-key": made.api_key, "base-url": made.base_url, "resource-key": made.resource_key}
        values["deployment-name"] = made.name
        secrets = {f"{ORGANIZATION}--openai-{name}": value or None for name, value in values.items()}
        secrets |= {"admin-key": self._stack.admin_key, f"{ORGANIZATION}--callback-key": self._stack.callback_key}
        order = {"organization": ORGANIZATION, "secrets": secrets}
        command = [sys.executable, "-m", "local.provision"]
        with processes.stops_held():
            child = self._children["provision"] = processes.spawn(
                command, env=environment(self._stack.app_settings()), cwd=CHECKOUT, log=log, stdin=subprocess.PIPE
            )
        child.process.communicate(json.dumps(order).encode())
        del self._children["provision"]
        if child.process.returncode:
            raise Failed(f"the storage account, database or vault could not be set up\n{tail(log)}")

    def _publish(self) -> dict[str, object]:
        pids = {name: child.pid for name, child in self._children.items() if child.running()}
        said = self._stack.description(pids)
        state.write(self._state.stack_file, said)
        return said


def tail(log: Path, lines: int = 20) -> str:
    """The end of a log."""
    try:
        last = log.read_text(errors="replace").splitlines()[-lines:]
    except OSError:
        last = []
    return "\n".join([f"--- the end of {log}", *last])
