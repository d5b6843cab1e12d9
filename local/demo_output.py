"""How the demo says things."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from functools import partial

say = partial(print, flush=True)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """The last column is wrapped to what is left of the terminal's width."""
    widths = [min(34, max(len(row[i]) for row in [head, *rows])) for i in range(len(head) - 1)]
    longest = max(len(row[-1]) for row in [head, *rows])
    last = max(24, shutil.get_terminal_size((150, 40)).columns - sum(widths) - 2 * len(widths))
    for row in [head, tuple("-" * width for width in [*widths, min(last, longest)]), *rows]:
        cells = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, [*widths, last], strict=True)]
        for line in range(max(map(len, cells))):
            parts = [cell[line] if line < len(cell) else "" for cell in cells]
            say("  ".join(part.ljust(width) for part, width in zip(parts, [*widths, 0], strict=True)).rstrip())
