"""Tables of the storage account, over azure-data-tables. A missing table is created on the first 404."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from azure.core import MatchConditions
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from shared.adapters.storage_answers import answer
from shared.adapters.storage_network import NETWORK
from shared.storage import Row, Value

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

NOT_IN_A_KEY = frozenset("/\\#?") | {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))}
"""Characters a PartitionKey or RowKey must not hold ("Understanding the Table service data model")."""

_BETWEEN = "PartitionKey eq @partition and RowKey gt @above and RowKey lt @below"

LIMITS: dict[str, Any] = {"retry_total": 2, "retry_backoff_factor": 0.2, "connection_timeout": 3, "read_timeout": 10}
"""Of the SDK's own retries and seconds: an account that is away is told within some seconds, not minutes."""


class StorageTables:
    """Implements ``shared.storage.Tables``. Make it inside the running loop: the client belongs to that loop."""

    def __init__(self, service: TableServiceClient) -> None:
        self._service = service
        self._clients: dict[str, TableClient] = {}

    @classmethod
    def connect(cls, connection_string: str, limits: Mapping[str, Any] = LIMITS) -> StorageTables:
        """By connection string, as on one machine."""
        return cls(TableServiceClient.from_connection_string(connection_string, **NETWORK, **limits))

    @classmethod
    def sign_in(
        cls, account: str, credential: AsyncTokenCredential, limits: Mapping[str, Any] = LIMITS
    ) -> StorageTables:
        """By the account's name and the app's identity."""
        endpoint = f"https://{account}.table.core.windows.net"
        return cls(TableServiceClient(endpoint, credential=credential, **NETWORK, **limits))

    async def get(self, table: str, partition: str, key: str) -> Row | None:
        async def read() -> Row | None:
            return row_of(await self._client(table).get_entity(_safe(partition), _safe(key)))

        return await answer(read, {404: None})

    async def between(
        self, table: str, partition: str, *, above: str, below: str, top: int
    ) -> tuple[tuple[str, Row], ...]:
        bounds = {"partition": _safe(partition), "above": above, "below": below}

        async def read() -> tuple[tuple[str, Row], ...]:
            found = self._client(table).query_entities(_BETWEEN, parameters=bounds, results_per_page=top)
            return tuple([(str(e["RowKey"]), row_of(e)) async for e in _first(found, top)])

        return await answer(read, {404: ()})

    async def insert(self, table: str, partition: str, key: str, values: Mapping[str, Value]) -> str | None:
        async def create() -> str | None:
            made = await self._client(table).create_entity(_entity(partition, key, values))
            return str(made["etag"])

        return await self._made(table, create, {409: None})

    async def put(
        self, table: str, partition: str, key: str, values: Mapping[str, Value], *, etag: str | None = None
    ) -> str | None:
        entity = _entity(partition, key, values)

        async def write() -> str | None:
            return str((await self._client(table).upsert_entity(entity, mode=UpdateMode.REPLACE))["etag"])

        async def replace() -> str | None:
            made = await self._client(table).update_entity(
                entity, mode=UpdateMode.REPLACE, etag=etag, match_condition=MatchConditions.IfNotModified
            )
            return str(made["etag"])

        if etag is None:
            return await self._made(table, write, {})
        return await answer(replace, {404: None, 412: None})

    async def delete(self, table: str, partition: str, key: str, *, etag: str | None = None) -> bool:
        condition = MatchConditions.IfNotModified if etag else MatchConditions.Unconditionally

        async def remove() -> bool:
            await self._client(table).delete_entity(_safe(partition), _safe(key), etag=etag, match_condition=condition)
            return True

        return await answer(remove, {412: False})

    async def close(self) -> None:
        await self._service.close()

    def _client(self, table: str) -> TableClient:
        if table not in self._clients:
            self._clients[table] = self._service.get_table_client(table)
        return self._clients[table]

    async def _made(self, table: str, call: Callable[[], Awaitable[str | None]], known: dict[int, None]) -> str | None:
        """Call; where the table is missing, create it and call again."""
        made = await answer(call, {**known, 404: ""})
        if made != "":
            return made

        async def create() -> None:
            await self._client(table).create_table()

        await answer(create, {409: None})
        return await answer(call, known)


def row_of(entity: TableEntity) -> Row:
    """A row as this product sees it."""
    values = {name: _plain(value) for name, value in entity.items() if _is_value(value)}
    return Row(values, str(entity.metadata["etag"]))


async def _first(entities: AsyncIterator[TableEntity], top: int) -> AsyncIterator[TableEntity]:
    """Never asks for the page after the last one needed."""
    left = top
    async for entity in entities:
        yield entity
        left -= 1
        if left <= 0:
            return


def _entity(partition: str, key: str, values: Mapping[str, Value]) -> dict[str, Value]:
    return {**values, "PartitionKey": _safe(partition), "RowKey": _safe(key)}


def _safe(key: str) -> str:
    """A key as it is. Raises ValueError for one that was not made safe before: that is a mistake of ours."""
    if len(key) > 500 or not NOT_IN_A_KEY.isdisjoint(key):
        raise ValueError("a table key must be hashed or escaped first")
    return key


def _is_value(value: object) -> bool:
    return isinstance(value, (str, int, bool, float, datetime))


def _plain(value: Value) -> Value:
    """The SDK's own kind of datetime as an ordinary one."""
    return datetime.fromisoformat(value.isoformat()) if isinstance(value, datetime) else value
