"""CluedIn's data types: the values decide, the name helps."""

import pytest

from shared.profiling.counting import column
from shared.profiling.data_types import data_type
from shared.profiling.models import DATA_TYPES


def type_of(name, values, rows=40):
    make = values if callable(values) else lambda i: values[i % len(values)]
    return data_type(column(name, map(make, range(rows)), rows=rows))[0]


BY_VALUES = [
    ("DateTime", lambda i: f"2024-01-{1 + i % 28:02}"),
    ("DateTime", lambda i: f"2024-01-31T10:{i:02}:00.123Z"),
    ("DateTime", lambda i: f"{1 + i % 12}/{1 + i % 28}/2020 10:00 PM"),
    ("DateTime", lambda i: f"{1 + i % 28}.{1 + i % 12}.1970"),
    ("DateTime", lambda i: f"{1 + i % 28:02}-{1 + i % 12:02}-2023"),
    ("DateTime", ["August 15, 2020", "2020 December 09", "30-Dec-21", "1st of May 2020", "29-11-2020"]),
    ("DateTime", ["1. Januar 2020", "3 de mayo de 2021", "14 juillet 1989", "Mo, 3. März 2021"]),
    ("DateTime", ["2023年1月5日", "令和5年1月5日"]),
    ("DateTime", ["Mon, 02 Jan 2006 15:04:05 GMT", "Mon Jan  2 15:04:05 2006"]),
    ("Time", ["10:30", "23:59:59", "1:05 PM", "10 am"]),
    ("Duration", ["PT1H30M", "P3D", "P1Y2M"]),
    ("Duration", ["1h 30m", "90 min", "3 days", "2 Stunden"]),
    ("Boolean", ["true", "false"]),
    ("Boolean", [True, False]),
    ("Integer", lambda i: i * 7),
    ("Integer", lambda i: f"{i + 1},234"),
    ("Number", lambda i: i * 0.5),
    ("Number", lambda i: f"{i + 1}.234,5"),
    ("Number", ["12%", "3.5%", "-4%"]),
    ("Money", ["$1,234.50", "-$5", "($7.00)", "US$ 9"]),
    ("Money", ["1.234,56 €", "99 €", "12,- kr", "EUR 5", "5 USD", "￥500"]),
    ("Currency", ["EUR", "USD", "DKK", "GBP"]),
    ("Uri", ["https://a.b/c?d=1", "www.example.com", "ftp://x/y", "mailto:a@b.com"]),
    ("Guid", lambda i: f"6f9619ff-8b86-d011-b42d-00cf4fc9{i:04X}"),
    ("Guid", lambda i: f"{{6f9619ff-8b86-d011-b42d-00cf4fc9{i:04x}}}"),
    ("Email", ["a@b.com", "ann.lee+x@sub.example.co.uk", "martina.lópez@outlook.com", "jean@münchen.de"]),
    ("PhoneNumber", ["(567)567-8556x204", "986-929-4677x7964", "815.248.5916", "+1-555-123-4567 ext. 9"]),
    ("PhoneNumber", ["+45 20 30 40 50", "0049 30 901820", "+353 400683737", "01 23 45 67 89"]),
    ("TimeZone", ["Europe/Copenhagen", "America/Argentina/Salta", "(UTC+01:00) Amsterdam", "UTC+2"]),
    ("GeographyCountry", ["Denmark", "Deutschland", "États-Unis", "日本", "UNITED KINGDOM"]),
    ("GeographyCountry", ["DK", "SE", "UK", "DE", "FR", "NO"]),
    ("GeographyCountry", ["DNK", "SWE", "GBR", "DEU", "FRA"]),
    ("GeographyState", ["TX", "CA", "NY", "FL", "WA", "OR", "NV", "OH", "MA"]),
    ("GeographyCoordinates", ["55.676, 12.568", "-33.86 151.20", "POINT (12.5 55.6)", "55°40′34″N 12°34′6″E"]),
    ("GeographyLocation", ["12 Main Street, Lyon", "Hauptstraße 5", "4 Elm Rd", "東京都千代田区1-1"]),
    ("Json", lambda i: {"a": i}),
    ("Json", lambda i: f"[{i}, 2]"),
    ("Xml", lambda i: f'<item id="{i}"><n>x</n></item>'),
    ("Xml", ['<?xml version="1.0"?><a/>', "<item/>"]),
    ("Html", ["<p>Hello <b>you</b></p>", "<div class='x'>y</div>", "a<br/>b"]),
    ("IPAddress", ["10.0.0.1", "192.168.1.255", "fe80::1", "2001:db8::8a2e:370:7334"]),
    ("Color", ["#fff", "#A1B2C3", "rgb(1, 2, 3)"]),
    ("PersonName", ["John Smith", "Dr. Anna Lee", "Smith, Peter", "Maria da Silva"]),
    ("OrganizationName", ["Hernandez Group 有限会社", "Acme Ltd.", "Müller GmbH", "Foo S.A.", "Bar & Co"]),
    ("Identifier", lambda i: f"SAP-{i:04}"),
    ("Lookup", ["Open", "Closed", "Pending"]),
    ("Lookup", ["TRUE", "FALSE"]),
    ("Lookup", ["APAC-North", "EMEA-South", "US-West", "NA"]),
    ("Text", lambda i: f"A longer sentence that says {i} things, of no one kind"),
    ("Text", ["only this"]),
]

