"""Faults below HTTP: connections that are reset, cut, silent, slow or endless."""

from __future__ import annotations

import asyncio
import socket
import struct

from aiohttp import web

from local.simulated_config import Fault
from local.simulated_errors import JSON

_PIECES = 20


def reset(request: web.BaseRequest) -> None:
    """An RST instead of an answer."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def hang(request: web.BaseRequest) -> None:
    """Say nothing until the client leaves."""
    while request.transport is not None and not request.transport.is_closing():
        await asyncio.sleep(0.05)


async def cut(request: web.BaseRequest, body: bytes, headers: dict[str, str]) -> web.StreamResponse:
    """Half of the promised body, then the end of the connection."""
    response = await _begun(request, len(body), headers)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def slow(request: web.BaseRequest, body: bytes, headers: dict[str, str], fault: Fault) -> web.StreamResponse:
    """The body in twenty pieces over ``fault.seconds``."""
    response = await _begun(request, len(body), headers)
    size = len(body) // _PIECES + 1
    for start in range(0, len(body), size):
        await response.write(body[start : start + size])
        await asyncio.sleep(fault.seconds / _PIECES)
    return response


async def huge(request: web.BaseRequest, headers: dict[str, str], fault: Fault) -> web.StreamResponse:
    """A completion whose content has ``fault.size`` bytes."""
    head = b'{"id":"chatcmpl-huge","object":"chat.completion","created":0,"model":"gpt-4.1-mini-2025-04-14","choices":['
    head += b'{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"'
    tail = b'"}}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}'
    response = await _begun(request, len(head) + fault.size + len(tail), headers)
    await response.write(head)
    left, piece = fault.size, b"x" * 65_536
    while left > 0:
        await response.write(piece[:left])
        left -= len(piece)
    await response.write(tail)
    return response


async def _begun(request: web.BaseRequest, length: int, headers: dict[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(headers=headers | {"Content-Type": JSON})
    response.content_length = length
    await response.prepare(request)
    return response
