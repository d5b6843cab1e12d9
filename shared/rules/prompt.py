"""The one prompt that turns words into a draft: instructions first and always the same, keys and words last.

What is answered is a small form: keys, operators and actions by name, all from lists, so the schema itself keeps out
what does not exist. Any AND/OR fits, as alternatives of several tests if need be.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from shared.gateway.records import Message, Prompt
from shared.rules.actions import KINDS, Kind, allowed
from shared.rules.draft import BUSINESS_DOMAIN, Scope
from shared.rules.form import Reply, as_object, listed, object_of, prompt_text
from shared.rules.models import AnswerIn, Samples
from shared.rules.offer import Offer
from shared.rules.operators import OPERATORS, OURS

NAME: Final = "write-rule-v1"
EXAMPLES: Final = "write-rule-examples-v1"
"""Blocks, each under the scopes it is an example for."""
MOST_TOKENS: Final = 900
NO_KEY: Final = "unknown_key"
"""What a test or action names where no key of the list fits."""
_ASKED_OPERATORS: Final = (
    *(each.name for each in OPERATORS if each.kind in ("text", "ordered")),
    *OURS,
    "isTrue",
    "isFalse",
)
"""Null and absent are said as ``isEmpty``: who says "without a phone number" means white space too."""
_NOT_ASKED: Final = frozenset({"statements"})
_FIELDS: Final[dict[str, tuple[str, str]]] = {
    "addTag": ("tag", ""), "removeTag": ("tag", ""), "removeAllTags": ("", ""),
    "setValue": ("value", ""), "addValue": ("value", ""), "deleteValue": ("", ""),
    "copyValue": ("", "to"), "moveValue": ("", "to"), "replaceValue": ("old", "new"),
    "combine": ("template", ""), "normalizeDate": ("format", "from"), "roundNumber": ("digits", ""),
    "formula": ("formula", ""), "evaluateRegex": ("pattern", "new"),
    "addAlias": ("value", ""), "removeAlias": ("value", ""), "changeBusinessDomain": ("value", ""),
    "addValueWithAI": ("prompt", ""), "setValueWithAI": ("prompt", ""), "providerDefinition": ("value", ""),
    "latestModifiedDate": ("", "dateKey"), "oldestModifiedDate": ("", "dateKey"),
}  # fmt: skip
"""Action → the arguments that the form's ``value`` and ``with`` stand for."""

_NEEDS_TEST: Final = "\nThe words say which records: give at least one test."
_ONCE: Final = "\nKeep the answer short: each test once, and each value once."


def arguments_of(action: str) -> tuple[str, str]:
    return _FIELDS.get(action, ("", ""))


def key_argument(action: str) -> str:
    """The argument that the form's ``key`` stands for."""
    return "from" if action in ("copyValue", "moveValue") else "key"


def write_prompt(
    words: str,
    offered: Sequence[Offer],
    policy: Samples,
    *,
    scope: Scope | None = None,
    domains: Sequence[str] = (),
    answers: Sequence[AnswerIn] = (),
    before: tuple[str, str] | None = None,
    tested: bool = False,
    endless: bool = False,
) -> Prompt[Reply]:
    """``before``: the answer that was given first and what is wrong with it, for the second try. ``tested``: the form
    has room for no answer without a test. ``endless``: the answer before was cut off, most likely in a list."""
    kinds = _kinds(scope)
    asked = _words(words, offered, policy, scope, domains, answers)
    asked += (_NEEDS_TEST if tested else "") + (_ONCE if endless else "")
    messages = [Message("system", _system(scope)), Message("user", asked)]
    if before is not None:
        answer, fault = before
        messages += [Message("assistant", answer), Message("user", f"{fault}\nAnswer again, put right.")]
    fields = [*(offer.key for offer in offered), *([BUSINESS_DOMAIN] if domains else [])]
    return Prompt(NAME, tuple(messages), _schema(fields, [kind.name for kind in kinds], tested), as_object, MOST_TOKENS)


def _kinds(scope: Scope | None) -> list[Kind]:
    kinds = KINDS if scope is None else allowed(scope)
    return [kind for kind in kinds if kind.name not in _NOT_ASKED]


@lru_cache
def _system(scope: Scope | None) -> str:
    """The same for all prompts of a scope, so that a deployment reads it once."""
    actions = "\n".join(f"- {form_of(kind)}" for kind in _kinds(scope))
    return prompt_text(NAME).replace("{{actions}}", actions).replace("{{examples}}", _examples(scope))


def _examples(scope: Scope | None) -> str:
    blocks = (block.split("\n", 1) for block in prompt_text(EXAMPLES).split("\n\n"))
    return "\n".join(example for scopes, example in blocks if (scope or "DataPart") in scopes.split())


def form_of(kind: Kind) -> str:
    """An action as the model is told of it: ``copyValue(key, with=to): copy the value …``."""
    value, other = _FIELDS.get(kind.name, ("", ""))
    takes = [
        name
        for name, there in (("key", _takes_key(kind)), (f"value={value}", value), (f"with={other}", other))
        if there
    ]
    return f"{kind.name}({', '.join(takes)}): {kind.says}"


def _takes_key(kind: Kind) -> bool:
    return key_argument(kind.name) in (*kind.needs, *kind.may)


def _words(
    words: str,
    offered: Sequence[Offer],
    policy: Samples,
    scope: Scope | None,
    domains: Sequence[str],
    answers: Sequence[AnswerIn],
) -> str:
    lines = ["Keys:", *(offer.line(policy) for offer in offered)]
    if domains:
        lines.append(f"{BUSINESS_DOMAIN}: the kind of record; one of {', '.join(domains)}")
    if scope == "Survivorship":
        lines.append("The rule says which record's value wins when several records of the same thing are merged.")
    lines += [f"Asked: {each.question}\nAnswered: {each.answer}" for each in answers]
    lines.append(f"Words: {words.strip()}")
    return "\n".join(lines)


def _schema(fields: Sequence[str], actions: Sequence[str], tested: bool) -> dict[str, object]:
    text: dict[str, object] = {"type": "string"}
    tests = listed({"$ref": "#/$defs/test"})
    done = listed({"$ref": "#/$defs/action"})
    group: dict[str, object] = {"match": {"type": "string", "enum": ["all", "any"]}, "tests": tests}
    joined = group | {"groups": listed({"$ref": "#/$defs/group"})}
    first: dict[str, object] = {"test": {"$ref": "#/$defs/test"}} if tested else {}
    return {
        **object_of({"which": text, **first, **joined, "actions": done, "branches": listed({"$ref": "#/$defs/branch"}),
                   "question": text, "name": text, "explanation": text}),
        "$defs": {
            "key": {"type": "string", "enum": [*fields, NO_KEY]},
            "test": object_of({
                "key": {"$ref": "#/$defs/key"},
                "operator": {"type": "string", "enum": list(_ASKED_OPERATORS)},
                "values": listed(text),
            }),
            "action": object_of({
                "do": {"type": "string", "enum": list(actions)},
                "key": {"anyOf": [{"$ref": "#/$defs/key"}, {"type": "string", "enum": [""]}]},
                "value": text,
                "with": text,
            }),
            "group": object_of(group),
            "branch": object_of({**joined, "actions": done}),
        },
    }  # fmt: skip
