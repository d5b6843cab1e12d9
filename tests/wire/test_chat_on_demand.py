"""The first prompt brings the SDK, once; building the services does not."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.adapters import openai_chat
from shared.adapters.chat_on_demand import ChatOnDemand
from shared.gateway.endpoint import HostPolicy
from shared.gateway.ports import ChatError, ChatRequest, Deployment
from tests.fakes.app import ENVIRONMENT

ROOT = Path(__file__).parents[2]
BUILDS = """
import asyncio, sys
from shared.wiring import services
async def build():
    services()
asyncio.run(build())
print("openai" in sys.modules)
"""


async def test_prompts_at_once_share_one_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    class Counted(openai_chat.OpenAIChat):
        def __init__(self, policy: HostPolicy) -> None:
            made.append(policy)
            super().__init__(policy)

    monkeypatch.setattr(openai_chat, "OpenAIChat", Counted)
    policy = HostPolicy()
    chat = ChatOnDemand(policy)
    request = ChatRequest(Deployment("https://127.0.0.1:1/openai/v1/", "gpt", "one", "two"), "one")
    answers = await asyncio.gather(*(chat.send(request) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(answer, ChatError) for answer in answers)  # the guard lets nobody call this machine
    assert made == [policy]


def test_building_the_services_does_not_import_the_sdk() -> None:
    command = [sys.executable, "-c", BUILDS]
    ran = subprocess.run(command, cwd=ROOT, env=os.environ | ENVIRONMENT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
