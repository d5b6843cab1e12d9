"""Why a file cannot be read: a code to count by and one sentence for whoever runs the pipeline."""

from __future__ import annotations


class UnreadableFile(Exception):
    """The file itself is to blame: trying again changes nothing, another file may be fine.

    Codes: ``empty_file``, ``not_a_table``, ``unsupported_format``, ``too_large``, ``row_too_large``,
    ``too_many_columns``, ``nested_too_deep``, ``decompression_bomb``, ``truncated``, ``damaged``, ``bad_encoding``,
    ``bad_json``, ``unclosed_quote``, ``encrypted_workbook``, ``no_such_sheet``, ``several_tables``, ``too_costly``
    (past the time or memory a file may take) and ``no_room`` (the worker's disk is too small for it).

    ``detail`` is one plain sentence. It names rows and columns by number or header, and never repeats a cell.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def too_costly() -> UnreadableFile:
    return UnreadableFile("too_costly", "The file cannot be read within the time and memory that one file may take.")
