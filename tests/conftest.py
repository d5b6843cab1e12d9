"""What the tests that need more than memory ask for; nothing is started unless one does."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def stack() -> Iterator[dict[str, Any]]:
    """stack.json of a stack with a simulated deployment: the one STACK_JSON names, or one started for this run."""
    named = os.environ.get("STACK_JSON")
    if named:
        yield json.loads(Path(named).read_text())
        return
    from local import throwaway

    with throwaway.running({"DEPLOYMENT": "simulated"}, quiet=True) as started:
        yield json.loads(started.read_text())


@pytest.fixture(scope="session")
def model() -> Iterator[dict[str, Any]]:
    """The real 0.5B model behind the v1 routes: {"baseUrl", "apiKey", "resourceKey", "deploymentName", "pid"}."""
    from local import serving

    with serving.model("model") as served:
        yield served
