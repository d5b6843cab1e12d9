"""Whatever the model answers, POST …/rules answers with a rule, questions, or a problem that says why: never a 500.

FUZZ sets the number of answers (10,000 were run; the usual few are quick).
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from hypothesis import HealthCheck, given, settings

from shared import wiring
from shared.gateway.ports import FlagRow
from tests.fakes.app import Stand, call
from tests.unit.rules.test_fuzz import KEYS, reply, scope

VOCABULARY = {"name": "A", "keyPrefix": "a", "keys": [{"key": key} for key in KEYS]}
RECORDS = [{"id": "1", "properties": {"a.x": "DK", "a.y": 5}}, {"id": "2", "properties": {"a.x": "12"}}]


@settings(max_examples=int(os.environ.get("FUZZ", "40")), deadline=None, suppress_health_check=list(HealthCheck))
@given(reply, scope)
def test_no_answer_of_a_model_is_an_exception(answered: dict[str, Any], given_scope: str | None) -> None:
    stand = Stand()
    stand.allow("acme")
    stand.flag_table.rows["acme", "RuleEngine"] = FlagRow(True, "Production")
    stand.gateway.answerer = lambda _: answered
    wiring.use(stand.services)
    body: dict[str, object] = {"prompt": "tag 10 of a x", "vocabularies": [VOCABULARY], "records": RECORDS}
    if given_scope:
        body["scope"] = given_scope
    try:
        answer = asyncio.run(call("POST", "/organizations/acme/rules", body))
    finally:
        wiring.use(None)
    assert answer.status in (200, 422), answer.content
    if answer.status == 422:
        assert answer.json["reason"]
