"""Test an organization's deployment with at most 20 tokens, and say in one sentence what is wrong."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from shared.errors import AnswerError, DeploymentError, ProductError, SettingsMissing, SettingsUnavailable
from shared.gateway.gateway import Gateway
from shared.gateway.records import Caller, Feature, Message, Prompt

PATIENCE = 30.0
"""Seconds: an administrator is looking at the screen."""
HISTORY_FEATURE = "Verify"
_PROMPT: Prompt[bool] = Prompt("verify-v1", (Message("user", "Say ok"),), {}, lambda text: True, 8)
"""About 10 tokens asked and at most 8 answered."""


@dataclass(frozen=True)
class Verification:
    ok: bool
    code: str | None
    setting: str | None
    """apiKey, baseUrl, resourceKey or deploymentName, where one is to blame."""
    detail: str
    prompt_id: str | None
    """The last attempt's id."""


async def verify(gateway: Gateway, caller: Caller) -> Verification:
    """Needs AiMapping or RuleEngine on, reads Key Vault first.

    Raises FeatureDisabled, FlagsUnavailable, HistoryUnavailable; all else is what the result tells."""
    tester = replace(
        caller,
        features=(Feature.AI_MAPPING, Feature.RULE_ENGINE),
        history_feature=HISTORY_FEATURE,
        deadline=min(caller.deadline, time.monotonic() + PATIENCE),
    )
    try:
        reply = await gateway.try_out(tester, _PROMPT)
    except (AnswerError, DeploymentError, SettingsMissing, SettingsUnavailable) as error:
        return Verification(False, error.code, error.setting, error.detail, _last(error))
    return Verification(True, None, None, f"The deployment answered, as model {reply.model}", reply.attempt_ids[-1])


def _last(error: ProductError) -> str | None:
    return error.attempt_ids[-1] if error.attempt_ids else None
