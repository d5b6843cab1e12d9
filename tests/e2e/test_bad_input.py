"""Bad input over HTTP: the cases of the functions' own tests, and what only a raw connection can send. Never a 500."""

from __future__ import annotations

import json
import socket
import zlib
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.e2e.product import Organization, Product, Simulated, mapping_body
from tests.functions.test_bad_input import CASES, GOOD, Case

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def bare(product: Product) -> Organization:
    """With neither flag nor settings: bad input is told before either is looked at."""
    return product.organization()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_cases_of_the_functions_over_http(bare: Organization, case: Case) -> None:
    product = bare.product
    content = case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()
    headers = {"content-type": "application/json"} if content else {}
    headers |= {**case.headers, **(product.admin if case.headers.get("x-admin-key") == "open" else {})}
    path = case.path.replace("/acme/", f"/{bare.name}/")
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    answer = product.http.request(case.method, path, content=content, headers=raw, params=dict(case.params) or None)

    if not answer.content:
        assert answer.status_code in (400, 404)
        return
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (case.status, case.code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["correlationId"] == answer.headers["x-correlation-id"]
    if case.pointer is not None:
        assert case.pointer in [fault["pointer"] for fault in problem["errors"]]


def test_nothing_was_stored_by_bad_input(bare: Organization) -> None:
    assert bare.prompts() == []
    assert bare.get("/vocabularies")["items"] == []
    assert {each["source"] for each in bare.get("/flags")["items"]} <= {"missing", "default"}


NAMES = [
    "\u202egnirts\u202c",
    "שם לקוח",
    "a\u0000b",
    "\r\nx-injected: 1",
    "\x1b[31mred",
    "../../etc/passwd",
    "'; DROP TABLE prompt_attempts; --",
    "{{keys}}",
    "👩‍👩‍👧‍👦",
    "e\u0301",
    "\u00e9",
    "x" * 500,
    "<script>alert(1)</script>",
    "__proto__",
    "constructor",
    "\ufeffname",
    "null",
    "0",
    " ",
    "\u2028",
]  # fmt: skip


def test_odd_names_are_taken_as_they_are(organization: Organization, deployment: Simulated) -> None:
    """Each appears exactly once, in order, with a legal key or none; in the request, the answer and the history."""
    names = [name for name in NAMES if name.strip()]
    answer = organization.map(mapping_body(names))
    assert answer.status_code == 200, answer.text
    assert [each["field"] for each in answer.json()["properties"]] == names
    again = organization.get(f"/mappings/{answer.json()['mappingId']}")["result"]
    assert [each["field"] for each in again["properties"]] == names
    assert len(organization.messages()) == len(deployment.log())


@pytest.mark.parametrize("given", ["x" * 128, "~ !", "a,b;c=d"])
def test_a_correlation_id_is_echoed(bare: Organization, given: str) -> None:
    answer = bare.request("GET", "/flags", headers={"x-correlation-id": given})
    assert answer.headers["x-correlation-id"] == given.strip()


@pytest.mark.parametrize("given", ["x" * 129, "ä", "a\tb", ""])
def test_a_correlation_id_that_is_none_is_replaced(bare: Organization, given: str) -> None:
    answer = bare.request("GET", "/flags", headers=[(b"x-correlation-id", given.encode())])
    assert answer.status_code == 200
    assert len(answer.headers["x-correlation-id"]) == 36


@pytest.mark.parametrize("key", ["", "wrong", "x" * 4_000, "ключ"])
@pytest.mark.parametrize("path", ["/flags", "/prompts", "/mappings/x", "/settings"])
def test_without_the_function_key_nothing_is_answered(bare: Organization, key: str, path: str) -> None:
    answer = bare.request("GET", path, headers=[(b"x-functions-key", key.encode())])
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PATCH", "TRACE", "PROPFIND"])
def test_a_method_without_a_route_is_not_found(bare: Organization, method: str) -> None:
    assert bare.request(method, "/mappings").status_code == 404


QUERIES = [
    "top=1&top=2",
    "top=1,2",
    "top=%00",
    "top=1e3",
    "top=٣",
    "status=failed&status=succeeded",
    "a=1",
    "continuationToken=" + "A" * 513,
    "continuationToken=AAAA",
    "continuationToken=%ff",
    "from=0001-01-01T00:00:00%2B23:59",
    "to=9999-12-31T23:59:59-23:59",
    "from=2026-11-25T10:00:00Z&to=2026-11-25T10:00:00Z",
    "correlationId=" + "x" * 129,
    "mappingId=" + "x" * 65,
]


@pytest.mark.parametrize("query", QUERIES)
def test_odd_queries_are_invalid_and_nothing_worse(bare: Organization, query: str) -> None:
    answer = bare.product.http.get(f"/organizations/{bare.name}/prompts?{query}")
    assert answer.status_code in (200, 400), answer.text
    assert answer.status_code == 400 or query.startswith(("from=0001", "to=9999")), answer.text


class Raw:
    """One connection, byte by byte."""

    def __init__(self, product: Product) -> None:
        at = urlsplit(product.stack["baseUrl"])
        self.key = product.stack["functionKey"]
        self.socket = socket.create_connection((str(at.hostname), int(at.port or 80)), 10)

    def send(self, method: str, path: str, body: bytes = b"", *headers: str) -> None:
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: localhost",
            f"x-functions-key: {self.key}",
            "Connection: close",
            *headers,
        ]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def status(self) -> int:
        """0 where the connection was closed without an answer."""
        data = b""
        while part := self.socket.recv(65_536):
            data += part
        return int(data.split(b" ", 2)[1]) if data.startswith(b"HTTP/") else 0


