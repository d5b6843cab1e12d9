"""The word lists beside the code, read on first use."""

from __future__ import annotations

from pathlib import Path

_DATA = Path(__file__).with_name("data")


def lines(name: str) -> list[str]:
    """The lines of ``data/name`` without blank ones and comments (#)."""
    text = (_DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def words(name: str) -> list[str]:
    """The words of ``data/name``, which are parted by spaces."""
    return [word for line in lines(name) for word in line.split()]
