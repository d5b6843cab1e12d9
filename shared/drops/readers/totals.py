"""The last rows of a table that are no records: totals, counts of rows, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from shared.profiling.types_number import money, number
from shared.profiling.values import BLANK

LOOKED_AT: Final = 4
"""How many of the last rows may be such."""
_TOTAL: Final = re.compile(
    r"^(?:grand\s|sub\s?-?|report\s|overall\s|net\s)?(?:totals?|sum|summe|gesamt(?:summe)?|insgesamt|zwischensumme|somme"
    r"|total\s(?:g[ée]n[ée]ral|general|geral)|totaal|totale|totalt|totali|celkem|razem|suma|итого|всего|合計|総計|合计|总计|总和|小計|小计"
    r"|합계|총계|average|mean|count)\b\s*(?::|\(.*\))?$",
    re.IGNORECASE,
)
_FOOTER: Final = re.compile(
    r"^[\W_]*(?:end of (?:file|report|data)|eof|\(?\d[\d,. ]*\s(?:rows?|records?|lines?|zeilen|datensätze|lignes|filas)"
    r"|(?:rows?|records?|row count|record count|number of (?:rows|records)|generated|exported|printed|source"
    r"|confidential|page \d+)\b)",
    re.IGNORECASE,
)


def trailing(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many of the last rows are no records. ``rows``: the last ones, blank ones as empty."""
    found = 0
    for at in range(len(rows) - 1, max(-1, len(rows) - 1 - LOOKED_AT), -1):
        cells = [cell.strip(BLANK) for cell in rows[at]]
        if width > 1 and (_is_total(cells) or _is_footer(cells, width)):
            found = len(rows) - at
        elif any(cells):
            break
    return found


def _is_total(cells: Sequence[str]) -> bool:
    """A word for it, and nothing beside it but numbers: Total SA with its address is a customer."""
    filled = [cell for cell in cells if cell]
    words = [cell for cell in filled if _TOTAL.match(cell)]
    others = [cell for cell in filled if not _TOTAL.match(cell)]
    return bool(words) and bool(others) and all(number(cell) or money(cell) for cell in others)


def _is_footer(cells: Sequence[str], width: int) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) == 1 and width > 2 and bool(cells[0]) and bool(_FOOTER.match(filled[0]))
