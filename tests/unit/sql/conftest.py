from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.sql_history import SqlHistory
from tests.fakes.history import NOON


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'history.db'}"


@pytest.fixture
def history(database_url: str) -> Iterator[SqlHistory]:
    """A migrated SQLite database; its clock says one minute past NOON."""
    made = SqlHistory(database_url, clock=lambda: NOON + timedelta(minutes=1))
    made.migrate()
    yield made
    made.close()
