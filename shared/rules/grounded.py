"""Whether what a draft tests for was spoken of: a small model takes values from the samples, where all are meant."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from shared.rules.draft import EVERYTHING, Draft, tests
from shared.rules.figures import numbers, years
from shared.rules.form import Reply
from shared.rules.understand import names_what_it_mends
from shared.rules.value_types import is_date, is_number

_EVERY: Final = frozenset({"all", "all records", "alle", "tous", "todos", "tutti"})
_SHORT: Final = 2
"""Characters of a value that is found in other words by chance."""


def grounded(draft: Draft, reply: Reply, said: str) -> Draft:
    """Without its condition where an answer means all records and yet tests for values nobody spoke of.

    ``said``: the prompt and the answers to questions."""
    if str(reply.get("which") or "").strip().casefold() not in _EVERY and not names_what_it_mends(reply, draft):
        return draft
    tested = list(tests(draft.condition))
    words = _Words(said)
    known = any(not test.values or any(map(words.hold, test.values)) for test in tested)
    return draft if known or not tested else replace(draft, condition=EVERYTHING)


class _Words:
    def __init__(self, said: str) -> None:
        self._said = said.casefold()
        self._figures, self._years = set(numbers(said)), years(said)

    def hold(self, value: str) -> bool:
        """As it is written, as another way to write the same number, or as a day of a year that was named."""
        if is_number(value) and abs(float(value)) in self._figures:
            return True
        if is_date(value) and int(value.strip()[:4]) in self._years:
            return True
        return self._stands(value.casefold())

    def _stands(self, value: str) -> bool:
        """A short value as a word of its own, in scripts that have words."""
        if len(value) > _SHORT or not value.isascii():
            return value in self._said
        return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", self._said) is not None
