"""/organizations/{org}/vocabularies: the stored catalogue, as a whole and one vocabulary at a time."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import TYPE_CHECKING, Final

import azure.functions as func
from pydantic import Field

from functions.bodies import QueryModel
from functions.http import Answer, Call, accepted, created, endpoint, no_content, ok
from functions.operations import MEBIBYTE, Operation, Success
from shared import errors
from shared.errors import InvalidRequest, NotFound, Violation
from shared.mapping.models import AnswerModel, Vocabulary
from shared.mapping.validate import KEY_PREFIX, check_catalogue, check_vocabulary, refuse
from shared.wiring import services

if TYPE_CHECKING:
    from shared.mapping.heads import Head

bp: Final = func.Blueprint()
SOON: Final = 2.0
"""Seconds: vocabularies that are changed one after the other are indexed together."""


class VocabularyItem(AnswerModel):
    name: str
    key_prefix: str
    business_domain: str | None
    key_count: int
    indexed: bool


class VocabularyList(AnswerModel):
    items: list[VocabularyItem]
    continuation_token: str | None


class CatalogueAccepted(AnswerModel):
    """What was taken in."""

    vocabularies: int
    keys: int


class VocabularyQuery(QueryModel):
    top: int = Field(default=200, ge=1, le=1_000)
    continuation_token: str | None = Field(default=None, max_length=2_000)


REPLACE: Final = Operation(
    method="PUT",
    path="organizations/{org}/vocabularies",
    name="replace_vocabularies",
    summary="Replace the whole stored catalogue by a list of vocabularies",
    body=list[Vocabulary],
    body_limit=32 * MEBIBYTE,
    gzip=True,
    successes=(Success(202, "Stored; indexed in the background", CatalogueAccepted),),
    errors=(errors.StorageUnavailable,),
)
LIST: Final = Operation(
    method="GET",
    path="organizations/{org}/vocabularies",
    name="list_vocabularies",
    summary="The stored vocabularies, by keyPrefix",
    query=VocabularyQuery,
    successes=(Success(200, "A page of them", VocabularyList),),
    errors=(errors.InvalidRequest, errors.StorageUnavailable),
)
PUT: Final = Operation(
    method="PUT",
    path="organizations/{org}/vocabularies/{keyPrefix}",
    name="put_vocabulary",
    summary="Add or replace one vocabulary",
    body=Vocabulary,
    successes=(Success(200, "Replaced", Vocabulary), Success(201, "Added", Vocabulary)),
    errors=(errors.StorageUnavailable,),
)
READ: Final = Operation(
    method="GET",
    path="organizations/{org}/vocabularies/{keyPrefix}",
    name="read_vocabulary",
    summary="One vocabulary with its keys",
    successes=(Success(200, "The vocabulary", Vocabulary),),
    errors=(errors.NotFound, errors.StorageUnavailable),
)
REMOVE: Final = Operation(
    method="DELETE",
    path="organizations/{org}/vocabularies/{keyPrefix}",
    name="remove_vocabulary",
    summary="Remove one vocabulary",
    successes=(Success(204, "Removed"),),
    errors=(errors.NotFound, errors.StorageUnavailable),
)


@bp.route(REPLACE.path, methods=[REPLACE.method])
@endpoint(REPLACE)
async def replace_vocabularies(call: Call) -> Answer:
    vocabularies = await call.read(list[Vocabulary])
    await asyncio.to_thread(check_catalogue, vocabularies)
    version = await services().catalogue.replace(call.organization, tuple(vocabularies))
    await services().indexes.request(call.organization, version)
    keys = sum(len(vocabulary.keys) for vocabulary in vocabularies)
    return accepted(CatalogueAccepted(vocabularies=len(vocabularies), keys=keys))


@bp.route(LIST.path, methods=[LIST.method])
@endpoint(LIST)
async def list_vocabularies(call: Call) -> Answer:
    query = call.query(VocabularyQuery)
    after = _position(query.continuation_token)
    stored = await services().catalogue.read(call.organization)
    indexed = await services().indexes.is_ready(call.organization, stored)
    rest = [head for head in stored.heads if head.key_prefix > after]
    page = rest[: query.top]
    more = _token(page[-1].key_prefix) if len(rest) > len(page) else None
    return ok(VocabularyList(items=[_item(head, indexed) for head in page], continuation_token=more))


@bp.route(PUT.path, methods=[PUT.method])
@endpoint(PUT)
async def put_vocabulary(call: Call) -> Answer:
    vocabulary = await call.read(Vocabulary)
    if vocabulary.key_prefix != call.part("keyPrefix"):
        refuse([Violation("/keyPrefix", "must be the keyPrefix of the path")])
    check_vocabulary(vocabulary)
    is_new, version = await services().catalogue.put(call.organization, vocabulary)
    await services().indexes.request(call.organization, version, SOON)
    return created(vocabulary) if is_new else ok(vocabulary)


@bp.route(READ.path, methods=[READ.method])
@endpoint(READ)
async def read_vocabulary(call: Call) -> Answer:
    prefix = _key_prefix(call)
    found = (await services().catalogue.read(call.organization)).find(prefix)
    if found is None:
        raise _no_such_vocabulary()
    return ok(found)


@bp.route(REMOVE.path, methods=[REMOVE.method])
@endpoint(REMOVE)
async def remove_vocabulary(call: Call) -> Answer:
    version = await services().catalogue.remove(call.organization, _key_prefix(call))
    if version is None:
        raise _no_such_vocabulary()
    await services().indexes.request(call.organization, version, SOON)
    return no_content()


def _item(head: Head, indexed: bool) -> VocabularyItem:
    return VocabularyItem(
        name=head.name,
        key_prefix=head.key_prefix,
        business_domain=head.business_domain,
        key_count=head.key_count,
        indexed=indexed,
    )


def _key_prefix(call: Call) -> str:
    prefix = call.part("keyPrefix")
    if not KEY_PREFIX.fullmatch(prefix):
        raise _no_such_vocabulary()
    return prefix


def _no_such_vocabulary() -> NotFound:
    return NotFound("The organization has no vocabulary with this keyPrefix.")


def _token(key_prefix: str) -> str:
    return base64.urlsafe_b64encode(key_prefix.encode()).decode()


def _position(token: str | None) -> str:
    """The keyPrefix to go on after; every prefix comes after the empty one. Raises InvalidRequest."""
    if token is None:
        return ""
    try:
        return base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        violation = Violation("/continuationToken", "not a token of this list")
        raise InvalidRequest("The continuationToken is not valid.", violations=(violation,)) from None
