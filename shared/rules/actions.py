"""What rules can do, by name: the actions of CluedIn's list, and how each is said in a rule.

``SetValue``, ``AddTag`` and ``ExpressionAction`` are the three the SDK executes. What Power Fx can say is an
ExpressionAction; what it cannot is a manual step, chosen by a person in CluedIn's rule builder. Names of CluedIn's own
list: its public "Rules reference" and ``actions`` of the SDK 4.0.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from shared.rules.draft import Scope

How = Literal["SetValue", "AddTag", "Expression", "manual"]
VALUES: Final[tuple[Scope, ...]] = ("DataPart", "Entity")
DATA_PART: Final[tuple[Scope, ...]] = ("DataPart",)
SURVIVORSHIP: Final[tuple[Scope, ...]] = ("Survivorship",)


@dataclass(frozen=True)
class Kind:
    """One action."""

    name: str
    how: How
    called: str
    """Its name in CluedIn."""
    needs: tuple[str, ...] = ()
    """Arguments it must have. ``key``, ``from`` and ``to`` name vocabulary keys."""
    may: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = VALUES
    says: str = ""
    """What it does, for the model."""
    why: str = field(default="")
    """Of a manual step: why the rule cannot say it."""


_UNSAYABLE: Final = "Power Fx has no function for it: choose this action in CluedIn's rule builder."
_MODEL: Final = "CluedIn's own AI action does it: choose it in CluedIn's rule builder."
_WINNER: Final = "Survivorship actions cannot be written as Power Fx: choose this action in CluedIn's rule builder."


def _winner(name: str, called: str, says: str, *may: str) -> Kind:
    return Kind(name, "manual", called, may=("key", *may), scopes=SURVIVORSHIP, says=says, why=_WINNER)


KINDS: Final = (
    Kind("setValue", "SetValue", "Set Value", ("key", "value"), says="write the value, over what is there"),
    Kind("addTag", "AddTag", "Add Tag", ("tag",), says="tag the record"),
    Kind("addValue", "Expression", "Add Value", ("key", "value"), says="write the value only where there is none"),
    Kind("copyValue", "Expression", "Copy Value", ("from", "to"), says="copy one key's value to another key"),
    Kind("moveValue", "Expression", "Move Value", ("from", "to"), says="move one key's value to another key"),
    Kind("deleteValue", "Expression", "Delete Value", ("key",), says="remove the value"),
    Kind("replaceValue", "Expression", "Replace", ("key", "old"), ("new",), says="replace a part of the text"),
    Kind("removeLineBreaks", "Expression", "Remove line breaks", ("key",), says="line breaks become spaces"),
    Kind("trim", "Expression", "Trim WhiteSpace", ("key",), says="remove needless spaces"),
    Kind("upperCase", "Expression", "To Upper Case", ("key",), says="ALL CAPITALS"),
    Kind("lowerCase", "Expression", "To Lower Case", ("key",), says="all small letters"),
    Kind("titleCase", "Expression", "To Title Case", ("key",), says="Every Word Capitalised"),
    Kind("combine", "Expression", "Formula Action", ("key", "template"), says='write a text such as "{a.b} {a.c}"'),
    Kind("normalizeDate", "Expression", "Normalize Date", ("key",), ("format", "from"), says="write the date alike"),
    Kind("roundNumber", "Expression", "Formula Action", ("key",), ("digits",), says="round the number"),
    Kind("formula", "Expression", "Formula Action", ("key", "formula"), says="write what a Power Fx formula gives"),
    Kind("statements", "Expression", "Formula Action", ("formula",), says="run Power Fx statements"),
    Kind("removeTag", "manual", "Remove Tag", ("tag",), says="take one tag away", why=_UNSAYABLE),
    Kind("removeAllTags", "manual", "Remove All Tags", says="take all tags away", why=_UNSAYABLE),
    Kind("addAlias", "manual", "Add Alias", ("value",), scopes=DATA_PART, says="another name", why=_UNSAYABLE),
    Kind("removeAlias", "manual", "Remove Alias", ("value",), scopes=DATA_PART, says="no such alias", why=_UNSAYABLE),
    Kind("changeBusinessDomain", "manual", "Change Business Domain", ("value",), scopes=DATA_PART,
         says="make it another kind of record", why=_UNSAYABLE),
    Kind("evaluateRegex", "manual", "Evaluate Regex", ("key", "pattern"), ("new",), scopes=DATA_PART,
         says="replace what a regular expression finds", why=_UNSAYABLE),
    Kind("camelCase", "manual", "To Camel Case", ("key",), scopes=DATA_PART, says="camelCase", why=_UNSAYABLE),
    Kind("maskValue", "manual", "Mask Value", ("key",), scopes=DATA_PART, says="hide the value", why=_UNSAYABLE),
    Kind("unmaskValue", "manual", "Unmask Value", ("key",), scopes=DATA_PART, says="show it again", why=_UNSAYABLE),
    Kind("addValueWithAI", "manual", "Add Value with CluedIn AI", ("key", "prompt"), scopes=DATA_PART,
         says="let AI find the value where there is none", why=_MODEL),
    Kind("setValueWithAI", "manual", "Set Value with CluedIn AI", ("key", "prompt"), scopes=DATA_PART,
         says="let AI write the value", why=_MODEL),
    _winner("mostFrequentValue", "Most Frequent Value", "the value most records have wins"),
    _winner("latestModifiedDate", "Latest Modified Date", "the record changed last wins", "dateKey"),
    _winner("oldestModifiedDate", "Oldest Modified Date", "the record changed first wins", "dateKey"),
    _winner("mostProperties", "Most Properties", "the record with most values wins"),
    _winner("bestQuality", "Best Quality", "the source of best quality wins"),
    _winner("latestManual", "Latest Manual", "what a person wrote last wins"),
    _winner("providerDefinition", "Provider Definition", "a named source wins", "value"),
)  # fmt: skip
BY_NAME: Final = {kind.name: kind for kind in KINDS}
TAGGING: Final = frozenset({"addTag", "removeTag", "removeAllTags"})
"""Actions that change no value."""
OVERWRITING: Final = frozenset({
    "setValue", "deleteValue", "setValueWithAI", "copyValue", "moveValue", "combine", "formula", "statements",
})  # fmt: skip
"""Actions that write a value whatever was there; the others mend what is there, or fill in what is not."""
KEY_ARGUMENTS: Final = ("key", "from", "to", "dateKey")
"""Arguments that name vocabulary keys (``from`` of normalizeDate is a format)."""


def key_arguments(kind: Kind) -> tuple[str, ...]:
    """Which of an action's arguments name vocabulary keys."""
    named = (*kind.needs, *kind.may)
    return tuple(each for each in named if each in KEY_ARGUMENTS and (kind.name, each) != ("normalizeDate", "from"))


def allowed(scope: Scope) -> tuple[Kind, ...]:
    """The actions a scope may have."""
    return tuple(kind for kind in KINDS if scope in kind.scopes)
