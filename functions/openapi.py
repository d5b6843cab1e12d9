"""The OpenAPI 3.1 document, from the operations and the models they name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Final, cast

from pydantic import BaseModel, JsonValue
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from functions.operations import MEBIBYTE, Operation, Success
from functions.problems import STATUS, WAITS, Problem
from shared import errors
from shared.errors import ProductError
from shared.gateway.records import Feature

Json = dict[str, JsonValue]
Refs = Mapping[tuple[type[BaseModel], JsonSchemaMode], JsonValue]
"""Where a model's schema stands: one that is read and written differently stands there twice."""

_REF: Final = "#/components/schemas/{model}"
_PATTERNS: Final[dict[str, Json]] = {
    "org": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 64, "not": {"const": "default"}},
    "mappingId": {"type": "string", "format": "uuid"},
    "flag": {"type": "string", "enum": [feature.value for feature in Feature]},
}
_BODY_ERRORS: Final = (errors.InvalidRequest, errors.TooLarge, errors.UnsupportedMediaType)
_ADMIN_ERRORS: Final = (errors.AdminDisabled, errors.AdminRequired, errors.SettingsUnavailable)


def describe(operations: Sequence[Operation]) -> bytes:
    """The document as JSON, paths and schemas sorted so that it is the same for the same code."""
    refs, schemas = _schemas(operations)
    paths: dict[str, JsonValue] = {}
    for operation in sorted(operations, key=lambda o: (o.path, o.method)):
        path = paths.setdefault(f"/{operation.path}", {})
        assert isinstance(path, dict)
        path[operation.method.lower()] = _operation(operation, refs)
    document: Json = {
        "openapi": "3.1.0",
        "info": {
            "title": "CluedIn AI functions",
            "version": "1",
            "description": "AI over an organization's own Azure OpenAI deployment. Times are ISO 8601 UTC.",
        },
        "servers": [{"url": "/api"}],
        "security": [{"functionKeyHeader": []}, {"functionKeyQuery": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "functionKeyHeader": {"type": "apiKey", "in": "header", "name": "x-functions-key"},
                "functionKeyQuery": {"type": "apiKey", "in": "query", "name": "code"},
            },
        },
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _operation(operation: Operation, refs: Refs) -> Json:
    described: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.path.removeprefix("organizations/{org}/").split("/")[0]],
        "parameters": [*_path(operation), *_query(operation), *_headers(operation)],
        "responses": {**_successes(operation, refs), **_failures(operation)},
    }
    if operation.anonymous:
        described["security"] = []
    if operation.body is not None:
        described["requestBody"] = {
            "required": operation.body_required,
            "description": f"At most {operation.body_limit // MEBIBYTE} MiB"
            + (", gzip accepted" if operation.gzip else ""),
            "content": {"application/json": {"schema": _body(operation.body, refs)}},
        }
    return described


def _path(operation: Operation) -> list[JsonValue]:
    names = re.findall(r"\{(\w+)\}", operation.path)
    return [
        {"name": name, "in": "path", "required": True, "schema": _PATTERNS.get(name, {"type": "string"})}
        for name in names
    ]


def _query(operation: Operation) -> list[JsonValue]:
    if operation.query is None:
        return []
    members = operation.query.model_json_schema(mode="validation")["properties"]
    return [{"name": name, "in": "query", "required": False, "schema": schema} for name, schema in members.items()]


def _headers(operation: Operation) -> list[JsonValue]:
    text = partial(_header, max_length=128)
    found = [text("x-correlation-id", "Echoed; made where it is missing or not printable ASCII")]
    if operation.admin:
        found.append(_header("x-admin-key", "The Key Vault secret admin-key", required=True))
    if operation.method == "POST":
        note = "The same key and body within 24 h gives the same answer, and no second prompt"
        found.append(_header("Idempotency-Key", note, max_length=255))
    if operation.gzip:
        found.append(_header("Content-Encoding", "gzip, or none"))
    return found


def _header(name: str, description: str, *, required: bool = False, max_length: int | None = None) -> JsonValue:
    schema: Json = {"type": "string", **({"maxLength": max_length} if max_length else {})}
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


def _successes(operation: Operation, refs: Refs) -> Json:
    return {str(success.status): _success(operation, success, refs) for success in operation.successes}


def _success(operation: Operation, success: Success, refs: Refs) -> JsonValue:
    headers = _answer_headers(success.status)
    if operation.method == "POST":
        note = "true where the answer had been given before"
        headers["idempotency-replayed"] = {"description": note, "schema": {"type": "string"}}
    described: Json = {"description": success.description, "headers": headers}
    if isinstance(success.body, str):
        described["content"] = {success.body: {}}
    elif success.body is not None:
        described["content"] = {"application/json": {"schema": refs[success.body, "serialization"]}}
    return described


def _failures(operation: Operation) -> Json:
    """One answer per status, with all codes it may carry."""
    codes: dict[int, list[str]] = {500: ["internal_error", "configuration_error"]}
    for error in _all_errors(operation):
        status = codes.setdefault(STATUS[error.code], [])
        if error.code not in status:
            status.append(error.code)
    taken = {success.status for success in operation.successes}
    found: Json = {
        str(status): _failure(status, names) for status, names in sorted(codes.items()) if status not in taken
    }
    if not operation.anonymous:
        found["401"] = {"description": "No valid function key; answered by the Functions host, without a body"}
    return found


def _failure(status: int, codes: Iterable[str]) -> JsonValue:
    problem: JsonValue = {
        "allOf": [
            {"$ref": _REF.format(model="Problem")},
            {"properties": {"code": {"enum": [*codes]}, "status": {"const": status}}},
        ]
    }
    return {
        "description": f"{HTTPStatus(status).phrase}: {', '.join(codes)}",
        "headers": _answer_headers(status),
        "content": {"application/problem+json": {"schema": problem}},
    }


def _all_errors(operation: Operation) -> list[type[ProductError]]:
    return [
        *((errors.InvalidOrganization,) if "{org}" in operation.path else ()),
        *(_BODY_ERRORS if operation.body is not None else ()),
        *(_ADMIN_ERRORS if operation.admin else ()),
        *((errors.StorageUnavailable,) if operation.method == "POST" else ()),
        *operation.errors,
    ]


def _answer_headers(status: int) -> Json:
    headers: Json = {"x-correlation-id": {"schema": {"type": "string"}}}
    if status in WAITS:
        headers["Retry-After"] = {"description": "Whole seconds", "schema": {"type": "integer", "minimum": 1}}
    return headers


def _body(body: type[object], refs: Refs) -> JsonValue:
    """A model, or a list of one."""
    (model,) = _models(body)
    ref = refs[model, "validation"]
    return ref if model is body else {"type": "array", "items": ref}


def _schemas(operations: Sequence[Operation]) -> tuple[Refs, Json]:
    models: set[tuple[type[BaseModel], JsonSchemaMode]] = {(Problem, "serialization")}
    for operation in operations:
        models |= {(kind, "validation") for kind in _models(operation.body)}
        models |= {(s.body, "serialization") for s in operation.successes if isinstance(s.body, type)}
    in_order = sorted(models, key=lambda pair: (pair[0].__name__, pair[1]))
    refs, definitions = models_json_schema(in_order, ref_template=_REF)
    schemas: Json = definitions["$defs"]
    return cast(Refs, refs), dict(sorted(schemas.items()))


def _models(body: type[object] | None) -> list[type[BaseModel]]:
    """A body's model: itself, or what a list of it holds."""
    parts = getattr(body, "__args__", (body,))
    return [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]
