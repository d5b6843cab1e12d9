"""CluedIn's own training files, as they are and rewritten: the profile does not change with the format."""

import csv
import gzip
import io
import json
from pathlib import Path

import openpyxl
import pytest

from shared.drops.profile_file import profile_file
from shared.profiling.profile import profile_records

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "cluedin"
FILES = ["contacts.csv", "crm-customer.csv", "hotels.csv", "loyalty-customers.csv"]
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the sample files are not here")


def records(name):
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def as_delimited(rows, mark):
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0], delimiter=mark)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def as_workbook(rows):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
        sheet.append([openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell or "") for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def rewritten(rows):
    yield "x.csv", as_delimited(rows, ",").encode()
    yield "x.csv.gz", gzip.compress(as_delimited(rows, ",").encode("utf-8-sig"))
    yield "x.txt", as_delimited(rows, ";").encode("utf-16")
    yield "x.tsv", as_delimited(rows, "\t").encode("gb18030")
    yield "x.json", json.dumps({"value": rows}).encode()
    yield "x.jsonl.gz", gzip.compress("\n".join(map(json.dumps, rows)).encode())
    yield "x.xlsx", as_workbook(rows)


@pytest.mark.parametrize("name", FILES)
def test_every_format_has_the_profile_of_the_records(read, name):
    rows = records(name)
    expected = profile_records("customers", None, rows)
    for file_name, content in rewritten(rows):
        found = read(content, file_name)
        assert (file_name, found.profile) == (file_name, expected)


def test_a_gzipped_catalogue_is_a_table():
    content = (FOLDER / "catalogue-cdm.json.gz").read_bytes()
    found = profile_file(io.BytesIO(content), len(content), "catalogue-cdm.json.gz", "catalogue", None)
    assert (found.rows, found.format) == (2_856, "json")
    assert [field.name for field in found.profile.fields] == ["name", "keyPrefix", "businessDomain", "keys"]
