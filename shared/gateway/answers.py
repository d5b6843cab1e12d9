"""From a deployment's 200 to the answer that was asked for, or the reason why it cannot be used."""

from __future__ import annotations

import json
import re

from shared.errors import AnswerCutOff, AnswerError, AnswerRefused, ContentFiltered, UnusableAnswer
from shared.gateway.capabilities import Output
from shared.gateway.ports import Completion
from shared.gateway.records import Answer, Prompt, Status

_STATUS: dict[type[AnswerError], Status] = {
    ContentFiltered: Status.FILTERED,
    AnswerRefused: Status.REFUSED,
    AnswerCutOff: Status.CUT_OFF,
}
_THINKING = re.compile(r"<think>.*?</think>", re.S)


def status_of(error: AnswerError) -> Status:
    return _STATUS.get(type(error), Status.FAILED)


def read(completion: Completion, prompt: Prompt[Answer], output: Output) -> Answer:
    """Raises ContentFiltered, AnswerRefused, AnswerCutOff, UnusableAnswer."""
    check(completion)
    try:
        return prompt.parse(_decode(completion.text, output))
    except (ValueError, RecursionError):
        raise UnusableAnswer("The model's answer is not what was asked for", setting="deploymentName") from None


def check(completion: Completion) -> None:
    """Whether the answer is a whole one. Raises ContentFiltered, AnswerRefused, AnswerCutOff."""
    if completion.finish_reason == "content_filter":
        raise ContentFiltered("The deployment's content filter stopped the answer")
    if completion.refusal:
        raise AnswerRefused("The model refused to answer", setting="deploymentName")
    if completion.finish_reason == "length":
        detail = "The model's answer was cut off at its token limit"
        raise AnswerCutOff(detail, setting="deploymentName", text=completion.text)


def _decode(text: str, output: Output) -> object:
    value: object = json.loads(text) if output != "text" else _find(text)
    if "\\ud" in text.lower():
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair cannot be passed on: ValueError
    return value


def _find(text: str) -> object:
    """The first JSON object in free text, fenced or not: a model that was only asked kindly may add words."""
    text = _THINKING.sub("", text)
    decoder = json.JSONDecoder()
    for start in (match.start() for match in re.finditer(r"\{", text)):
        try:
            return decoder.raw_decode(text, start)[0]
        except ValueError:
            continue
    raise ValueError("no JSON object")
