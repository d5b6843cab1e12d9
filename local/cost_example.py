"""``python -m local.cost_example``: some of each kind of work of docs/cost.md on the running stack, and what it took.

Each kind is done by itself, between two looks at ``GET …/usage``, so what is shown is what the history has, retries and
answers of no use included. The simulated deployment estimates tokens (four characters each) and makes its answers from
the schema, so that a real model's rule is longer.
"""

from __future__ import annotations

import base64
import json
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from local import state
from local.demo_call import call
from local.demo_output import say, table
from local.processes import Failed
from local.state import State

Stack = dict[str, Any]
Work = Callable[[Stack], int]
"""Does it; how many units that was."""

_FIELDS = 40
_ABOUT = ["customer", "order", "invoice", "product", "contact", "address", "supplier", "payment", "contract", "site"]
_WHAT = ["number", "name", "status", "created", "city", "street", "country", "email", "amount", "currency", "owner"]
_NAMES = [f"{about} {what}" for about in _ABOUT for what in _WHAT]
_TOWNS = ["Aarhus", "Gdańsk", "Porto", "Ghent", "Turku", "Graz", "Cork", "Split", "Brno", "Bergen"]
_JOB = "Which country is {Vocabulary:site.city} in? Write it to {output:Vocabulary:site.country}."
_PATIENCE = 120
"""Seconds for queued work."""


def main() -> int:
    stack = state.read(State.default().stack_file)
    if stack is None:
        raise Failed("the stack is not up: run 'make up DEPLOYMENT=simulated' first")
    call(stack, "PUT", "vocabularies", _catalogue())
    rows = [_measured(stack, *kind) for kind in _KINDS]
    table(("kind", "units", "prompts", "prompt tokens", "completion", "tokens a unit", "cost"), rows)
    return 0


def _measured(stack: Stack, kind: str, unit: str, work: Work) -> tuple[str, ...]:
    before = _used(stack)
    units = work(stack)
    after = _used(stack)
    spent = {name: after[name] - before[name] for name in after}
    a_unit = f"{spent['promptTokens'] / units:.1f} + {spent['completionTokens'] / units:.1f}"
    counts = (f"{spent[name]:,.0f}" for name in ("prompts", "promptTokens", "completionTokens"))
    return kind, f"{units:,} {unit}", *counts, a_unit, f"{spent['cost']:.6f}"


def _used(stack: Stack) -> dict[str, float]:
    items = call(stack, "GET", "usage")["items"]
    names = ("prompts", "promptTokens", "completionTokens", "cost")
    return {name: sum(item[name] or 0 for item in items) for name in names}


def _map(stack: Stack) -> int:
    """New sources over HTTP."""
    for number in range(4):
        _mapping(stack, number)
    return 4 * _FIELDS


def _drop_unchanged(stack: Stack) -> int:
    mapping = _mapping(stack, 0, "auto")
    decisions = [{"field": each["field"], "decision": "accepted"} for each in mapping["properties"]]
    call(stack, "PUT", f"mappings/{mapping['mappingId']}/review", {"decisions": decisions})
    return _drop(stack, count=10, new=0)


def _drop_grown(stack: Stack) -> int:
    return _drop(stack, count=5, new=3) * 3


def _fill(stack: Stack) -> int:
    """A job of 2,000 records, one in four of its own kind; the answers are new each time."""
    mark = uuid.uuid4().hex[:4]
    records = [
        {"id": str(n), "properties": {"site.city": f"{_TOWNS[n % 10]} {mark}{n % 500:03}", "site.country": None}}
        for n in range(2_000)
    ]
    job = call(stack, "POST", "values/jobs", {"prompt": _JOB, "mode": "Add", "records": records})
    ends = time.monotonic() + _PATIENCE
    while job["state"] in ("queued", "running"):
        if time.monotonic() > ends:
            raise Failed(f"the job is still {job['state']}")
        time.sleep(0.5)
        job = call(stack, "GET", f"values/jobs/{job['jobId']}")
    say(f"job {job['jobId']}: {job['state']}, forecast {json.dumps(job['forecast'])}")
    return 500


