"""A small server in this process that answers what a test says and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from admin.run import main

KEY, ADMIN_KEY = "function-key-5c1d", "admin-key-77aa"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    status: int
    content: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class App:
    """Answers in the order they were given; the last one stays."""

    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def answers(self, body: object, status: int = 200, **headers: str) -> None:
        """``body``: bytes as they are, or what becomes JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.replies.append(Reply(status, content, {name.replace("_", "-"): text for name, text in headers.items()}))

    def refuses(self, status: int, code: str, detail: str, **more: object) -> None:
        self.answers({"status": status, "code": code, "detail": detail, "correlationId": "c-1", **more}, status)


@pytest.fixture
def app() -> Iterator[App]:
    made = App()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): text for name, text in self.headers.items()}
            made.asked.append(Asked(self.command, self.path, headers, body))
            reply = made.replies.pop(0) if len(made.replies) > 1 else made.replies[0]
            self.send_response(reply.status)
            for name, text in {"content-length": str(len(reply.content)), **reply.headers}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(reply.content)

        do_GET = do_POST = do_PUT = handle_any  # noqa: N815 - the names http.server looks for

        def log_message(self, *_: object) -> None:
            """Nothing: it would be taken for the command's own words."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(app: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line against the server, both keys in the environment."""
    monkeypatch.setenv("CLUEDIN_AI_URL", app.url)
    monkeypatch.setenv("CLUEDIN_AI_KEY", KEY)
    monkeypatch.setenv("CLUEDIN_AI_ADMIN_KEY", ADMIN_KEY)
    # A proxy that would hear the keys, were it asked.
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    def run(*argv: str) -> Ran:
        try:
            code = main(argv)
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        assert KEY not in said.out + said.err
        assert ADMIN_KEY not in said.out + said.err
        return Ran(code, said.out, said.err)

    return run
