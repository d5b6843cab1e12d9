"""The prompt template of "with CluedIn AI" actions: plain words with inputs and outputs in braces.

``{Vocabulary:organization.address}`` is an input, ``{output:Vocabulary:organization.aiCountry}`` an output, in any case
and with spaces. Any other braces are words of the prompt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from shared.errors import PromptInvalid, Violation

MOST_INPUTS: Final = 20
MOST_OUTPUTS: Final = 20
"""Each is a property of the answer's schema, of which a strict one may have 100."""
LONGEST_KEY: Final = 500

_MARK: Final = re.compile(r"\{\s*(?P<output>output\s*:\s*)?vocabulary\s*:(?P<key>[^{}]*)\}", re.IGNORECASE)
_ALMOST: Final = re.compile(r"\{\s*(?:output|vocabulary)\b[^{}]*(?:\}|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Template:
    text: str
    inputs: tuple[str, ...]
    """Vocabulary keys read, each once, as first written; they are compared without regard to case."""
    outputs: tuple[str, ...]
    """Vocabulary keys written, each once, as first written."""

    def filled(self, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> str:
        """The text with other words for its inputs and outputs, in their order."""
        names = dict(zip(map(str.casefold, self.inputs), inputs, strict=True))
        answers = dict(zip(map(str.casefold, self.outputs), outputs, strict=True))

        def word(mark: re.Match[str]) -> str:
            return (answers if mark["output"] else names)[_key(mark).casefold()]

        return _MARK.sub(word, self.text)


def parse_template(text: str) -> Template:
    """Raises PromptInvalid with what is wrong where, before anything is sent."""
    inputs: dict[str, str] = {}
    outputs: dict[str, str] = {}
    for mark in _MARK.finditer(text):
        key = _key(mark)
        if not 0 < len(key) <= LONGEST_KEY or not all(key.partition(".")[::2]):
            raise _invalid(f"{mark[0]} names no vocabulary key: write one as prefix.name")
        (outputs if mark["output"] else inputs).setdefault(key.casefold(), key)
    _check_rest(text)
    for found, what, example, most in (
        (inputs, "input", "{Vocabulary:organization.address}", MOST_INPUTS),
        (outputs, "output", "{output:Vocabulary:organization.aiCountry}", MOST_OUTPUTS),
    ):
        if not found:
            raise _invalid(f"the prompt has no {what}: write at least one, such as {example}")
        if len(found) > most:
            raise _invalid(f"the prompt has {len(found)} {what}s, and at most {most} are possible")
    return Template(text, tuple(inputs.values()), tuple(outputs.values()))


def _check_rest(text: str) -> None:
    almost = _ALMOST.search(_MARK.sub("", text))
    if almost:
        raise _invalid(
            f"{almost[0][:80]} is neither an input nor an output: "
            "write {Vocabulary:prefix.name} or {output:Vocabulary:prefix.name}"
        )


def _key(mark: re.Match[str]) -> str:
    return mark["key"].strip()


def _invalid(message: str) -> PromptInvalid:
    return PromptInvalid(f"The prompt cannot be used: {message}.", violations=(Violation("/prompt", message),))
