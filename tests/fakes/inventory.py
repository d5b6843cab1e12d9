"""All that tables and blobs in memory hold, in pages as the real inventory gives them."""

from __future__ import annotations

from datetime import datetime

from shared.retention.ports import BlobPage, OldBlob, OldRow, RowPage
from tests.fakes.storage import FakeBlobs, FakeTables


class FakeInventory:
    def __init__(self, tables: FakeTables, blobs: FakeBlobs, page: int = 500) -> None:
        self._tables = tables
        self._blobs = blobs
        self.page = page

    async def rows(self, table: str, before: datetime, cursor: str | None) -> RowPage:
        places = sorted(place for place in self._tables.rows if place[0] == table and "/".join(place) > (cursor or ""))
        now, later = places[: self.page], places[self.page :]
        items = [OldRow(place[1], place[2], self._tables.rows[place], self._tables.written[place]) for place in now]
        found = tuple(item for item in items if item.written < before)
        return RowPage(found, "/".join(now[-1]) if later else None)

    async def blobs(self, container: str, cursor: str | None) -> BlobPage:
        names = sorted(name for where, name in self._blobs.blobs if where == container and name > (cursor or ""))
        now, later = names[: self.page], names[self.page :]
        items = [
            OldBlob(name, self._blobs.blobs[container, name].etag, self._blobs.written[container, name]) for name in now
        ]
        return BlobPage(tuple(items), now[-1] if later else None)

    async def remove_row(self, table: str, old: OldRow) -> bool:
        place = (table, old.partition, old.key)
        row = self._tables.rows.get(place)
        if row is None or row.etag != old.row.etag:
            return False
        del self._tables.rows[place]
        return True

    async def remove_blob(self, container: str, old: OldBlob) -> bool:
        blob = self._blobs.blobs.get((container, old.name))
        if blob is None or blob.etag != old.etag:
            return False
        del self._blobs.blobs[container, old.name]
        return True
