"""The child process that reads the records of a job's file: fenced in like the one that profiles drops.

It says one JSON line for some hundred records: ``{"records": [[id or null, {column: value}], …]}``; at the end
``{"end": true}``, or ``{"error": code, "detail": …}``. While nobody reads, it waits: no more than that is in memory.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, Final

from pydantic import JsonValue

from shared.drops.child import begin
from shared.drops.readers.limits import LIMITS
from shared.drops.readers.open_table import open_table
from shared.drops.readers.patience import Patience
from shared.drops.readers.ranged_file import RangedFile, SourceLost
from shared.drops.readers.table import Batch
from shared.drops.unreadable import UnreadableFile, too_costly

AT_ONCE: Final = 500
ID: Final = "id"
PROPERTIES: Final = "properties"

Record = tuple[JsonValue, dict[str, JsonValue]]


def records_of(batch: Batch) -> Iterator[Record]:
    """A batch's rows as records: columns are vocabulary keys, ``id`` aside; or, where a column ``properties`` holds
    objects, these. Raises UnreadableFile."""
    if not batch.whole:
        detail = "The file is so large that it is read column by column. Keep the columns of the prompt, and the id."
        raise UnreadableFile("too_wide", detail)
    names = [*batch.columns]
    columns = [batch.columns[name] for name in names]
    for row in zip_longest(*columns, fillvalue=None):
        cells = dict(zip(names, row, strict=True))
        name = cells.pop(ID, None)
        held = _object(cells.get(PROPERTIES))
        yield name, cells if held is None else held


def _object(cell: JsonValue) -> dict[str, JsonValue] | None:
    """A nested object, as JSON readers hand it on: itself, or its text."""
    if isinstance(cell, str) and cell[:1] == "{":
        try:
            cell = json.loads(cell)
        except ValueError:
            return None
    return cell if isinstance(cell, dict) else None


def said(request: Mapping[str, Any], file: RangedFile) -> Iterator[dict[str, object]]:
    """What the child says, line by line. Raises SourceLost."""
    try:
        table = open_table(file, request["size"], request["file_name"], None, LIMITS, Patience())
        some: list[Record] = []
        for batch in table.batches:
            for record in records_of(batch):
                some.append(record)
                if len(some) == AT_ONCE:
                    yield {"records": some}
                    some = []
        yield {"records": some}
        yield {"end": True}
    except UnreadableFile as error:
        yield {"error": error.code, "detail": error.detail}
    except (MemoryError, RecursionError):
        costly = too_costly()
        yield {"error": costly.code, "detail": costly.detail}


def main() -> None:
    """An orphan, or one whose file is gone, has nobody to tell: it ends in silence."""
    try:
        request, connection = begin()
        for line in said(request, RangedFile(connection, request["size"])):
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
    except (SourceLost, BrokenPipeError):
        return


if __name__ == "__main__":
    main()
