"""``make test``, ``lint``, ``fmt`` and ``audit``: each tool in turn, and which of them were not content."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

from local import processes, throwaway, weights
from local.processes import Failed, Stopped
from local.state import CHECKOUT

_BIN = os.path.dirname(sys.executable)
_LEAST_COVERAGE = 90
"""Percent of branches, in each of _COVERED."""
_COVERED = ("shared/gateway", "shared/mapping")


def lint(_: Sequence[str]) -> list[str]:
    """→ the names of the checks that failed."""
    checks = {
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "mypy": ["mypy"],
        "lint-imports": ["lint-imports"],
    }
    return [name for name, command in checks.items() if not _passes(name, command)]


def fmt(_: Sequence[str]) -> list[str]:
    commands = {"ruff check": ["ruff", "check", "--fix", "."], "ruff format": ["ruff", "format", "."]}
    return [name for name, command in commands.items() if not _passes(name, command)]


def test(only: Sequence[str]) -> list[str]:
    """Everything; or the tests that `only` names, without the other checks."""
    failed = [] if only else lint(())
    weights.fetch(weights.WEIGHTS["model"], _say)
    cov = [] if only else ["--cov", "--cov-branch", "--cov-report="]
    _say("== starting a stack for the tests")
    with throwaway.running({"DEPLOYMENT": "simulated"}, quiet=True) as stack:
        os.environ["STACK_JSON"] = str(stack)
        if not _passes("pytest", ["pytest", *cov, *only]):
            failed.append("pytest")
    return failed if only else [*failed, *filter(_lacks_coverage, _COVERED)]


def _lacks_coverage(package: str) -> bool:
    include = f"--include={package}/*"
    code, total = _heard(["coverage", "report", include, f"--fail-under={_LEAST_COVERAGE}", "--format=total"])
    if code:
        _run(["coverage", "report", include])
    _say(f"{package}: {total.partition(chr(10))[0]}% covered, branches counted; {_LEAST_COVERAGE} are needed")
    return bool(code)


def audit(_: Sequence[str]) -> list[str]:
    """Ask the vulnerability service about what requirements.txt pins; say so where it could not be asked."""
    command = ["pip-audit", "--requirement", "requirements.txt", "--no-deps", "--disable-pip", "--progress-spinner=off"]
    code, said = _heard([*command, "--format", "json"])
    report = next((line for line in said.splitlines() if line.startswith("{")), None)
    if report is None:
        _say(f"not audited: pip-audit could not look anything up ({_last_line(said)})")
        return []
    found = json.loads(report)["dependencies"]
    skipped = [each for each in found if "skip_reason" in each]
    for each in skipped:
        _say(f"not audited: {each['skip_reason']}")
    for each in found:
        for vulnerability in each.get("vulns", ()):
            fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
            _say(f"VULNERABLE: {each['name']} {each['version']}: {vulnerability['id']}, fixed in {fixed}")
    _say(f"{len(found) - len(skipped)} of {len(found)} packages audited")
    return ["pip-audit"] if code else []


def _heard(command: Sequence[str]) -> tuple[int, str]:
    with processes.stops_held():
        child = processes.spawn(_tool(command), cwd=CHECKOUT, stdout=subprocess.PIPE, both=True)
    try:
        output, _ = child.process.communicate()
        return child.process.returncode, output.decode(errors="replace").strip()
    finally:
        if child.running():
            processes.stop([child])


def _last_line(text: str) -> str:
    return text.splitlines()[-1] if text else "no output"


def _passes(name: str, command: Sequence[str]) -> bool:
    _say(f"== {name}")
    return _run(command) == 0


def _run(command: Sequence[str]) -> int:
    return processes.run(_tool(command), cwd=CHECKOUT)


def _tool(command: Sequence[str]) -> list[str]:
    name, *rest = command
    found = shutil.which(name, path=_BIN)
    if found is None:
        raise Failed(f"{name} is not installed: run 'make setup'")
    return [found, *rest]


def _say(text: str) -> None:
    print(text, flush=True)


_COMMANDS: dict[str, Callable[[Sequence[str]], list[str]]] = {"lint": lint, "fmt": fmt, "test": test, "audit": audit}


def main() -> int:
    parent = os.environ.pop("LOCAL_PARENT", "")
    processes.end_with_parent(int(parent) if parent else None)
    processes.stop_on_signals()
    name, *rest = sys.argv[1:]
    try:
        failed = _COMMANDS[name](rest)
    except Failed as reason:
        failed = [str(reason)]
    except Stopped:
        failed = ["stopped"]
    if failed:
        _say(f"FAILED: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
