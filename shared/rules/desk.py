"""What rules need from outside, and what a request for one is made into before anything is asked."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeGuard

from shared.errors import InvalidRequest, Violation
from shared.gateway.ports import Asker
from shared.gateway.records import Caller, Feature
from shared.mapping.index.catalogue_index import CatalogueIndex, indexed
from shared.mapping.models import Warning as Note
from shared.mapping.quoting import is_value, plain
from shared.mapping.validate import check_catalogue
from shared.rules.answer import RuleWork
from shared.rules.judge import judge
from shared.rules.models import RuleAnswer, RuleRequest, Samples
from shared.rules.offer import offers
from shared.rules.preview import check_size
from shared.rules.sandbox import Sandbox
from shared.rules.suggest import Judged, answer, find
from shared.rules.suggestion_models import SuggestionAnswer, SuggestionRequest
from shared.rules.write import write_rule

MOST_DOMAINS = 20

if TYPE_CHECKING:
    from shared.mapping.index.indexes import Indexes
    from shared.organization_settings import OrganizationSettings
    from shared.settings import Settings


@dataclass(frozen=True)
class RuleDesk:
    settings: Settings
    asker: Asker
    indexes: Indexes
    policies: OrganizationSettings
    sandbox: Sandbox


async def rule_of_words(desk: RuleDesk, organization: str, request: RuleRequest, correlation_id: str) -> RuleAnswer:
    """Raises InvalidRequest and TooLarge with pointers; what ``Asker.require`` and ``write_rule`` raise;
    StorageUnavailable."""
    await check_request(request)
    caller = caller_of(desk, organization, correlation_id)
    await desk.asker.require(caller)
    index = await _index(desk, organization, request)
    samples, limited = await allowed_samples(desk, organization, request.options.samples)
    records = request.records or ()
    offered = await asyncio.to_thread(offers, request.prompt, index, records)
    work = RuleWork(
        request=request,
        caller=caller,
        offered=offered,
        domains=_domains(index, request),
        samples=samples,
        currency=desk.settings.currency,
        notes=limited,
    )
    return await write_rule(work, desk.asker, desk.sandbox)


async def suggested(
    desk: RuleDesk, organization: str, request: SuggestionRequest, correlation_id: str
) -> SuggestionAnswer:
    """Raises TooLarge with a pointer; with engine ``ai`` also what ``Asker.require`` and ``judge`` raise;
    StorageUnavailable."""
    check_size(request.records or ())
    ai = request.options.engine == "ai"
    caller = caller_of(desk, organization, correlation_id)
    limited: tuple[Note, ...] = ()
    policy: Samples = "none"
    if ai:
        await desk.asker.require(caller)
        policy, limited = await allowed_samples(desk, organization, request.options.samples)
    findings = await asyncio.to_thread(find, request)
    judged = await judge(findings, desk.asker, caller, policy) if ai else Judged(findings)
    judged = replace(judged, notes=(*limited, *judged.notes))
    return await answer(desk.sandbox, organization, request, judged, desk.settings.currency)


def caller_of(desk: RuleDesk, organization: str, correlation_id: str) -> Caller:
    return Caller(
        organization=organization,
        features=(Feature.RULE_ENGINE,),
        history_feature=Feature.RULE_ENGINE.value,
        correlation_id=correlation_id,
        deadline=time.monotonic() + desk.settings.http_deadline,
    )


async def allowed_samples(desk: RuleDesk, organization: str, asked: Samples | None) -> tuple[Samples, tuple[Note, ...]]:
    """What may leave; a note where the request asked for more. Raises StorageUnavailable."""
    used, detail = await desk.policies.followed(organization, asked)
    return used, (Note(code="samples_limited", detail=detail),) if detail else ()


async def check_request(request: RuleRequest) -> None:
    """Raises InvalidRequest and TooLarge with pointers."""
    if not request.prompt.strip():
        raise InvalidRequest("/prompt: must not be empty", violations=(Violation("/prompt", "must not be empty"),))
    check_size(request.records or ())
    if request.vocabularies is not None:
        try:
            await asyncio.to_thread(check_catalogue, request.vocabularies)
        except InvalidRequest as error:
            placed = tuple(Violation(f"/vocabularies{each.pointer}", each.message) for each in error.violations)
            raise InvalidRequest(f"/vocabularies{error.detail}", violations=placed) from None


async def _index(desk: RuleDesk, organization: str, request: RuleRequest) -> CatalogueIndex:
    """Of the request's own vocabularies, else of the stored ones; empty only where the records have keys.

    Raises InvalidRequest, StorageUnavailable."""
    if request.vocabularies is not None:
        return await asyncio.to_thread(indexed, request.vocabularies)
    stored = await desk.indexes.current(organization)
    if not stored.heads and not any(record.properties for record in request.records or ()):
        message = "give vocabularies or records, or store the catalogue: there is no key a rule could be about"
        raise InvalidRequest(f"/vocabularies: {message}", violations=(Violation("/vocabularies", message),))
    return stored


def _domains(index: CatalogueIndex, request: RuleRequest) -> tuple[str, ...]:
    """Business domains a rule may ask for: those of the records; without records those of a few vocabularies."""
    held = dict.fromkeys(
        record.business_domain for record in request.records or () if _is_domain(record.business_domain)
    )
    if request.records is None and len(index.heads) <= MOST_DOMAINS:
        held |= dict.fromkeys(head.business_domain for head in index.heads if head.business_domain)
    return tuple(held)[:MOST_DOMAINS] if len(held) > 1 or request.records is None else ()


def _is_domain(text: str | None) -> TypeGuard[str]:
    """Whether a record's business domain is written as one: what else stands there is no text for a prompt."""
    return text is not None and bool(text) and is_value(text, 100) and plain(text, 100) == text
