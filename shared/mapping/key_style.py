"""How the keys of a vocabulary are named: what a new one beside them should look like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_WORD = re.compile(r"[A-Za-z]+|\d+[a-z]*")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_FEW = 5
_MOSTLY = 0.8
_SOME = 0.1
_GROUP = 2

ABBREVIATIONS: dict[str, str] = {
    "acct": "account", "addr": "address", "amt": "amount", "avg": "average", "bal": "balance", "bldg": "building",
    "cd": "code", "cmt": "comment", "cntry": "country", "ctry": "country", "curr": "currency", "cust": "customer",
    "dept": "department", "desc": "description", "descr": "description", "dob": "date of birth", "dt": "date",
    "eff": "effective", "emp": "employee", "flg": "flag", "fname": "first name", "freq": "frequency", "grp": "group",
    "lang": "language", "lname": "last name", "loc": "location", "lvl": "level", "mfr": "manufacturer",
    "mgr": "manager", "mname": "middle name", "msg": "message", "nbr": "number", "nm": "name", "nr": "number",
    "num": "number", "org": "organization", "pct": "percent", "pmt": "payment", "prc": "price", "pwd": "password",
    "qtr": "quarter", "qty": "quantity", "rcvd": "received", "ref": "reference", "seq": "sequence", "src": "source",
    "stat": "status", "sts": "status", "svc": "service", "sys": "system", "sz": "size", "tel": "telephone",
    "tgt": "target", "tot": "total", "txn": "transaction", "tz": "time zone", "upd": "updated", "usr": "user",
    "vend": "vendor", "whse": "warehouse", "wt": "weight", "yr": "year",
}  # fmt: skip
"""Only what stands for one word in any header: ``inv`` may be an invoice or an inventory, and stays."""


def pieces(text: str) -> list[str]:
    """The words of an ASCII name, lower case: ``"custFName2"`` → ``["cust", "fname", "2"]``."""
    return [piece.lower() for word in _WORD.findall(text) for piece in _CAMEL.split(word)]


@dataclass(frozen=True)
class KeyStyle:
    """Learnt from the names of keys, without their prefix. Without keys: camelCase, abbreviations spelt out."""

    pascal: bool = False
    abbreviated: bool = False
    groups: tuple[tuple[tuple[str, ...], str], ...] = ()
    """(words, as written) of groups such as ``address.``, the longest first."""
    own: frozenset[str] = field(default_factory=frozenset)
    """Words of the vocabulary's own name, which its keys leave out."""

    def spelt(self, words: Sequence[str]) -> list[str]:
        if self.abbreviated:
            return list(words)
        last = len(words) - 1
        return [
            full
            for at, word in enumerate(words)
            for full in ("number" if word == "no" and at == last > 0 else ABBREVIATIONS.get(word, word)).split()
        ]

    def placed(self, words: list[str]) -> tuple[str, list[str]]:
        """(the group with its dot, or nothing; the words left)."""
        while len(words) > 1 and words[0] in self.own:
            words = words[1:]
        for group, written in self.groups:
            if tuple(words[: len(group)]) == group and len(words) > len(group):
                return f"{written}.", words[len(group) :]
        return "", words


def learnt(names: Iterable[str], own: str = "") -> KeyStyle:
    """``names``: the vocabulary's keys without its prefix; ``own``: the prefix."""
    known = [name for name in names if name.isascii()]
    if len(known) < _FEW:
        return KeyStyle(groups=_groups(known))
    words = [pieces(name) for name in known]
    single = [word for found in words for word in found]
    shortened = sum(word in ABBREVIATIONS for word in single)
    own_words = frozenset(word for word in pieces(own.rpartition(".")[2]) if len(word) > 2)
    return KeyStyle(
        pascal=_share(name.rpartition(".")[2][:1].isupper() for name in known) >= _MOSTLY,
        abbreviated=shortened >= _SOME * max(1, len(single)),
        groups=_groups(known),
        own=own_words if not any(found[:1] and found[0] in own_words for found in words) else frozenset(),
    )


def _groups(names: Sequence[str]) -> tuple[tuple[tuple[str, ...], str], ...]:
    counted = Counter(name.rpartition(".")[0] for name in names if "." in name)
    found = [(tuple(pieces(group)), group) for group, keys in counted.items() if keys >= _GROUP and _legal(group)]
    return tuple(sorted(found, key=lambda item: -len(item[0])))


def _legal(group: str) -> bool:
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)*", group) is not None


def _share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / len(found)
