"""The text of a file in one pass: decoded chunk by chunk, bad bytes counted."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Final

from shared.drops.readers.encodings import marked, unmarked, wide
from shared.drops.readers.raw_bytes import RawBytes
from shared.drops.readers.table import Note
from shared.drops.unreadable import UnreadableFile

LOOK: Final = 64 * 1024
_SAMPLE: Final = 256 * 1024
_BAD_AT_MOST: Final = 0.01
_NAMES: Final = {"cp1252": "Windows-1252", "cp932": "Shift-JIS", "gb18030": "GB18030"}


class Text:
    """Decodes as it goes. While all is ASCII the encoding stays open: the first other byte may come late."""

    def __init__(self, raw: RawBytes) -> None:
        self._raw = raw
        self._encoding, self._skip = self._look(raw.head(LOOK))
        self._chars = 0
        self._bad = 0

    @staticmethod
    def _look(head: bytes) -> tuple[str | None, int]:
        known = marked(head)
        if known is not None:
            return known
        return wide(head), 0

    @property
    def encoding(self) -> str:
        return self._encoding or "ascii"

    def chunks(self) -> Iterator[str]:
        """Raises UnreadableFile ``bad_encoding`` where more than one character in a hundred is wrong."""
        decoder: codecs.IncrementalDecoder | None = None
        while chunk := self._raw.read():
            if self._skip:
                chunk, self._skip = chunk[self._skip :], 0
            if decoder is None:
                if self._encoding is None and chunk.isascii():
                    yield chunk.decode("ascii")
                    continue
                decoder = self._decoder(chunk)
            yield self._checked(decoder.decode(chunk))
        if decoder is not None:
            rest = self._checked(decoder.decode(b"", final=True))
            self._bad_overall()
            if rest:
                yield rest

    def _decoder(self, chunk: bytes) -> codecs.IncrementalDecoder:
        if self._encoding is None:
            ahead = self._raw.head(_SAMPLE - min(len(chunk), _SAMPLE))
            self._encoding = unmarked(chunk + ahead)
        return codecs.getincrementaldecoder(self._encoding)(errors="replace")

    def _checked(self, text: str) -> str:
        self._chars += len(text)
        if "\ufffd" in text:
            self._bad += text.count("\ufffd")
            if self._chars > LOOK:
                self._bad_overall()
        return text

    def _bad_overall(self) -> None:
        if self._bad > max(1, _BAD_AT_MOST * self._chars):
            raise UnreadableFile(
                "bad_encoding",
                f"The text is in no known encoding: read as {self.name}, {self._bad:,} characters are not valid.",
            )

    @property
    def name(self) -> str:
        return _NAMES.get(self.encoding, self.encoding.upper())

    def notes(self) -> list[Note]:
        found = []
        if self._encoding in _NAMES:
            found.append(Note("encoding_guessed", f"Read as {self.name}, told by its bytes: the file does not say."))
        if self._bad:
            found.append(Note("bad_characters", f"{self._bad:,} characters are not valid {self.name}."))
        return found
