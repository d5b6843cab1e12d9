"""How many of the sample's fields a real model maps as labelled, against matching names with rapidfuzz.

The labels were committed before anything was measured; but sample, labels and abbreviations are by the same hands, so
this shows that the whole way works, not how it does on data of others. Runs on the stack that STACK_JSON names, or
starts one with DEPLOYMENT (``model``, ``model-1.5b``, or an endpoint of yours as ``make up`` takes it).
"""

from __future__ import annotations

import csv
import json
import os
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from local import throwaway

_SAMPLES = Path(__file__).parent.parent / "local" / "samples"
_BAR = 1.0
"""Not worse than names alone."""


def run() -> dict[str, object]:
    labels: dict[str, str | None] = json.loads((_SAMPLES / "customers-labels.json").read_text())
    vocabulary = json.loads((_SAMPLES / "customer-vocabulary.json").read_text())
    baseline = _right(labels, _by_name(labels, vocabulary))
    if "STACK_JSON" in os.environ:
        return _measure(Path(os.environ["STACK_JSON"]), labels, vocabulary, baseline)
    with throwaway.running({"HOST": "", "LOCAL_OWNER": str(os.getpid())}) as described:
        return _measure(described, labels, vocabulary, baseline)


def _measure(
    described: Path, labels: Mapping[str, str | None], vocabulary: Mapping[str, Any], baseline: int
) -> dict[str, object]:
    stack = json.loads(described.read_text())
    answers = {engine: _mapping(stack, vocabulary, engine) for engine in ("ai", "auto")}
    right = {engine: _right(labels, _decided(mapping)) for engine, mapping in answers.items()}
    usage = answers["ai"]["usage"]
    return {
        "model": stack["deployment"]["deploymentName"],
        "fields": len(labels),
        "right": right | {"rapidfuzz": baseline},
        "wrong": [field for field, key in _decided(answers["ai"]).items() if key != labels[field]],
        "promptTokensPerField": round(usage["promptTokens"] / len(labels)),
        "ratio": round(right["ai"] / baseline, 2),
        "bar": _BAR,
        "reached": right["ai"] / baseline >= _BAR,
    }


def _mapping(stack: Mapping[str, Any], vocabulary: Mapping[str, Any], engine: str) -> dict[str, Any]:
    with (_SAMPLES / "customers.csv").open(newline="", encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    body = {"dataSet": {"name": "customers", "records": records}, "vocabularies": [vocabulary]}
    request = urllib.request.Request(
        f"{stack['baseUrl']}/api/organizations/{stack['organization']}/mappings",
        json.dumps(body | {"options": {"engine": engine}}).encode(),
        {"content-type": "application/json", "x-functions-key": stack["functionKey"], "prefer": "wait=230"},
    )
    with urllib.request.urlopen(request, timeout=240) as answer:
        return dict(json.loads(answer.read()))


def _decided(mapping: Mapping[str, Any]) -> dict[str, str | None]:
    """Field → key of the catalogue; None for a new key, ``ignored`` where nothing is mapped."""
    kept = {"Existing": lambda found: found["vocabularyKey"], "New": lambda _: None, "Ignored": lambda _: "ignored"}
    return {found["field"]: kept[found["status"]](found) for found in mapping["properties"]}


def _by_name(labels: Mapping[str, str | None], vocabulary: Mapping[str, Any]) -> dict[str, str | None]:
    names = {key["key"]: key.get("displayName") or key["key"] for key in vocabulary["keys"]}
    matches = {field: process.extractOne(field, names, scorer=fuzz.WRatio, score_cutoff=60) for field in labels}
    return {field: match[2] if match else None for field, match in matches.items()}


def _right(labels: Mapping[str, str | None], decided: Mapping[str, str | None]) -> int:
    return sum(decided[field] == key for field, key in labels.items())
