"""The one door to a deployment: no other code can send a prompt."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from shared.gateway.asking import Asking
from shared.gateway.attempts import History
from shared.gateway.capabilities import Learnt
from shared.gateway.credentials import Credentials
from shared.gateway.embedding import Embedding
from shared.gateway.flags import Flags
from shared.gateway.parts import Parts
from shared.gateway.ports import Asker, Chat, Embedder
from shared.gateway.records import Answer, Caller, Prompt, Reply
from shared.gateway.throttle import Throttle
from shared.settings import Settings


class Gateway(Asker, Embedder):
    """Made once per process, inside the running loop."""

    def __init__(
        self,
        flags: Flags,
        credentials: Credentials,
        chat: Chat,
        history: History,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts = Parts(
            flags, credentials, chat, history, settings, Throttle(clock, settings.interactive_share), Learnt(), clock
        )

    async def require(self, caller: Caller) -> None:
        """Check flag and settings before any work.

        Raises FeatureDisabled, FlagsUnavailable, SettingsMissing, SettingsUnavailable and, for a Base URL or a name
        that cannot be used, DeploymentForbidden or DeploymentNotFound."""
        await self._parts.flags.require(caller.organization, caller.features)
        await self._parts.credentials.deployment(caller.organization)

    async def ask(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        """Send one prompt under all promises. Raises AnswerError, DeploymentError, NotPermitted, DependencyUnavailable;
        each carries ``attempt_ids`` and ``usage``."""
        return await Asking(self._parts, caller, prompt).run()

    async def embedding_deployment(self, caller: Caller) -> str | None:
        """The name of the organization's embedding deployment, None where its settings name none.

        Raises SettingsMissing, SettingsUnavailable, DeploymentForbidden, DeploymentNotFound."""
        return (await self._parts.credentials.deployment(caller.organization)).embedding_name

    async def embed(self, caller: Caller, texts: Sequence[str]) -> Reply[tuple[bytes, ...]]:
        """A vector for each text (1 to 2,048), as 32-bit floats, under the promises of ``ask``; each try is one attempt
        whose body holds the texts.

        Raises as ``ask`` does; SettingsMissing where the settings name no embedding deployment."""
        return await Embedding(self._parts, caller, texts).run()

    async def try_out(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        """Send one prompt with settings just read, no schema and exactly its token budget; any text is an answer.

        Raises as ``ask`` does."""
        await self._parts.flags.require(caller.organization, caller.features)
        await self._parts.credentials.renew(caller.organization)
        return await Asking(self._parts, caller, prompt, plain=True).run()
