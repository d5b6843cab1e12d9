"""Calls made at once, of which none is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import TypeVar

Result = TypeVar("Result")


async def together(calls: Iterable[Coroutine[None, None, Result]]) -> list[Result]:
    """Their results, in order. When one raises, the others are cancelled and waited for before it is raised: each
    writes its outcome."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
