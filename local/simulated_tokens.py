"""Estimated token counts: about four characters a token, and what of a prompt was seen before.

A real tokenizer counts differently; ratios between two ways of asking the same are what these numbers are good for.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict

CHARACTERS = 4
_FIRST = 1_024
_STEP = 128


def estimate(text: str) -> int:
    return (len(text) + CHARACTERS - 1) // CHARACTERS


class PrefixCache:
    """Prompt caching: a prefix of 1,024 tokens or more, in steps of 128, that was sent before."""

    def __init__(self, size: int = 100_000) -> None:
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._size = size

    def cached_tokens(self, text: str) -> int:
        """How many leading tokens were seen before; remembers this text for the next time."""
        if len(text) < _FIRST * CHARACTERS:
            return 0
        running, cached, position = hashlib.blake2b(digest_size=16), 0, 0
        for end in range(_FIRST * CHARACTERS, len(text) + 1, _STEP * CHARACTERS):
            running.update(text[position:end].encode("utf-8", "surrogatepass"))
            position = end
            digest = running.digest()
            if digest in self._seen:
                cached = end // CHARACTERS
            self._seen[digest] = None
            self._seen.move_to_end(digest)
        while len(self._seen) > self._size:
            self._seen.popitem(last=False)
        return cached