def _write_rules(stack: Stack) -> int:
    for town in _TOWNS[:4]:
        _tried(stack, "rules", {"prompt": f'Tag sites in {town} as "North"', "scope": "Entity"})
    return 4


def _suggest(stack: Stack) -> int:
    values = [{"value": town, "count": 40} for town in _TOWNS] + [{"value": town.upper()} for town in _TOWNS]
    for _ in range(4):
        _tried(stack, "rules/suggestions", {"vocabularyKey": "site.city", "values": values})
    return 4


_KINDS: tuple[tuple[str, str, Work], ...] = (
    ("mapping over HTTP", "fields", _map),
    ("drop, as reviewed", "drops", _drop_unchanged),
    ("drop, three new columns", "fields", _drop_grown),
    ("value job", "distinct inputs", _fill),
    ("rule from words", "rules", _write_rules),
    ("suggestions for a key", "keys", _suggest),
)


def _mapping(stack: Stack, source: int, engine: str = "ai") -> dict[str, Any]:
    fields = [{"name": name, "samples": _samples(name)} for name in _columns(source)]
    body = {"dataSet": {"id": f"source-{source}", "name": "erp", "fields": fields}, "options": {"engine": engine}}
    return call(stack, "POST", "mappings", body)


def _columns(source: int) -> list[str]:
    """Shortened, as a source's columns are."""
    names = (_NAMES[(source * 11 + n) % len(_NAMES)] for n in range(_FIELDS))
    return [name.replace("number", "no").replace("customer", "cust") for name in names]


def _samples(name: str) -> list[str]:
    return [f"{name[:2].upper()}-{n:04}" for n in range(3)]


def _catalogue() -> list[dict[str, Any]]:
    """60 vocabularies of 33 keys, one of which the sources fit."""
    erp = {"name": "ERP", "keyPrefix": "erp", "keys": [_key("erp", name) for name in _NAMES]}
    site = {"name": "Site", "keyPrefix": "site", "keys": [{"key": "site.city"}, {"key": "site.country"}]}
    others = [_part(f"part{n}") for n in range(58)]
    return [erp, site, *others]


def _part(prefix: str) -> dict[str, Any]:
    return {"name": prefix, "keyPrefix": prefix, "keys": [_key(prefix, f"{name} {prefix}") for name in _NAMES[:33]]}


def _key(prefix: str, name: str) -> dict[str, str]:
    return {"key": f"{prefix}.{name.replace(' ', '_')}", "displayName": name.title(), "description": f"The {name}"}


def _drop(stack: Stack, count: int, new: int) -> int:
    """As a pipeline does: records on queue data-drops, results on queue mapping-results."""
    from azure.storage.queue import QueueClient

    connection = stack["storageConnectionString"]
    mark = uuid.uuid4().hex[:6]
    with QueueClient.from_connection_string(connection, "data-drops") as queue:
        for number in range(count):
            names = [*_columns(0), *(f"loyalty {mark}{number} part {n}" for n in range(new))]
            records = [{name: f"{name[:2].upper()}-{row:04}" for name in names} for row in range(5)]
            message = {
                "organizationId": stack["organization"],
                "dropId": f"{mark}-{number}",
                "dataSet": {"id": "source-0", "name": "erp"},
                "records": records,
            }
            queue.send_message(json.dumps(message))
    left, ends = count, time.monotonic() + _PATIENCE
    with QueueClient.from_connection_string(connection, "mapping-results") as results:
        while left:
            if time.monotonic() > ends:
                raise Failed(f"{left} drops have no result")
            for told in results.receive_messages(max_messages=32):
                results.delete_message(told)
                left -= json.loads(base64.b64decode(told.content))["state"] == "succeeded"
            time.sleep(0.2)
    return count


def _tried(stack: Stack, path: str, body: object) -> None:
    """A rule that cannot be used is refused; its prompts count all the same."""
    try:
        call(stack, "POST", path, body)
    except Failed as failed:
        if "422" not in str(failed):
            raise


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        sys.exit(f"cost_example: {failed}")