@pytest.fixture
def raw(product: Product) -> Iterator[Raw]:
    made = Raw(product)
    with closing(made.socket):
        yield made


def test_a_body_shorter_than_told_is_given_up_and_others_are_served(bare: Organization, raw: Raw) -> None:
    raw.send(
        "POST",
        f"/api/organizations/{bare.name}/mappings",
        b'{"dataSet"',
        "Content-Length: 1000",
        "Content-Type: application/json",
    )
    assert bare.request("GET", "/flags").status_code == 200
    raw.socket.shutdown(socket.SHUT_WR)
    assert raw.status() in (0, 400)


def test_a_body_in_chunks_is_read_as_one(bare: Organization, raw: Raw) -> None:
    content = json.dumps(GOOD).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (1, content[i : i + 1]) for i in range(len(content))) + b"0\r\n\r\n"
    raw.send(
        "POST",
        f"/api/organizations/{bare.name}/mappings",
        chunks,
        "Transfer-Encoding: chunked",
        "Content-Type: application/json",
    )
    assert raw.status() == 200


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Content-Length: -1",),
        ("Content-Length: 99999999999999999999",),
        ("Transfer-Encoding: gzip, chunked",),
        ("x" * 100_000 + ": 1",),
        ("x: " + "y" * 100_000,),
        *[tuple(f"x-{number}: 1" for number in range(5_000))],
        ("broken header line",),
        (" folded: 1",),
    ],
    ids=["two lengths", "length and chunks", "negative", "huge", "gzip", "long name", "long value", "many", "broken",
         "folded"],
)  # fmt: skip
def test_broken_requests_are_refused_before_any_function(
    bare: Organization, raw: Raw, headers: tuple[str, ...]
) -> None:
    raw.send("POST", f"/api/organizations/{bare.name}/mappings", b"0\r\n\r\n", *headers)
    raw.socket.shutdown(socket.SHUT_WR)
    assert raw.status() in (0, 400, 413, 415, 431)
    assert bare.request("GET", "/flags").status_code == 200


PATHS = [
    "/api/organizations/%zz/flags",
    "/api/organizations/%/flags",
    "//api//health",
    "/api/%2e%2e/admin",
    "*",
    "http://example.com/api/health",
    "/api/health/",
    "/API/HEALTH",
    "/api/health%00",
    "/admin/host/status",
    "/admin/functions/history_outbox",
]


@pytest.mark.parametrize("path", PATHS)
def test_odd_paths_reach_no_function_of_ours_by_surprise(raw: Raw, path: str) -> None:
    raw.send("GET", path)
    assert raw.status() in (200, 400, 401, 404)


def test_a_gzip_bomb_is_stopped_at_the_limit(bare: Organization) -> None:
    """1 GiB of blanks in 1 MB."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b" " * 2**24) for _ in range(64)) + packer.flush()
    answer = bare.request(
        "PUT", "/vocabularies", content=bomb, headers={"content-encoding": "gzip", "content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
