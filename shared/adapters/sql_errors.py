"""Whose fault a database error is: the moment's, the row's, or the set-up's.

- ``TRANSIENT``: worth another try within a second or so (resuming, failing over, throttled, deadlocked, cut off).
- ``ROW``: the database is well and will never take this row.
- ``AWAY``: anything else (no permission, no table, no space, no driver). Not the row's fault, so the row must wait.

Numbers: learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues; SQLSTATEs: ODBC, appendix A.
"""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable
from enum import Enum, auto
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, StatementError

from shared.adapters.sql_rows import Misfit
from shared.errors import HistoryUnavailable, ProductError

log = logging.getLogger(__name__)

Result = TypeVar("Result")

RETRY_BUDGET_S = 1.5
_FIRST_DELAY_S = 0.1
_RETRY_AFTER_S = 5.0

_RESUMING_OR_MOVING = (40613, 40197, 40143, 40540, 4060, 4221, 615, 926, 18401, 42108, 42109)
_THROTTLED = (40501, 49918, 49919, 49920, 10928, 10929, 10936)
_CUT_OFF = (10053, 10054, 10060, 10061, 11001, 233, 121, 64, 20)
_IN_EACH_OTHERS_WAY = (1204, 1205, 1222, 3960, 41301, 41302, 41305, 41325, 41839)
_TRANSIENT_NUMBERS = frozenset(_RESUMING_OR_MOVING + _THROTTLED + _CUT_OFF + _IN_EACH_OTHERS_WAY)
_TRANSIENT_STATES = frozenset(["08001", "08003", "08004", "08007", "08S01", "HYT00", "HYT01", "40001"])
_MISFIT = (220, 241, 242, 245, 295, 515, 517, 547, 2628, 8114, 8115, 8152, 9803, 13608, 13609)
_TWICE = (2627, 2601)
_ROW_NUMBERS = frozenset(_MISFIT + _TWICE)
_ROW_STATES = frozenset(["22001", "22003", "22007", "22008", "22018", "23000", "22026"])
_ROW_CLASSES = frozenset(["IntegrityError", "DataError"])
_SQLITE_BUSY = re.compile(r"database (table )?is locked|database schema is locked")
_SQLITE_MISFIT = re.compile(r"[Ee]rror binding parameter")
_NUMBER = re.compile(r"\((\d+)\)(?= \(SQL|; \[|$)")


class RowFault(Exception):
    """The database will never take a row as it is. ``reason`` names class, SQLSTATE and number, no value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Fault(Enum):
    TRANSIENT = auto()
    ROW = auto()
    AWAY = auto()


def classify(error: Exception) -> Fault:
    """Whose fault an error from the driver or from SQLAlchemy is."""
    cause = _cause(error)
    state, numbers, message = _state(cause), _numbers(cause), str(cause)
    if numbers & _TRANSIENT_NUMBERS or state in _TRANSIENT_STATES or _SQLITE_BUSY.search(message):
        return Fault.TRANSIENT
    if numbers & _ROW_NUMBERS or state in _ROW_STATES or _is_a_misfit(error, cause):
        return Fault.ROW
    return Fault.TRANSIENT if isinstance(error, DBAPIError) and error.connection_invalidated else Fault.AWAY


def patiently(
    work: Callable[[], Result],
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Result:
    """Run ``work``, again while the fault is transient and RETRY_BUDGET_S is not used up. Blocking.

    Raises RowFault for a row's fault. For any other, HistoryUnavailable: a first login that fails with 40613 (a
    serverless database resuming) takes longer than this budget. Errors of our own tree pass through.
    """
    start, delay = clock(), _FIRST_DELAY_S
    while True:
        try:
            return work()
        except ProductError:
            raise
        except Exception as error:
            fault = classify(error)
            if fault is Fault.ROW:
                raise RowFault(reason(error)) from error
            if fault is Fault.AWAY or clock() - start + delay > RETRY_BUDGET_S:
                log.warning("history.unavailable", extra={"reason": reason(error)})
                raise _unavailable() from error
        sleep(delay * random.uniform(0.7, 1.0))  # noqa: S311 - only spreads the tries
        delay *= 2.5


def _unavailable() -> HistoryUnavailable:
    return HistoryUnavailable("The prompt history's database cannot be reached now.", retry_after=_RETRY_AFTER_S)


def reason(error: Exception) -> str:
    """The kind of fault for a log: class, SQLSTATE and number. Never the message, which may repeat a value."""
    cause = _cause(error)
    parts = [type(cause).__name__, _state(cause), *(str(number) for number in sorted(_numbers(cause)))]
    return " ".join(part for part in parts if part)


def _cause(error: Exception) -> BaseException:
    return error.orig if isinstance(error, StatementError) and error.orig is not None else error


def _is_a_misfit(error: Exception, cause: BaseException) -> bool:
    """A value no column takes. ValueError and TypeError count only where SQLAlchemy was binding a row's values."""
    if isinstance(cause, (Misfit, UnicodeError, OverflowError)) or _SQLITE_MISFIT.search(str(cause)):
        return True
    if isinstance(cause, (ValueError, TypeError)):
        return isinstance(error, StatementError)
    # By name, because each driver has its own classes (PEP 249) and pyodbc may not be importable.
    return any(kind.__name__ in _ROW_CLASSES for kind in type(cause).__mro__)


def _state(cause: BaseException) -> str:
    """pyodbc puts the SQLSTATE first; other drivers put their message there."""
    first = cause.args[0] if cause.args else ""
    return first if isinstance(first, str) and len(first) == 5 and first.isalnum() else ""


def _numbers(cause: BaseException) -> frozenset[int]:
    """Native numbers, which pyodbc writes at the end of each message: ``… (40613) (SQLDriverConnect)``."""
    message = cause.args[1] if _state(cause) and len(cause.args) > 1 else ""
    return frozenset(int(number) for number in _NUMBER.findall(str(message)))
