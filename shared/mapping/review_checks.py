"""What a steward decided, checked against what the mapping suggested; each fault with the pointer of its member."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.errors import Violation
from shared.mapping.data_types import known_type
from shared.mapping.review import Decided
from shared.mapping.review_models import FieldDecision, ReviewRequest
from shared.mapping.suggestions import Suggestion, Suggestions
from shared.mapping.validate import refuse


def decide(request: ReviewRequest, suggestions: Suggestions) -> dict[str, Decided]:
    """The decisions by field. Raises InvalidRequest with pointers."""
    refuse(_faults(request.decisions, suggestions))
    return {one.field: _decided(one, suggestions.fields[one.field], suggestions) for one in request.decisions}


def _faults(decisions: Sequence[FieldDecision], suggestions: Suggestions) -> Iterator[Violation]:
    fields: dict[str, int] = {}
    keys: dict[str, int] = {}
    for number, one in enumerate(decisions):
        place = f"/decisions/{number}"
        suggestion = suggestions.fields.get(one.field)
        if suggestion is None:
            yield Violation(f"{place}/field", "the mapping has no field of this name")
            continue
        if fields.setdefault(one.field, number) != number:
            yield Violation(f"{place}/field", f"decision {fields[one.field]} is about this field already")
            continue
        yield from _key_faults(one, suggestion, suggestions, place)
        if one.data_type is not None and known_type(one.data_type) is None:
            yield Violation(f"{place}/dataType", "not one of CluedIn's data types")
        key = _key(one, suggestion)
        if key is not None and keys.setdefault(key, number) != number:
            first = decisions[keys[key]].field
            member = "vocabularyKey" if one.vocabulary_key else "field"
            yield Violation(f"{place}/{member}", f"field {first!r} has {key} already; one key is given to one field")


def _key_faults(
    one: FieldDecision, suggestion: Suggestion, suggestions: Suggestions, place: str
) -> Iterator[Violation]:
    given = one.vocabulary_key
    if one.decision == "ignored":
        if given is not None or one.data_type is not None:
            yield Violation(place, "an ignored field has neither vocabularyKey nor dataType")
    elif one.decision == "accepted":
        if given is not None and given != suggestion.key:
            yield Violation(
                f"{place}/vocabularyKey", f"the mapping suggests {suggestion.key}; decide 'changed' for another"
            )
        if suggestion.key is None and one.data_type is not None:
            yield Violation(f"{place}/dataType", "the mapping ignores this field, so it has no data type")
    elif given is None:
        yield Violation(f"{place}/vocabularyKey", "is required where the decision is 'changed'")
    else:
        yield from _changed_faults(given, suggestion, suggestions, f"{place}/vocabularyKey")


def _changed_faults(given: str, suggestion: Suggestion, suggestions: Suggestions, place: str) -> Iterator[Violation]:
    vocabulary = suggestions.vocabulary
    prefix = f"{vocabulary.key_prefix}."
    if given == suggestion.key:
        return
    if not given.startswith(prefix) or given == prefix:
        yield Violation(place, f"must begin with {prefix} and a name: the mapping is one to that vocabulary")
    elif suggestions.keys is not None and given in suggestions.keys:
        return
    elif vocabulary.status == "New" or suggestion.status == "New":
        if not suggestions.may_be_new(given):
            yield Violation(place, "a new key's name has ASCII letters, digits and dots, and is like no other key's")
    elif suggestions.keys is not None:
        yield Violation(
            place, f"the vocabulary {vocabulary.key_prefix} has no such key; add it to the vocabulary first"
        )


def _key(one: FieldDecision, suggestion: Suggestion) -> str | None:
    """The whole key the decision comes to."""
    if one.decision == "ignored":
        return None
    return one.vocabulary_key if one.decision == "changed" else suggestion.key


def _decided(one: FieldDecision, suggestion: Suggestion, suggestions: Suggestions) -> Decided:
    key = _key(one, suggestion)
    if key is None:
        left_out = one.decision == "accepted" and not suggestion.has_values
        return Decided(one.decision, "Ignored", None, None, while_empty=left_out)
    known = suggestions.keys is not None and key in suggestions.keys
    is_new = not known and "New" in (suggestion.status, suggestions.vocabulary.status)
    return Decided(one.decision, "New" if is_new else "Existing", key, known_type(one.data_type))
