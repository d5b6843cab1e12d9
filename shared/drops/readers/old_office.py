"""Files of the format before ZIP archives (OLE): old workbooks, and new ones that a password protects."""

from __future__ import annotations

import struct
from typing import Final

from shared.drops.readers.source import Source
from shared.drops.unreadable import UnreadableFile

START: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTORS: Final = 4
"""Of the directory that are looked at: the streams that tell come first."""
_ENTRY: Final = 128


def refuse(file: Source) -> UnreadableFile:
    """Why it is not read, by the names of its streams and not by its own name."""
    streams = _streams(file)
    if "EncryptedPackage" in streams:
        return UnreadableFile("encrypted_workbook", "The workbook is protected by a password: save it without one.")
    if {"Workbook", "Book"} & streams:
        return UnreadableFile("unsupported_format", "The workbook is of the old format .xls: save it as .xlsx.")
    detail = "The file is an old Office document, which is not read: save workbooks as .xlsx."
    return UnreadableFile("unsupported_format", detail)


def _streams(file: Source) -> set[str]:
    file.seek(0)
    header = file.read(512)
    if len(header) < 512:
        return set()
    (shift,) = struct.unpack_from("<H", header, 30)
    (first,) = struct.unpack_from("<I", header, 48)
    if shift not in (9, 12):
        return set()
    file.seek((first + 1) << shift)
    directory = file.read(_SECTORS << shift)
    return {_name(directory[at : at + _ENTRY]) for at in range(0, len(directory), _ENTRY)}


def _name(entry: bytes) -> str:
    return entry[:64].decode("utf-16-le", errors="replace").partition("\0")[0]
