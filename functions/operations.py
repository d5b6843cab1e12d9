"""What each route may be asked and answers: the routes' own source, and the OpenAPI document's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from shared import errors
from shared.errors import ProductError

MEBIBYTE: Final = 1024 * 1024

ASKING: Final[tuple[type[ProductError], ...]] = (
    errors.FeatureDisabled,
    errors.SettingsMissing,
    errors.IdempotencyConflict,
    errors.DeploymentThrottled,
    errors.DeploymentUnauthorized,
    errors.DeploymentForbidden,
    errors.DeploymentNotFound,
    errors.DeploymentUnavailable,
    errors.DeploymentTimeout,
    errors.FlagsUnavailable,
    errors.HistoryUnavailable,
)
"""What every POST that sends prompts may come to."""


@dataclass(frozen=True)
class Success:
    """A good answer. ``body`` None: no body; a media type as text: not JSON."""

    status: int
    description: str
    body: type[BaseModel] | str | None = None


@dataclass(frozen=True)
class Operation:
    """One method of one route. Used by ``@bp.route`` (path, method), by ``endpoint`` and by the OpenAPI document."""

    method: str
    path: str
    """Without the prefix, as @bp.route takes it."""
    name: str
    """The function's name, unique in the app."""
    summary: str
    successes: tuple[Success, ...]
    errors: tuple[type[ProductError], ...] = ()
    """Beside those every route may answer."""
    body: type[object] | None = None
    body_required: bool = True
    body_limit: int = 16 * MEBIBYTE
    gzip: bool = False
    query: type[BaseModel] | None = None
    admin: bool = False
    """Needs the x-admin-key header."""
    anonymous: bool = False
    """Needs no function key."""


OPERATIONS: Final[dict[str, Operation]] = {}
"""Every operation whose module was imported, by name."""


def remember(operation: Operation) -> None:
    """Put an operation into the document."""
    OPERATIONS[operation.name] = operation
