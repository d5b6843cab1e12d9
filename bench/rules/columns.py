"""Columns of CluedIn's training files and what is wrong in them, labelled by looking at values before any detection.

``anomalies`` is a pattern for the values that are wrong; ``either`` for those people would argue about, which count
neither way. ``groups``: values that are one thing spelt in several ways. Few are, so ``mangled`` spoils clean columns
in ways that are known.
"""

from __future__ import annotations

import csv
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parents[3] / "shared" / "data" / "cluedin"
_NOTHING: Final = r"N-A|NULL|###INVALID###|n/a"


@dataclass(frozen=True)
class Labelled:
    file: str
    column: str
    data_type: str
    anomalies: str = _NOTHING
    either: str = r"(?!)"
    groups: tuple[frozenset[str], ...] = field(default=())

    def values(self) -> Counter[str]:
        return column(self.file, self.column)

    def is_anomaly(self, value: str) -> bool | None:
        """None: either way."""
        if re.fullmatch(self.either, value):
            return None
        return re.fullmatch(self.anomalies, value) is not None


# fmt: off
COLUMNS: Final = (
    Labelled("crm-customer", "FirstName", "PersonName"),
    Labelled("crm-customer", "LastName", "PersonName"),
    Labelled("crm-customer", "Email", "Email", rf"{_NOTHING}|[^@]*#[^@]*|[^@]*@|.*@domain\.fake"),
    Labelled("crm-customer", "Phone", "PhoneNumber", rf"{_NOTHING}|no phone|-|-\d{{1,4}}", r"\d{8,9}"),
    Labelled("crm-customer", "CompanyName", "OrganizationName"),
    Labelled("crm-customer", "LeadStatus", "Lookup", rf"{_NOTHING}|empty"),
    Labelled("crm-customer", "SalesRep", "PersonName"),
    Labelled("crm-customer", "LastContactDate", "DateTime"),
    Labelled("crm-customer", "Account Number", "Identifier"),
    Labelled("crm-customer", "Sales Region / Territory", "Lookup"),
    Labelled("crm-customer", "Channel", "Lookup"),
    Labelled("loyalty-customers", "customer_id", "Identifier"),
    Labelled("loyalty-customers", "first_name", "PersonName", either="Sof[ií]a"),
    Labelled("loyalty-customers", "last_name", "PersonName"),
    Labelled("loyalty-customers", "email", "Email", r"[^@]*|.*@@.*|.*\s.*|.*\.\..*|.*@|.*@[^.]*"),
    Labelled("loyalty-customers", "phone", "PhoneNumber",
             r"00447123|abcd1234|12345|\+999999999999999|\+\+44 123456|\+1-"),
    Labelled("loyalty-customers", "city", "GeographyCity"),
    Labelled("loyalty-customers", "state_or_region", "GeographyState"),
    Labelled("loyalty-customers", "postal_code", "Text"),
    Labelled("loyalty-customers", "country", "GeographyCountry"),
    Labelled("loyalty-customers", "country_id", "Text"),
    Labelled("loyalty-customers", "loyalty_status", "Lookup"),
    Labelled("loyalty-customers", "preferred_language", "Lookup"),
    Labelled("loyalty-customers", "last_purchase_date", "DateTime"),
    Labelled("loyalty-customers", "total_spent", "Money"),
    Labelled("contacts", "first_name", "PersonName"),
    Labelled("contacts", "email", "Email"),
    Labelled("contacts", "job_title", "Lookup", groups=(frozenset({"Accountant", "Acountant"}),)),
    Labelled("hotels", "Country", "GeographyCountry"),
    Labelled("hotels", "DescriptionEN", "Text"),
    Labelled("hotels", "Hotel Name", "Text"),
)
MANGLED: Final = (
    ("loyalty-customers", "city", "GeographyCity"), ("loyalty-customers", "country", "GeographyCountry"),
    ("loyalty-customers", "state_or_region", "GeographyState"), ("loyalty-customers", "loyalty_status", "Lookup"),
    ("loyalty-customers", "preferred_language", "Lookup"), ("contacts", "job_title", "Lookup"),
    ("crm-customer", "SalesRep", "PersonName"), ("crm-customer", "Sales Region / Territory", "Lookup"),
    ("crm-customer", "LeadStatus", "Lookup"), ("crm-customer", "Channel", "Lookup"),
)
# fmt: on


def column(file: str, name: str) -> Counter[str]:
    """A column's values, empty ones too."""
    with (DATA / f"{file}.csv").open(newline="", encoding="utf-8-sig") as rows:
        return Counter(row[name] for row in csv.DictReader(rows))


def mangled(file: str, name: str, seed: int = 5) -> tuple[Counter[str], list[set[str]]]:
    """A column in which some values are spelt in another way here and there, and which spellings belong together."""
    values = Counter({value: count for value, count in column(file, name).items() if value.strip()})
    chance = random.Random(f"{seed} {file} {name}")
    groups: list[set[str]] = []
    for value in sorted(values):
        if re.fullmatch(f"{_NOTHING}|empty", value) or chance.random() > 0.4:
            continue
        spoilt = {made for made in (chance.choice(_WAYS)(value, chance) for _ in range(2)) if made not in values}
        for each in sorted(spoilt):
            values[each] = chance.choice((1, 1, 2))
        if spoilt:
            groups.append({value, *spoilt})
    return values, groups


def pairs(groups: Iterator[set[str]] | list[set[str]]) -> set[frozenset[str]]:
    """Every two values that belong together."""
    return {frozenset((one, other)) for group in groups for one in group for other in group if one != other}


def _dropped(value: str, chance: random.Random) -> str:
    place = chance.randrange(1, max(2, len(value)))
    return value[:place] + value[place + 1 :]


def _swapped(value: str, chance: random.Random) -> str:
    place = chance.randrange(1, max(2, len(value) - 1))
    return value[:place] + value[place + 1 : place + 2] + value[place : place + 1] + value[place + 2 :]


def _doubled(value: str, chance: random.Random) -> str:
    place = chance.randrange(len(value))
    return value[:place] + value[place] + value[place:]


def _plain(value: str, _chance: random.Random) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", value) if not unicodedata.combining(char))


_WAYS: Final = (
    _dropped, _swapped, _doubled, _plain,
    lambda value, _: value.upper(), lambda value, _: value.lower(), lambda value, _: f" {value}",
    lambda value, _: f"{value} ", lambda value, _: value.replace(" ", "  "), lambda value, _: value.replace(" ", "-"),
)  # fmt: skip
