"""The short lists ranked once more, by what the organization's own embedding deployment makes of the names.

Only for engine ``ai``, only where the settings name one, and only while a field is left to decide. What cannot be used
of its answers leaves the ranking as it was, with a warning; everything else that goes wrong is raised, as with prompts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from shared.errors import AnswerError
from shared.gateway.records import Caller
from shared.mapping.candidates import rank
from shared.mapping.models import Warning as Note
from shared.mapping.organization_meaning import OrganizationMeaning, Vector, as_meaning
from shared.mapping.remembered_plan import RememberedPlan, with_lists
from shared.mapping.review import Memory
from shared.mapping.signals.facts import read_fields
from shared.mapping.verdicts import Ledger

if TYPE_CHECKING:
    from shared.mapping.suggest import Compute

MOST_KEYS: Final = 5_000
"""Of a vocabulary whose names are embedded; a larger one is ranked without."""


async def ranked_by_own_meaning(
    remembered: RememberedPlan, meaning: OrganizationMeaning, caller: Caller, memory: Memory, ledger: Ledger,
    compute: Compute,
) -> RememberedPlan:  # fmt: skip
    """Raises what ``Embedder.embed`` does other than AnswerError."""
    keys = remembered.plan.choice.keys if remembered.plan.vocabulary else None
    if keys is None or not 0 < len(keys.facts) <= MOST_KEYS or not _left(remembered):
        return remembered
    if not await meaning.is_named(caller):
        return remembered
    vectors: dict[str, Vector] = {}
    try:
        for names in await compute(_names, remembered):
            found = await meaning.of(caller, names)
            if found is None:  # the setting was taken away meanwhile
                return remembered
            ledger.add(found.attempt_ids, found.usage)
            vectors |= found.vectors
    except AnswerError as error:
        ledger.add(error.attempt_ids, error.usage)
        return replace(remembered, notes=(*remembered.notes, _UNUSABLE))
    return await compute(_ranked_again, remembered, vectors, memory)


def _left(remembered: RememberedPlan) -> list[int]:
    """Fields that are still to be decided."""
    planned = remembered.plan
    settled = planned.ignored | remembered.reviewed.keys()
    return [number for number in range(len(planned.profile.fields)) if number not in settled]


def _names(remembered: RememberedPlan) -> tuple[set[str], set[str]]:
    """Of all keys; of the fields that are left."""
    planned, keys = remembered.plan, remembered.plan.choice.keys
    assert keys is not None
    left = [planned.profile.fields[number] for number in _left(remembered)]
    fields = {field.spoken for field in read_fields(left, keys)}
    return {facts.spoken for facts in keys.facts} - {""}, fields - {""}


def _ranked_again(remembered: RememberedPlan, vectors: Mapping[str, Vector], memory: Memory) -> RememberedPlan:
    planned, keys = remembered.plan, remembered.plan.choice.keys
    assert keys is not None
    limit = max(map(len, planned.short_lists))
    profile = planned.profile
    lists = rank(profile.fields, keys, limit, meaning=as_meaning(vectors), data_set=profile)
    return with_lists(remembered, lists, memory)


_UNUSABLE: Final = Note(
    code="meaning_unusable",
    detail="The embedding deployment's answer could not be used: names were compared without it. "
    "Check embeddingDeploymentName.",
)
