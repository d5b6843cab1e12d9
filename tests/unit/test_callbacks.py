"""Callbacks: signed, over https, to allowed hosts with public addresses, without redirect, in bounded time."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import trustme
from aiohttp import web

from shared.adapters.callback_http import CallbackHttp
from shared.callback_address import AddressRefused, host_of, is_allowed, may_call
from shared.callbacks import (
    CallbackMessage,
    CallbackRefused,
    Callbacks,
    ReceiverUnreachable,
    read_callback,
    sign,
)
from shared.errors import CallbackUndelivered, SettingsUnavailable
from tests.fakes.callbacks import FakeReceiver
from tests.fakes.gateway import FakeSecrets
from tests.fakes.queues import FakeQueues

BODY = {"mappingId": "m1", "organizationId": "acme", "state": "succeeded", "dataSet": {"id": "crm", "name": "名前"}}
URL = "https://hooks.example.com/done?x=1"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Desk:
    def __init__(self) -> None:
        self.receiver, self.secrets, self.queues = FakeReceiver(), FakeSecrets(), FakeQueues()
        self.secrets.values["acme--callback-key"] = "k3y-of-acme"
        self.now = 1_800_000_000.9
        allowed = ("hooks.example.com", "*.acme.example", "127.0.0.1")
        self.callbacks = Callbacks(self.receiver, self.secrets, self.queues, allowed, lambda: self.now)

    async def deliver(self, url: str = URL) -> None:
        await self.callbacks.deliver(CallbackMessage(organizationId="acme", id="m1", url=url, body=BODY))  # type: ignore[call-arg]


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_callback_carries_its_body_its_id_and_a_signature(desk: Desk) -> None:
    await desk.deliver()
    (posted,) = desk.receiver.posts
    assert (posted.url, json.loads(posted.body)) == (URL, BODY)
    assert posted.headers["x-cluedin-id"] == "m1"
    assert posted.headers["content-type"] == "application/json"
    expected = hmac.new(b"k3y-of-acme", b"1800000000." + posted.body, hashlib.sha256).hexdigest()
    assert posted.headers["x-cluedin-signature"] == f"t=1800000000,v1={expected}"


async def test_a_repetition_is_the_same_but_for_its_time(desk: Desk) -> None:
    await desk.deliver()
    desk.now += 60
    await desk.deliver()
    first, second = desk.receiver.posts
    assert (first.body, first.headers["x-cluedin-id"]) == (second.body, second.headers["x-cluedin-id"])
    assert first.headers["x-cluedin-signature"] != second.headers["x-cluedin-signature"]


async def test_announcing_queues_what_is_delivered_later(desk: Desk) -> None:
    await desk.callbacks.announce(URL, "acme", "m1", BODY)
    (message,) = desk.queues.messages("callbacks")
    await desk.callbacks.deliver(read_callback(message))
    assert json.loads(desk.receiver.posts[0].body) == BODY


@pytest.mark.parametrize("message", [{}, {"organizationId": "acme"}, {"url": 7}, {"id": "a\nb", "url": URL}])
def test_what_is_no_callback_is_refused(message: dict[str, object]) -> None:
    with pytest.raises(CallbackRefused) as told:
        read_callback(message)
    assert told.value.code == "unreadable_message"


async def test_without_a_key_nothing_is_sent(desk: Desk) -> None:
    del desk.secrets.values["acme--callback-key"]
    with pytest.raises(CallbackRefused) as told:
        await desk.deliver()
    assert (told.value.code, desk.receiver.posts) == ("callback_key_missing", [])
    assert "acme--callback-key" in told.value.detail


async def test_a_key_that_cannot_be_read_now_is_waited_for(desk: Desk) -> None:
    desk.secrets.away = True
    with pytest.raises(SettingsUnavailable):
        await desk.deliver()
    assert desk.receiver.posts == []


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "https://hooks.example.com.evil.example/",
        "https://evil.example/?hooks.example.com",
        "https://hooks.example.com@evil.example/",
        "https://user:s3cret@hooks.example.com/",
        "https://acme.example/",
        "https://xacme.example/",
        "https://evil.example#.acme.example",
        "https://evil.example\\.acme.example/",
        "https://hooks.example.com\t.acme.example/",
        "https://hooks.ex\u00e4mple.com/",
        "https:///done",
        "https://hooks.example.com:port/",
        "//hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://hooks.example.com/" + "x" * 2_000,
        "https://169.254.169.254/metadata",
        "https://[::1]/",
    ],
)
async def test_no_other_address_than_an_allowed_one_is_called(desk: Desk, url: str) -> None:
    with pytest.raises(CallbackRefused) as told:
        await desk.deliver(url)
    assert (told.value.code, desk.receiver.posts) == ("callback_refused", [])
    assert "s3cret" not in told.value.detail


@pytest.mark.parametrize(
    "url", ["https://a.acme.example/", "https://a.b.acme.example:8443/x", "https://HOOKS.Example.com./"]
)
async def test_subdomains_ports_and_letter_case_are_the_same_host(desk: Desk, url: str) -> None:
    await desk.deliver(url)
    assert len(desk.receiver.posts) == 1


def test_nothing_is_allowed_unless_it_is_listed() -> None:
    assert not is_allowed("hooks.example.com", ())


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410, 429, 500, 503])
async def test_any_other_status_is_not_delivered(desk: Desk, status: int) -> None:
    desk.receiver.status = status
    with pytest.raises(CallbackUndelivered) as told:
        await desk.deliver()
    assert str(status) in told.value.detail
    assert "done?x=1" not in told.value.detail


async def test_a_receiver_that_is_away_is_not_delivered(desk: Desk) -> None:
    desk.receiver.failure = ReceiverUnreachable("the connection failed")
    with pytest.raises(CallbackUndelivered):
        await desk.deliver()


async def test_an_address_that_is_not_public_is_refused_for_good(desk: Desk) -> None:
    desk.receiver.failure = AddressRefused("x")
    with pytest.raises(CallbackRefused) as told:
        await desk.deliver()
    assert told.value.code == "callback_refused"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.5", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
        "168.63.129.16", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
        "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.5",
        "::ffff:168.63.129.16", "2002:7f00:1::", "2002:a00:5::", "64:ff9b::a00:5", "64:ff9b::7f00:1", "2001:db8::1",
        "64:ff9b::808:808", "::ffff:8.8.8.8",
        "2001:0:4136:e378:8000:63bf:f5ff:fffa", "not an address", "",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_never_connected_to(address: str) -> None:
    assert not may_call(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "20.50.2.1", "2603:1030::1", "2a01:111::1"])
def test_a_public_address_is(address: str) -> None:
    assert may_call(address)


def test_loopback_is_only_where_the_local_stack_allows_it() -> None:
    assert may_call("127.0.0.1", allow_loopback=True)
    assert not may_call("10.0.0.1", allow_loopback=True)


def test_a_hosts_last_dot_is_no_other_host() -> None:
    assert host_of("https://Hooks.Example.com.:8443/x") == "hooks.example.com"


# Over real connections


@dataclass
class Receiver:
    """A real https server on this machine."""

    port: int
    seen: list[tuple[Mapping[str, str], bytes]]

    def url(self, host: str = "127.0.0.1", path: str = "/done") -> str:
        return f"https://{host}:{self.port}{path}"


@dataclass
class Bench:
    trust: ssl.SSLContext
    serve: Callable[[Handler | None], Awaitable[Receiver]]
    poster: Callable[..., CallbackHttp]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    authority = trustme.CA()
    trust, server = ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.configure_trust(trust)
    authority.issue_cert("127.0.0.1", "localhost", "hooks.example.com").configure_cert(server)
    async with AsyncExitStack() as ending:

        async def serve(handler: Handler | None) -> Receiver:
            seen: list[tuple[Mapping[str, str], bytes]] = []

            async def answer(request: web.Request) -> web.StreamResponse:
                seen.append((dict(request.headers), await request.read()))
                return await handler(request) if handler else web.Response(status=204)

            app = web.Application()
            app.router.add_route("*", "/{path:.*}", answer)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            ending.push_async_callback(runner.cleanup)
            await (site := web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server)).start()
            assert site._server
            port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
            return Receiver(port, seen)

        def poster(**options: object) -> CallbackHttp:
            made = CallbackHttp(**{"allow_loopback": True, "trust": trust, **options})  # type: ignore[arg-type]
            ending.push_async_callback(made.close)
            return made

        yield Bench(trust, serve, poster)


async def test_a_receiver_can_verify_what_it_was_sent(bench: Bench) -> None:
    receiver = await bench.serve(None)
    signature = sign("key", b'{"a":1}', 1_800_000_000)
    status = await bench.poster().post(receiver.url(), b'{"a":1}', {"x-cluedin-signature": signature})
    ((headers, body),) = receiver.seen
    assert (status, body, headers["x-cluedin-signature"]) == (204, b'{"a":1}', signature)


async def test_a_redirect_is_not_followed(bench: Bench) -> None:
    target = await bench.serve(None)

    async def redirect(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"location": target.url()})

    receiver = await bench.serve(redirect)
    assert await bench.poster().post(receiver.url(), b"{}", {}) == 307
    assert target.seen == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "127.1", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]
)
async def test_this_machine_is_not_called_however_it_is_written(bench: Bench, host: str) -> None:
    receiver = await bench.serve(None)
    with pytest.raises((AddressRefused, ReceiverUnreachable)):
        await bench.poster(allow_loopback=False).post(receiver.url(host), b"{}", {})
    assert receiver.seen == []


async def test_a_name_that_answers_with_another_address_at_the_second_look_is_not_called(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: each connection's own address is checked, not the one looked up before."""
    receiver = await bench.serve(None)
    answers = iter(["8.8.8.8", "127.0.0.1", "127.0.0.1"])

    async def getaddrinfo(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    assert may_call((await getaddrinfo("hooks.example.com", 443))[0][4][0])  # type: ignore[index]
    with pytest.raises(AddressRefused):
        await bench.poster(allow_loopback=False).post(receiver.url("hooks.example.com"), b"{}", {})
    assert receiver.seen == []


async def test_a_certificate_that_is_not_trusted_is_no_receiver(bench: Bench) -> None:
    receiver = await bench.serve(None)
    stranger = bench.poster(trust=ssl.create_default_context())
    with pytest.raises(ReceiverUnreachable, match="certificate"):
        await stranger.post(receiver.url(), b"{}", {})
    assert receiver.seen == []


async def test_a_receiver_that_does_not_answer_is_given_up(bench: Bench) -> None:
    hang = asyncio.Event()

    async def wait(request: web.Request) -> web.Response:
        await hang.wait()
        return web.Response()

    receiver = await bench.serve(wait)
    with pytest.raises(ReceiverUnreachable, match="no answer within"):
        await bench.poster(timeout=0.2).post(receiver.url(), b"{}", {})
    hang.set()


async def test_an_endless_answer_is_not_read(bench: Bench) -> None:
    sent = 0

    async def drip(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(10_000):
            await response.write(b"x" * 65_536)
            sent += 65_536
        return response

    receiver = await bench.serve(drip)
    assert await bench.poster().post(receiver.url(), b"{}", {}) == 200
    assert sent < 100_000_000


async def test_a_receiver_that_is_not_there_cannot_be_reached(bench: Bench) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ReceiverUnreachable):
            await bench.poster().post(f"https://127.0.0.1:{taken.getsockname()[1]}/", b"{}", {})


async def test_no_proxy_of_the_environment_is_used(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    receiver = await bench.serve(None)
    assert await bench.poster().post(receiver.url(), b"{}", {}) == 204
