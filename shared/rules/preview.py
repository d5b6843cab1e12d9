"""A rule run on records: the use case of ``POST …/rules/preview``, and the step every offered rule goes through."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue
from pydantic_core import from_json, to_json

from shared.errors import InvalidRequest, RuleTimeout, TooLarge, Violation
from shared.mapping.models import Warning as Note
from shared.records import MOST_BYTES, RecordIn
from shared.rules.models import Preview, PreviewAnswer, PreviewRequest
from shared.rules.parse import unwrapped
from shared.rules.sandbox import Sandbox

MOST_RULE_BYTES: Final = 1024 * 1024
DEEPEST: Final = 60

Record = Mapping[str, object]
Step = Mapping[str, object]


@dataclass(frozen=True)
class Ran:
    preview: Preview
    failures: dict[str, int]
    """Why the rule failed on records, and on how many."""
    matched: tuple[int, ...]
    """Places of the records that matched."""


class NotRun(Exception):
    """The rule cannot be put together at all. The text says why."""


async def preview_rule(sandbox: Sandbox, organization: str, request: PreviewRequest) -> PreviewAnswer:
    """Raises InvalidRequest and TooLarge with pointers, RuleTimeout."""
    check_rule(request.rule)
    check_size(request.records)
    try:
        ran = await run_rule(sandbox, organization, request.rule, as_records(request.records))
    except NotRun as error:
        raise InvalidRequest(f"The rule cannot be run: {error}", violations=(Violation("/rule", str(error)),)) from None
    return PreviewAnswer(preview=ran.preview, warnings=warnings_of(ran))


async def run_rule(
    sandbox: Sandbox,
    organization: str,
    rule: Mapping[str, JsonValue],
    records: Sequence[Record],
    steps: Sequence[Step] = (),
) -> Ran:
    """Run a rule on records, ``steps`` (``ManualSteps.acted_out``) after its actions. Raises RuleTimeout, NotRun."""
    asked = json.dumps({"rule": rule, "records": records, "steps": steps}).encode()
    found = from_json(await sandbox.run(organization, asked))
    if found.get("error") == "costly":
        raise RuleTimeout("The rule takes too much memory on these records. Simplify its patterns and formulas.")
    if "error" in found:
        raise NotRun(found["reason"])
    return Ran(Preview.model_validate(found["preview"]), found["failures"], tuple(found["matched"]))


def warnings_of(ran: Ran) -> list[Note]:
    """What a person should know about a run."""
    return [
        Note(code="record_failed", detail=f"The rule failed on {count} record(s): {reason}")
        for reason, count in ran.failures.items()
    ]


def as_records(records: Sequence[RecordIn]) -> list[Record]:
    """As ``run_rule`` takes them: their JSON."""
    return [record.model_dump(by_alias=True) for record in records]


def check_rule(rule: Mapping[str, JsonValue]) -> None:
    """Raises InvalidRequest where it is no rule, or is nested too deep."""
    if not isinstance(unwrapped(rule).get("condition"), dict):
        message = "not a rule of CluedIn's: it has no condition"
        raise InvalidRequest(f"/rule: {message}", violations=(Violation("/rule/condition", message),))
    if _deeper(dict(rule), DEEPEST):
        message = f"nested more than {DEEPEST} deep"
        raise InvalidRequest(f"/rule: {message}", violations=(Violation("/rule", message),))
    if len(to_json(rule)) > MOST_RULE_BYTES:
        raise TooLarge("The rule is larger than 1 MiB.", violations=(Violation("/rule", "at most 1 MiB"),))


def check_size(records: Sequence[RecordIn]) -> None:
    """Raises TooLarge. Ids may repeat: several data parts of one golden record have one."""
    if len(to_json(list(records))) > MOST_BYTES:
        raise TooLarge("The records are larger than 8 MiB.", violations=(Violation("/records", "at most 8 MiB"),))


def _deeper(value: JsonValue, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    children = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(_deeper(child, depth - 1) for child in children)
