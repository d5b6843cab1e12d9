"""``make demo``: a customer file mapped by a real model on this machine, the prompts behind it, and a file that lands.

The first goes over HTTP, as CluedIn's backend would do it; the second is dropped, as a pipeline would. Then a steward
fills in a value and makes a rule of plain words. Options by environment: CSV and VOCABULARY (paths, both or neither,
and then without the steward), ENGINE (ai or auto; of the first), and what `make up` takes to choose a deployment.
"""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local import demo_drop, demo_steward, throwaway
from local.demo_call import call
from local.demo_output import say, table
from local.processes import Failed
from local.state import CHECKOUT
from local.supervisor import tail

_SAMPLES = CHECKOUT / "local" / "samples"


def demo(_: Sequence[str]) -> int:
    records, vocabularies = _records(), _vocabularies()
    keys = sum(len(each["keys"]) for each in vocabularies)
    say(f"{len(records)} rows of {len(records[0])} columns, {keys} vocabulary keys")
    with throwaway.running({"HOST": "", "LOCAL_OWNER": str(os.getpid())}) as described:
        stack = json.loads(described.read_text())
        try:
            mapping = _map(stack, records, vocabularies)
            _show_mapping(mapping)
            _show_prompts(stack, mapping)
            _drop(stack, vocabularies)
            if not os.environ.get("CSV"):
                demo_steward.show(stack, records, mapping)
        except Failed as failed:
            raise Failed(f"{failed}\n{tail(Path(stack['logs']) / 'host.log')}") from failed
    say("everything is stopped")
    return 0


def _records() -> list[dict[str, str]]:
    path = _path("CSV", _SAMPLES / "customers.csv")
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            records = [{name: value for name, value in row.items() if name} for row in csv.DictReader(file)]
    except (OSError, ValueError, csv.Error) as error:
        raise Failed(f"{path} cannot be read as CSV: {error}") from error
    if not records:
        raise Failed(f"{path} has no rows")
    return records


def _vocabularies() -> list[dict[str, Any]]:
    path = _path("VOCABULARY", _SAMPLES / "customer-vocabulary.json")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failed(f"{path} cannot be read as JSON: {error}") from error
    return found if isinstance(found, list) else [found]


def _path(name: str, default: Path) -> Path:
    return Path(os.environ[name]).expanduser() if os.environ.get(name) else default


def _map(stack: dict[str, Any], records: list[dict[str, str]], vocabularies: list[dict[str, Any]]) -> dict[str, Any]:
    engine = os.environ.get("ENGINE") or "ai"
    name = _path("CSV", Path("customers.csv")).stem
    body = {
        "dataSet": {"name": name, "records": records},
        "vocabularies": vocabularies,
        "options": {"engine": engine},
    }
    say(f"POST /api/organizations/{stack['organization']}/mappings (a model on two cores takes a minute or two)")
    started = time.monotonic()
    mapping = call(stack, "POST", "mappings", body)
    say(f"answered after {time.monotonic() - started:.1f} s\n")
    return mapping


def _drop(stack: dict[str, Any], vocabularies: list[dict[str, Any]]) -> None:
    """The vocabularies are stored first: an event names a file, and nothing else."""
    call(stack, "PUT", "vocabularies", vocabularies)
    demo_drop.show(demo_drop.drop(stack, _path("CSV", _SAMPLES / "contacts.jsonl")))


def _show_mapping(mapping: dict[str, Any]) -> None:
    rows = [
        (
            each["field"],
            each["status"],
            each["vocabularyKey"] or "",
            each["dataType"] or "",
            f"{each['confidence']:.2f}",
            each["reason"] or "",
        )
        for each in mapping["properties"]
    ]
    table(("field", "status", "vocabulary key", "type", "conf.", "reason"), rows)
    origin, vocabulary, domain = mapping["origin"], mapping["vocabulary"], mapping["businessDomain"]
    say(f"\nvocabulary       {vocabulary['keyPrefix']} ({vocabulary['status']}, {vocabulary['confidence']:.2f})")
    say(f"business domain  {domain['name']} ({domain['status']}, {domain['confidence']:.2f})")
    say(f"origin           {origin['kind']} {', '.join(origin['fields'])}: {origin['reason']}")
    for code in mapping["codes"]:
        say(f"code             {code['field']}: {code['reason']}")
    if mapping["entityName"]:
        say(f"entity name      {', '.join(mapping['entityName']['fields'])}")
    for name in ("createdDate", "modifiedDate"):
        if mapping[name]:
            say(f"{name:<17}{mapping[name]['field']}")
    for each in mapping["relationships"]:
        say(f"relationship     {each['field']} {each['edgeType']} {each['businessDomain']}: {each['reason']}")
    for warning in mapping["warnings"]:
        say(f"warning          {warning['code']}: {warning['detail']}")
    usage = mapping["usage"]
    read, cached, written = usage["promptTokens"], usage["cachedTokens"], usage["completionTokens"]
    tokens = f"{read} tokens read ({cached} of them cached), {written} written"
    cost = "no price set" if usage["cost"] is None else f"{usage['cost']} {usage['currency']}"
    say(f"usage            {usage['prompts']} prompts, {tokens}, cost: {cost}\n")


def _show_prompts(stack: dict[str, Any], mapping: dict[str, Any]) -> None:
    say(f"GET /api/organizations/{stack['organization']}/prompts?mappingId={mapping['mappingId']}")
    found = call(stack, "GET", f"prompts?mappingId={mapping['mappingId']}&top=200")
    rows = [
        (
            each["attemptId"],
            each["createdAt"],
            each["status"],
            each["model"] or "",
            _number(each["promptTokens"]),
            _number(each["completionTokens"]),
            _number(each["latencyMs"]),
        )
        for each in found["items"]
    ]
    table(("attempt", "at", "status", "model", "read", "written", "ms"), rows)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
