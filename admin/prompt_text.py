"""An attempt of the prompt history as a person reads it."""

from __future__ import annotations

from admin.json_values import JsonObject, items_of, text_at
from admin.plain import lines, one_line
from admin.table import Column, record, table

COLUMNS = (
    Column("Attempt", "attemptId", whole=True),
    Column("Created (UTC)", "createdAt", whole=True),
    Column("Feature", "feature"),
    Column("Status", "status"),
    Column("Deployment", "deployment"),
    Column("Model", "model"),
    Column("Prompt", "promptTokens", number=True),
    Column("Completion", "completionTokens", number=True),
    Column("Cost", "cost", number=True),
    Column("ms", "latencyMs", number=True),
)
ONE = (
    *COLUMNS[:6],
    Column("Prompt's name", "promptName"),
    Column("Prompt tokens", "promptTokens"),
    Column("Completion tokens", "completionTokens"),
    Column("Cached tokens", "cachedTokens"),
    Column("Cost", "cost"),
    Column("Latency (ms)", "latencyMs"),
    Column("Finished (UTC)", "finishedAt"),
    Column("Finish reason", "finishReason"),
    Column("Error", "error.code"),
    Column("Error's detail", "error.detail"),
    Column("Correlation", "correlationId"),
    Column("Mapping", "mappingId"),
    Column("Erased", "erased"),
)
TRIES = (
    Column("Try", "tryNumber", number=True),
    Column("Attempt", "attemptId", whole=True),
    Column("Created (UTC)", "createdAt", whole=True),
    Column("Status", "status"),
    Column("Error", "errorCode"),
    Column("ms", "latencyMs", number=True),
)


def prompt_text(found: JsonObject, room: int | None) -> str:
    """The facts, the tries, then each message and the answer as they were sent and came back."""
    facts = (record(ONE, found), table(TRIES, items_of(found, "tries"), room))
    messages = [_block(text_at(each, "role") or "", text_at(each, "content")) for each in items_of(found, "messages")]
    return "\n\n".join([*facts, *messages, _block("answer", text_at(found, "response"))])


def _block(title: str, text: str | None) -> str:
    return f"--- {one_line(title)}\n{'-' if text is None else lines(text)}"
