"""Power Fx text for what drafts say. Only text is made here; what others wrote is parsed and run in the sandbox."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from shared.rules.draft import NAME, Action, Test

_PLACE: Final = re.compile(r"\{([^{}]+)\}")
_DATE_PARTS: Final = ("yyyy", "MM", "dd")
_FORMAT_PARTS: Final = re.compile("yyyy|yy|MMMM|MMM|MM|dddd|ddd|dd|HH|hh|mm|ss|tt")
_KEYS: Final = re.compile(
    r"""(?:Get|Set|Remove)VocabularyKey(?:Value)?\(\s*Entity\s*,\s*"((?:[^"]|"")*)\"""", re.IGNORECASE
)
_COMPARISONS: Final = {"greater": ">", "greaterOrEqual": ">=", "less": "<", "lessOrEqual": "<=", "equals": "="}


def quote(text: str) -> str:
    """A text literal."""
    return '"' + text.replace('"', '""') + '"'


def get(key: str) -> str:
    return f"GetVocabularyKeyValue(Entity,{quote(key)})"


def put(key: str, value: str) -> str:
    return f"SetVocabularyKeyValue(Entity,{quote(key)},{value})"


def keys_of(formula: str) -> list[str]:
    """The vocabulary keys a formula names, in order."""
    return [found.replace('""', '"') for found in _KEYS.findall(formula)]


def places_of(template: str) -> list[str]:
    """The keys a template names in braces, in order."""
    return _PLACE.findall(template)


def dated(test: Test) -> str:
    """A comparison by day. What is no date is neither before nor after: the formula is false there."""
    field = "Entity.Name" if test.field == NAME else get(test.field)
    days = [f"DateValue({quote(value)})" for value in test.values]
    if test.operator in _COMPARISONS:
        return f"IfError(DateValue({field}){_COMPARISONS[test.operator]}{days[0]},false)"
    inside = f"DateValue({field})>={days[0]} And DateValue({field})<={days[1]}"
    if test.operator == "between":
        return f"IfError({inside},false)"
    if test.operator == "notBetween":
        return f"IfError(Not({inside}),false)"
    return f"IfError(DateValue({field})<>{days[0]},false)"


def statement(action: Action) -> str:
    """The statements of an action that Power Fx can say. Raises KeyError for one it cannot."""
    return _STATEMENTS[action.name](action)


def _changed(action: Action, value: str) -> str:
    """Write a value made of the key's own; nothing is written where there was none."""
    own = get(action.get("key"))
    return put(action.get("key"), f"If(IsBlank({own}),{own},{value})")


def _add(action: Action) -> str:
    own = get(action.get("key"))
    return put(action.get("key"), f"If(IsBlank(Trim({own})),{quote(action.get('value'))},{own})")


def _copy(action: Action) -> str:
    """A missing value does not overwrite the one that is there."""
    source, target = get(action.get("from")), get(action.get("to"))
    return put(action.get("to"), f"If(IsBlank({source}),{target},{source})")


def _delete(key: str) -> str:
    return f"RemoveVocabularyKey(Entity,{quote(key)})"


def _replace(action: Action) -> str:
    own = get(action.get("key"))
    return _changed(action, f"Substitute({own},{quote(action.get('old'))},{quote(action.get('new'))})")


def _line_breaks(action: Action) -> str:
    own, crlf = get(action.get("key")), "Concatenate(Char(13),Char(10))"
    return _changed(action, f'Substitute(Substitute(Substitute({own},{crlf}," "),Char(10)," "),Char(13)," ")')


def _combine(action: Action) -> str:
    """Where none of its keys has a value nothing is written: there is nothing to combine."""
    template, parts, end = action.get("template"), [], 0
    for place in _PLACE.finditer(template):
        parts += [quote(template[end : place.start()]), get(place[1])]
        end = place.end()
    parts.append(quote(template[end:]))
    whole = f"Trim(Concatenate({','.join(part for part in parts if part != quote(''))}))"
    nothing = ",".join(f"IsBlank(Trim({get(key)}))" for key in dict.fromkeys(places_of(template)))
    return put(action.get("key"), f"If(And({nothing}),{get(action.get('key'))},{whole})")


def _date(action: Action) -> str:
    own, wanted = get(action.get("key")), action.get("format") or "yyyy-MM-dd"
    formats = [each.strip() for each in action.get("from").split("|") if each.strip()]
    tries = [own, *(_as_iso(own, each) for each in formats)]
    value = own
    for each in reversed(tries):
        value = f"IfError(Text(DateValue({each}),{quote(wanted)}),{value})"
    return _changed(action, value)


def _as_iso(own: str, pattern: str) -> str:
    """Text of a fixed pattern such as dd/MM/yyyy, put into ISO order; anything else stays and is no date then."""
    spots = {part: pattern.find(part) for part in _DATE_PARTS}
    taken = {part: f"Mid({own},{spot + 1},{len(part)})" for part, spot in spots.items()}
    shape = re.escape(pattern)
    for part in _DATE_PARTS:
        shape = shape.replace(part, rf"\d{{{len(part)}}}")
    iso = f'Concatenate({taken["yyyy"]},"-",{taken["MM"]},"-",{taken["dd"]})'
    return f"If(IsMatch({own},{quote(shape)}),{iso},{own})"


def is_date_pattern(pattern: str) -> bool:
    """Whether ``from`` of normalizeDate can be read: yyyy, MM and dd, once each, in any order."""
    return all(pattern.count(part) == 1 for part in _DATE_PARTS)


def is_date_format(text: str) -> bool:
    """Whether a day can be written so: of the parts the SDK knows, without words or single letters beside them."""
    parts = _FORMAT_PARTS.findall(text)
    rest = _FORMAT_PARTS.sub("", text)
    minutes = "mm" in parts and not {"HH", "hh"} & set(parts)
    return bool(parts) and not minutes and not re.search(r"[^\W\d_]", rest.replace("T", "").removesuffix("Z"))


def _round(action: Action) -> str:
    own, digits = get(action.get("key")), action.get("digits") or "0"
    return _changed(action, f"IfError(Text(Round(Value({own}),{digits})),{own})")


_STATEMENTS: Final[dict[str, Callable[[Action], str]]] = {
    "addValue": _add,
    "copyValue": _copy,
    "moveValue": lambda action: f"{_copy(action)};{_delete(action.get('from'))}",
    "deleteValue": lambda action: _delete(action.get("key")),
    "replaceValue": _replace,
    "removeLineBreaks": _line_breaks,
    "trim": lambda action: _changed(action, f"Trim({get(action.get('key'))})"),
    "upperCase": lambda action: _changed(action, f"Upper({get(action.get('key'))})"),
    "lowerCase": lambda action: _changed(action, f"Lower({get(action.get('key'))})"),
    "titleCase": lambda action: _changed(action, f"Proper({get(action.get('key'))})"),
    "combine": _combine,
    "normalizeDate": _date,
    "roundNumber": _round,
    "formula": lambda action: put(action.get("key"), action.get("formula")),
    "statements": lambda action: action.get("formula"),
}
