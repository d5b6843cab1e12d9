"""A model's slips of form are put right; nothing is added that it did not say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from shared.records import RecordIn
from shared.rules.check import check_draft
from shared.rules.doubts import Asked
from shared.rules.draft import Condition, Draft, Group, Test
from shared.rules.offer import Offer
from shared.rules.put_right import normalised_domains, put_right
from shared.rules.understand import understand, without_tests


def read(*tests: tuple[str, str, Any], **members: Any) -> Group:
    listed = [{"key": key, "operator": operator, "values": values} for key, operator, values in tests]
    return understand({"tests": listed} | members, name=None, scope=None).condition


def one(operator: str, values: Any) -> Condition:
    condition = read(("a.x", operator, values))
    return condition.parts[0] if len(condition.parts) == 1 else condition


@pytest.mark.parametrize(
    ("operator", "values", "understood"),
    [
        ("between", ["10-30"], Test("a.x", "between", ("10", "30"))),
        ("between", ["10 and 30"], Test("a.x", "between", ("10", "30"))),
        ("between", ["30", "10"], Test("a.x", "between", ("10", "30"))),
        ("between", ["2020-01-01", "2020-12-31"], Test("a.x", "between", ("2020-01-01", "2020-12-31"))),
        ("greater", ["1,000 EUR"], Test("a.x", "greater", ("1000",))),
        ("greater", ["1.000,50"], Test("a.x", "greater", ("1000.50",))),
        ("greater", [1000], Test("a.x", "greater", ("1000",))),
        ("less", ["2020-01-01"], Test("a.x", "less", ("2020-01-01",))),
        ("greater", ["10k"], Test("a.x", "greater", ("10000",))),
        ("greater", ["1,5 Mio. €"], Test("a.x", "greater", ("1500000",))),
        ("greater", ["10 kg"], Test("a.x", "greater", ("10",))),
        ("greater", ["10万円"], Test("a.x", "greater", ("100000",))),
        ("less", ["−10"], Test("a.x", "less", ("-10",))),
        ("greater", ["01.05.2024"], Test("a.x", "greater", ("2024-05-01",))),
        ("greater", ["31/5/2024"], Test("a.x", "greater", ("2024-05-31",))),
        ("greater", ["5/1/2024"], Test("a.x", "greater", ("5/1/2024",))),
        ("between", ["2024-12-31", "2024-01-01"], Test("a.x", "between", ("2024-01-01", "2024-12-31"))),
        ("in", ["DK, SE"], Test("a.x", "in", ("DK", "SE"))),
        ("equals", ["DK", "SE"], Test("a.x", "in", ("DK", "SE"))),
        ("notEquals", ["DK", "SE"], Test("a.x", "notIn", ("DK", "SE"))),
        ("equals", [""], Test("a.x", "isEmpty")),
        ("isEmpty", ["x"], Test("a.x", "isEmpty")),
        ("contains", ["a", "b"], Group("any", (Test("a.x", "contains", ("a",)), Test("a.x", "contains", ("b",))))),
        ("notContains", ["a", "b"],
         Group("all", (Test("a.x", "notContains", ("a",)), Test("a.x", "notContains", ("b",))))),
    ],
)  # fmt: skip
def test_values_are_read_as_they_are_meant(operator: str, values: Any, understood: Condition) -> None:
    assert one(operator, values) == understood


def test_groups_are_parts_beside_the_tests() -> None:
    inner = {"match": "any", "tests": [{"key": "a.y", "operator": "exists"}, {"key": "a.z", "operator": "exists"}]}
    assert read(("a.x", "exists", []), match="all", groups=[inner]) == Group(
        "all", (Test("a.x", "exists"), Group("any", (Test("a.y", "exists"), Test("a.z", "exists"))))
    )
    assert read(match="all", groups=[inner]).match == "any"


IN_BOTH = Test("a.x", "in", ("DE", "FR"))
NEITHER = Test("a.x", "notIn", ("DE", "FR"))
OTHER = Test("a.y", "exists")


@pytest.mark.parametrize(
    ("match", "operators", "understood"),
    [
        ("all", [("equals", ["DE"]), ("equals", ["FR"])], Group("all", (IN_BOTH,))),
        ("any", [("notEquals", ["DE"]), ("notEquals", ["FR"])], Group("all", (NEITHER,))),
        ("all", [("isEmpty", []), ("equals", ["N/A"])],
         Group("any", (Test("a.x", "equals", ("N/A",)), Test("a.x", "isEmpty")))),
        ("all", [("in", ["", "N/A", "-"])],
         Group("any", (Test("a.x", "in", ("N/A", "-")), Test("a.x", "isEmpty")))),
        ("any", [("equals", ["DE"]), ("equals", ["FR"])],
         Group("any", (Test("a.x", "equals", ("DE",)), Test("a.x", "equals", ("FR",))))),
        ("all", [("notEquals", ["DE"]), ("notEquals", ["FR"])],
         Group("all", (Test("a.x", "notEquals", ("DE",)), Test("a.x", "notEquals", ("FR",))))),
        ("all", [("in", ["DE", "FR"]), ("equals", ["DE"])],
         Group("all", (Test("a.x", "in", ("DE", "FR")), Test("a.x", "equals", ("DE",))))),
    ],
)  # fmt: skip
def test_what_never_or_always_holds_is_joined_as_it_is_meant(match: str, operators: Any, understood: Group) -> None:
    assert read(*(("a.x", operator, values) for operator, values in operators), match=match) == understood


def test_only_the_tests_that_exclude_each_other_are_joined() -> None:
    made = read(("a.x", "equals", ["DE"]), ("a.y", "exists", []), ("a.x", "equals", ["FR"]), match="all")
    assert made == Group("all", (IN_BOTH, OTHER))


def test_the_same_test_twice_is_one() -> None:
    assert len(read(("a.x", "exists", []), ("a.x", "exists", [])).parts) == 1


@pytest.mark.parametrize(("which", "forgotten"), [("without an email", True), ("all", False), ("", False)])
def test_records_that_are_named_and_not_tested_for_are_noticed(which: str, forgotten: bool) -> None:
    reply: dict[str, object] = {"which": which, "tests": [], "actions": []}
    assert bool(without_tests(reply, understand(reply, name=None, scope=None))) == forgotten


def test_business_domains_are_written_as_the_catalogue_does() -> None:
    reply: dict[str, object] = {"tests": [{"key": "businessDomain", "operator": "equals", "values": ["Customers"]}]}
    draft = normalised_domains(understand(reply, name=None, scope=None), ["/Customer", "/Sales/Order"])
    assert draft.condition.parts == (Test("businessDomain", "equals", ("/Customer",)),)


def test_a_business_domain_written_as_the_catalogue_does_stays() -> None:
    reply: dict[str, object] = {"tests": [{"key": "businessDomain", "operator": "equals", "values": ["/Customer"]}]}
    draft = normalised_domains(understand(reply, name=None, scope=None), ["/Customer", "/Legacy/Customer"])
    assert draft.condition.parts == (Test("businessDomain", "equals", ("/Customer",)),)


def righted(reply: dict[str, object], words: str, offered: Sequence[Offer], records: Sequence[RecordIn] = ()) -> Draft:
    return put_right(understand(reply, name=None, scope=None), reply, Asked(words, offered, records))


BOOLEAN = (Offer("a.x", "", "Boolean"), Offer("a.y", "", "Text"))


def test_a_boolean_that_equals_a_word_is_true_or_false() -> None:
    reply: dict[str, object] = {
        "tests": [
            {"key": "a.x", "operator": "equals", "values": ["No"]},
            {"key": "a.y", "operator": "equals", "values": ["No"]},
        ]
    }
    made = righted(reply, "", BOOLEAN)
    assert made.condition.parts == (Test("a.x", "isFalse"), Test("a.y", "equals", ("No",)))


@pytest.mark.parametrize(
    ("words", "kept"), [("Take the latest city", False), ("Take the latest where it is Oslo", True)]
)
def test_values_from_the_samples_are_no_condition_where_all_records_are_meant(words: str, kept: bool) -> None:
    reply: dict[str, object] = {"which": "all", "tests": [{"key": "a.y", "operator": "equals", "values": ["Oslo"]}]}
    made = righted(reply, words, BOOLEAN)
    assert bool(made.condition.parts) == kept


@pytest.mark.parametrize(
    ("which", "do", "key", "all_meant"),
    [
        ("last name", "upperCase", "c.lastName", True),
        ("c.lastName", "trim", "c.lastName", True),
        ("Nachname", "lowerCase", "c.lastName", True),
        ("customers", "upperCase", "c.lastName", False),
        ("without a last name", "upperCase", "c.lastName", False),
        ("end date", "upperCase", "c.lastName", False),
        ("c.lastName", "setValue", "c.lastName", False),
    ],
)
def test_the_name_of_what_is_mended_names_no_records(which: str, do: str, key: str, all_meant: bool) -> None:
    reply: dict[str, object] = {"which": which, "actions": [{"do": do, "key": key, "value": "x"}]}
    draft = understand(reply, name=None, scope=None)
    assert (without_tests(reply, draft) is None) == all_meant
    reply["tests"] = [{"key": "c.lastName", "operator": "equals", "values": ["Jensen"]}]
    made = righted(reply, "Write it in capitals", BOOLEAN)
    assert (not made.condition.parts) == all_meant


@pytest.mark.parametrize(
    ("operator", "value", "words", "kept"),
    [
        ("contains", "A", "Write the grade in capital letters", False),
        ("contains", "A", "Write grade A in capital letters", True),
        ("contains", "Gold", "Alle Goldkunden", True),
        ("contains", "北京", "北京的客户", True),
        ("contains", " ", "Write the grade in capital letters", False),
        ("less", "1000", "Set the level to Gold where the revenue is over 1,000", True),
        ("less", "1500000", "Set the level to Gold where the revenue is over 1.5 Mio", True),
        ("less", "2020-05-01", "Set the level to Old where it was made before 1 May 2020", True),
        ("less", "1000", "Set the level to Gold", False),
    ],
)
def test_a_value_is_a_condition_where_it_was_said_as_a_word_of_its_own_or_in_another_way(
    operator: str, value: str, words: str, kept: bool
) -> None:
    reply: dict[str, object] = {"which": "all", "tests": [{"key": "a.y", "operator": operator, "values": [value]}]}
    made = righted(reply, words, BOOLEAN)
    assert bool(made.condition.parts) == kept


@pytest.mark.parametrize(
    ("operator", "value", "words", "held", "understood"),
    [
        ("notEquals", "null", "Where there is an end date", "2024-01-01", Test("a.y", "isNotEmpty")),
        ("equals", "NULL", "Where the end date is null", None, Test("a.y", "isEmpty")),
        ("equals", "unknown_key", "Where there is none", None, Test("a.y", "isEmpty")),
        ("equals", "null", 'Where it says "NULL"', None, Test("a.y", "equals", ("null",))),
        ("equals", "NULL", "Where it is NULL", "null", Test("a.y", "equals", ("NULL",))),
        ("contains", "null", "Where it is in it", None, Test("a.y", "contains", ("null",))),
    ],
)
def test_null_is_no_value_where_it_is_no_text(
    operator: str, value: str, words: str, held: str | None, understood: Test
) -> None:
    reply: dict[str, object] = {"tests": [{"key": "a.y", "operator": operator, "values": [value]}]}
    records = [RecordIn(id="1", properties={"a.y": held})]
    made = righted(reply, words, BOOLEAN, records)
    assert made.condition.parts == (understood,)


@pytest.mark.parametrize(
    ("do", "value", "other", "arguments"),
    [
        ("moveValue", "c.notes", "", {"from": "c.x", "to": "c.notes"}),
        ("moveValue", "junk", "c.notes", {"from": "c.x", "to": "c.notes"}),
        ("copyValue", "a.y", "", {"from": "c.x", "to": "a.y"}),
        ("setValue", "", "EUR", {"key": "c.x", "value": "EUR"}),
        ("addTag", "", "Found", {"tag": "Found"}),
        ("trim", "", "lowerCase", {"key": "c.x"}),
        ("latestModifiedDate", "newest", "", {"key": "c.x"}),
        ("replaceValue", "", "b", {"key": "c.x", "new": "b"}),
        ("normalizeDate", "yyyy-MM-dd", "from", {"key": "c.x", "format": "yyyy-MM-dd"}),
    ],
)
def test_the_one_argument_an_action_needs_may_stand_in_the_other_field(
    do: str, value: str, other: str, arguments: dict[str, str]
) -> None:
    reply: dict[str, object] = {"actions": [{"do": do, "key": "c.x", "value": value, "with": other}]}
    assert understand(reply, name=None, scope=None).actions[0].arguments == tuple(arguments.items())


@pytest.mark.parametrize(
    ("operator", "years", "days"),
    [
        ("less", ["2020"], ("2020-01-01",)),
        ("greater", ["2020"], ("2020-12-31",)),
        ("between", ["2019", "2020"], ("2019-01-01", "2020-12-31")),
        ("greater", ["500"], ("500",)),
    ],
)
def test_a_year_is_its_days_where_the_key_is_a_date(operator: str, years: list[str], days: tuple[str, ...]) -> None:
    reply: dict[str, object] = {"tests": [{"key": "a.x", "operator": operator, "values": years}]}
    for data_type, meant in (("DateTime", days), ("Integer", tuple(years))):
        made = righted(reply, "", (Offer("a.x", "", data_type),))
        assert made.condition.parts == (Test("a.x", operator, meant),)


NAMES = tuple(Offer(key, "", "Text") for key in ("p.first", "p.last", "p.full", "p.home.city", "p.work.city"))


@pytest.mark.parametrize(
    ("do", "text", "template"),
    [
        ("setValue", "{c.first} {p.last}", "{p.first} {p.last}"),
        ("setValue", "{first}", "{p.first}"),
        ("combine", "{c.first}, {last}", "{p.first}, {p.last}"),
        ("setValue", "{first} {c.city}", None),
        ("setValue", "{first} {c.unheard}", None),
        ("setValue", "{not a key}", None),
        ("setValue", "Ann", None),
    ],
)
def test_keys_in_braces_are_combined_where_each_is_plain(do: str, text: str, template: str | None) -> None:
    reply: dict[str, object] = {"which": "all", "actions": [{"do": do, "key": "p.full", "value": text}]}
    draft = righted(reply, "", NAMES)
    if template is None:
        assert draft.actions[0].arguments == (("key", "p.full"), ("value", text))
    else:
        assert (draft.actions[0].name, draft.actions[0].get("template")) == ("combine", template)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("dd/mm/yyyy", "dd/MM/yyyy"),
        ("DD.MM.YYYY", "dd.MM.yyyy"),
        ("TT.MM.JJJJ", "dd.MM.yyyy"),
        ("JJ/MM/AAAA", "dd/MM/yyyy"),
        ("d.M.yyyy", "dd.MM.yyyy"),
        ("dd MMM yyyy", "dd MMM yyyy"),
        ("ISO 8601", "yyyy-MM-dd"),
        ("yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:ssZ"),
    ],
)
def test_a_date_format_is_written_as_power_fx_does(said: str, meant: str) -> None:
    draft = understand({"actions": [{"do": "normalizeDate", "key": "a.x", "value": said}]}, name=None, scope=None)
    assert draft.actions[0].get("format") == meant
    assert check_draft(draft, None) == []


@pytest.mark.parametrize("said", ["day.month.year", "2024-12-31", "yyyy-mm", "the usual", "D MMM yyyy 'at' HH:mm"])
def test_a_format_no_day_can_be_written_in_goes_back(said: str) -> None:
    draft = understand({"actions": [{"do": "normalizeDate", "key": "a.x", "value": said}]}, name=None, scope=None)
    assert check_draft(draft, None) == [f"normalizeDate: {said!r} is not made of yyyy, MM and dd"]
