"""New keys have legal, unique names that somebody recognises."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mapping import translation
from shared.mapping.naming import LONGEST, Names, camel, domain, title
from shared.mapping.transliteration import to_ascii

LEGAL = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)*")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T-Shirt Sz", "tShirtSz"), ("CUSTOMER_ID", "customerId"), ("crm-customer", "crmCustomer"),
        ("2nd phone", "n2ndPhone"), ("customerID2", "customerId2"), ("Größe (cm)", "grosseCm"), ("Øre", "ore"),
        ("Дата рождения", "birthDate"), ("Όνομα", "name"), ("이름", "name"), ("ユリ", "yuri"),
        ("शहर", "city"), ("اسم", "name"), ("٣ lines", "n3Lines"), ("建物", "jianWu"), ("🙂", "slightSmile"), ("", ""),
        ("e\u0301te", "ete"), ("ﬁrst", "first"),
    ],
)  # fmt: skip
def test_a_name_is_camel_case_ascii_by_its_sound_and_other_scripts_by_their_meaning(text: str, expected: str) -> None:
    assert camel(text) == expected


TRANSLATED = {
    "Greek": ("Όνομα πελάτη", "customerName"), "Cyrillic": ("Номер телефона", "phoneNumber"),
    "Hebrew": ("שם לקוח", "customerName"), "Arabic": ("تاريخ الميلاد", "birthDate"),
    "Devanagari": ("ग्राहक का नाम", "customerName"), "Bengali": ("গ্রাহকের নাম", "customerName"),
    "Tamil": ("வாடிக்கையாளர் பெயர்", "customerName"), "Thai": ("ชื่อลูกค้า", "customerName"),
    "Chinese": ("客户编号", "customerNumber"), "Japanese": ("お客様番号", "customerNumber"),
    "Korean": ("고객번호", "customerNumber"),
    "Georgian": ("კლიენტის სახელი", "customerName"), "Armenian": ("Հաճախորդի անուն", "customerName"),
    "German": ("Rechnungsdatum", "invoiceDate"), "with an abbreviation": ("Kunden-Nr", "customerNumber"),
    "Chinese of one sign each": ("税率", "taxRate"), "Korean endings": ("고객명", "customerName"),
    "Spanish": ("Fecha de nacimiento", "birthDate"), "adjective": ("Полное имя", "fullName"),
    "French": ("Date de naissance", "birthDate"),
}  # fmt: skip


@pytest.mark.parametrize("language", TRANSLATED)
def test_common_words_of_many_languages_keep_their_meaning(language: str) -> None:
    field, expected = TRANSLATED[language]
    assert Names([]).give(field, "x") == expected


BY_SOUND = {
    "Latin": ("Żółć wątroby", "zolcWatroby"), "Greek": ("Θερμοκρασία", "thermokrasia"),
    "Cyrillic": ("Щедрость", "shchedrost"),
    "Hebrew": ("גשם", "gshm"), "Arabic": ("خشب", "khshb"), "Devanagari": ("कमल", "kamal"), "Bengali": ("বন", "ban"),
    "Tamil": ("மழை", "mazhai"), "Telugu": ("నగరం", "nagaram"), "Thai": ("ฝน", "fn"), "Chinese": ("天气", "tianQi"),
    "Japanese": ("さくら", "sakura"), "Korean": ("바람", "baram"), "Georgian": ("წვიმა", "tsvima"),
    "Armenian": ("անձրև", "andzrew"),
    "Ethiopic": ("ስም", "sm"), "Burmese": ("မြို့", "mriu"), "Khmer": ("ភាសា", "phasa"), "Lao": ("ທີ່ຢູ່", "thiyou"),
}  # fmt: skip


@pytest.mark.parametrize("script", BY_SOUND)
def test_other_words_are_written_by_their_sound(script: str) -> None:
    field, expected = BY_SOUND[script]
    assert Names([]).give(field, "x") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Growth %", "growthPercent"), ("#", "number"), ("R&D cost", "rAndDCost"), ("Price (€)", "priceEur"),
        ("☎", "phone"), ("m²", "m2"), ("2023", "n2023"), ("\u202eabc\u202c", "abc"), ("class", "class"),
        ("Дата отгрузки", "dateOtgruzki"), ("客户ID", "keHuId"), ("市場", "shiChang"), ("Land area", "landArea"),
        ("---", "text3"), ("\u200b", "text3"), ("", "text3"),
    ],
)  # fmt: skip
def test_signs_are_said_and_half_known_names_are_not_mistranslated(text: str, expected: str) -> None:
    """市 is a city and 市場 a market: a word without spaces is translated only as a whole."""
    assert Names([]).give(text, "text3") == expected


def test_fields_of_many_scripts_never_collapse_to_one_name_or_to_none() -> None:
    fields = [field for field, _ in (*TRANSLATED.values(), *BY_SOUND.values())] + [
        "名",
        "姓",
        "?",
        "!",
        "🙂",
        "🙃",
        "  ",
    ]
    names = Names([])
    found = [names.give(field, "text1").lower() for field in fields]
    assert len(set(found)) == len(fields)
    assert all(LEGAL.fullmatch(name) for name in found)


class TestStyle:
    KEYS = ("firstName", "lastName", "email", "address.street", "address.city", "orders.total")

    def test_a_field_of_a_group_goes_into_it(self) -> None:
        names = Names(self.KEYS, "customer")
        assert names.give("Cust Addr Zone", "x") == "address.zone"
        assert names.give("Orders", "x") == "orders"

    def test_one_key_with_a_dot_makes_no_group(self) -> None:
        assert Names(self.KEYS, "customer").give("orders count", "x") == "ordersCount"

    def test_the_vocabularys_own_name_is_left_out_where_its_keys_leave_it_out(self) -> None:
        assert Names(self.KEYS, "crm.customer").give("Customer Shirt Size", "x") == "shirtSize"
        assert Names([*self.KEYS, "customerSince"], "crm.customer").give("Customer Age", "x") == "customerAge"

    def test_keys_that_start_with_a_capital_get_neighbours_that_do(self) -> None:
        names = Names(["CustomerGroupId", "Name", "Description", "SalesUnit", "Owner"])
        assert [names.give(wish, "x") for wish in ("shirt_size", "顧客名", "2nd owner")] == [
            "ShirtSize", "CustomerName", "N2ndOwner",
        ]  # fmt: skip

    def test_abbreviations_are_spelt_out_unless_the_keys_have_them(self) -> None:
        assert Names(self.KEYS).give("Max Qty", "x") == "maxQuantity"
        assert Names(["custNo", "custNm", "addr", "qty", "amt"]).give("Max Qty", "x") == "maxQty"


def test_a_long_name_ends_with_a_whole_word() -> None:
    name = Names([]).give("The total amount of money that has been paid until the end of last consolidated year", "x")
    assert name == "theTotalAmountOfMoneyThatHasBeenPaidUntilTheEndOfLast"[: len(name)]
    assert len(name) <= LONGEST
    assert name.endswith("Last")
    assert len(Names([]).give("x" * 500, "x")) == LONGEST


def test_names_are_unique_whatever_the_case() -> None:
    names = Names(["email", "Phone"])
    assert [names.give(wish, "x") for wish in ("E-Mail", "email", "EMAIL", "phone")] == [
        "email2", "email3", "email4", "phone2",
    ]  # fmt: skip


def test_a_name_that_ends_in_a_digit_stays_readable() -> None:
    names = Names(["line1"])
    assert names.give("line 1", "x") == "line1x2"


@given(st.lists(st.text(max_size=120), max_size=20), st.lists(st.text(max_size=20), max_size=5))
def test_any_text_gives_a_legal_unique_bounded_name(wishes: list[str], taken: list[str]) -> None:
    names = Names(taken)
    given_names = [names.give(wish, "field1") for wish in wishes]
    assert all(LEGAL.fullmatch(name) and len(name) <= LONGEST for name in given_names)
    lower = [name.lower() for name in given_names]
    assert len(set(lower)) == len(lower)
    assert not set(lower) & {name.casefold() for name in taken}


def test_what_takes_the_place_of_signs_is_in_the_vocabularys_style() -> None:
    words = ("First", "Last", "Middle", "Birth", "Maiden", "Pet", "Pen", "Stage", "Nick")
    assert Names([f"{word}Name" for word in words]).give("---", "text3") == "Text3"


@given(st.text(max_size=50))
def test_transliteration_leaves_ascii_letters_digits_and_spaces(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9 ]*", to_ascii(text))


def test_a_vocabulary_and_its_domain_are_named_by_the_data_set() -> None:
    assert title("crm-customer_list") == "Crm Customer List"
    assert title("建物") == "建物"
    assert domain("Kunden") == "/Kunden"
    assert domain("crm-customer") == "/CrmCustomer"
    assert domain("建物") == "/JianWu"
    assert domain("---") == ""


def test_the_list_of_words_has_each_once_and_in_one_script() -> None:
    """A letter of another script that looks the same would never be found."""
    lines = (Path(translation.__file__).parent / "data" / "scripts.txt").read_text(encoding="utf-8").splitlines()
    forms = [form for line in lines if not line.startswith("#") for form in line.partition(": ")[2].split()]
    scripts = {
        form: {unicodedata.name(char).split()[0].split("-")[0] for char in form if char.isalpha()} for form in forms
    }
    assert [form for form in forms if forms.count(form) > 1] == []
    assert {form: found for form, found in scripts.items() if len(found - {"CJK", "HIRAGANA", "KATAKANA"}) > 1} == {}
