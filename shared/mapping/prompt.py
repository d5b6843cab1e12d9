"""One prompt for a batch of fields: instructions and keys first, fields last; each field answered exactly once.

The answer is one object with one property per field, all required and none else, so the schema itself makes sure that
no field is missed or answered twice. Its values are the labels of the keys that the prompt lists, written once in the
schema and referred to by each property, or the label for a new key. Limits of strict schemas (100 properties, 500 enum
values in all) are those of Azure OpenAI.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from shared.gateway.records import Message, Prompt
from shared.mapping.keys import KeyFacts
from shared.mapping.questions import Question, Sheet
from shared.mapping.quoting import is_value, plain, quote
from shared.mapping.words import fold
from shared.profiling.models import DataSetProfile
from shared.settings import SamplesPolicy

MAP, NAME = "map-fields-v2", "name-fields-v1"
_MARK = re.compile(r"\{\{(none|vocabulary|keys)\}\}")
_PROMPTS = Path(__file__).parent.parent / "prompts"
_SAMPLES, _KEY_SAMPLES = 3, 2
_SAMPLE_CHARS, _KEY_SAMPLE_CHARS = 40, 24
_NAME_CHARS, _TEXT_CHARS, _MEANING_CHARS = 80, 120, 70
_LONGEST_NAME = 32
"""Characters expected of a proposed key name."""

Examples = Sequence[tuple[str, str]]
"""Names of reviewed fields, and the labels of the keys they were given."""
Answers = dict[str, object]
"""Property → value, as it came; what was offered is checked by the caller."""


def map_prompt(
    dataset: DataSetProfile, sheet: Sheet, vocabulary: str, samples: SamplesPolicy, examples: Examples = ()
) -> Prompt[Answers]:
    fixed = {
        "none": sheet.none,
        "vocabulary": quote(vocabulary, _NAME_CHARS),
        "keys": "\n".join(_key(label, key, samples) for label, key in sheet.keys.items()),
    }
    longest = max(map(_tokens, sheet.options))
    key: dict[str, object] = {"type": "string", "enum": sheet.options}
    properties: dict[str, object] = {asked.name: {"$ref": "#/$defs/key"} for asked in sheet.questions}
    return Prompt(
        name=MAP,
        messages=_messages(_fill(_text(MAP), fixed), dataset, sheet.questions, samples, examples),
        schema=_schema(properties) | {"$defs": {"key": key}},
        parse=_parse,
        max_output_tokens=_room(dict.fromkeys(properties, longest)),
    )


def key_tokens(facts: KeyFacts) -> int:
    """About how many tokens a key takes in a prompt: four characters each, in the list and in the schema."""
    line = _key(facts.short[:_NAME_CHARS], facts, "full")
    return 3 + _about(line) + _about(facts.short[:_NAME_CHARS])


def name_prompt(dataset: DataSetProfile, questions: Sequence[Question], samples: SamplesPolicy) -> Prompt[Answers]:
    """Where there is no vocabulary yet: names for its keys."""
    names = [asked.name for asked in questions]
    return Prompt(
        name=NAME,
        messages=_messages(_text(NAME), dataset, questions, samples),
        schema=_schema({name: {"type": "string"} for name in names}),
        parse=_parse,
        max_output_tokens=_room(dict.fromkeys(names, _LONGEST_NAME // 2)),
    )


@lru_cache
def _text(name: str) -> str:
    return (_PROMPTS / f"{name}.txt").read_text(encoding="utf-8").strip()


def _fill(text: str, values: dict[str, str]) -> str:
    """All marks replaced in one pass: a value that contains a mark stays as it is."""
    return _MARK.sub(lambda mark: values[mark[1]], text)


def _messages(
    system: str,
    dataset: DataSetProfile,
    questions: Sequence[Question],
    samples: SamplesPolicy,
    examples: Examples = (),
) -> tuple[Message, ...]:
    lines = "\n".join(_field(asked, samples) for asked in questions)
    about = f"Data set {quote(dataset.name, _NAME_CHARS)}"
    if dataset.description:
        about += f", described as {quote(dataset.description, _TEXT_CHARS)}"
    known = ",".join(f"{quote(field, _NAME_CHARS)}:{quote(label, _NAME_CHARS)}" for field, label in examples)
    before = f"Keys that people gave to fields of other data sets, as JSON data: {{{known}}}\n" if known else ""
    return Message("system", system), Message("user", f"{before}{about}. Its fields, as JSON data:\n{lines}")


def _field(asked: Question, samples: SamplesPolicy) -> str:
    profile = asked.profile
    parts = [f'"name":{quote(profile.name, _NAME_CHARS)}', f'"type":"{profile.data_type}"']
    if profile.description:
        parts.append(f'"description":{quote(profile.description, _TEXT_CHARS)}')
    values = [sample for sample in profile.samples if is_value(sample, _SAMPLE_CHARS)]
    if samples == "full" and values:
        parts.append(f'"samples":[{_listed(values[:_SAMPLES], _SAMPLE_CHARS)}]')
    if samples == "masked" and profile.patterns:
        counted = ",".join(f"{quote(shape, _SAMPLE_CHARS)}:{count}" for shape, count in profile.patterns)
        parts.append(f'"patterns":{{{counted}}}')
    return f"{asked.name}: {{{','.join(parts)}}}"


def _listed(texts: Sequence[str], limit: int) -> str:
    return ",".join(quote(text, limit) for text in texts)


def _key(label: str, facts: KeyFacts, samples: SamplesPolicy) -> str:
    """``givenName = First Name (PersonName): Name a person is called by``; without a meaning two of its values."""
    display = plain(facts.key.display_name or "", _NAME_CHARS)
    line = label
    if display and _letters(display) != _letters(label):
        line += f" = {display}"
    if facts.data_type != "Text":
        line += f" ({facts.data_type})"
    if facts.key.description:
        return f"{line}: {plain(facts.key.description, _MEANING_CHARS)}"
    if samples != "full":
        return line
    values = [plain(value, _KEY_SAMPLE_CHARS) for value in facts.key.samples[:8] if is_value(value, _KEY_SAMPLE_CHARS)]
    return f"{line}, such as {'; '.join(values[:_KEY_SAMPLES])}" if values else line


def _letters(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())


def _schema(properties: dict[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _parse(decoded: object) -> Answers:
    if not isinstance(decoded, dict):
        raise ValueError("the answer is not an object")
    return decoded


def _room(longest: dict[str, int]) -> int:
    """Tokens the answer can take: the service counts them against the quota, so no more than needed."""
    return 16 + sum(_tokens(name) + value + 6 for name, value in longest.items())


def _tokens(text: str) -> int:
    """An upper estimate: three ASCII characters a token, but one digit, and two bytes of anything else."""
    if not text.isascii():
        return -(-len(text.encode()) // 2)
    digits = sum(char.isdigit() for char in text)
    return digits + -(-(len(text) - digits) // 3)


def _about(text: str) -> int:
    """A middling estimate: four ASCII characters a token, two bytes of anything else."""
    return -(-len(text) // 4) if text.isascii() else -(-len(text.encode()) // 2)
