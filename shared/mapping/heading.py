"""The vocabulary and business domain a mapping is made for: one of the catalogue's, or a proposed one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain, count

from shared.mapping import confidence
from shared.mapping.models import BusinessDomain, VocabularyChoice
from shared.mapping.naming import Names, camel, domain, title
from shared.mapping.plan import Plan
from shared.mapping.reviewed import ReviewedVocabulary

_REVIEWED = "The review of an earlier mapping of this data set chose the vocabulary."


@dataclass(frozen=True)
class Heading:
    vocabulary: VocabularyChoice
    business_domain: BusinessDomain

    @property
    def is_new(self) -> bool:
        return self.vocabulary.status == "New"


def heading(plan: Plan) -> Heading:
    if plan.vocabulary:
        return _existing(plan)
    return _reviewed(plan.reviewed) if plan.reviewed else _new(plan)


def _existing(plan: Plan) -> Heading:
    vocabulary = plan.vocabulary
    assert vocabulary is not None
    fit = plan.choice.fit
    sure = (
        0.98
        if plan.choice.fixed
        else confidence.bounded(0.25 + 0.6 * fit + 0.3 * min(fit - plan.choice.runner_up, 0.4))
    )
    choice = VocabularyChoice(
        name=vocabulary.name, key_prefix=vocabulary.key_prefix, status="Existing", confidence=sure
    )
    why = "The request names the vocabulary." if plan.choice.fixed else f"Its keys cover the fields best ({fit:.2f})."
    why = _REVIEWED if plan.reviewed else why
    if vocabulary.business_domain:
        return Heading(
            choice,
            BusinessDomain(name=vocabulary.business_domain, status="Existing", confidence=sure, reason=why),
        )
    name = domain(vocabulary.name) or domain(vocabulary.key_prefix) or "/Record"
    reason = "The vocabulary has no business domain; one is proposed by its name."
    return Heading(choice, BusinessDomain(name=name, status="New", confidence=0.5, reason=reason))


def _reviewed(reviewed: ReviewedVocabulary) -> Heading:
    """One that a review accepted, and that is not in the catalogue yet."""
    return Heading(
        VocabularyChoice(name=reviewed.name, key_prefix=reviewed.key_prefix, status="New", confidence=0.98),
        BusinessDomain(name=reviewed.business_domain, status=reviewed.domain_status, confidence=0.98, reason=_REVIEWED),
    )


def _new(plan: Plan) -> Heading:
    name = plan.profile.name
    prefix = Names(v.key_prefix for v in plan.vocabularies).give(name, "dataSet")
    reason = "The catalogue is empty." if not plan.vocabularies else "No vocabulary of the catalogue covers the fields."
    called = _unique(title(name) or prefix, {vocabulary.name.casefold() for vocabulary in plan.vocabularies})
    about = domain(camel(name) or prefix)
    known = {v.business_domain.casefold(): v.business_domain for v in plan.vocabularies if v.business_domain}
    return Heading(
        VocabularyChoice(name=called, key_prefix=prefix, status="New", confidence=0.5),
        BusinessDomain(
            name=known.get(about.casefold(), about),
            status="Existing" if about.casefold() in known else "New",
            confidence=0.4,
            reason=reason,
        ),
    )


def _unique(called: str, taken: Collection[str]) -> str:
    numbered = (f"{called} {number}" for number in count(2))
    return next(name for name in chain([called], numbered) if name.casefold() not in taken)
