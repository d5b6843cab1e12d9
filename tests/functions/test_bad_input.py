"""Bad input: each case gets its status, code and pointer, and leaves nothing behind."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.fakes.app import Stand, call

MAPPINGS = "/organizations/acme/mappings"
VOCABULARIES = "/organizations/acme/vocabularies"
ADMIN = {"x-admin-key": "open"}

GOOD: dict[str, Any] = {
    "dataSet": {"name": "crm", "fields": [{"name": "E-mail", "samples": ["a@b.com"]}, {"name": "Town"}]},
    "vocabularies": [
        {
            "name": "Customer",
            "keyPrefix": "customer",
            "businessDomain": "/Customer",
            "keys": [{"key": "customer.email"}],
        }
    ],
    "options": {"engine": "auto"},
}
VOCABULARY: dict[str, Any] = GOOD["vocabularies"][0]


@dataclass(frozen=True)
class Case:
    name: str
    method: str
    path: str
    body: object
    status: int
    code: str
    pointer: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)


def changed(path: str, value: object, start: object = GOOD) -> Any:
    """A good body with one member put in, by its pointer."""
    body = copy.deepcopy(start)
    *parents, last = path.strip("/").split("/")
    node: Any = body
    for part in parents:
        node = node[int(part)] if isinstance(node, list) else node[part]
    if isinstance(node, list):
        node[int(last)] = value
    else:
        node[last] = value
    return body


def without(path: str) -> Any:
    body = copy.deepcopy(GOOD)
    *parents, last = path.strip("/").split("/")
    node: Any = body
    for part in parents:
        node = node[int(part)] if isinstance(node, list) else node[part]
    del node[last]
    return body


def records(*rows: object, name: str = "crm") -> Any:
    return {**copy.deepcopy(GOOD), "dataSet": {"name": name, "records": list(rows)}}


def post(
    name: str, body: object, pointer: str | None, status: int = 400, code: str = "invalid_request", **more: Any
) -> Case:
    return Case(name, "POST", MAPPINGS, body, status, code, pointer, **more)


def put(
    name: str, body: object, pointer: str | None, status: int = 400, code: str = "invalid_request", **more: Any
) -> Case:
    return Case(name, "PUT", VOCABULARIES, body, status, code, pointer, **more)


def put_one(name: str, body: object, pointer: str | None, path: str = "customer", **more: Any) -> Case:
    return Case(name, "PUT", f"{VOCABULARIES}/{path}", body, 400, "invalid_request", pointer, **more)


def prompts(name: str, params: Mapping[str, str], pointer: str) -> Case:
    return Case(name, "GET", "/organizations/acme/prompts", b"", 400, "invalid_request", pointer, params=params)


def organization(name: str, given: str) -> Case:
    return Case(name, "POST", f"/organizations/{given}/mappings", GOOD, 400, "invalid_organization")


FLAG = "/organizations/acme/flags/AiMapping"
FORM = {"content-type": "application/x-www-form-urlencoded"}
BIG = [{"a": "x" * 90_000}] * 100


def text(body: object) -> str:
    return json.dumps(body)


def vocabulary(**members: object) -> dict[str, object]:
    return {**VOCABULARY, **members}


MANY_FIELDS = {**GOOD, "dataSet": {"name": "x", "fields": [{"name": f"f{i}"} for i in range(1_001)]}}
TWO_PREFIXES = [VOCABULARY, vocabulary(name="Other", keys=[])]
NESTED = [
    vocabulary(keyPrefix="a", keys=[{"key": "a.b.c"}]),
    vocabulary(keyPrefix="a.b", keys=[{"key": "a.b.c"}]),
]

BODIES = [
    post("no body", b"", ""),
    post("blank body", b" \n ", ""),
    post("broken JSON", b"{oops", ""),
    post("two documents", b"{} {}", ""),
    post("trailing comma", text(GOOD).encode()[:-1] + b",}", ""),
    post("a comment", b"/* hello */ {}", ""),
    post("not UTF-8", b'{"dataSet": "\xff"}', ""),
    post("UTF-16", text(GOOD).encode("utf-16"), ""),
    post("raw control character in a string", b'{"dataSet": {"name": "a\x00b"}}', ""),
    post("null", None, ""),
    post("a list", [GOOD], ""),
    post("a string", "hello", ""),
    post("a number", 42, ""),
    post("empty object", {}, "/dataSet"),
    post("10,000 levels of lists", b"[" * 10_000 + b"]" * 10_000, ""),
    post("10,000 levels of objects", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, ""),
    post("a hundred thousand open brackets", b"[" * 100_000, ""),
    post("65 levels in a cell", records({"a": json.loads("[" * 65 + "]" * 65)}), ""),
    post("300 levels in a cell", records({"a": json.loads("[" * 300 + "]" * 300)}), ""),
    post("NaN", text(records({"a": float("nan")})).encode(), "/dataSet/records/0/a"),
    post("Infinity", text(records({"a": 1}, {"b": [float("inf")]})).encode(), "/dataSet/records/1/b/0"),
    post("-Infinity", text(records({"a/b~c": float("-inf")})).encode(), "/dataSet/records/0/a~1b~0c"),
    post("1e400", text(records({"a": "#"})).replace('"#"', "1e400").encode(), "/dataSet/records/0/a"),
    post("5,000 digits", text(records({"a": "#"})).replace('"#"', "9" * 5_000).encode(), "/dataSet/records/0/a"),
    post("309 digits", text(records({"a": "#"})).replace('"#"', "9" * 309).encode(), "/dataSet/records/0/a"),
    post("a member twice", b'{"dataSet": {"name": "x", "name": "y"}}', "/dataSet/name"),
    post("a record's field twice", text(records({"b": 1})).replace('{"b": 1}', '{"b": 1, "b": 2}').encode(),
         "/dataSet/records/0/b"),
    post("half a surrogate pair in a value", text(records({"a": "\ud800"})).encode(), "/dataSet/records/0/a"),
    post("half a surrogate pair in a name", text(records({"\udfff": 1})).encode(), "/dataSet/records/0"),
    post("20 MB", b'{"x":"' + b"a" * 20_000_000 + b'"}', "", 413, "too_large"),
    post("20 MB of blanks", b" " * 20_000_000, "", 413, "too_large"),
    post("records above 8 MiB", records(*BIG), "/dataSet/records", 413, "too_large"),
    post("form data", b"a=1", None, 415, "unsupported_media_type", headers=FORM),
    post("text", GOOD, None, 415, "unsupported_media_type", headers={"content-type": "text/plain"}),
    post("JSON's look-alike", GOOD, None, 415, "unsupported_media_type", headers={"content-type": "application/jsonp"}),
    post("another charset", GOOD, None, 415, "unsupported_media_type",
         headers={"content-type": "application/json; charset=iso-8859-1"}),
    post("gzip where it is not taken", gzip.compress(text(GOOD).encode()), None, 415, "unsupported_media_type",
         headers={"content-encoding": "gzip"}),
    post("an unknown encoding", GOOD, None, 415, "unsupported_media_type", headers={"content-encoding": "br"}),
]  # fmt: skip

SHAPES = [
    post("unknown member", {**GOOD, "nonsense": 1}, "/nonsense"),
    post("unknown member, to be escaped", {**GOOD, "a/b~c": 1}, "/a~1b~0c"),
    post("snake case", {**GOOD, "data_set": {}}, "/data_set"),
    post("data set is null", changed("/dataSet", None), "/dataSet"),
    post("data set is a string", changed("/dataSet", "crm"), "/dataSet"),
    post("unknown member of the data set", changed("/dataSet/rows", 1), "/dataSet/rows"),
    post("no name", without("/dataSet/name"), "/dataSet/name"),
    post("name is a number", changed("/dataSet/name", 7), "/dataSet/name"),
    post("name is empty", changed("/dataSet/name", ""), "/dataSet/name"),
    post("name is blank", changed("/dataSet/name", " \t"), "/dataSet/name"),
    post("name of 501 characters", changed("/dataSet/name", "x" * 501), "/dataSet/name"),
    post("neither fields nor records", without("/dataSet/fields"), "/dataSet"),
    post("fields and records", changed("/dataSet/records", [{"a": 1}]), "/dataSet"),
    post("zero fields", changed("/dataSet/fields", []), "/dataSet/fields"),
    post("1,001 fields", MANY_FIELDS, "/dataSet/fields"),
    post("fields is an object", changed("/dataSet/fields", {}), "/dataSet/fields"),
    post("a field is a string", changed("/dataSet/fields/1", "Town"), "/dataSet/fields/1"),
    post("a field without a name", changed("/dataSet/fields/1", {}), "/dataSet/fields/1/name"),
    post("a field's name is empty", changed("/dataSet/fields/1/name", ""), "/dataSet/fields/1/name"),
    post("a field's name is blank", changed("/dataSet/fields/1/name", "  "), "/dataSet/fields/1/name"),
    post("a field's name is null", changed("/dataSet/fields/0/name", None), "/dataSet/fields/0/name"),
    post("duplicate field names", changed("/dataSet/fields/1/name", "E-mail"), "/dataSet/fields/1/name"),
    post("samples are numbers", changed("/dataSet/fields/0/samples", [1]), "/dataSet/fields/0/samples/0"),
    post("101 samples", changed("/dataSet/fields/0/samples", ["x"] * 101), "/dataSet/fields/0/samples"),
    post("a sample of 2,001 characters", changed("/dataSet/fields/0/samples", ["x" * 2_001]),
         "/dataSet/fields/0/samples/0"),
    post("unknown member of a field", changed("/dataSet/fields/0/type", "x"), "/dataSet/fields/0/type"),
    post("zero records", records(), "/dataSet/records"),
    post("10,001 records", records(*({"a": 1} for _ in range(10_001))), "/dataSet/records"),
    post("records without any field", records({}, {}), "/dataSet/records"),
    post("a record is a list", records([1]), "/dataSet/records/0"),
    post("a record is null", records({"a": 1}, None), "/dataSet/records/1"),
    post("a record's field without a name", records({"a": 1}, {"": 2}), "/dataSet/records/1/"),
    post("a record's field of 501 characters", records({"x" * 501: 1}), "/dataSet/records/0/" + "x" * 501),
    post("a record's field of 1,001 characters", records({"a": 1}, {"x" * 1_001: 1}), "/dataSet/records/1"),
    post("1,001 fields over all records", records(*({f"f{i}": 1} for i in range(1_001))), "/dataSet/records"),
    post("1,001 fields in one record", records({f"f{i}": 1 for i in range(1_001)}), "/dataSet/records"),
    post("no vocabulary", changed("/vocabularies", []), "/vocabularies"),
    post("vocabularies is an object", changed("/vocabularies", VOCABULARY), "/vocabularies"),
    post("a vocabulary without a prefix", changed("/vocabularies/0", {"name": "x"}), "/vocabularies/0/keyPrefix"),
    post("a vocabulary without a name", changed("/vocabularies/0/name", ""), "/vocabularies/0/name"),
    post("a prefix with a leading digit", changed("/vocabularies/0", vocabulary(keyPrefix="1a", keys=[])),
         "/vocabularies/0/keyPrefix"),
    post("a prefix with a space", changed("/vocabularies/0", vocabulary(keyPrefix="a b", keys=[])),
         "/vocabularies/0/keyPrefix"),
    post("a prefix with special characters", changed("/vocabularies/0", vocabulary(keyPrefix="a/../b", keys=[])),
         "/vocabularies/0/keyPrefix"),
    post("a prefix that ends with a dot", changed("/vocabularies/0", vocabulary(keyPrefix="a.", keys=[])),
         "/vocabularies/0/keyPrefix"),
    post("a prefix with a line break", changed("/vocabularies/0", vocabulary(keyPrefix="customer\n", keys=[])),
         "/vocabularies/0/keyPrefix"),
    post("a business domain without its slash", changed("/vocabularies/0/businessDomain", "Customer"),
         "/vocabularies/0/businessDomain"),
    post("duplicate keys", changed("/vocabularies/0/keys", [{"key": "customer.a"}, {"key": "customer.a"}]),
         "/vocabularies/0/keys/1/key"),
    post("a foreign prefix", changed("/vocabularies/0/keys", [{"key": "order.id"}]), "/vocabularies/0/keys/0/key"),
    post("a key that only begins alike", changed("/vocabularies/0/keys", [{"key": "customerId"}]),
         "/vocabularies/0/keys/0/key"),
    post("a key that is only the prefix", changed("/vocabularies/0/keys", [{"key": "customer."}]),
         "/vocabularies/0/keys/0/key"),
    post("duplicate prefixes", changed("/vocabularies", TWO_PREFIXES), "/vocabularies/1/keyPrefix"),
    post("a key in two vocabularies", changed("/vocabularies", NESTED), "/vocabularies/1/keys/0/key"),
    post("unknown member of a key", changed("/vocabularies/0/keys/0/type", "x"), "/vocabularies/0/keys/0/type"),
    post("unknown engine", changed("/options/engine", "gpt"), "/options/engine"),
    post("options is a list", changed("/options", []), "/options"),
    post("unknown vocabulary", changed("/options/vocabulary", "order"), "/options/vocabulary"),
    post("51 candidates", changed("/options/candidates", 51), "/options/candidates"),
    post("-1 candidates", changed("/options/candidates", -1), "/options/candidates"),
    post("candidates as text", changed("/options/candidates", "3"), "/options/candidates"),
    post("candidates as a fraction", changed("/options/candidates", 2.5), "/options/candidates"),
    post("candidates as true", changed("/options/candidates", True), "/options/candidates"),
    post("unknown samples policy", changed("/options/samples", "some"), "/options/samples"),
    post("explain as text", changed("/options/explain", "yes"), "/options/explain"),
    post("a stored vocabulary chosen where none is stored", {**without("/vocabularies"), "options":
         {"engine": "auto", "vocabulary": "customer"}}, "/options/vocabulary"),
]  # fmt: skip

HEADERS = [
    post("an empty Idempotency-Key", GOOD, "/Idempotency-Key", headers={"idempotency-key": ""}),
    post("an Idempotency-Key of 256 characters", GOOD, "/Idempotency-Key", headers={"idempotency-key": "k" * 256}),
    post("an Idempotency-Key that is not ASCII", GOOD, "/Idempotency-Key", headers={"idempotency-key": "ключ"}),
    post("an Idempotency-Key with a control character", GOOD, "/Idempotency-Key", headers={"idempotency-key": "a\tb"}),
]

CATALOGUES = [
    put("catalogue is an object", VOCABULARY, ""),
    put("catalogue with duplicate prefixes", TWO_PREFIXES, "/1/keyPrefix"),
    put("catalogue with a foreign prefix", [vocabulary(keys=[{"key": "x.y"}])], "/0/keys/0/key"),
    put("catalogue with a key twice", NESTED, "/1/keys/0/key"),
    put("catalogue above 32 MiB", b" " * (32 * 1024 * 1024 + 1), "", 413, "too_large"),
    put("gzip that is none", b"hello", "", headers={"content-encoding": "gzip"}),
    put("gzip cut off", gzip.compress(text([VOCABULARY]).encode())[:-9], "", headers={"content-encoding": "gzip"}),
    put("gzip with more behind it", gzip.compress(b"[]") + b"more", "", headers={"content-encoding": "gzip"}),
    put("gzip that unpacks to 100 MiB", gzip.compress(b" " * 100 * 1024 * 1024, 1), "", 413, "too_large",
        headers={"content-encoding": "gzip"}),
    put_one("prefix unlike the path's", VOCABULARY, "/keyPrefix", "order"),
    put_one("one vocabulary with a leading digit", vocabulary(keyPrefix="1a", keys=[]), "/keyPrefix", "1a"),
    put_one("one vocabulary with a key twice", vocabulary(keys=[{"key": "customer.a"}] * 2), "/keys/1/key"),
    put_one("one vocabulary with a foreign prefix", vocabulary(keys=[{"key": "x.a"}]), "/keys/0/key"),
    put_one("one vocabulary as a list", [VOCABULARY], ""),
    Case("vocabulary list: top is text", "GET", VOCABULARIES, b"", 400, "invalid_request", "/top",
         params={"top": "ten"}),
    Case("vocabulary list: top is 0", "GET", VOCABULARIES, b"", 400, "invalid_request", "/top", params={"top": "0"}),
    Case("vocabulary list: foreign token", "GET", VOCABULARIES, b"", 400, "invalid_request", "/continuationToken",
         params={"continuationToken": "%%%"}),
    Case("no such vocabulary", "GET", f"{VOCABULARIES}/order", b"", 404, "not_found"),
    Case("a path trick for a vocabulary", "GET", f"{VOCABULARIES}/..%2F..%2Fother", b"", 404, "not_found"),
    Case("no such vocabulary to remove", "DELETE", f"{VOCABULARIES}/order", b"", 404, "not_found"),
]  # fmt: skip

LISTS = [
    prompts("top is 0", {"top": "0"}, "/top"),
    prompts("top is 201", {"top": "201"}, "/top"),
    prompts("top is negative", {"top": "-5"}, "/top"),
    prompts("top is a word", {"top": "many"}, "/top"),
    prompts("from is no time", {"from": "yesterday"}, "/from"),
    prompts("from is a Unix time", {"from": "1764064800"}, "/from"),
    prompts("from is the 31st of February", {"from": "2026-02-31T00:00:00Z"}, "/from"),
    prompts("to before from", {"from": "2026-02-02", "to": "2026-02-01"}, "/to"),
    prompts("unknown status", {"status": "done"}, "/status"),
    prompts("unknown feature", {"feature": "aimapping"}, "/feature"),
    prompts("unknown parameter", {"mappingid": "x"}, "/mappingid"),
    prompts("empty correlation id", {"correlationId": ""}, "/correlationId"),
    prompts("foreign token", {"continuationToken": "bm90IG91cnM="}, "/continuationToken"),
    Case("no such prompt", "GET", "/organizations/acme/prompts/none-1", b"", 404, "not_found"),
    Case("a prompt's id with a quote", "GET", "/organizations/acme/prompts/'%20or%201=1", b"", 404, "not_found"),
    Case("a prompt's id with a line break", "GET", "/organizations/acme/prompts/a%0Ab", b"", 404, "not_found"),
    Case("no such mapping", "GET", f"{MAPPINGS}/00000000-0000-0000-0000-000000000000", b"", 404, "not_found"),
    Case("a mapping's id that is none", "GET", f"{MAPPINGS}/latest", b"", 404, "not_found"),
    Case("a mapping's id with a path trick", "GET", f"{MAPPINGS}/..%2Fother%2F1", b"", 404, "not_found"),
    Case(
        "no such mapping to forget", "DELETE", f"{MAPPINGS}/00000000-0000-0000-0000-000000000000", b"", 404, "not_found"
    ),
    Case("no such flag", "GET", "/organizations/acme/flags/Unknown", b"", 404, "not_found"),
    Case("a flag in other letters", "GET", "/organizations/acme/flags/aimapping", b"", 404, "not_found"),
]

ADMINS = [
    Case("flag: no admin key", "PUT", FLAG, {"enabled": True, "status": "Beta"}, 403,
         "admin_required"),
    Case("flag: wrong admin key", "PUT", FLAG, {"enabled": True, "status": "Beta"}, 403,
         "admin_required", headers={"x-admin-key": "opensesame"}),
    Case("flag: unknown", "PUT", "/organizations/acme/flags/Nope", {"enabled": True, "status": "Beta"}, 404,
         "not_found", headers=ADMIN),
    Case("flag: unknown status", "PUT", FLAG, {"enabled": True, "status": "Live"}, 400,
         "invalid_request", "/status", headers=ADMIN),
    Case("flag: enabled as text", "PUT", FLAG, {"enabled": "true", "status": "Beta"}, 400,
         "invalid_request", "/enabled", headers=ADMIN),
    Case("flag: no status", "PUT", FLAG, {"enabled": True}, 400, "invalid_request",
         "/status", headers=ADMIN),
    Case("verify: no admin key", "POST", "/organizations/acme/settings/verify", {}, 403, "admin_required"),
    Case("verify: unknown member", "POST", "/organizations/acme/settings/verify", {"prompt": "hi"}, 400,
         "invalid_request", "/prompt", headers=ADMIN),
]  # fmt: skip

ORGANIZATIONS = [
    organization("capital letters", "Acme"),
    organization("underscore", "Not_Valid"),
    organization("default", "default"),
    organization("leading hyphen", "-acme"),
    organization("trailing hyphen", "acme-"),
    organization("double hyphen", "a--b"),
    organization("65 characters", "a" * 65),
    organization("encoded slash", "acme%2F..%2Fother"),
    organization("encoded backslash", "acme%5Cother"),
    organization("dots", ".."),
    organization("encoded dots", "%2e%2e"),
    organization("double encoded", "acme%252F.."),
    organization("NUL", "acme%00"),
    organization("line break", "acme%0A"),
    organization("blank", "%20"),
    organization("quote", "acme'"),
    organization("full-width letters", "%EF%BD%81cme"),
    organization("Arabic digits", "acme%D9%A1"),
    organization("right-to-left mark", "acme%E2%80%8F"),
]

CASES = [*BODIES, *SHAPES, *HEADERS, *CATALOGUES, *LISTS, *ADMINS, *ORGANIZATIONS]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_bad_input_is_told_and_leaves_nothing(stand: Stand, case: Case) -> None:
    answer = await call(case.method, case.path, case.body, headers=case.headers, params=case.params)

    problem = answer.json
    assert (answer.status, problem["code"]) == (case.status, case.code), problem
    assert answer.media_type == "application/problem+json"
    assert {"type", "title", "status", "detail", "code", "correlationId"} <= problem.keys()
    assert problem["status"] == answer.status
    if case.pointer is not None:
        assert case.pointer in [fault["pointer"] for fault in problem["errors"]], problem["errors"]
    assert stand.is_empty()


@pytest.mark.parametrize("engine", ["ai", "auto"])
async def test_an_organization_without_flags_or_settings_is_known_to_nobody(stand: Stand, engine: str) -> None:
    """Unknown matters only where a prompt would be sent."""
    answer = await call("POST", "/organizations/nobody-here/mappings", changed("/options/engine", engine))
    assert (answer.status, answer.json.get("code")) == ((403, "feature_disabled") if engine == "ai" else (200, None))


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 80
    assert len({case.name for case in CASES}) == len(CASES)
