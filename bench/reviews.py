"""What a review saves: prompts, tokens and time of the mappings of one data set before and after it was reviewed.

60 fields against 120 keys over HTTP, on the simulated deployment (its answers are worth nothing, their cost is real):
the first mapping; the same data set once every field was reviewed; the same with three columns that are new; and again
after the review was forgotten (in more prompts by then: answers worth nothing make the product ask fewer fields at a
time). Times are the median of seven runs where a mapping may be repeated.
"""

from __future__ import annotations

import json
import time
import urllib.request
from statistics import median
from typing import Any

from bench.stack import Stack, running_stack

FIELDS, KEYS, NEW, RUNS = 60, 120, 3, 7
_WORDS = ["account", "order", "invoice", "contact", "address", "product", "supplier", "shipment", "payment", "contract"]
_PARTS = ["number", "name", "date", "status", "city", "street", "code", "owner", "amount", "type", "country", "email"]


def run() -> dict[str, object]:
    with running_stack() as stack:
        stack.tell(latencySeconds=0.5)
        first = _mapped(stack, FIELDS)
        _review(stack, first)
        again = [_mapped(stack, FIELDS) for _ in range(RUNS)]
        grown = [_mapped(stack, FIELDS + NEW) for _ in range(RUNS)]
        _call(stack, "DELETE", f"/mappings/{first['mappingId']}/review")
        time.sleep(0.1)
        forgotten = _mapped(stack, FIELDS)
    free = all(mapping["usage"]["prompts"] == 0 for mapping in again)
    return {
        "first": _cost(first),
        "reviewed": _cost(again[-1]) | {"ms": _ms(again)},
        f"reviewed, {NEW} new fields": _cost(grown[-1]) | {"ms": _ms(grown)},
        "forgotten": _cost(forgotten),
        "ratio": round(grown[-1]["usage"]["promptTokens"] / first["usage"]["promptTokens"], 3),
        "reached": free and forgotten["usage"]["promptTokens"] >= first["usage"]["promptTokens"],
    }


def _names(count: int) -> list[str]:
    return [f"{_WORDS[n // len(_PARTS) % len(_WORDS)]} {_PARTS[n % len(_PARTS)]}" for n in range(count)]


def _mapped(stack: Stack, fields: int) -> dict[str, Any]:
    """A mapping, and how many milliseconds it took."""
    keys = [{"key": "erp." + name.replace(" ", "_"), "description": f"The {name}"} for name in _names(KEYS)]
    body = {
        "dataSet": {"name": "erp", "fields": [{"name": name, "samples": ["A-1", "B-2"]} for name in _names(fields)]},
        "vocabularies": [{"name": "ERP", "keyPrefix": "erp", "keys": keys}],
    }
    started = time.perf_counter()
    mapping = _call(stack, "POST", "/mappings", body)
    return {**mapping, "ms": (time.perf_counter() - started) * 1000}


def _review(stack: Stack, mapping: dict[str, Any]) -> None:
    decisions = [{"field": each["field"], "decision": "accepted"} for each in mapping["properties"]]
    _call(stack, "PUT", f"/mappings/{mapping['mappingId']}/review", {"decisions": decisions})


def _call(stack: Stack, method: str, path: str, body: object = None) -> dict[str, Any]:
    described = stack.described
    url = f"{described['baseUrl']}/api/organizations/{stack.organization}{path}"
    headers = {"x-functions-key": str(described["functionKey"]), "content-type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=120) as answer:
        return dict(json.loads(answer.read() or b"{}"))


def _cost(mapping: dict[str, Any]) -> dict[str, object]:
    usage = mapping["usage"]
    return {name: usage[name] for name in ("prompts", "promptTokens", "completionTokens")} | {
        "ms": round(mapping["ms"])
    }


def _ms(mappings: list[dict[str, Any]]) -> int:
    return round(median(mapping["ms"] for mapping in mappings))
