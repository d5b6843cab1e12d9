"""The running stack that the contract suites also run on, where STACK_JSON names one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Protocol

import pytest

from shared.storage import Blobs, Files


class BlobStorage(Blobs, Files, Protocol):
    """Both views of the same blobs."""


def running_stack() -> dict[str, Any]:
    """stack.json. Skips the test where no stack is named."""
    named = os.environ.get("STACK_JSON")
    if not named:
        pytest.skip("STACK_JSON names no running stack")
    found: dict[str, Any] = json.loads(Path(named).read_text())
    return found


def connection_string() -> str:
    """Of the stack's storage account. Skips the test where no stack is named."""
    return str(running_stack()["storageConnectionString"])
