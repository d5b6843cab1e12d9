"""A mapping asked for over HTTP, from the validated body to the answer: the use case of ``POST …/mappings``.

check what the shape cannot say → the gate, before any work → samples policy and catalogue → suggest → keep.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from shared.errors import DeploymentTimeout, NotPermitted, ProductError, StorageUnavailable
from shared.gateway.ports import Asker
from shared.gateway.records import Caller, Feature
from shared.mapping.models import Mapping, MappingRequest
from shared.mapping.models import Warning as Note
from shared.mapping.own_keys import own_keys
from shared.mapping.pace import Pace, fields_in
from shared.mapping.prompt_size import PromptSizes
from shared.mapping.store import Cause, MappingStore, State
from shared.mapping.suggest import Work, suggest
from shared.mapping.validate import check, check_choice

if TYPE_CHECKING:
    from shared.mapping.index.catalogue_index import Catalogued
    from shared.mapping.index.indexes import Indexes
    from shared.mapping.organization_meaning import OrganizationMeaning
    from shared.mapping.reviews import Reviews
    from shared.organization_settings import OrganizationSettings
    from shared.settings import SamplesPolicy, Settings

log = logging.getLogger(__name__)

SMALL: Final = 200
"""Records up to which a check is quicker than handing it to a thread."""


@dataclass(frozen=True)
class MappingDesk:
    """What a mapping needs from outside."""

    settings: Settings
    asker: Asker
    mappings: MappingStore
    indexes: Indexes
    policies: OrganizationSettings
    pace: Pace
    prompt_sizes: PromptSizes
    reviews: Reviews
    meaning: OrganizationMeaning


async def run_mapping(desk: MappingDesk, organization: str, request: MappingRequest, correlation_id: str) -> Mapping:
    """Suggest a mapping and keep it.

    Raises InvalidRequest and TooLarge with pointers; what ``Asker.require`` and ``suggest`` raise; StorageUnavailable.
    A mapping of engine ``ai`` that fails after it started is kept as failed before its error is raised."""
    await check_request(request)
    created_at = datetime.now(UTC)
    deadline = time.monotonic() + desk.settings.http_deadline
    work = await prepare(desk, request, caller_of(organization, str(uuid.uuid4()), correlation_id, deadline))
    started = time.monotonic()
    try:
        mapping = await suggest(work, desk.asker)
    except Exception as error:
        if isinstance(error, DeploymentTimeout):
            fields = await asyncio.to_thread(fields_in, request.data_set)
            desk.pace.learn_at_least(organization, fields, time.monotonic() - started)
        await _keep_failure(desk.mappings, work, created_at, error)
        raise
    desk.pace.learn(organization, mapping, time.monotonic() - started)
    return await _kept(desk.mappings, mapping, created_at, correlation_id, await own_keys(request, mapping))


async def prepare(desk: MappingDesk, request: MappingRequest, caller: Caller) -> Work:
    """The gate, then what the mapping is made from.

    Raises what ``Asker.require`` does, InvalidRequest (``/options/vocabulary``) and StorageUnavailable."""
    if request.options.engine == "ai":
        await desk.asker.require(caller)
    vocabularies, no_catalogue = await _vocabularies(desk.indexes, caller.organization, request)
    samples, limited = await _samples(desk.policies, caller.organization, request)
    return Work(
        organization=caller.organization,
        mapping_id=caller.mapping_id or "",
        request=request,
        vocabularies=vocabularies,
        samples=samples,
        caller=caller,
        currency=desk.settings.currency,
        notes=(*no_catalogue, *limited),
        reviews=await desk.reviews.read(caller.organization),
        meaning=desk.meaning,
        size=desk.prompt_sizes.of(caller.organization),
    )


async def check_request(request: MappingRequest) -> None:
    """What the shape cannot say; in a thread where it takes long, since all requests of a worker share one event loop.

    Raises InvalidRequest and TooLarge with pointers."""
    if len(request.data_set.records or ()) > SMALL or request.vocabularies:
        await asyncio.to_thread(check, request)
    else:
        check(request)


def caller_of(organization: str, mapping_id: str, correlation_id: str, deadline: float) -> Caller:
    """On whose behalf a mapping's prompts are sent. ``deadline`` is a time.monotonic()."""
    return Caller(
        organization=organization,
        features=(Feature.AI_MAPPING,),
        history_feature=Feature.AI_MAPPING.value,
        correlation_id=correlation_id,
        deadline=deadline,
        mapping_id=mapping_id,
    )


async def _vocabularies(
    indexes: Indexes, organization: str, request: MappingRequest
) -> tuple[Catalogued, tuple[Note, ...]]:
    """The request's own vocabularies, else the stored ones; with a note where there is none."""
    if request.vocabularies is not None:
        return tuple(request.vocabularies), ()
    stored = await indexes.current(organization)
    check_choice(request, stored.heads)
    if stored.heads:
        return stored, ()
    note = "No vocabularies were given and none are stored: a new vocabulary is proposed."
    return stored, (Note(code="no_catalogue", detail=note),)


async def _samples(
    policies: OrganizationSettings, organization: str, request: MappingRequest
) -> tuple[SamplesPolicy, tuple[Note, ...]]:
    """What may leave; with a note where the request asked for more. Raises StorageUnavailable."""
    used, detail = await policies.followed(organization, request.options.samples)
    return used, (Note(code="samples_limited", detail=detail),) if detail else ()


async def _kept(
    mappings: MappingStore, mapping: Mapping, created_at: datetime, correlation_id: str, keys: str | None
) -> Mapping:
    """The mapping, kept. One that cannot be kept is answered all the same, since its prompts are paid."""
    try:
        await mappings.keep(mapping, created_at, correlation_id, keys)
    except StorageUnavailable:
        log.warning("mapping.not_kept", extra={"mappingId": mapping.mapping_id, "correlationId": correlation_id})
        note = "The mapping could not be stored and cannot be read back; this answer is the only copy."
        warning = Note(code="mapping_not_kept", detail=note)
        return mapping.model_copy(update={"warnings": [*mapping.warnings, warning]})
    return mapping


class Unmakeable(Exception):
    """No mapping can be made of this, for a cause that may be shown."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.code)
        self.cause = cause


def outcome_of(error: Exception) -> tuple[State, Cause]:
    """What a mapping's row says of the error that ended it. An unknown one keeps its words to itself."""
    if isinstance(error, Unmakeable):
        return "failed", error.cause
    if not isinstance(error, ProductError):
        return "failed", Cause("internal_error", "The mapping failed unexpectedly.")
    state: State = "refused" if isinstance(error, NotPermitted) else "failed"
    return state, Cause(error.code, error.detail, error.setting)


async def _keep_failure(mappings: MappingStore, work: Work, created_at: datetime, error: Exception) -> None:
    """Keep why an ai mapping failed; the failure itself goes on to the caller, kept or not."""
    if work.request.options.engine != "ai":
        return
    state, cause = outcome_of(error)
    try:
        await mappings.keep_failure(
            work.organization, work.mapping_id, cause, state, created_at, work.caller.correlation_id
        )
    except StorageUnavailable:
        log.warning("mapping.failure_not_kept", extra={"mappingId": work.mapping_id})
