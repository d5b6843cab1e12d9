"""The host's HTTP side answers as the real Functions host does."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from local.host_exchange import MAX_BODY, Keys
from local.host_functions import read_functions
from local.host_http import HttpTriggers
from local.host_invocations import Invocations
from tests.unit.local.hosted_app import Happened, make_app

KEY = {"x-functions-key": "function-key"}
MASTER = {"x-functions-key": "master-key"}
ITEM = "/api/organizations/acme/items/7"


@asynccontextmanager
async def hosted(happened: Happened, **options: Any) -> AsyncIterator[httpx2.AsyncClient]:
    from aiohttp import web

    functions = read_functions(make_app(happened).get_functions())
    invocations = Invocations()
    keys = options.pop("keys", Keys("function-key", "master-key"))
    http = HttpTriggers(functions, invocations, keys, manual_argument=lambda function, text: text, **options)
    runner = http.runner()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        yield client
    happened.release.set()
    await invocations.drain(5)
    await runner.cleanup()


@pytest.fixture
def happened() -> Happened:
    return Happened()


@pytest.fixture
async def client(happened: Happened) -> AsyncIterator[httpx2.AsyncClient]:
    async with hosted(happened) as one:
        yield one


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_function_gets_the_whole_request_and_its_context(client: httpx2.AsyncClient) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = KEY | {"x-THING": "value", "traceparent": parent}
    answer = await client.post(ITEM + "?a=1&a=2&b=%20", headers=headers, content=b"12345")
    seen = answer.json()
    assert answer.status_code == 200
    assert answer.headers["x-answer"] == "yes"
    assert answer.headers["content-type"] == "application/json"
    assert (seen["method"], seen["size"], seen["header"], seen["trace"]) == ("POST", 5, "value", parent)
    assert seen["params"] == {"a": "1,2", "b": " "}
    assert seen["route"] == {"org": "acme", "id": "7"}
    assert seen["url"].endswith(ITEM + "?a=1&a=2&b=%20")
    assert seen["function"] == "echo"
    assert seen["invocation"]


async def test_a_key_may_come_in_the_query(client: httpx2.AsyncClient) -> None:
    assert (await client.get(ITEM + "?code=function-key")).status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, {"x-functions-key": ""}, {"x-functions-key": "wrong"}, {"x-functions-key": "é"}]
)
async def test_a_missing_or_wrong_key_is_a_401_without_a_body(
    client: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    encoded = {name: value.encode() for name, value in headers.items()}
    answer = await client.get(ITEM, headers=encoded)
    assert (answer.status_code, answer.content) == (401, b"")


async def test_the_master_key_opens_everything_and_the_function_key_not_the_admin_functions(
    client: httpx2.AsyncClient,
) -> None:
    assert (await client.get(ITEM, headers=MASTER)).status_code == 200
    assert (await client.get("/api/admin-only", headers=KEY)).status_code == 401
    assert (await client.get("/api/admin-only", headers=MASTER)).text == "admin"


async def test_without_a_configured_key_nothing_is_open(happened: Happened) -> None:
    async with hosted(happened, keys=Keys("", "")) as client:
        assert (await client.get(ITEM, headers={"x-functions-key": ""})).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/nothing"),
        ("GET", "/organizations/acme/items/7"),
        ("DELETE", ITEM),
        ("GET", "/api/organizations/acme/items/seven"),
        ("GET", "/api/organizations//any"),
        ("GET", ITEM + "/more"),
        ("GET", "/api/files/../organizations"),
    ],
)
async def test_no_such_route_or_method_is_a_404_without_a_body(
    client: httpx2.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, path, headers=KEY)
    assert (answer.status_code, answer.content) == (404, b"")


async def test_a_literal_route_goes_before_a_parameter(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/organizations/acme/items/latest")).text == "latest"


@pytest.mark.parametrize("path", ["/API/Organizations/acme/ITEMS/latest", "/api/organizations/acme/items/latest/"])
async def test_case_and_a_last_slash_do_not_matter(client: httpx2.AsyncClient, path: str) -> None:
    assert (await client.get(path)).text == "latest"


@pytest.mark.parametrize(("path", "rest"), [("a/b%20c", "a/b c"), ("", ""), ("a%2Fb", "a%2Fb"), ("caf%C3%A9", "café")])
async def test_the_rest_of_a_path_is_unescaped_but_for_slashes(
    client: httpx2.AsyncClient, path: str, rest: str
) -> None:
    assert (await client.get("/api/files/" + path)).text == rest


async def test_head_has_headers_and_no_body(client: httpx2.AsyncClient) -> None:
    answer = await client.head(ITEM, headers=KEY)
    assert (answer.status_code, answer.content, answer.headers["x-answer"]) == (200, b"", "yes")


@pytest.mark.parametrize("path", ["/api/broken", "/api/nonsense"])
async def test_an_exception_or_an_unusable_answer_is_a_500_without_a_body(
    client: httpx2.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.content) == (500, b"")


async def test_a_body_over_the_limit_is_a_413_without_a_body(client: httpx2.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
    head = f"POST /api/body HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"Content-Length: 0" in answer


async def test_a_body_of_several_megabytes_arrives_whole(client: httpx2.AsyncClient) -> None:
    body = bytes(range(256)) * 20_000
    assert (await client.post("/api/body", content=body)).content == body


async def test_a_compressed_body_is_handed_on_as_it_came(client: httpx2.AsyncClient) -> None:
    body = gzip.compress(b"payload")
    answer = await client.post("/api/body", content=body, headers={"content-encoding": "gzip"})
    assert answer.content == body


async def test_a_nul_in_the_path_is_a_400(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/files/a%00b")).status_code == 400


async def test_an_answer_that_comes_too_late_is_cut_and_the_function_runs_on(happened: Happened) -> None:
    async with hosted(happened, answer_within=0.05) as client:
        answer = await client.get("/api/slow")
        assert (answer.status_code, answer.content) == (504, b"")
        happened.release.set()
        await until(lambda: happened.finished == ["slow"])
    assert happened.cancelled == []


async def test_a_client_that_leaves_does_not_cancel_the_function(
    happened: Happened, client: httpx2.AsyncClient
) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        await client.get("/api/slow", timeout=0.1)
    happened.release.set()
    await until(lambda: happened.finished == ["slow"])
    assert happened.cancelled == []


async def test_a_drain_waits_and_then_cancels(happened: Happened) -> None:
    functions = {one.name: one for one in read_functions(make_app(happened).get_functions())}
    invocations = Invocations()
    task = invocations.start(functions["slow"], None)
    await asyncio.sleep(0)
    await invocations.drain(patience=0.05)
    assert happened.cancelled == ["slow"]
    assert task.cancelled()


async def test_a_function_over_the_function_timeout_is_cancelled(happened: Happened) -> None:
    functions = {one.name: one for one in read_functions(make_app(happened).get_functions())}
    with pytest.raises(TimeoutError):
        await Invocations(function_timeout=0.05).start(functions["slow"], None)
    assert happened.cancelled == ["slow"]


async def test_the_host_page_tells_that_it_is_up(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/")).status_code == 200
    assert (await client.get("/admin/host/ping")).status_code == 200


async def test_a_timer_is_run_by_hand_with_the_master_key_only(happened: Happened, client: httpx2.AsyncClient) -> None:
    assert (await client.post("/admin/functions/yearly", headers=KEY, json={})).status_code == 401
    assert (await client.post("/admin/functions/nothing", headers=MASTER, json={})).status_code == 404
    assert (await client.post("/admin/functions/yearly", headers=MASTER, json={})).status_code == 202
    await until(lambda: len(happened.timers) == 1)
