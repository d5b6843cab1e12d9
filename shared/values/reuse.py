"""Answers given before, for callers that allow them to be used again: table ValueAnswers.

A row belongs to one organization (its PartitionKey) and to one question to one version of one task at one deployment
(its RowKey, a digest of all that decides the answer): another organization, prompt, output, type or deployment is
another row. An answer that is no longer legal for its outputs is not used.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.errors import StorageUnavailable
from shared.storage import Row, Tables, Value
from shared.values.answers import Values
from shared.values.prompt import Form
from shared.values.questions import Inputs

log = logging.getLogger(__name__)

TABLE: Final = "ValueAnswers"
AT_ONCE: Final = 32
"""Rows read or written at a time."""
KEPT: Final = timedelta(days=30)
_LONGEST: Final = 30_000
"""Characters of an answer that fit into a property."""


class KnownAnswers:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def find(
        self, organization: str, form: Form, model: str, questions: Sequence[Inputs]
    ) -> dict[Inputs, Values]:
        """Those answered before. A table that cannot be read knows nothing: it only saves prompts."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(inputs: Inputs) -> Values | None:
            async with gate:
                row = await self._tables.get(TABLE, organization, _key(form, model, inputs))
            return _values(form, row) if row else None

        try:
            found = await asyncio.gather(*map(one, questions))
        except StorageUnavailable:
            log.warning("values.known_answers_unread", extra={"organization": organization})
            return {}
        return {inputs: values for inputs, values in zip(questions, found, strict=True) if values is not None}

    async def keep(self, organization: str, form: Form, model: str, answers: Mapping[Inputs, Values]) -> None:
        """A table that cannot be written costs the next caller a prompt, and this one nothing."""
        gate = asyncio.Semaphore(AT_ONCE)
        now = datetime.now(UTC)

        async def one(inputs: Inputs, values: Values) -> None:
            text = json.dumps(values, ensure_ascii=False)
            if len(text) > _LONGEST:
                return
            async with gate:
                row: dict[str, Value] = {"Values": text, "AnsweredAt": now}
                await self._tables.put(TABLE, organization, _key(form, model, inputs), row)

        try:
            await asyncio.gather(*(one(inputs, values) for inputs, values in answers.items()))
        except StorageUnavailable:
            log.warning("values.answers_not_kept", extra={"organization": organization})


def _key(form: Form, model: str, inputs: Inputs) -> str:
    return hashlib.sha256(json.dumps([form.version, model, inputs]).encode()).hexdigest()


def _values(form: Form, row: Row) -> Values | None:
    """The answer, where it is recent and still legal: rows are data too."""
    answered_at = row.time("AnsweredAt")
    if answered_at is None or answered_at < datetime.now(UTC) - KEPT:
        return None
    try:
        decoded = json.loads(row.text("Values") or "")
    except ValueError:
        return None
    if not isinstance(decoded, list) or len(decoded) != len(form.outputs):
        return None
    legal = [
        value is None or (isinstance(value, str) and output.read(value) == value)
        for value, output in zip(decoded, form.outputs, strict=True)
    ]
    return tuple(decoded) if all(legal) else None
