"""All cases, in order."""

from __future__ import annotations

from typing import Final

from bench.rules import cases_customer, cases_party, cases_product  # noqa: F401 - each adds its own
from bench.rules.language import CASES, Case

ALL: Final[list[Case]] = CASES