BY_NAME_TOO = [
    ("DateTime", "created_at", lambda i: 1_700_000_000 + i),
    ("DateTime", "order date", lambda i: 20_240_101 + i % 28),
    ("DateTime", "posted on", ["3月22日 10:25", "12月1日 08:00"]),
    ("DateTime", "date", ["01/04 16:34", "29/11 08:00"]),
    ("Integer", "quantity", lambda i: 20_240_101 + i % 28),
    ("PhoneNumber", "Mobil", lambda i: 20_304_050 + i),
    ("Integer", "visits", lambda i: 20_304_050 + i),
    ("Duration", "call duration", lambda i: f"00:{i:02}:10"),
    ("Uri", "Website", lambda i: f"acme{i}.com"),
    ("Color", "colour", ["red", "Navy blue", "Schwarz"]),
    ("Money", "total_spent", lambda i: i * 1.25),
    ("Currency", "Währung", ["euro", "US dollar", "€"]),
    ("GeographyCountry", "country_id", ["dk", "se", "uk"]),
    ("GeographyState", "state_or_region", ["TX", "Community of Madrid", "Campania", "Etwas"]),
    ("Lookup", "state", ["open", "closed", "pending"]),
    ("GeographyCity", "Wohnort", ["Köln", "Bonn"]),
    ("GeographyCoordinates", "latitude", lambda i: 55.1 + i / 100),
    ("PersonName", "Vorname", ["Jürgen", "Xiu"]),
    ("PersonName", "account_manager", ["Kim Turner-Ford", "Xx Yy"]),
    ("OrganizationName", "Hotel Name", ["Grand Vista Hotel", "Aurora Bay Lodge", "The Maplewood Hotel"]),
    ("OrganizationName", "employer", ["Google", "IBM"]),
    ("Identifier", "customer_id", lambda i: i % 3),
    ("Identifier", "Kundennr", lambda i: f"{i:05}"),
    ("Identifier", "VAT number", ["DK12345678", "GB 123 4567 89"]),
    ("Number", "price index no", lambda i: i + 0.5),
    ("Text", "PLZ", lambda i: f"0{1000 + i}"),
    ("Text", "postal_code", lambda i: 10_000 + i),
    ("Text", "zip", ["12345-6789", "02134"]),
    ("Email", "Email", ["a@b.com", "c@d.org", "e@f.de", "james#smith.com", "lars@"]),
]


@pytest.mark.parametrize(("expected", "values"), BY_VALUES)
def test_values_say_the_type_in_a_field_of_any_name(expected, values):
    assert type_of("x1", values) == expected


@pytest.mark.parametrize(("expected", "name", "values"), BY_NAME_TOO)
def test_the_name_settles_what_values_leave_open(expected, name, values):
    assert type_of(name, values) == expected


