"""What a field's name says: its words, and the hints they give."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise

from shared.profiling.word_lists import lines

_WORD = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z0-9à-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])")
_GLUED_ID = re.compile(
    r"^(?:acct|account|address|asset|case|client|company|contact|contract|customer|cust|deal|device|document|employee"
    r"|emp|entity|event|guest|hotel|invoice|item|lead|location|member|object|order|org|organisation|organization"
    r"|patient|payment|person|policy|product|prod|project|record|site|staff|store|student|supplier|ticket|transaction"
    r"|trans|unit|user|vendor|kunden|artikel|personal|konto|auftrags|rechnungs)(id|no|nr|num|number|code|key|ref)$"
)
_LONGEST = 200
_IDENTIFIER_WORDS = frozenset({"id", "code", "number", "no", "nr", "value", "ref"})


@lru_cache(maxsize=4_096)
def words(name: str) -> tuple[str, ...]:
    """``E-mailAddr_2`` → ``("e", "mail", "addr", "2")``: lower-case, without accents."""
    if name.strip() == "#":
        return ("row", "number")
    plain = unicodedata.normalize("NFKC", name[:_LONGEST].replace("°", "o").replace("#", " number "))
    split = _WORD.findall(_CAMEL.sub(" ", plain))
    found: list[str] = []
    for word in map(_fold, split):
        glued = _GLUED_ID.match(word)
        found += [word[: glued.start(1)], glued[1]] if glued else [word]
    return tuple(found)


def _fold(word: str) -> str:
    lower = word.casefold()
    if lower.isascii():
        return lower
    decomposed = unicodedata.normalize("NFKD", lower.replace("ø", "o").replace("ł", "l").replace("æ", "ae"))
    # Only accents on Latin letters go: in other scripts marks tell words apart.
    return unicodedata.normalize("NFC", re.sub(r"(?<=[a-z])[\u0300-\u036f]+", "", decomposed))


def stems(data_set: str) -> set[str]:
    """The words of the data set's name, plural and singular: customers, customer; companies, company."""
    own = set(words(data_set))
    return own | {word.removesuffix("s") for word in own} | {word[:-3] + "y" for word in own if word.endswith("ies")}


@lru_cache(maxsize=4_096)
def hints(name: str) -> frozenset[str]:
    """The names of data/field_words.txt whose words the name has: ``{"FirstName"}``, ``{"Identifier"}``."""
    own = words(name)
    runs = {" ".join(own[i:j]) for i in range(len(own)) for j in range(i + 1, min(i + 4, len(own)) + 1)}
    phrases, endings, anywhere = _table()
    found = {hint for run in runs for hint in phrases.get(run, ()) if hint != "RowNumber"}
    whole = " ".join(word for word in own if not word.isdecimal())
    if "RowNumber" in phrases.get(whole, ()):
        found.add("RowNumber")
    found |= {hint for word in own for ending, hint in endings if len(word) > len(ending) + 1 and word.endswith(ending)}
    if not name.isascii():
        found |= _parts_of("".join(own), anywhere)
    return frozenset(_settled(found, own))


def _parts_of(folded: str, anywhere: dict[str, list[str]]) -> set[str]:
    """The longest parts win (会社名 is a company's, not a given name), and one sign alone must be the whole name."""
    found: set[str] = set()
    for part, hinted in anywhere.items():
        if part in folded and (len(part) > 1 or part == folded):
            found.update(hinted)
            folded = folded.replace(part, " ")
    return found


def _settled(found: set[str], own: tuple[str, ...]) -> set[str]:
    """Take back what another word of the name denies: a phone number is no identifier, nor is a number of rooms."""
    if "Identifier" in found:
        counted = any(a in {"number", "no", "num"} and b == "of" for a, b in pairwise(own))
        key_to_something = "key" in own[:-1] and not _IDENTIFIER_WORDS.intersection(own)  # key contact, key account
        its_row = "RowNumber" in found and own[0] == "row"
        if counted or its_row or key_to_something or found & {"PhoneNumber", "PostalCode"}:
            found.discard("Identifier")
    if "PersonName" in found and own[-1:] == ("name",) and "OrganizationName" in found:
        found.discard("PersonName")
    return found


@cache
def _table() -> tuple[dict[str, list[str]], list[tuple[str, str]], dict[str, list[str]]]:
    phrases: dict[str, list[str]] = {}
    endings: list[tuple[str, str]] = []
    anywhere: dict[str, list[str]] = {}
    for line in lines("field_words.txt"):
        hint, _, listed = line.partition(": ")
        for phrase in listed.split(" | "):
            if phrase.startswith("*"):
                endings.append((phrase[1:], hint))
            elif _caseless(phrase):
                anywhere.setdefault(_fold(phrase), []).append(hint)
            else:
                phrases.setdefault(" ".join(map(_fold, phrase.split())), []).append(hint)
    return phrases, endings, dict(sorted(anywhere.items(), key=lambda item: -len(item[0])))


def _caseless(phrase: str) -> bool:
    return any(char >= "\u2e80" for char in phrase)
