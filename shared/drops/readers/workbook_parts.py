"""The XML parts of a workbook's ZIP archive, streamed through a parser that follows nothing outside them."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Final
from xml.parsers import expat

from shared.drops.readers.limits import MIB, Limits, size
from shared.drops.readers.source import Source
from shared.drops.unreadable import UnreadableFile

_CHUNK: Final = 64 * 1024
_PARTS: Final = 10_000
_SMALL: Final = 16 * MIB
"""Unpacked bytes from which on the ratio counts: empty formatted rows pack very well."""
_DEEPEST: Final = 64
_LONGEST_TAG: Final = 4 * MIB
"""Bytes the parser holds until a tag ends."""
_LONGEST_DIRECTORY: Final = 4 * MIB
"""Bytes of the list of an archive's parts: some ten thousand parts. Millions of them would fill the memory."""
_PACKED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_OTHERS: Final = {
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "mimetype": "an OpenDocument file",
}

_DAMAGE = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What ``zipfile`` raises for offsets, sizes and methods that make no sense, and expat for XML that is none."""

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


class Parts:
    """Raises UnreadableFile ``damaged``, ``encrypted_workbook``, ``decompression_bomb`` or ``not_what_it_says``."""

    def __init__(self, file: Source, length: int, suffix: str, limits: Limits) -> None:
        self._limits = limits
        self._size = length
        self._unpacked = 0
        try:
            self._zip = zipfile.ZipFile(_Directory(file))
        except _DAMAGE:
            raise damaged() from None
        self._infos = {info.filename.lstrip("/").lower(): info for info in self._zip.infolist()[:_PARTS]}
        if "xl/workbook.xml" not in self._infos:
            what = next((what for name, what in _OTHERS.items() if name in self._infos), "a ZIP archive")
            known = suffix in {".xlsx", ".xlsm"}
            said = f"The file is named {suffix} and holds {what}" if suffix else f"The file holds {what}"
            detail = said + (", not an Excel workbook." if known else ", which is not read.")
            raise UnreadableFile("not_what_it_says" if suffix else "unsupported_format", detail)
        if any(info.flag_bits & 1 for info in self._infos.values()):
            raise UnreadableFile("encrypted_workbook", "The workbook is protected by a password.")
        if any(info.compress_type not in _PACKED for info in self._infos.values()):
            # Python unpacks the other methods without a limit: 64 KiB of LZMA are hundreds of MiB.
            raise UnreadableFile("damaged", "The workbook is packed in a way in which no workbook is: save it anew.")

    def has(self, name: str) -> bool:
        return name.lower() in self._infos

    def parse(self, name: str, start: Start, end: End, text: Callable[[str], None]) -> Iterator[None]:
        """Feeds a part to the handlers, chunk by chunk, and yields after each. Element names come without prefix."""
        parser = _parser(start, end, text)
        try:
            with self._zip.open(self._infos[name.lower()]) as part:
                fed = 0
                while chunk := part.read(_CHUNK):
                    self._count(len(chunk))
                    parser.Parse(chunk)
                    fed += len(chunk)
                    if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                        raise damaged()
                    yield
                parser.Parse(b"", True)
                yield
        except _DAMAGE:
            raise damaged() from None

    def _count(self, unpacked: int) -> None:
        self._unpacked += unpacked
        if self._unpacked > self._limits.unpacked:
            detail = f"The workbook unpacks to more than {size(self._limits.unpacked)}."
            raise UnreadableFile("decompression_bomb", detail)
        if self._unpacked > _SMALL and self._unpacked > self._limits.ratio * self._size:
            detail = f"The workbook unpacks to more than {self._limits.ratio} times its size."
            raise UnreadableFile("decompression_bomb", detail)


class _Directory:
    """The file as ``zipfile`` reads it, which takes the list of parts in one piece, however long it is."""

    def __init__(self, file: Source) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1, /) -> bytes:
        content = self._file.read(size if 0 <= size <= _LONGEST_DIRECTORY else _LONGEST_DIRECTORY + 1)
        if len(content) > _LONGEST_DIRECTORY:
            raise UnreadableFile("damaged", "The workbook holds more parts than any workbook does: it is not read.")
        return content


def damaged() -> UnreadableFile:
    return UnreadableFile("damaged", "The workbook cannot be read: it is damaged or was cut off.")


def _parser(start: Start, end: End, text: Callable[[str], None]) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0
    local: dict[str, str] = {}

    def starts(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise UnreadableFile("nested_too_deep", f"The workbook nests elements deeper than {_DEEPEST} levels.")
        start(local.get(name) or local.setdefault(name, name.rpartition(":")[2]), attributes)

    def ends(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(local[name])

    def declares(*_: object) -> None:
        raise UnreadableFile("damaged", "The workbook declares entities, which no workbook does: it is not read.")

    parser.StartElementHandler = starts
    parser.EndElementHandler = ends
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = declares
    return parser
