"""The demo's steward: a value filled in for some records, and a rule made of plain words, each shown before and after.

A small model does not always make a rule that can be offered; what the app then answers is shown as it is.
"""

from __future__ import annotations

import json
import time
from typing import Any

from local.demo_call import call
from local.demo_output import say, table
from local.processes import Failed

_RECORDS = 8
_COUNTRY, _CODE, _NOTES = "customer.address.country", "customer.address.countryCode", "customer.notes"
_FILL = f"Write the two-letter ISO 3166 code of the country {{Vocabulary:{_COUNTRY}}} to {{output:Vocabulary:{_CODE}}}"
_RULE = 'Add the tag "Late" to customers whose notes contain the word late'


def show(stack: dict[str, Any], rows: list[dict[str, str]], mapping: dict[str, Any]) -> None:
    """On the first records, under the keys that their fields were mapped to."""
    records = _records(rows, mapping)
    for part in (_fill, _rule):
        try:
            part(stack, records)
        except Failed as failed:
            say(f"not done: {failed}")


def _records(rows: list[dict[str, str]], mapping: dict[str, Any]) -> list[dict[str, Any]]:
    keys = {each["field"]: each["vocabularyKey"] for each in mapping["properties"] if each["vocabularyKey"]}
    return [
        {"id": str(number), "properties": {key: row.get(field) or None for field, key in keys.items()}}
        for number, row in enumerate(rows[:_RECORDS], 1)
    ]


def _fill(stack: dict[str, Any], records: list[dict[str, Any]]) -> None:
    say(f"\nPOST /api/organizations/{stack['organization']}/values: {_FILL}")
    started = time.monotonic()
    body = {"prompt": _FILL, "mode": "Add", "outputs": {_CODE: {"dataType": "GeographyCountry"}}, "records": records}
    answer = call(stack, "POST", "values", body)
    say(f"answered after {time.monotonic() - started:.1f} s, {answer['usage']['prompts']} prompts\n")
    before = {record["id"]: record["properties"].get(_COUNTRY) or "" for record in records}
    shown = [
        (
            each["id"],
            before[each["id"]],
            each["outputs"].get(_CODE, ""),
            each["status"],
            (each["error"] or {}).get("detail", ""),
        )
        for each in answer["results"]
    ]
    table(("id", _COUNTRY, _CODE, "status", "why"), shown)


def _rule(stack: dict[str, Any], records: list[dict[str, Any]]) -> None:
    say(f"\nPOST /api/organizations/{stack['organization']}/rules: {_RULE}")
    started = time.monotonic()
    answer = call(stack, "POST", "rules", {"prompt": _RULE, "scope": "Entity", "records": records})
    say(f"answered after {time.monotonic() - started:.1f} s: {answer['explanation']}\n")
    for question in answer["questions"]:
        say(f"question         {question['question']} {', '.join(question['options'])}")
    if answer["rule"] is None:
        return
    preview = {item["id"]: item for item in (answer["preview"] or {"items": []})["items"]}
    table(("id", "tags after", _NOTES), [_row(record, preview.get(record["id"])) for record in records])
    say(f"\nrule             {json.dumps(answer['rule'], ensure_ascii=False)[:160]}…")
    for warning in answer["warnings"]:
        say(f"warning          {warning['code']}: {warning['detail']}")


def _row(record: dict[str, Any], item: dict[str, Any] | None) -> tuple[str, str, str]:
    return record["id"], ", ".join(item["tagsAdded"]) if item else "", record["properties"].get(_NOTES) or ""
