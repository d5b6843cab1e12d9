"""What a file is, told by its first bytes. Its name only helps where these leave a choice."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

from shared.drops.readers import old_office
from shared.drops.readers.encodings import marked, wide
from shared.drops.unreadable import UnreadableFile

LOOK: Final = 8 * 1024

_OTHERS: Final = (
    (b"%PDF", "a PDF document"),
    (b"PK", "a ZIP archive"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"{\\rtf", "an RTF document"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x1f\x8b", "a gzip file inside a gzip file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"ARROW1", "an Arrow file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_SAID: Final = {
    ".csv": "CSV", ".tsv": "TSV", ".tab": "TSV", ".txt": "text", ".psv": "delimited text", ".json": "JSON",
    ".jsonl": "JSONL", ".ndjson": "JSONL", ".parquet": "Parquet", ".xlsx": "an Excel workbook",
    ".xlsm": "an Excel workbook",
}  # fmt: skip
_MARKUP: Final = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml|!--|svg|[a-z][\w:.-]*[\s/>])", re.IGNORECASE)
_JSON_START: Final = re.compile(r'\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:[\[{\]"]|-?\d|true|false|null|$))')


def suffix(name: str) -> str:
    """``.csv`` of ``Customers.CSV.gz``."""
    suffixes = PurePosixPath(name.lower()).suffixes
    if suffixes and suffixes[-1] in {".gz", ".gzip"}:
        suffixes = suffixes[:-1]
    return suffixes[-1] if suffixes else ""


def kind(head: bytes, name: str) -> str:
    """``parquet``, ``workbook``, ``old_office``, ``json`` or ``delimited``.

    Raises UnreadableFile where it is nothing that is known.
    """
    if not head:
        raise UnreadableFile("empty_file", "The file is empty.")
    if head.startswith((b"PAR1", b"PARE")):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return "workbook"
    if head.startswith(old_office.START):
        return "old_office"
    for start, what in _OTHERS:
        if head.startswith(start) and not (start.isalpha() and _plain(head)):
            raise _other(what, name)
    return _text_kind(head, name)


def _plain(head: bytes) -> bool:
    """A text that happens to start with these letters."""
    return b"\0" not in head[:512]


def _text_kind(head: bytes, name: str) -> str:
    start = _start(head)
    if _MARKUP.match(start):
        html = re.match(r"\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body)", start, re.IGNORECASE | re.DOTALL)
        raise _other("an HTML page" if html else "XML", name)
    if _JSON_START.match(start):
        return "json"
    if suffix(name) in {".parquet", ".xlsx", ".xlsm"} and _binary(head):
        raise UnreadableFile("damaged", f"The file is named {suffix(name)} and is not one: it is damaged.")
    if _binary(head):
        raise _other("binary data", name)
    return "delimited"


def _start(head: bytes) -> str:
    encoding, skip = marked(head) or (wide(head) or "latin-1", 0)
    return head[skip:].decode(encoding, errors="replace")


def _binary(head: bytes) -> bool:
    """Control characters that no text has, in more than a few places; zero bytes alone are looked at as text."""
    if marked(head) or wide(head):
        return False
    controls = sum(1 < byte < 9 or 13 < byte < 27 for byte in head)  # 1 and 31 are delimiters
    zeros = head.count(0)
    return controls > 0.02 * len(head) or (zeros > 0.1 * len(head) and zeros < len(head))


def _other(what: str, name: str) -> UnreadableFile:
    said = _SAID.get(suffix(name))
    if said:
        return UnreadableFile("not_what_it_says", f"The file is named {suffix(name)} and holds {what}, not {said}.")
    return UnreadableFile("unsupported_format", f"The file holds {what}, which is not read.")
