"""The local model for accuracy benchmarks: each prompt is paid for once, and its answer kept (``accuracy_replies``).

After a change only changed prompts are sent. What a prompt took then (tokens, seconds) is told again;
``mapping_accuracy`` says how many were new.
"""

from __future__ import annotations

import contextlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from bench import accuracy_replies
from local import serving
from local.deployments import MODELS
from shared.errors import AnswerCutOff, ContextTooLong, UnusableAnswer
from shared.gateway.records import Answer, Caller, Message, Prompt, Reply, Usage

_PATIENCE = 3_000
_ONE_SLOT = ("--slots", "1", "--slot-tokens", "32768")


class OutOfTime(Exception):
    """The run's time is over; what was answered so far is kept, so the next run goes on from here."""


@dataclass(frozen=True)
class Answered:
    text: str
    finish_reason: str
    prompt_tokens: int
    """As the model counts the messages; the schema is not part of its prompt."""
    schema_tokens: int
    """Of the schema as compact JSON, with the model's tokenizer: a service that reads it counts about this."""
    completion_tokens: int
    seconds: float


@dataclass
class LocalModel:
    """``kind``: one of MODELS. Its server is started with the first prompt that is not kept."""

    kind: str
    seconds: float = float("inf")
    """For prompts that are not kept."""
    sent: int = 0
    _deadline: float = field(default=0.0, init=False)
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack, init=False)
    _served: dict[str, Any] | None = field(default=None, init=False)

    def __enter__(self) -> LocalModel:
        self._deadline = time.monotonic() + self.seconds
        return self

    def __exit__(self, *details: object) -> None:
        self._stack.close()

    def chat(self, messages: Sequence[Message], schema: Mapping[str, object], max_tokens: int) -> Answered:
        """Raises OutOfTime, and ContextTooLong."""
        said = [{"role": message.role, "content": message.content} for message in messages]
        content = [said, schema, max_tokens]
        kept = accuracy_replies.known(self.kind, content)
        if kept is not None:
            return Answered(**kept)
        answered = self._send(said, schema, max_tokens)
        accuracy_replies.keep(self.kind, content, asdict(answered))
        return answered

    def _send(self, said: list[dict[str, str]], schema: Mapping[str, object], max_tokens: int) -> Answered:
        if time.monotonic() > self._deadline:
            raise OutOfTime
        shape = {"name": "bench", "strict": True, "schema": schema}
        body = {"messages": said, "temperature": 0, "max_tokens": max_tokens, "cache_prompt": True}
        started = time.monotonic()
        answer = self._post(
            "v1/chat/completions", body | {"response_format": {"type": "json_schema", "json_schema": shape}}
        )
        self.sent += 1
        return Answered(
            text=answer["choices"][0]["message"]["content"],
            finish_reason=answer["choices"][0]["finish_reason"],
            prompt_tokens=answer["usage"]["prompt_tokens"],
            schema_tokens=self._tokens(json.dumps(schema, ensure_ascii=False, separators=(",", ":"))),
            completion_tokens=answer["usage"]["completion_tokens"],
            seconds=round(time.monotonic() - started, 2),
        )

    def _tokens(self, text: str) -> int:
        """By the model's own tokenizer."""
        return len(self._post("tokenize", {"content": text})["tokens"])

    def _post(self, route: str, body: Mapping[str, object]) -> dict[str, Any]:
        if self._served is None:
            self._served = self._stack.enter_context(serving.model(self.kind, *_ONE_SLOT))
        request = urllib.request.Request(
            f"{self._served['baseUrl']}openai/{route}",
            json.dumps(body | {"model": MODELS[self.kind]}).encode(),
            {"content-type": "application/json", "authorization": f"Bearer {self._served['apiKey']}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
                return dict(json.loads(answer.read()))
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            if "context" in text:
                raise ContextTooLong("The prompt is longer than the model can read.") from None
            raise RuntimeError(text[:500]) from None


@dataclass
class ModelAsker:
    """What the product sees of the gateway, with the local model behind it; nothing is refused or written down."""

    model: LocalModel
    answers: list[Answered] = field(default_factory=list)

    async def require(self, caller: Caller) -> None:
        """Everything is on."""

    async def ask(self, caller: Caller, prompt: Prompt[Answer]) -> Reply[Answer]:
        answered = self.model.chat(prompt.messages, prompt.schema, prompt.max_output_tokens)
        self.answers.append(answered)
        usage = Usage(1, answered.prompt_tokens, answered.completion_tokens, 0, Decimal(0))
        if answered.finish_reason == "length":
            cut = AnswerCutOff("The model's answer was cut off.")
            cut.usage = usage
            raise cut
        try:
            value = prompt.parse(json.loads(answered.text))
        except ValueError:
            bad = UnusableAnswer("The model's answer is not what was asked for.")
            bad.usage = usage
            raise bad from None
        return Reply(value, ("bench-1",), self.model.kind, usage)
