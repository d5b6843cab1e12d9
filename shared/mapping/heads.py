"""What is known of a vocabulary without reading its keys."""

from __future__ import annotations

from dataclasses import dataclass

from shared.mapping.models import Vocabulary


@dataclass(frozen=True, slots=True)
class Head:
    name: str
    key_prefix: str
    business_domain: str | None
    key_count: int


def head_of(vocabulary: Vocabulary) -> Head:
    return Head(vocabulary.name, vocabulary.key_prefix, vocabulary.business_domain, len(vocabulary.keys))