def test_all_of_the_data_types_can_be_found():
    assert {expected for expected, *_ in BY_VALUES + BY_NAME_TOO} == set(DATA_TYPES)


@pytest.mark.parametrize(
    ("name", "values", "wrong"),
    [
        ("x", lambda i: 10_000 + i, "PhoneNumber"),
        ("x", lambda i: f"1.2.{i}", "DateTime"),
        ("x", ["10:30:00", "11:45:10"], "IPAddress"),
        ("x", ["True", "False"], "Boolean"),
        ("x", lambda i: f"00{i:03}", "Integer"),
        ("x", ["SAS", "CO", "AG"], "OrganizationName"),
        ("company_size", ["Small", "Large"], "OrganizationName"),
        ("city_id", lambda i: f"C{i}", "GeographyCity"),
        ("x", ["Yes", "No", "Maybe"], "GeographyCountry"),
        ("x", ["No", "NO", "IN", "IS", "AT"], "GeographyCountry"),
        ("order no", ["555-123-4567", "555-123-4568"], "PhoneNumber"),
        ("x", ["{a", "[b", "{c}"], "Json"),
        ("x", ["a < b", "c > d"], "Html"),
        ("x", ["99.99.2020", "00/00/2020"], "DateTime"),
    ],
)
def test_what_only_looks_like_a_type_is_not_it(name, values, wrong):
    assert type_of(name, values) != wrong


def test_the_share_is_that_of_the_rows_that_fit():
    fitting = ["a@b.com"] * 3 + ["not one"]
    assert data_type(column("email", fitting, rows=4)) == ("Email", 0.75)


def test_a_common_value_weighs_as_many_rows_as_it_has():
    """One address in 900 rows and a hundred other words: the field is one of addresses."""
    values = ["a@b.com"] * 900 + [f"word{i}" for i in range(100)]
    assert data_type(column("x", values, rows=1_000)) == ("Email", 0.9)


def test_many_rare_values_outweigh_a_common_one():
    values = ["unset?"] * 150 + [f"u{i}@example.com" for i in range(850)]
    assert data_type(column("x", values, rows=1_000)) == ("Email", 0.85)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Country", "GeographyCountry"), ("E-mail", "Email"), ("CustomerID", "Identifier"), ("DescriptionEN", "Text")],
)
def test_without_values_only_the_name_speaks_with_no_share(name, expected):
    assert data_type(column(name, ["n/a"] * 5, rows=5)) == (expected, 0.0)


@pytest.mark.parametrize(
    ("name", "values", "right"),
    [
        ("x", ["April", "May", "June", "August"], {"Lookup"}),
        ("tier", ["Gold", "Silver", "Bronze", "Platinum"], {"Lookup"}),
        ("x", ["Red", "Amber", "Green"], {"Lookup"}),
        ("x", ["2019-2020", "2020-2021", "2021-2022", "2018-2019"], {"Text", "Lookup"}),
        ("temp", ["12 °C", "13 °C", "-2 °C", "0 °C", "21 °C"], {"Text", "Lookup"}),
        ("x", ["We go to London now", "Berlin was great fun", "Rome in spring", "Back in Paris"], {"Text", "Lookup"}),
        ("x", ["Apple", "Banana", "Cherry", "Orange", "Peach", "Plum"], {"Text", "Lookup"}),
        ("product", ["Blue cotton shirt", "Red wool scarf", "Black leather boots", "White shoes"], {"Text", "Lookup"}),
        ("x", ["ja", "nein"], {"Lookup"}),
        ("x", ["report.pdf", "photo.jpg", "data.csv"], {"Text", "Lookup"}),
        ("price change", ["10%", "20%", "5%"], {"Number"}),
        ("x", ["4:3", "16:9", "21:9"], {"Text", "Lookup", "Duration", "Time"}),
        ("x", ["Sales", "Marketing", "Finance", "Legal", "Operations"], {"Text", "Lookup"}),
        ("x", ["4006381333931", "4006381333932", "4006381333933", "4006381333934", "4006381333935"], {"Integer"}),
    ],
)
def test_look_alikes_of_places_names_and_codes(name, values, right):
    """Words that are also names, numbers whose check digit is wrong, years that look like a phone number."""
    assert type_of(name, values) in right


