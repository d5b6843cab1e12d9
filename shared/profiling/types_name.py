"""Detectors of names of people and organizations. Each takes one trimmed value."""

from __future__ import annotations

import re
from functools import cache

from shared.profiling.word_lists import lines

_PERSON = re.compile(r"^[^\W\d_][^\d@#<>{}\[\]|\\/:;=+*%$€£!?\"&_]{0,69}$")
_TITLE = re.compile(
    r"^(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|rev|herr|frau|hr|fr|m|mme|mlle|sr|sra|srta|dott|ing|don|doña)\.?\s+",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"[\s,(](?:ltd|limited|llc|l\.l\.c|inc|incorporated|corp|corporation|co\.|company|plc|llp|pty|pte|gmbh|ohg|e\.v|kgaa|mbh"
    r"|s\.a|sas|sasu|sarl|s\.a\.r\.l|eurl|s\.l|slu|s\.l\.u|srl|s\.r\.l|spa|s\.p\.a|snc|b\.v|n\.v|vof|a/s|aps|oyj|asa"
    r"|sp\.?\s?z\s?o\.?\s?o|s\.r\.o|a\.s|kft|zrt|nyrt|d\.o\.o|ltda|s/a|eireli|lda|sia|uab|k\.k|sdn\.?\s?bhd|bhd|tbk|jsc"
    r"|ooo|зао|оао|ооо|пао|a\.ş|ltd\.?\s?şti|scrl|sprl|bvba|& co"
    r"|(?:and|&|und|et|y) (?:sons?|partners?|cie|söhne|co))\.?\)?$"
    r"|[^,]\s(?-i:AG|KG|UG|SA|SL|BV|NV|AS|AB|HB|KB|OY|Oy|SE|LP|KK|AŞ|OÜ)\)?$"
    r"|有限会社|株式会社|合同会社|有限公司|股份|公司$|^\(?[株有]\)|㈱|㈲|주식회사|\(주\)|유한회사|^(?-i:ООО|ЗАО|ОАО|ПАО|АО|PT|CV)\s|[™®]$",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"\b(?:bank|banque|banco|university|universität|université|universidad|college|school|institute|hospital|clinic|hotel|hôtel|inn"
    r"|resort|lodge|suites|restaurant|foundation|association|society|council|ministry|agency|authority|holdings?|group|groupe|grupo"
    r"|gruppe|partners|associates|consulting|industries|enterprises|systems|solutions|technologies|labs|laboratories|services"
    r"|logistics|pharma|pharmaceuticals|motors|airlines|airways|insurance|capital|ventures|trading|stores?|supermarket|museum"
    r"|verein|stiftung|stadtwerke|klinik|krankenhaus|apotheke)\b",
    re.IGNORECASE,
)


def person(value: str) -> bool:
    """What a person may be called: one to six words of letters, no digits."""
    return _PERSON.match(value) is not None and value.count(" ") <= 5


@cache
def _given_names() -> frozenset[str]:
    return frozenset(name.casefold() for line in lines("given_names.txt") for name in line.split())


def person_with_known_name(value: str) -> bool:
    """Two or more words, the first of them (after Dr or Ms) or, behind a comma, a common given name."""
    if " " not in value or not person(value) or organization(value):
        return False
    bare = _TITLE.sub("", value)
    family, comma, given = bare.partition(", ")
    first = (given if comma else bare).split(" ")
    return bool(family) and len(first) + bool(comma) >= 2 and first[0].partition("-")[0].casefold() in _given_names()


def organization(value: str) -> bool:
    """A name with a legal form: Ltd, GmbH, S.A., 株式会社."""
    return 3 <= len(value) <= 120 and _LEGAL.search(value) is not None and any(map(str.isalpha, value))


def kind_of_organization(value: str) -> bool:
    """With a legal form, or a word such as Bank, Hotel, University."""
    return organization(value) or (len(value) <= 120 and _KIND.search(value) is not None)


def named_organization(value: str) -> bool:
    return 1 <= len(value) <= 160 and any(map(str.isalpha, value)) and "@" not in value
