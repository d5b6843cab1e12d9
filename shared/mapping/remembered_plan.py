"""The plan of a mapping, made with what its organization's reviews say: the vocabulary first, then field by field.

A reviewed field is settled before anything is asked. A decision whose key the vocabulary no longer has is not used, and
says so in a warning: the field is decided anew. What was decided about like fields elsewhere speaks for its key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shared.mapping.candidates import Ranked, ShortList
from shared.mapping.examples import Example, examples, lifted
from shared.mapping.index.catalogue_index import Catalogued, Head, indexed
from shared.mapping.models import MappingRequest
from shared.mapping.models import Warning as Note
from shared.mapping.plan import Plan, plan
from shared.mapping.recall import Known, Recalled, field_names, recall
from shared.mapping.review import Memory
from shared.mapping.reviewed import ReviewedVocabulary
from shared.mapping.verdicts import Reviewed
from shared.profiling.models import DataSetProfile

ENOUGH: Final = 0.2
"""The share of fields that reviews must know for their vocabulary to be taken: an ``id`` in common with another file of
the same folder is too little."""


@dataclass(frozen=True)
class RememberedPlan:
    plan: Plan
    reviewed: Mapping[int, Reviewed]
    """Field number → what was decided about it."""
    notes: tuple[Note, ...] = ()
    examples: Mapping[int, Example] = field(default_factory=dict)
    """Field number → a field like it that was decided elsewhere."""


def remembered_plan(
    request: MappingRequest, vocabularies: Catalogued, profile: DataSetProfile | None, memory: Memory
) -> RememberedPlan:
    """Pure computing, in a thread. Raises InvalidRequest (``/options/vocabulary``)."""
    index = indexed(vocabularies)
    if not memory.reviews:
        return RememberedPlan(plan(request, index, profile), {})
    names = field_names(request.data_set)
    found = recall(memory, request.data_set.id, request.data_set.name, names)
    if found is None:
        return _with_examples(RememberedPlan(plan(request, index, profile), {}), memory)
    much = len(found.fields) >= ENOUGH * len(names)
    chosen = _vocabulary(found, request, index.heads) if much else None
    if chosen is not None and _has(index.heads, chosen.key_prefix):
        request = _with_vocabulary(request, chosen.key_prefix)
    planned = plan(request, index, profile)
    if chosen is not None:
        planned = replace(planned, reviewed=chosen)
        if not _has(index.heads, chosen.key_prefix):
            planned = replace(planned, vocabulary=None, short_lists=((),) * len(planned.profile.fields))
    reviewed, notes = _Desk(planned, found).decide()
    return _with_examples(RememberedPlan(_without_taken(planned, reviewed), reviewed, notes), memory)


def with_lists(remembered: RememberedPlan, short_lists: tuple[ShortList, ...], memory: Memory) -> RememberedPlan:
    """The same with fields ranked anew."""
    planned = _without_taken(replace(remembered.plan, short_lists=short_lists), remembered.reviewed)
    return _with_examples(replace(remembered, plan=planned, examples={}), memory)


def _vocabulary(found: Recalled, request: MappingRequest, vocabularies: Sequence[Head]) -> ReviewedVocabulary | None:
    """The newest reviewed one that can be mapped to: one of the catalogue, or one that a review proposed. The request's
    own word comes before any review."""
    if request.options.vocabulary is not None:
        return None
    usable = (each for each in found.vocabularies if each.status == "New" or _has(vocabularies, each.key_prefix))
    return next(usable, None)


def _has(vocabularies: Sequence[Head], key_prefix: str) -> bool:
    return any(vocabulary.key_prefix == key_prefix for vocabulary in vocabularies)


def _with_vocabulary(request: MappingRequest, key_prefix: str) -> MappingRequest:
    options = request.options.model_copy(update={"vocabulary": key_prefix})
    return request.model_copy(update={"options": options})


class _Desk:
    """Turns decisions into verdicts, the newest first: one key for one field."""

    def __init__(self, planned: Plan, found: Recalled) -> None:
        self._plan = planned
        self._found = found
        self._places = _places(planned)
        self._prefix = _prefix(planned)
        self._taken: dict[str, Known] = {}
        self._notes: list[Note] = []

    def decide(self) -> tuple[dict[int, Reviewed], tuple[Note, ...]]:
        known = [
            (number, field.name, self._found.fields[field.name])
            for number, field in enumerate(self._plan.profile.fields)
            if field.name in self._found.fields
        ]
        known.sort(key=lambda each: (-each[2].place, each[0]))
        reviewed = {number: self._verdict(number, name, one) for number, name, one in known}
        return {number: verdict for number, verdict in reviewed.items() if verdict}, tuple(self._notes)

    def _verdict(self, number: int, field: str, known: Known) -> Reviewed | None:
        decided, reason = known.decided, known.reason(field)
        if decided.while_empty and number not in self._plan.ignored:
            return None
        if decided.key is None:
            return Reviewed("Ignored", None, None, decided.data_type, reason)
        if decided.key in self._taken:
            other = self._taken[decided.key].review.mapping_id
            self._note("review_conflict", field, f"the later review of mapping {other} gave {decided.key} to another")
            return None
        place = self._places.get(decided.key)
        is_new = place is None and decided.status == "New" and decided.key.startswith(f"{self._prefix}.")
        if place is None and not is_new:
            gone = (
                f"the vocabulary has no key {decided.key}, which the review of mapping {known.review.mapping_id} gave"
            )
            self._note("reviewed_key_missing", field, gone)
            return None
        self._taken[decided.key] = known
        if place is None:
            return Reviewed("New", None, decided.key, decided.data_type, reason)
        return Reviewed("Existing", self._ranked(number, decided.key, place), None, decided.data_type, reason)

    def _ranked(self, number: int, key: str, place: int) -> Ranked:
        """As the ranking has it, or without a score where it is not among the best."""
        keys = self._plan.choice.keys
        assert keys is not None
        listed = (ranked for ranked in self._plan.short_lists[number] if ranked.key.key.key == key)
        return next(listed, None) or Ranked(keys.facts[place], 0.0, {})

    def _note(self, code: str, field: str, what: str) -> None:
        self._notes.append(Note(code=code, detail=f"Decided anew: {what}.", field=field))


def _places(planned: Plan) -> dict[str, int]:
    """Key → its place in the vocabulary."""
    return {key.key: place for place, key in enumerate(planned.vocabulary.keys)} if planned.vocabulary else {}


def _prefix(planned: Plan) -> str:
    """What new keys begin with."""
    if planned.vocabulary is not None:
        return planned.vocabulary.key_prefix
    return planned.reviewed.key_prefix if planned.reviewed else ""


def _without_taken(planned: Plan, reviewed: Mapping[int, Reviewed]) -> Plan:
    """Keys that reviews gave away are not offered to the other fields."""
    taken = {verdict.key.key.key.key for verdict in reviewed.values() if verdict.key}
    if not taken:
        return planned

    def free(number: int, ranked: ShortList) -> ShortList:
        if number in reviewed:
            return ranked
        return tuple(one for one in ranked if one.key.key.key not in taken)

    lists = tuple(free(number, ranked) for number, ranked in enumerate(planned.short_lists))
    return replace(planned, short_lists=lists)


def _with_examples(remembered: RememberedPlan, memory: Memory) -> RememberedPlan:
    """With what was decided about like fields of other data sets, unless the key is gone or given away."""
    planned, keys = remembered.plan, remembered.plan.choice.keys
    if planned.vocabulary is None or keys is None:
        return remembered
    given = {verdict.key.key.key.key for verdict in remembered.reviewed.values() if verdict.key}
    places = {key: place for key, place in _places(planned).items() if key not in given}
    names = {
        number: profile.name
        for number, profile in enumerate(planned.profile.fields)
        if number not in remembered.reviewed and number not in planned.ignored
    }
    found = {
        number: example
        for number, example in examples(memory, planned.vocabulary.key_prefix, names).items()
        if example.key in places
    }
    lists = tuple(
        lifted(listed, found[number], keys.facts[places[found[number].key]]) if number in found else listed
        for number, listed in enumerate(planned.short_lists)
    )
    return replace(remembered, plan=replace(planned, short_lists=lists), examples=found)
