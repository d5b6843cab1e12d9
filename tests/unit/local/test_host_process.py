"""The host as a process: it starts an app from a directory, stops by SIGTERM, and says why it cannot start."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[3]
APP = """
import azure.functions as func
app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

@app.route(route="hello", methods=["GET"])
def hello(req: func.HttpRequest) -> str:
    return "hello"

@app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", run_on_startup=True, use_monitor=False)
def at_start(timer: func.TimerRequest) -> None:
    pass
"""


def start(directory: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "local.host", "--port", "0", "--app", str(directory)]
    environment = {**os.environ, "FUNCTION_KEY": "process-key", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment)


def events(process: subprocess.Popen[str], last: str) -> list[dict[str, object]]:
    seen: list[dict[str, object]] = []
    assert process.stderr is not None
    for line in process.stderr:
        seen.append(json.loads(line))
        if seen[-1]["event"] == last:
            break
    return seen


def test_it_serves_a_directory_and_stops_by_sigterm(tmp_path: Path) -> None:
    (tmp_path / "function_app.py").write_text(APP)
    process = start(tmp_path)
    try:
        port = events(process, "host.ready")[-1]["port"]
        url = f"http://127.0.0.1:{port}/api/hello?code=process-key"
        assert httpx2.get(url).text == "hello"
        process.send_signal(signal.SIGTERM)
        log = events(process, "host.stopped")
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    assert "at_start" in [entry.get("function") for entry in log]
    assert "process-key" not in json.dumps(log)


@pytest.mark.parametrize("source", ["raise RuntimeError('no settings')", "nothing_here = 1", "import not_there"])
def test_an_app_that_cannot_be_imported_is_named_and_ends_the_host(tmp_path: Path, source: str) -> None:
    (tmp_path / "function_app.py").write_text(source)
    process = start(tmp_path)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 3
    assert json.loads(errors.splitlines()[-1])["event"] == "host.app_cannot_be_imported"