CODES = [
    ["DE89370400440532013000", "GB29NWBK60161331926819", "FR14 2004 1010 0505 0001 3M02 606"],
    ["DE136695976", "DK13585628", "ATU13585627", "NL004495445B01", "CHE-116.281.710 MWST"],
    ["4006381333931", "5901234123457", "9780306406157", "0012345678905"],
    ["978-0-306-40615-7", "0-306-40615-2", "978-1-86197-876-9", "3-16-148410-X"],
    ["US0378331005", "DE0007164600", "GB0002634946", "FR0000120271"],
    ["5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55"],
    ["1HGCM82633A004352", "WVWZZZ1JZXW000001", "WBA3A5C58CF256551"],
]


@pytest.mark.parametrize("values", CODES)
def test_codes_that_prove_themselves_are_identifiers_in_a_field_of_any_name(values):
    """By check digits or a form of their own: IBAN, VAT number, EAN, ISBN, LEI, vehicle number."""
    assert data_type(column("x", values, rows=len(values)))[0] == "Identifier"


@pytest.mark.parametrize(
    "values",
    [
        ["14 marca 2023", "1 grudnia 2022"], ["14. března 2023", "1. prosince 2022"], ["14 Mart 2023", "1 Aralık 2022"],
        ["2023. március 14.", "2022. december 1."], ["14 марта 2023 г.", "1 декабря 2022 г."],
        ["14 Μαρτίου 2023", "1 Δεκεμβρίου 2022"], ["14 במרץ 2023", "1 בדצמבר 2022"], ["14 مارس 2023", "1 ديسمبر 2022"],
        ["14 मार्च 2023", "1 दिसंबर 2022"], ["14 มีนาคม 2566", "1 ธ.ค. 2565"], ["14 tháng 3, 2023", "1 tháng 12, 2022"],
        ["2023년 3월 14일", "2022. 12. 1."], ["2023年3月14日", "令和4年12月1日"],
        ["14 de março de 2023", "1 de dezembro de 2022"],
        ["١٤/٠٣/٢٠٢٣", "٠١/١٢/٢٠٢٢"], ["14 marts 2023", "mandag 1. maj 2023"],
    ],
)  # fmt: skip
def test_dates_in_many_languages(values):
    assert type_of("x", values) == "DateTime"


PEOPLE = [
    ["Иванов Иван Иванович", "Петрова Ольга", "Смирнов Дмитрий"], ["佐藤 太郎", "鈴木花子", "高橋 健一", "田中 美咲"],
    ["王伟", "李娜", "张敏", "欧阳修文"], ["김민수", "이서연", "박지훈", "최수진"],
    ["محمد حسن", "فاطمة علي", "أحمد خالد"],
    ["राहुल शर्मा", "प्रिया वर्मा", "अमित कुमार"], ["Γιώργος Παππάς", "Μαρία Ιωάννου", "Νίκος Βλάχος"],
    ["Smith, John", "Jones, Mary", "Brown, R."], ["Emma", "Liam", "Olivia", "Noah", "Mia"],
]  # fmt: skip


@pytest.mark.parametrize("values", PEOPLE)
def test_people_of_many_countries_are_known_by_their_names(values):
    assert type_of("x", values) == "PersonName"


CITIES = [
    ["München", "Köln", "Leipzig", "Kassel"], ["Москва", "Казань", "Омск", "Пермь"], ["大阪", "横浜", "札幌", "神戸"],
    ["Chicago", "Houston", "Phoenix", "Dallas"], ["القاهرة", "الرياض", "دبي", "الدوحة"],
]  # fmt: skip


@pytest.mark.parametrize("values", CITIES)
def test_large_cities_are_known_by_their_names(values):
    assert type_of("x", values) == "GeographyCity"


def test_shares_of_many_values_are_estimated_near_the_truth():
    """One in four of 20,000 addresses is none."""
    kind, share = data_type(
        column("email", (f"a{i}@b.com" if i % 4 else f"none {i}" for i in range(20_000)), rows=20_000)
    )
    assert kind == "Email"
    assert abs(share - 0.75) < 0.03
