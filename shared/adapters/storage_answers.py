"""What a call to the storage account came to: its result, a status that means something, or StorageUnavailable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from azure.core.exceptions import AzureError, HttpResponseError

from shared.errors import StorageUnavailable

Result = TypeVar("Result")


async def answer(call: Callable[[], Awaitable[Result]], known: Mapping[int, Result]) -> Result:
    """The call's result, or what a known status stands for. Raises StorageUnavailable for anything else."""
    try:
        return await call()
    except HttpResponseError as error:
        status = error.status_code or 0
        if status in known:
            return known[status]
        raise _unavailable() from error
    except (AzureError, OSError, TimeoutError) as error:
        raise _unavailable() from error


def _unavailable() -> StorageUnavailable:
    return StorageUnavailable("The app's storage account cannot be reached. Try again.", retry_after=5)
