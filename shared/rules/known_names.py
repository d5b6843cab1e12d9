"""Names that are told apart by one letter and both exist: Iceland is no misspelt Ireland."""

from __future__ import annotations

from functools import cache

from shared.profiling.word_lists import lines


def both_exist(one: str, other: str, data_type: str) -> bool:
    """Whether two fingerprints are names of two countries."""
    if data_type != "GeographyCountry":
        return False
    known = _countries()
    return one in known and other in known and known[one] != known[other]


@cache
def _countries() -> dict[str, str]:
    from shared.rules.spellings import fingerprint

    found: dict[str, str] = {}
    for line in lines("countries.txt"):
        code, *names = line.split("|")
        for name in (code, *names):
            found.setdefault(fingerprint(name), code)
    return found
