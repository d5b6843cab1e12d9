"""Vectors from the organization's own embedding deployment, sent under the same promises as a prompt.

It is another deployment of the same resource, so the same Base URL and the same two keys serve it; its quota is its
own. What is kept in the history are the texts; of the vectors, how many there were.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import replace

from shared.errors import ProductError, SettingsMissing, UnusableAnswer
from shared.gateway.asking import Asking
from shared.gateway.capabilities import Capabilities, Output
from shared.gateway.credentials import Credentials
from shared.gateway.parts import Parts
from shared.gateway.ports import ChatRequest, Completion, Deployment
from shared.gateway.records import Caller, Message, Prompt, Reply

PROMPT_NAME = "embed-texts-v1"
MOST_TEXTS = 2048
"""In one request (Azure OpenAI's limit)."""
SETTING = "embeddingDeploymentName"
_FLOAT = 4

Vectors = tuple[bytes, ...]


class Embedding(Asking[Vectors]):
    def __init__(self, parts: Parts, caller: Caller, texts: Sequence[str]) -> None:
        if not 0 < len(texts) <= MOST_TEXTS:
            raise ValueError("give 1 to 2,048 texts")
        messages = tuple(Message("user", text) for text in texts)
        prompt: Prompt[Vectors] = Prompt(PROMPT_NAME, messages, {}, lambda decoded: (), 0)
        super().__init__(replace(parts, credentials=_Named(parts.credentials)), caller, prompt)

    async def run(self) -> Reply[Vectors]:
        try:
            return await super().run()
        except ProductError as error:
            if error.setting == "deploymentName":
                error.setting = SETTING
            raise

    def _value(self, completion: Completion, output: Output) -> Vectors:
        """One row of floats for each text, all of one length."""
        try:
            content = base64.b64decode(completion.vectors, validate=True)
        except binascii.Error:
            content = b""
        width, rest = divmod(len(content), len(self._prompt.messages))
        if not width or rest or width % _FLOAT:
            raise UnusableAnswer("The embedding deployment did not answer one vector for each text", setting=SETTING)
        return tuple(content[start : start + width] for start in range(0, len(content), width))

    def _request(self, deployment: Deployment, used: Capabilities) -> ChatRequest:
        key, timeout = self._recovery.key(deployment), self._recovery.timeout()
        return ChatRequest(deployment, key, self._prompt.messages, timeout=timeout, embeds=True)


class _Named(Credentials):
    """The organization's settings with the embedding deployment in the other one's place."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def deployment(self, organization: str) -> Deployment:
        """Raises SettingsMissing where none is named, and what reading the settings raises."""
        return _named(await self._credentials.deployment(organization))

    async def reread(self, organization: str, used: Deployment) -> Deployment | None:
        current = await self._credentials.reread(organization, used)
        if current is None or current.embedding_name is None:
            return None
        named = _named(current)
        return named if named != used else None

    def keys(self, organization: str, deployment: Deployment) -> tuple[str, ...]:
        return self._credentials.keys(organization, deployment)

    def worked(self, organization: str, deployment: Deployment, key: str) -> None:
        self._credentials.worked(organization, deployment, key)


def _named(deployment: Deployment) -> Deployment:
    if deployment.embedding_name is None:
        raise SettingsMissing(f"This setting is missing: {SETTING}", setting=SETTING)
    return replace(deployment, name=deployment.embedding_name)
