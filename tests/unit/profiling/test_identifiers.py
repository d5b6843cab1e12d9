"""Origin and codes: identical identifiers merge records, so only proof and plausibility make one."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.profiling.key_search import KeySearch
from shared.profiling.models import Counts
from shared.profiling.profile import profile_records


def rows(n=30, **fields):
    return [{name.replace("__", " "): make(i) for name, make in fields.items()} for i in range(n)]


def found(records, name="things"):
    profile = profile_records(name, None, records)
    return (profile.origin.fields if profile.origin else None), [code.fields[0] for code in profile.codes]


def test_the_origin_is_a_complete_field_without_duplicates_and_says_why():
    profile = profile_records("customers", None, rows(5_000, CustomerID=lambda i: f"C{i}", name=lambda i: "x"))
    assert profile.origin.fields == ("CustomerID",)
    assert profile.origin.counts == Counts(rows=5_000, distinct=5_000, empty=0, placeholders=0, duplicates=0)
    assert profile.origin.reason == (
        "CustomerID: 5,000 rows, 5,000 distinct, none empty; its name says that it identifies these records."
    )


@pytest.mark.parametrize("spoilt", [None, "", "\u3000", "N/A", "###INVALID###", "-", "C1", " C1 "])
def test_one_empty_placeholder_or_repeated_value_is_enough_to_lose_it(spoilt):
    records = rows(CustomerID=lambda i: spoilt if i == 7 else f"C{i}")
    assert found(records)[0] is None


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("amount", lambda i: i * 1.07),
        ("total", lambda i: i * 11),
        ("total_id", lambda i: i * 1.5),
        ("price no", lambda i: f"{i + 1}.234,50"),
        ("latitude", lambda i: i + 0.25),
        ("measurement", lambda i: i),
        ("created_at", lambda i: f"2024-01-01T10:{i:02}:00Z"),
        ("last_name", lambda i: "Smith" + chr(97 + i)),
        ("first_name", lambda i: f"Ann{i}"),
        ("company", lambda i: f"Firm {i} Ltd"),
        ("column 5", lambda i: f"{20 + i}.{10 + i}坪"),
        ("column 6", lambda i: f"{100 + i}kg"),
        ("view_number", lambda i: f"{1_000 + i}萬"),
        ("note 1", lambda i: f"Remark {1000 + i}, as told"),
        ("column 7", lambda i: f"remark number {10_000 + i}, as told on the phone"),
        ("column 8", lambda i: f"Room {100 + i}"),
        ("house number", lambda i: 3 + i * 37),
        ("version no", lambda i: i * 3),
        ("row hash", lambda i: f"{i * 2_654_435_761 % 2**32:08x}"),
        ("dialling code", lambda i: 30 + i),
        ("description", lambda i: f"This is text number {i} of some length, free"),
        ("address", lambda i: f"{i} Main Street"),
        ("phone", lambda i: f"+45 20 30 40 {i:02}"),
        ("country", lambda i: ["Denmark", "Sweden", "Norway", "France", "Spain", "Italy"][i % 6] if i < 6 else None),
        ("postal code", lambda i: f"{10_000 + i}"),
        ("#", lambda i: i),
        ("row", lambda i: i),
        ("Unnamed: 0", lambda i: i),
        ("parent_id", lambda i: i),
        ("website", lambda i: f"https://a{i}.com"),
        ("payload", lambda i: {"i": i}),
    ],
)
def test_what_merely_is_unique_identifies_nothing(name, make):
    assert found([{name: make(i)} for i in range(30)]) == (None, [])


@pytest.mark.parametrize("name", ["id", "_id", "ID", "key", "no", "Nr", "Nº", "编号", "Kundennummer", "customer code"])
def test_running_numbers_identify_where_the_name_says_so(name):
    assert found([{name: i} for i in range(30)])[0] == (name,)


@pytest.mark.parametrize(
    ("data_set", "fields", "expected"),
    [
        ("customers", ["email", "guid", "id"], "id"),
        ("customers", ["account_id", "customer_id"], "customer_id"),
        ("companies", ["external_id", "company_id"], "company_id"),
        ("orders", ["sku", "order no"], "order no"),
        ("data", ["email", "member code"], "member code"),
        ("data", ["email"], "email"),
    ],
)
def test_of_several_the_one_named_for_it_is_the_origin_and_the_others_are_codes(data_set, fields, expected):
    make = {"email": "a{}@b.com", "guid": "6f9619ff-8b86-d011-b42d-00cf4fc90{:03}"}
    records = [{name: make.get(name, "K-{}").format(i) for name in fields} for i in range(30)]
    origin, codes = found(records, data_set)
    assert origin == (expected,)
    assert set(codes) == {name for name in fields if name != expected}


def test_a_code_of_a_kind_identifies_in_a_list_of_the_kinds():
    assert found(rows(language_code=lambda i: f"L{i:02}"), "customers")[0] is None
    assert found(rows(language_code=lambda i: f"L{i:02}"), "languages")[0] == ("language_code",)


def test_codes_may_be_empty_where_they_are_filled_often_enough():
    records = rows(
        100, id=lambda i: i, email=lambda i: f"a{i}@b.com" if i % 2 else "", vat=lambda i: "V1" if i == 1 else None
    )
    profile = profile_records("people", None, records)
    assert [code.fields for code in profile.codes] == [("email",)]
    assert profile.codes[0].counts == Counts(rows=100, distinct=50, empty=50, placeholders=0, duplicates=0)
    said = "email: 50 distinct values, none twice, 50 of 100 rows without a value; an e-mail address reaches one party."
    assert profile.codes[0].reason == said


def test_a_code_has_no_duplicate():
    assert found(rows(id=lambda i: i, email=lambda i: f"a{i // 2}@b.com"))[1] == []


def test_one_row_proves_nothing():
    assert found([{"CustomerID": "C1", "email": "a@b.com"}]) == (None, [])


def test_codes_without_a_name_need_more_rows_than_a_few():
    assert found(rows(5, thing=lambda i: f"P-{i:04}")) == (None, [])
    assert found(rows(20, thing=lambda i: f"P-{i:04}")) == (("thing",), [])


def ean(number):
    digits = [int(char) for char in reversed(str(number))]
    return f"{number}{-(3 * sum(digits[::2]) + sum(digits[1::2])) % 10}"


def test_codes_that_prove_themselves_come_first_whatever_the_field_is_called():
    records = rows(x=lambda i: f"Q-{i:04}", y=lambda i: ean(400_000_000_000 + 7 * i), mail=lambda i: f"a{i}@b.com")
    profile = profile_records("things", None, records)
    assert profile.origin.fields == ("y",)
    assert profile.origin.reason == (
        "y: 30 rows, 30 distinct, none empty; its values are EANs, by form and check digits."
        " Rather than x, mail, which tell records apart too."
    )
    assert [code.fields[0] for code in profile.codes] == ["x", "mail"]


def test_a_count_of_the_rows_is_an_identifier_only_where_there_is_no_other():
    """Two files of one source both have a row 1: records of different things would merge."""
    assert found(rows(Nr=lambda i: i + 1, Kundennummer=lambda i: f"K{7 * i:05}")) == (("Kundennummer",), [])
    assert found(rows(Nr=lambda i: i + 1, name=lambda i: "Ann"))[0] == ("Nr",)


class TestCompoundKeys:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"sku": lambda i: f"S-{i % 40:03}", "valid_from": lambda i: f"202{i // 40}-01-01"}, ("sku", "valid_from")),
            ({"day": lambda i: f"2024-01-{1 + i % 20:02}", "ccy": lambda i: ["EUR", "USD", "GBP"][i // 20 % 3],
              "region": lambda i: "NS"[i // 60]}, ("day", "ccy", "region")),
            ({"store": lambda i: f"Store {i % 8}", "item": lambda i: f"Item {i // 8}"}, ("store", "item")),
            ({"sensor": lambda i: f"SN{i % 10}", "measured": lambda i: f"2024-01-01T{i // 10:02}:00:00"},
             ("sensor", "measured")),
        ],
    )  # fmt: skip
    def test_dates_and_what_records_are_sorted_by_may_be_parts(self, fields, expected):
        assert found(rows(120, **fields, value=lambda i: (i * 7919) % 97))[0] == expected

    @pytest.mark.parametrize("name", ["status", "created_at", "updated_at", "rating", "channel"])
    def test_what_says_nothing_of_which_record_it_is_may_not(self, name):
        make = {"status": "s{}", "rating": "r{}", "channel": "c{}"}.get(name, "2024-01-01T{:02}:00:00")
        assert found([{"customer_id": i % 20, name: make.format(i // 20)} for i in range(120)])[0] is None

    def test_it_is_found_among_a_thousand_columns(self):
        wide = [
            {f"attribute {j}": (i * (j + 3)) % 17 for j in range(998)} | {"order no": i // 5, "line no": i % 5}
            for i in range(300)
        ]
        assert found(wide)[0] == ("order no", "line no")

    def test_among_many_columns_one_that_is_unique_by_luck_is_none(self):
        random = Random(7)
        assert found([{f"k{j}_id": random.randrange(40) for j in range(120)} for _ in range(400)])[0] is None

    def test_an_order_and_its_line_are_one_together(self):
        records = [{"order_id": o, "line_no": n, "qty": 1} for o in range(2) for n in range(2)]
        profile = profile_records("lines", None, records)
        assert profile.origin.fields == ("order_id", "line_no")
        assert profile.origin.counts == Counts(rows=4, distinct=4, empty=0, placeholders=0, duplicates=0)

    def test_it_is_minimal_and_in_the_order_of_the_fields(self):
        records = [
            {"year": y, "plant": p, "doc_no": d, "line": n, "source": "SAP"}
            for y in (2023, 2024) for p in "AB" for d in range(3) for n in (1, 2)
        ]  # fmt: skip
        assert found(records)[0] == ("year", "plant", "doc_no", "line")

    def test_five_fields_are_too_many(self):
        parts = [(a, b, c, d, e) for a in (1, 2) for b in (1, 2) for c in (1, 2) for d in (1, 2) for e in (1, 2)]
        records = [dict(zip(("a_id", "b_id", "c_id", "d_id", "e_id"), part, strict=True)) for part in parts]
        assert found(records)[0] is None

    def test_a_part_may_not_be_empty(self):
        records = [{"order_id": o, "line_no": n or None} for o in range(5) for n in range(4)]
        assert found(records)[0] is None

    def test_names_that_happen_to_be_unique_together_are_no_key(self):
        records = [{"first_name": f, "last_name": n} for f in ("Ann", "Bo", "Cy") for n in ("Lee", "Ray", "Fox", "Day")]
        assert found(records)[0] is None

    def test_many_values_in_few_rows_are_unique_by_luck(self):
        """60 rows of 50 customers and 50 products: that no pair repeats says nothing."""
        records = [{"customer_id": i * 7 % 50, "product_id": i * 11 % 53} for i in range(60)]
        assert found(records)[0] is None

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.tuples(*[st.integers(0, 3)] * 4), min_size=1, max_size=60))
    def test_whatever_is_found_is_unique_and_nothing_smaller_is(self, cells):
        """Checked by hand on any table of four keys."""
        names = ("order_id", "line_no", "year", "plant_code")
        records = [dict(zip(names, row, strict=True)) for row in cells]
        origin = profile_records("x", None, records).origin
        if origin is None:
            return
        tuples = [tuple(record[name] for name in origin.fields) for record in records]
        assert len(set(tuples)) == len(records)
        for left_out in origin.fields if len(origin.fields) > 1 else ():
            fewer = [tuple(record[name] for name in origin.fields if name != left_out) for record in records]
            assert len(set(fewer)) < len(records)


class TestSearch:
    @settings(max_examples=60, deadline=None)
    @given(st.integers(2, 6).flatmap(lambda n: st.lists(st.tuples(*[st.integers(0, 2)] * n), min_size=2, max_size=40)))
    def test_it_finds_what_trying_all_combinations_finds(self, table):
        columns = [numbered(column) for column in zip(*table, strict=True)]
        for size in range(2, min(4, len(columns)) + 1):
            tried = [
                some
                for some in combinations(range(len(columns)), size)
                if len({tuple(columns[at][row] for at in some) for row in range(len(table))}) == len(table)
            ]
            assert list(KeySearch(columns).keys(size, lambda _: True)) == tried

    def test_its_effort_ends(self):
        random = Random(1)
        columns = [numbered([random.randrange(12) for _ in range(2_000)]) for _ in range(200)]
        search = KeySearch(columns)
        assert list(search.keys(4, lambda _: True)) == []
        assert search.exhausted


def numbered(column):
    seen = {}
    return [seen.setdefault(value, len(seen)) for value in column]
