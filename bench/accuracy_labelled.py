"""Which fields of a labelled data set were mapped otherwise than labelled: key, type, or role as origin or code."""

from __future__ import annotations

from bench.accuracy_tasks import Task
from shared.mapping.models import Mapping, Property


def labelled(task: Task, mapping: Mapping) -> list[str]:
    """One text for each field that is wrong."""
    found = ((each.field, _fault(task, mapping, each)) for each in mapping.properties)
    return [f"{task.name}.{field}: {fault}" for field, fault in found if fault]


def _fault(task: Task, mapping: Mapping, found: Property) -> str | None:
    assert task.labels is not None
    right = _keys(task, mapping, found.field)
    said = {"New": None, "Ignored": "ignored"}.get(found.status, found.vocabulary_key)
    if right is None:
        return f"the vocabulary {mapping.vocabulary.key_prefix} is wrong"
    if said not in right:
        return f"{said} ({found.confidence}; {found.reason})"
    if not _type_is_right(task, found):
        return f"type {found.data_type}"
    roles = (found.field in task.labels["origin"], found.field in task.labels["codes"])
    codes = [code.field for code in mapping.codes]
    if roles != (found.field in mapping.origin.fields, found.field in codes):
        return f"origin {mapping.origin.fields}, codes {codes}"
    return None


def _keys(task: Task, mapping: Mapping, field: str) -> set[str | None] | None:
    """The keys that are right; None where the vocabulary itself is wrong."""
    assert task.labels is not None
    if "vocabularies" not in task.labels:
        return set(task.labels["fields"][field]["keys"]) if mapping.vocabulary.status == "Existing" else None
    prefix = mapping.vocabulary.key_prefix
    allowed = task.labels["vocabularies"].get(prefix)
    return None if allowed is None else {key and f"{prefix}.{key}" for key in allowed[field]}


def _type_is_right(task: Task, found: Property) -> bool:
    assert task.labels is not None
    if found.status == "Existing":
        types = {key.key: key.data_type for vocabulary in task.vocabularies for key in vocabulary.keys}
        return found.data_type == types[found.vocabulary_key or ""]
    by_field = task.labels.get("types", {})
    return found.data_type in by_field.get(
        found.field, task.labels.get("fields", {}).get(found.field, {}).get("types", [found.data_type])
    )
