"""Connections are made to checked addresses only, whatever a name resolves to; answers have a bounded size."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from shared.adapters import guarded_network
from shared.adapters.guarded_network import GuardedTransport
from shared.adapters.openai_chat import OpenAIChat
from shared.gateway.endpoint import HostPolicy
from shared.gateway.ports import ChatError, ChatRequest, Deployment
from shared.gateway.records import Message

Found = list[tuple[Any, ...]]


class Server:
    """Answers every connection with the same bytes."""

    def __init__(self) -> None:
        self.answer = b'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"choices":[{"message":{"content":"x"}}]}'
        self.connections = 0
        self.port = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self.answer)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    made.answer = made.answer.replace(b"40", b"41")
    yield made
    listening.close()


def request(base_url: str, timeout: float = 5.0) -> ChatRequest:
    return ChatRequest(Deployment(base_url, "gpt", "", ""), "key", (Message("user", "Hi"),), timeout=timeout)


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    async def getaddrinfo(host: str, port: int, **_: object) -> Found:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)


async def test_loopback_answers_where_it_is_allowed(server: Server) -> None:
    chat = OpenAIChat(HostPolicy(allow_loopback=True))
    found = await chat.send(request(f"http://127.0.0.1:{server.port}/v1/"))
    assert found.text == "x"
    await chat.close()


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("10.0.0.4", "127.0.0.1"), ("169.254.169.254",), ("::1",)])
async def test_a_name_that_leads_to_this_machine_is_refused_and_nothing_is_sent(
    server: Server, monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    resolves_to(monkeypatch, *addresses)
    chat = OpenAIChat(HostPolicy())
    with pytest.raises(ChatError) as caught:
        await chat.send(request(f"http://acme.openai.azure.com:{server.port}/openai/v1/"))
    assert (caught.value.status, caught.value.code) == (None, "address_refused")
    assert server.connections == 0
    await chat.close()


async def test_the_next_address_is_tried_when_one_does_not_answer(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves_to(monkeypatch, "127.0.0.2", "127.0.0.1")
    chat = OpenAIChat(HostPolicy(allow_loopback=True))
    assert (await chat.send(request(f"http://acme.openai.azure.com:{server.port}/v1/"))).text == "x"
    await chat.close()


async def test_a_name_that_does_not_resolve_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    async def getaddrinfo(*_: object, **__: object) -> Found:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    chat = OpenAIChat(HostPolicy())
    with pytest.raises(ChatError) as caught:
        await chat.send(request("https://no-such.openai.azure.com/openai/v1/"))
    assert (caught.value.status, caught.value.code) == (None, "name_not_found")
    await chat.close()


async def test_a_port_where_nobody_listens_is_a_failed_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    chat = OpenAIChat(HostPolicy(allow_loopback=True))
    with pytest.raises(ChatError) as caught:
        await chat.send(request(f"http://127.0.0.1:{port}/v1/"))
    assert (caught.value.status, caught.value.code) == (None, None)
    await chat.close()


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"not http at all\r\n\r\n"],
)
async def test_a_connection_that_is_cut_is_a_failed_connection(server: Server, answer: bytes) -> None:
    server.answer = answer
    chat = OpenAIChat(HostPolicy(allow_loopback=True))
    with pytest.raises(ChatError) as caught:
        await chat.send(request(f"http://127.0.0.1:{server.port}/v1/"))
    assert caught.value.status is None
    await chat.close()


@pytest.mark.parametrize("status", [b"200 OK", b"500 Oh"])
async def test_an_endless_answer_is_cut_off(server: Server, status: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_network, "LONGEST_ANSWER", 100_000)
    server.answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 9_000_000
    chat = OpenAIChat(HostPolicy(allow_loopback=True))
    with pytest.raises(ChatError) as caught:
        await chat.send(request(f"http://127.0.0.1:{server.port}/v1/"))
    assert (caught.value.status, caught.value.code) == (200, "too_large")
    await chat.close()


async def test_a_certificate_nobody_trusts_is_told_apart(server: Server) -> None:
    import ssl

    import trustme

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=context)
    port = listening.sockets[0].getsockname()[1]
    chat = OpenAIChat(HostPolicy(allow_loopback=True))
    with pytest.raises(ChatError) as caught:
        await chat.send(request(f"https://localhost:{port}/v1/"))
    assert (caught.value.status, caught.value.code) == (None, "tls_failed")
    listening.close()
    await chat.close()


async def test_a_trusted_certificate_is_checked_against_the_name_not_the_address(server: Server) -> None:
    import ssl

    import trustme

    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=context)
    port = listening.sockets[0].getsockname()[1]
    transport = GuardedTransport(HostPolicy(allow_loopback=True), trusting)
    chat = OpenAIChat(HostPolicy(), httpx2.AsyncClient(transport=transport))
    assert (await chat.send(request(f"https://localhost:{port}/v1/"))).text == "x"
    listening.close()
    await chat.close()


async def test_no_proxy_of_the_environment_is_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    chat = OpenAIChat(HostPolicy(allow_loopback=True))
    assert (await chat.send(request(f"http://127.0.0.1:{server.port}/v1/"))).text == "x"
    await chat.close()
