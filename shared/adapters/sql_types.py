"""Column types that mean the same on Azure SQL and on SQLite.

Text is Unicode everywhere (NVARCHAR on Azure SQL, never VARCHAR or NTEXT); times are UTC with microseconds; money is
decimal. Keys are compared byte by byte (a BIN2 collation), because Azure SQL's default ignores case.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import cast

from sqlalchemy import DATE, DECIMAL, Date, Dialect, Float, Numeric, Unicode, UnicodeText
from sqlalchemy.dialects import mssql
from sqlalchemy.types import DateTime, TypeDecorator, TypeEngine

KEY_COLLATION = "Latin1_General_100_BIN2"
_SMALLEST = Decimal("0.000000000001")
_TIME: TypeEngine[datetime] = mssql.DATETIME2(6)  # type: ignore[no-untyped-call]


def key(length: int) -> TypeEngine[str]:
    """An identifier of at most ``length`` UTF-16 units."""
    return Unicode(length).with_variant(mssql.NVARCHAR(length, collation=KEY_COLLATION), "mssql")


def text(length: int) -> TypeEngine[str]:
    """A short text of at most ``length`` UTF-16 units."""
    return Unicode(length).with_variant(mssql.NVARCHAR(length), "mssql")


def body() -> TypeEngine[str]:
    """A text of any length. NVARCHAR without a length is NVARCHAR(max), whatever the dialect's flags say."""
    return UnicodeText().with_variant(mssql.NVARCHAR(None), "mssql")


def utc_date() -> TypeEngine[date]:
    """A day in UTC. DATE by name: the dialect takes a server it has not asked for one that only knows DATETIME."""
    return Date().with_variant(DATE(), "mssql")


class UtcTime(TypeDecorator[datetime]):
    """An aware time in Python, the same instant without its zone (UTC) in the database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        return _TIME if dialect.name == "mssql" else DateTime()

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else naive_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Cost(TypeDecorator[Decimal]):
    """Money to twelve places. SQLite has no decimals: there it is a float, rounded back on reading."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Decimal]:
        return DECIMAL(28, 12) if dialect.name == "mssql" else cast("TypeEngine[Decimal]", Float())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | None:
        if value is None or dialect.name == "mssql":
            return value
        return cast(Decimal, float(value))

    def process_result_value(self, value: Decimal | float | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else plain(Decimal(str(value)).quantize(_SMALLEST))


def naive_utc(moment: datetime) -> datetime:
    """Drop the zone after converting to UTC. Raises ValueError for a time without a zone: it could mean anything."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).replace(tzinfo=None)


def plain(amount: Decimal) -> Decimal:
    """The same amount without trailing zeros or exponent."""
    return Decimal(f"{amount.normalize():f}")
