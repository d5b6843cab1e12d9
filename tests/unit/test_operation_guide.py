"""docs/operation.md: its table knows every failure there is, and its code works as it stands."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from shared.callbacks import sign

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/operation.md").read_text()
RAISED = re.compile(r'\b(?:UnreadableFile|Cause|Unusable|UnusableDrop|CallbackRefused)\(\s*"([a-z_]+)"')


def codes_raised() -> set[str]:
    sources = [path for folder in ("functions", "shared") for path in (ROOT / folder).rglob("*.py")]
    return {code for path in sources for code in RAISED.findall(path.read_text())}


def codes_explained() -> set[str]:
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \|", GUIDE.split("## Failures")[1].split("\n## ")[0], re.MULTILINE)
    return {code for row in rows for code in re.findall(r"`([a-z_]+)`", row)}


def test_every_cause_of_a_failure_is_explained() -> None:
    assert len(codes_raised()) > 15
    assert codes_raised() - codes_explained() == set()


@pytest.fixture
def verify() -> Callable[..., bool]:
    """The receiver's check, as the guide shows it."""
    (sample,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    made: dict[str, Any] = {}
    exec(sample, made)
    return cast(Callable[..., bool], made["is_from_cluedin"])


def test_the_guides_receiver_takes_what_was_signed(verify: Callable[..., bool]) -> None:
    assert verify(sign("k3y", b'{"a":1}', int(time.time())), b'{"a":1}', ["k3y"])
    assert verify(sign("new", b"{}", int(time.time())), b"{}", ["old", "new"])


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        (sign("k3y", b"{}", int(time.time())), b"{ }"),
        (sign("other", b"{}", int(time.time())), b"{}"),
        (sign("k3y", b"{}", int(time.time()) - 3600), b"{}"),
        (sign("k3y", b"{}", int(time.time()) + 3600), b"{}"),
        (sign("k3y", b"{}", 1).replace("t=1,", f"t={int(time.time())},"), b"{}"),
        ("", b"{}"),
        ("t=,v1=", b"{}"),
        ("t=\u0661,v1=x", b"{}"),
        ("v1=x", b"{}"),
        (f"t={int(time.time())},v1=\u00e9", b"{}"),
    ],
)
def test_the_guides_receiver_refuses_all_else(verify: Callable[..., bool], signature: str, body: bytes) -> None:
    assert not verify(signature, body, ["k3y"])
