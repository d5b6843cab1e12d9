"""Every case's draft compiled, run by CluedIn's SDK in the sandbox, and compared with what must come of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from bench.rules.language import Case
from shared.records import RecordIn
from shared.rules.check import check_draft
from shared.rules.compile import compile_rule
from shared.rules.draft import Draft
from shared.rules.manual import manual_steps, with_winners
from shared.rules.models import Preview
from shared.rules.preview import Ran, run_rule
from shared.rules.sandbox import Sandbox


async def run_draft(sandbox: Sandbox, draft: Draft, records: Sequence[Mapping[str, object]]) -> Ran:
    rule_id = str(uuid.uuid4())
    rule = compile_rule(draft, rule_id)
    ran = await run_rule(sandbox, "bench", rule, records, manual_steps(draft).acted_out(rule_id))
    if draft.scope == "Survivorship":
        ran = with_winners(draft, [RecordIn.model_validate(record) for record in records], ran)
    return ran


async def wrong(sandbox: Sandbox, case: Case) -> list[str]:
    """What differs from what must come of a case; empty where all is right."""
    faults = check_draft(case.draft, case.keys)
    if faults:
        return faults
    ran = await run_draft(sandbox, case.draft, case.records)
    return [*differences(case, ran.matched, ran.preview), *ran.failures]


def differences(case: Case, matched: Sequence[int], preview: Preview) -> list[str]:
    """Matches and effects that are not as expected."""
    expected = case.expected()
    if sorted(matched) != sorted(expected):
        return [f"matched {sorted(matched)}, not {sorted(expected)}"]
    ids = [str(record["id"]) for record in case.records]
    wanted = [(ids[place], effect) for place, effect in expected.items()]
    found = [(item.id, effects(item.model_dump(by_alias=True))) for item in preview.items]
    return [f"{one} instead of {other}" for one, other in zip(found, wanted, strict=False) if one != other]


def effects(item: Mapping[str, object]) -> dict[str, object]:
    """An item of a preview as cases say it."""
    changes, added, removed = item["changes"], item["tagsAdded"], item["tagsRemoved"]
    assert isinstance(changes, list)
    assert isinstance(added, list)
    assert isinstance(removed, list)
    after = {change["key"]: change["after"] for change in changes}
    return {"changes": after, "tagsAdded": sorted(added), "tagsRemoved": sorted(removed)}
