"""The naive way to map with a model: one prompt, all fields with three samples, all keys with descriptions.

Strict schema, temperature 0. Keys come first, so that a server that keeps what it has read reads them once.
"""

from __future__ import annotations

import json

from bench.accuracy_model import Answered, LocalModel
from bench.accuracy_tasks import Task
from shared.gateway.records import Message

_NONE = "NONE"
_INSTRUCTIONS = (
    "You are a schema matching assistant. Map each source field to the target key that means the same. "
    f'Answer "{_NONE}" for a field that no target key matches. Answer as a JSON object: field name to target key.'
)
_TOKENS = 4_096
_SAMPLES, _SAMPLE_CHARS = 3, 80


def naive(task: Task, model: LocalModel) -> tuple[dict[str, str | None], Answered]:
    """Field → whole key, None for none; and what it took. One vocabulary only. Raises what ``model.chat`` raises."""
    prefix = f"{task.vocabularies[0].key_prefix}."
    names = {key.key.removeprefix(prefix): key for key in task.vocabularies[0].keys}
    lines = [f"- {name}" + (f": {key.description}" if key.description else "") for name, key in names.items()]
    about = f"Source table {task.data_set.name}"
    if task.data_set.description:
        about += f": {task.data_set.description}"
    messages = (
        Message("system", _INSTRUCTIONS + "\n\nTarget keys:\n" + "\n".join(lines)),
        Message("user", f"{about}\n\nSource fields:\n" + "\n".join(_field(task, field) for field in task.fields)),
    )
    answered = model.chat(messages, _schema(task.fields, [*names, _NONE]), _TOKENS)
    try:
        said = json.loads(answered.text)
    except ValueError:
        said = {}
    return {field: names[said[field]].key if said.get(field) in names else None for field in task.fields}, answered


def _field(task: Task, name: str) -> str:
    description, samples = None, [str(record[name]) for record in task.data_set.records or [] if record.get(name)]
    for field in task.data_set.fields or []:
        if field.name == name:
            description, samples = field.description, list(field.samples)
    shown = list(dict.fromkeys(sample[:_SAMPLE_CHARS] for sample in samples))[:_SAMPLES]
    return (
        f"- {name}" + (f": {description}" if description else "") + (f" (samples: {'; '.join(shown)})" if shown else "")
    )


def _schema(fields: list[str], keys: list[str]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {field: {"$ref": "#/$defs/key"} for field in fields},
        "required": fields,
        "additionalProperties": False,
        "$defs": {"key": {"type": "string", "enum": keys}},
    }
