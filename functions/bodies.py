"""A request's body and query → models. Every fault becomes a pointer with the names of the wire."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Final, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from functions import json_text
from functions.operations import MEBIBYTE
from shared.errors import InvalidRequest, TooLarge, UnsupportedMediaType, Violation
from shared.mapping.validate import VIOLATIONS, escape, refuse

Model = TypeVar("Model")

LARGE: Final = 64 * 1024
"""Bytes above which a body is parsed in a thread: all requests of a worker share one event loop."""
_JSON: Final = re.compile(r"application/(json|[\w.+-]+\+json)", re.IGNORECASE)
_CHARSET: Final = re.compile(r'charset\s*=\s*"?([^";\s]+)', re.IGNORECASE)
_WORDS: Final = {
    "missing": "is required",
    "extra_forbidden": "unknown member",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be an array",
}


class QueryModel(BaseModel):
    """Query parameters: camelCase names, text that is converted, nothing unknown."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_alias=True, validate_by_name=False
    )


async def read_json(headers: Mapping[str, str], body: bytes, kind: type[Model], *, limit: int, gzip: bool) -> Model:
    """The body as a model. Raises InvalidRequest, TooLarge (above ``limit`` bytes), UnsupportedMediaType."""
    _check_size(len(body), limit)
    check_media_type(headers)
    packed = _is_packed(headers, gzip)

    def read() -> Model:
        return validate(json_text.parse(_unpack(body, limit) if packed else body), kind)

    return await asyncio.to_thread(read) if packed or len(body) > LARGE else read()


def check_media_type(headers: Mapping[str, str]) -> None:
    """JSON in UTF-8, or nothing said. Raises UnsupportedMediaType."""
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = _CHARSET.search(parameters)
    if media_type.strip() and not _JSON.fullmatch(media_type.strip()):
        raise UnsupportedMediaType("The body must be application/json.")
    if charset and charset[1].lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("The body must be in UTF-8.")


def read_query(parameters: Mapping[str, str], kind: type[Model]) -> Model:
    """The query as a model; ``code`` and ``clientId`` belong to the Functions host. Raises InvalidRequest."""
    return validate({k: v for k, v in parameters.items() if k not in ("code", "clientId")}, kind)


def validate(value: object, kind: type[Model]) -> Model:
    """A decoded value as a model, or as a list of them. Raises InvalidRequest with the place of every fault."""
    if get_origin(kind) is list and isinstance(value, list):
        return cast(Model, _validate_each(value, get_args(kind)[0]))
    try:
        return cast(Model, _adapter(cast(Hashable, kind)).validate_python(value))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        refuse([_violation(fault) for fault in details[:VIOLATIONS]])
        raise InvalidRequest("The request is not valid.") from None


def _validate_each(values: Sequence[object], kind: type[Model]) -> list[Model]:
    """One at a time: a thread holds the interpreter for the whole of one validation, and others want to run too."""
    made: list[Model] = []
    violations: list[Violation] = []
    for index, value in enumerate(values):
        try:
            made.append(validate(value, kind))
        except InvalidRequest as error:
            violations += [Violation(f"/{index}{fault.pointer}", fault.message) for fault in error.violations]
            if len(violations) >= VIOLATIONS:
                break
    refuse(violations)
    return made


def read_time(value: object) -> object:
    """An ISO 8601 time in UTC; without an offset it is taken as UTC. Raises ValueError."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d", value):
        raise ValueError("must be an ISO 8601 time, such as 2026-11-25T10:00:00Z")
    try:
        # A "+" that was not escaped in the query arrives as a space.
        time = datetime.fromisoformat(re.sub(r" (\d\d:\d\d)$", r"+\1", value) if "T" in value else value)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be an ISO 8601 time, such as 2026-11-25T10:00:00Z") from None


IsoTime = Annotated[datetime, BeforeValidator(read_time, json_schema_input_type=datetime)]


@lru_cache(maxsize=64)
def _adapter(kind: Hashable) -> TypeAdapter[object]:
    return TypeAdapter(cast("type[object]", kind))


def _violation(fault: ErrorDetails) -> Violation:
    pointer = "".join(f"/{escape(str(part))}" for part in fault["loc"])
    message = _WORDS.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    return Violation(pointer, message)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        message = f"at most {limit // MEBIBYTE} MiB"
        raise TooLarge(f"The body is too large: {message}.", violations=(Violation("", message),))


def _is_packed(headers: Mapping[str, str], gzip: bool) -> bool:
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return False
    if gzip and encoding in ("gzip", "x-gzip"):
        return True
    raise UnsupportedMediaType(f"The body's content-encoding must be {'gzip or none' if gzip else 'none'}.")


def _unpack(body: bytes, limit: int) -> bytes:
    """Gunzip, never past the limit. Raises InvalidRequest, TooLarge."""
    stream = zlib.decompressobj(wbits=31)
    try:
        content = stream.decompress(body, limit + 1)
    except zlib.error:
        raise _not_gzip() from None
    _check_size(len(content), limit)
    if not stream.eof or stream.unused_data:
        raise _not_gzip()
    return content


def _not_gzip() -> InvalidRequest:
    violation = Violation("", "not one whole gzip stream")
    return InvalidRequest("The body is not valid gzip.", violations=(violation,))
