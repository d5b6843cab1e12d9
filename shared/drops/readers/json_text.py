"""JSON values out of a text that comes in chunks: one at a time, none larger than a row may be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from pydantic import JsonValue

from shared.drops.readers.limits import Limits, size
from shared.drops.unreadable import UnreadableFile

_SPACE: Final = re.compile(r"[ \t\r\n\ufeff]*")
_DROP: Final = 1024 * 1024
_LOOKED_AT: Final = 1_000
"""Rows in which members that are named twice are noticed: it takes longer."""


class JsonText:
    """A cursor on the text. What it has passed is forgotten."""

    def __init__(self, chunks: Iterator[str], limits: Limits) -> None:
        self._chunks = chunks
        self._most = limits.row
        self.repeats = False
        """Whether an object among the first rows has named a member twice."""
        self._decode = json.JSONDecoder(strict=False).raw_decode
        self._decode_first = json.JSONDecoder(strict=False, object_pairs_hook=self._looked_at).raw_decode
        # Python refuses numbers of more than 4,300 digits; as text they are harmless.
        self._decode_long = json.JSONDecoder(strict=False, parse_int=str).raw_decode
        self._text = ""
        self._at = 0
        self._ended = False
        self._lines = 0
        self.chars = 0
        """Characters read so far."""
        self.row = 1

    def peek(self, kept: int | None = None) -> str:
        """The next character that is not space, not taken; ``""`` at the end. ``kept``: where somebody goes back to."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if kept is None:
                self._forget()
            elif self._at - kept > self._most:
                raise self._too_large()
            if not self._more():
                return ""

    def second(self) -> str:
        """The character after the next one, spaces left out; neither is taken."""
        self.peek()
        at = self._at
        self._at += 1
        following = self.peek(kept=at)
        self._at = at
        return following

    def take(self, expected: str) -> None:
        char = self.peek()
        if not char:
            raise self.cut_off()
        if char not in expected:
            raise self.wrong()
        self._at += 1
        self._forget()

    def value(self) -> JsonValue:
        """The next value. Raises UnreadableFile ``bad_json``, ``truncated``, ``row_too_large``, ``nested_too_deep``."""
        value, end = self._next()
        if end - self._at > self._most:
            raise self._too_large()
        self._at = end
        self._forget()
        return value

    def fits(self) -> bool:
        """Whether the next value is no larger than a row may be. It is not taken."""
        try:
            return self._next()[1] - self._at <= self._most
        except UnreadableFile as error:
            if error.code != "row_too_large":
                raise
            return False

    def after_value(self) -> str:
        """The character after the next value; neither is taken. Call where ``fits``."""
        self.peek()
        at = self._at
        _, self._at = self._next()
        following = self.peek(kept=at)
        self._at = at
        return following

    def _next(self) -> tuple[JsonValue, int]:
        if not self.peek():
            raise self.cut_off()
        while True:
            try:
                value, end = self._read()
            except json.JSONDecodeError as error:
                self._complete_or_raise(error)
                continue
            except RecursionError:
                detail = f"Row {self.row:,} is nested too deep: at most some hundred levels are read."
                raise UnreadableFile("nested_too_deep", detail) from None
            if end - self._at > self._most:
                raise self._too_large()
            if end < len(self._text) or not isinstance(value, (int, float, str)) or not self._more():
                return value, end

    def _read(self) -> tuple[JsonValue, int]:
        try:
            decode = self._decode if self.row > _LOOKED_AT else self._decode_first
            return decode(self._text, self._at)
        except json.JSONDecodeError:
            raise
        except ValueError:
            return self._decode_long(self._text, self._at)

    def _looked_at(self, members: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
        found = dict(members)
        self.repeats = self.repeats or len(found) < len(members)
        return found

    def _complete_or_raise(self, error: json.JSONDecodeError) -> None:
        """Reads on where the value may just not be complete; raises where it is wrong."""
        have = len(self._text) - self._at
        at_the_end = _unfinished(error, self._text[error.pos :])
        if have <= self._most and self._more():
            return
        if have > self._most:
            raise self._too_large() if at_the_end else self.wrong(error.pos)
        raise self.cut_off() if at_the_end else self.wrong(error.pos)

    def _more(self) -> bool:
        chunk = next(self._chunks, "")
        if not chunk:
            return False
        self.chars += len(chunk)
        self._text += chunk
        return True

    def _forget(self) -> None:
        if self._at > _DROP:
            self._lines += self._text.count("\n", 0, self._at)
            self._text, self._at = self._text[self._at :], 0

    def _too_large(self) -> UnreadableFile:
        detail = f"Row {self.row:,} is larger than {size(self._most)}, the most a row may be."
        return UnreadableFile("row_too_large", detail)

    def cut_off(self) -> UnreadableFile:
        return UnreadableFile("truncated", f"The JSON ends in the middle, in row {self.row:,}: the file was cut off.")

    def wrong(self, at: int | None = None) -> UnreadableFile:
        line = self._lines + self._text.count("\n", 0, self._at if at is None else at) + 1
        return UnreadableFile("bad_json", f"Line {line:,} is not valid JSON.")


def _unfinished(error: json.JSONDecodeError, rest: str) -> bool:
    """Whether what is wrong is only that the text ends: ``rest`` begins where it went wrong."""
    left = rest.strip()
    if not left or error.msg.startswith("Unterminated string"):
        return True
    return len(left) < 6 and (error.msg.startswith("Invalid") or left == "-" or _literal(left))


def _literal(start: str) -> bool:
    return any(word.startswith(start) for word in ("true", "false", "null"))
