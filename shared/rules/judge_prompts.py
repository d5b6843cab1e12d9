"""The three prompts with which a model judges and explains what was found: at most 50 distinct values in each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.gateway.records import Message, Prompt
from shared.mapping.quoting import is_value, plain, quote
from shared.rules.column import ValueColumn
from shared.rules.form import Reply, as_object, object_of, prompt_text
from shared.rules.ideas import Idea
from shared.rules.models import Samples
from shared.rules.spellings import Spelling

SPELLINGS: Final = "judge-spellings-v1"
VALUES: Final = "judge-values-v1"
EXPLAIN: Final = "explain-suggestions-v1"
MOST_VALUES: Final = 50
DIFFERENT: Final = "different_things"
LONGEST: Final = 60


def spellings_prompt(column: ValueColumn, groups: Sequence[Spelling]) -> Prompt[Reply]:
    """Answered ``{"g1": the spelling to keep, or DIFFERENT, …}``, one member a group, in order."""
    lines = [_about(column)]
    for number, group in enumerate(groups, 1):
        listed = ", ".join(f"{quote(value, LONGEST)} ({count})" for value, count in group.variants)
        lines.append(f"g{number}: {listed}")
    properties: dict[str, object] = {
        f"g{number}": {"type": "string", "enum": [*(value for value, _ in group.variants), DIFFERENT]}
        for number, group in enumerate(groups, 1)
    }
    return _prompt(SPELLINGS, lines, object_of(properties), 20 * len(groups) + 40 + sum(_size(each) for each in groups))


def values_prompt(column: ValueColumn, values: Sequence[str]) -> Prompt[Reply]:
    """Answered ``{"wrong": [{"value": "v1", "reason"}]}``: ``v1`` is the first of ``values``."""
    lines = [_about(column)]
    lines += [f"v{n}: {quote(value, LONGEST)} ({column.counts[value]})" for n, value in enumerate(values, 1)]
    label = {"type": "string", "enum": [f"v{n}" for n in range(1, len(values) + 1)]}
    wrong = {"type": "array", "items": object_of({"value": label, "reason": {"type": "string"}})}
    return _prompt(VALUES, lines, object_of({"wrong": wrong}), 40 + 30 * len(values))


def explain_prompt(column: ValueColumn, ideas: Sequence[Idea], policy: Samples) -> Prompt[Reply]:
    """Answered ``{"s1": {"title", "reason"}, …}``, one member an idea, in order. ``policy``: which values may leave."""
    lines, each = [_about(column)], max(1, min(3, MOST_VALUES // max(1, len(ideas))))
    for number, idea in enumerate(ideas, 1):
        does = ", ".join(action.name for action in idea.draft.actions)
        lines.append(
            f"s{number}: {idea.kind}, {does}; {idea.affected} of {column.rows} rows{_examples(idea, policy, each)}"
        )
    said = object_of({"title": {"type": "string"}, "reason": {"type": "string"}})
    properties: dict[str, object] = {f"s{number}": said for number in range(1, len(ideas) + 1)}
    return _prompt(EXPLAIN, lines, object_of(properties), 40 + 90 * len(ideas))


def _examples(idea: Idea, policy: Samples, most: int) -> str:
    from shared.profiling.patterns import masks

    if policy == "none" or not idea.values:
        return ""
    shown = [value for value in idea.values if is_value(value, LONGEST)][:most]
    if not shown:
        return ""
    shown = [quote(value, LONGEST) for value in (shown if policy == "full" else masks(shown))]
    return f", such as {', '.join(shown)}"


def _about(column: ValueColumn) -> str:
    return f"Field {plain(column.key, 200)} ({column.data_type}), {column.rows} rows."


def _size(group: Spelling) -> int:
    return max(len(value.encode()) for value, _ in group.variants) // 2


def _prompt(name: str, lines: Sequence[str], schema: dict[str, object], tokens: int) -> Prompt[Reply]:
    messages = (Message("system", prompt_text(name)), Message("user", "\n".join(lines)))
    return Prompt(name, messages, schema, as_object, tokens)
