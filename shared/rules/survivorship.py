"""Who wins, acted out: survivorship actions on groups of records of the same thing. Pure, and no rule text can say it.

Records with the same id are of one golden record; where no id repeats, those with the same name; else all together.
Only records the rule's condition holds for can win.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from shared.records import RecordIn, text_of
from shared.rules.draft import Action
from shared.rules.models import ChangeOut, ItemOut, Preview

ITEMS: Final = 100
_MODIFIED: Final = re.compile(r"modif|updat|chang|geaend|geänd|ændr|actualiz|aggiorn", re.IGNORECASE)
_DATED: Final = re.compile(r"date|time|dato|datum|fecha|data|stamp|on$|at$", re.IGNORECASE)

Winner = Callable[[Sequence[RecordIn], str], RecordIn | None]
"""Records that have a value for a key, in order, and the key → the one whose value wins; None where none does."""


def groups(records: Sequence[RecordIn]) -> list[list[int]]:
    """Places of records that belong together."""
    for names in ([record.id for record in records], [record.name for record in records]):
        found: dict[str, list[int]] = defaultdict(list)
        for place, name in enumerate(names):
            found[name or f"\x00{place}"].append(place)
        if any(len(each) > 1 for each in found.values()):
            return list(found.values())
    return [list(range(len(records)))] if records else []


def preview_winners(action: Action, records: Sequence[RecordIn], matched: Sequence[int]) -> Preview | None:
    """Each record's value before, and the winning value after; None where the records cannot say who wins."""
    winner = _winner(action, records)
    if winner is None:
        return None
    holds, changes = set(matched), defaultdict[int, list[ChangeOut]](list)
    for group in groups(records):
        able = [records[place] for place in group if place in holds]
        for key in _keys(action, able):
            won = winner([each for each in able if text_of(each.properties.get(key))], key)
            for place in group:
                before = records[place].properties.get(key)
                if won is not None and place in holds and text_of(before) != text_of(won.properties[key]):
                    changes[place].append(ChangeOut(key=key, before=before, after=won.properties[key]))
    return _preview(records, holds, changes)


def _preview(records: Sequence[RecordIn], holds: set[int], changes: Mapping[int, list[ChangeOut]]) -> Preview:
    touched = sorted(holds | changes.keys())
    items = [
        ItemOut(id=records[place].id, matched=place in holds, changes=changes.get(place, []), tags_added=[],
                tags_removed=[])
        for place in touched[:ITEMS]
    ]  # fmt: skip
    return Preview(records=len(records), matched=len(holds), changed=len([each for each in changes.values() if each]),
                   items=items, unsupported=[], truncated=len(touched) > ITEMS)  # fmt: skip


def _keys(action: Action, records: Sequence[RecordIn]) -> list[str]:
    if action.get("key"):
        return [action.get("key")]
    return list(dict.fromkeys(key for record in records for key in record.properties))


def _winner(action: Action, records: Sequence[RecordIn]) -> Winner | None:
    if action.name == "mostFrequentValue":
        return _most_frequent
    if action.name == "mostProperties":
        return lambda able, key: max(able, key=_filled, default=None)
    if action.name in ("latestModifiedDate", "oldestModifiedDate"):
        dated = action.get("dateKey") or modified_key(records)
        return _by_date(dated, latest=action.name.startswith("latest")) if dated and _dated(records, dated) else None
    return None


def _most_frequent(able: Sequence[RecordIn], key: str) -> RecordIn | None:
    counted = Counter(text_of(record.properties[key]) for record in able)
    return max(able, key=lambda record: counted[text_of(record.properties[key])], default=None)


def _filled(record: RecordIn) -> int:
    return sum(bool(text_of(value)) for value in record.properties.values())


def _by_date(dated: str, *, latest: bool) -> Winner:
    def win(able: Sequence[RecordIn], key: str) -> RecordIn | None:
        known = [(_when(record, dated), record) for record in able]
        ordered = sorted(((when, record) for when, record in known if when), key=lambda pair: pair[0], reverse=latest)
        return ordered[0][1] if ordered else None

    return win


def _when(record: RecordIn, dated: str) -> str | None:
    """A time that can be put in order as text; None where it is none in ISO 8601."""
    text = text_of(record.properties.get(dated))
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=None).isoformat()
    except ValueError:
        return None


def _dated(records: Sequence[RecordIn], key: str) -> bool:
    return any(_when(record, key) for record in records)


def modified_key(records: Sequence[RecordIn]) -> str | None:
    """The key that says when a record was changed, by its name and its values."""
    keys = Counter(key for record in records for key in record.properties if _MODIFIED.search(key))
    likely = [key for key, _ in keys.most_common() if _dated(records, key)]
    return next((key for key in likely if _DATED.search(key)), likely[0] if likely else None)
