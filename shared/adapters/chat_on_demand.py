"""The openai SDK with the first prompt: it takes half a second of processor, which what asks nothing saves."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.gateway.endpoint import HostPolicy
    from shared.gateway.ports import Chat, ChatRequest, Completion


class ChatOnDemand:
    """Implements ``ports.Chat`` by an ``OpenAIChat``, whose module is loaded in a thread: others go on meanwhile."""

    def __init__(self, policy: HostPolicy) -> None:
        self._policy = policy
        self._chat: Chat | None = None

    async def send(self, request: ChatRequest) -> Completion:
        """As ``OpenAIChat.send``."""
        if self._chat is None:
            module = await asyncio.to_thread(importlib.import_module, "shared.adapters.openai_chat")
            self._chat = self._chat or module.OpenAIChat(self._policy)
        return await self._chat.send(request)
