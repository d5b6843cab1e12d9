"""New keys have legal, unique names that somebody recognises."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mapping.naming import LONGEST, Names, camel, domain, title
from shared.mapping.transliteration import to_ascii

LEGAL = re.compile(r"[a-z][A-Za-z0-9]*")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T-Shirt Sz", "tShirtSz"), ("CUSTOMER_ID", "customerId"), ("crm-customer", "crmCustomer"),
        ("2nd phone", "n2ndPhone"), ("customerID2", "customerId2"), ("Größe (cm)", "grosseCm"), ("Øre", "ore"),
        ("Дата рождения", "dataRozhdeniya"), ("Όνομα", "onoma"), ("이름", "ireum"), ("ユリ", "yuri"),
        ("शहर", "shahara"), ("اسم", "asm"), ("٣ lines", "n3Lines"), ("建物", ""), ("🙂", ""), ("", ""),
        ("e\u0301te", "ete"), ("ﬁrst", "first"),
    ],
)  # fmt: skip
def test_a_name_is_camel_case_ascii_by_its_sound(text: str, expected: str) -> None:
    assert camel(text) == expected


def test_names_are_unique_whatever_the_case() -> None:
    names = Names(["email", "Phone"])
    assert [names.give(wish, "x") for wish in ("E-Mail", "email", "EMAIL", "phone")] == [
        "eMail2", "email3", "email4", "phone2",
    ]  # fmt: skip


def test_a_name_that_ends_in_a_digit_stays_readable() -> None:
    names = Names(["line1"])
    assert names.give("line 1", "x") == "line1x2"


def test_the_fallback_is_used_where_nothing_can_be_said_in_ascii() -> None:
    assert Names([]).give("建物", "text3") == "text3"


@given(st.lists(st.text(max_size=120), max_size=20), st.lists(st.text(max_size=20), max_size=5))
def test_any_text_gives_a_legal_unique_bounded_name(wishes: list[str], taken: list[str]) -> None:
    names = Names(taken)
    given_names = [names.give(wish, "field1") for wish in wishes]
    assert all(LEGAL.fullmatch(name) and len(name) <= LONGEST for name in given_names)
    lower = [name.lower() for name in given_names]
    assert len(set(lower)) == len(lower)
    assert not set(lower) & {name.casefold() for name in taken}


@given(st.text(max_size=50))
def test_transliteration_leaves_ascii_letters_digits_and_spaces(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9 ]*", to_ascii(text))


def test_a_vocabulary_and_its_domain_are_named_by_the_data_set() -> None:
    assert title("crm-customer_list") == "Crm Customer List"
    assert title("建物") == "建物"
    assert domain("crm-customer") == "/CrmCustomer"
    assert domain("建物") == ""
