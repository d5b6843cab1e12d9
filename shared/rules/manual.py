"""Actions that no rule text can say: listed for a person to choose, acted out in previews where that is possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.records import RecordIn
from shared.rules.actions import BY_NAME as ACTIONS
from shared.rules.compile import Json, compile_rule
from shared.rules.draft import Action, ChildRule, Draft
from shared.rules.models import ManualStep, Preview
from shared.rules.preview import Ran
from shared.rules.runnable import WHO_WINS
from shared.rules.steps import PREVIEWED
from shared.rules.survivorship import preview_winners


@dataclass(frozen=True)
class ManualSteps:
    draft: Draft
    steps: tuple[tuple[Action, ChildRule], ...]

    @property
    def listed(self) -> list[ManualStep]:
        return [
            ManualStep(action=kind.called, arguments=dict(action.arguments), reason=f"{kind.why}{self._where(rule)}")
            for action, rule in self.steps
            if (kind := ACTIONS[action.name])
        ]

    def _where(self, rule: ChildRule) -> str:
        return f' It belongs into the child rule "{rule.name}".' if len(self.draft.rules) > 1 else ""

    def acted_out(self, rule_id: str) -> list[dict[str, object]]:
        """Those that the sandbox can act out on a record."""
        return [
            {"action": action.name, "arguments": dict(action.arguments), "condition": self._condition(rule, rule_id)}
            for action, rule in self.steps
            if action.name in PREVIEWED
        ]

    @property
    def all_acted_out(self) -> bool:
        return all(action.name in PREVIEWED for action, _ in self.steps)

    def _condition(self, rule: ChildRule, rule_id: str) -> Json | None:
        if not rule.condition.parts:
            return None
        return compile_rule(replace(self.draft, condition=rule.condition, rules=()), rule_id)


def manual_steps(draft: Draft) -> ManualSteps:
    found = ((action, rule) for rule in draft.rules for action in rule.actions)
    return ManualSteps(draft, tuple(pair for pair in found if ACTIONS[pair[0].name].how == "manual"))


def with_winners(draft: Draft, records: Sequence[RecordIn], ran: Ran) -> Ran:
    """A survivorship rule's run, with what its actions would make of the records."""
    unsupported = [each for each in ran.preview.unsupported if each != WHO_WINS]
    preview = ran.preview.model_copy(update={"unsupported": unsupported})
    for action in draft.actions:
        won = preview_winners(action, records, ran.matched)
        if won is None:
            named = f"{ACTIONS[action.name].called}: the records do not say which value wins"
            preview = preview.model_copy(update={"unsupported": [*preview.unsupported, named]})
        else:
            preview = _both(preview, won)
    return replace(ran, preview=preview)


def _both(one: Preview, other: Preview) -> Preview:
    """The changes of two actions on the same records."""
    if not any(item.changes for item in one.items):
        return other.model_copy(update={"unsupported": one.unsupported})
    after = {(item.id, place): item for place, item in enumerate(other.items)}
    items = [
        item.model_copy(update={"changes": [*item.changes, *found.changes]}) if (found := after.get((item.id, place)))
        else item
        for place, item in enumerate(one.items)
    ]  # fmt: skip
    return one.model_copy(update={"items": items, "changed": sum(bool(item.changes) for item in items)})
