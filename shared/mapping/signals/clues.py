"""What speaks for or against a pair where it applies, beside the signals that compare every pair.

Kept apart from them, since on most pairs they say nothing: a mean would count that as speaking against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.mapping.keys import KeyList
from shared.mapping.signals.facts import FieldFacts
from shared.mapping.signals.listing import named_values
from shared.mapping.signals.misfit import misfits
from shared.mapping.signals.roles import same_role
from shared.mapping.signals.table import Numbers, Scores, Table
from shared.mapping.signals.topic import off_topic
from shared.profiling.models import DataSetProfile


@dataclass(frozen=True)
class Clues:
    """One per pair, each 0 where it says nothing."""

    role: Scores
    """Both tell records apart: 0 or 1."""
    listing: Scores
    """How many of the field's values the key's description names: 0 to 1."""
    misfit: Scores
    """The key cannot hold the field's values: 0 or 1."""
    topic: Scores
    """By how much the key's group is less about the data set than another: 0 to 2."""

    def of(self, row: int) -> dict[str, float]:
        """Those that say something, as they are shown: all of them more where they speak for the pair."""
        found = {"role": float(self.role[row]), "listing": float(self.listing[row])}
        shown = {name: value for name, value in found.items() if value}
        if self.misfit[row]:
            shown["fitting"] = 0.0
        if self.topic[row]:
            shown["topic"] = max(0.0, 1 - float(self.topic[row]))
        return shown


def clues(
    data_set: DataSetProfile, asked: Sequence[FieldFacts], table: Table, groups: Numbers | None, keys: KeyList
) -> Clues:
    origin = _origin(data_set)
    return Clues(
        role=same_role(origin, asked, table, keys),
        listing=named_values(asked, table, keys),
        misfit=misfits(origin, asked, table, keys),
        topic=off_topic(data_set.description, asked, table, groups, keys),
    )


def _origin(data_set: DataSetProfile) -> str | None:
    """The one field that tells the records apart; none of several that do so together."""
    found = data_set.origin
    return found.fields[0] if found and len(found.fields) == 1 else None
