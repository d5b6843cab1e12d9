"""The vocabulary a reviewed mapping was made for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ReviewedVocabulary:
    name: str
    key_prefix: str
    status: Literal["Existing", "New"]
    """``New`` where the mapping had proposed it."""
    business_domain: str
    domain_status: Literal["Existing", "New"]
