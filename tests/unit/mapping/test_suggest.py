"""The whole use case on fakes: every field once, legal new keys, noise ignored, honest engines."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import InvalidRequest
from shared.mapping.models import Mapping, MappingRequest
from shared.mapping.models import Warning as Note
from shared.mapping.prompt_size import START
from shared.mapping.suggest import Work, suggest
from tests.fakes.asker import FakeAsker, likeliest_option, no_option, options
from tests.unit.mapping.requests import CALLER, KEYS, fields, records, request, vocabulary, work

SAMPLES = Path(__file__).parents[3] / "local" / "samples"
LEGAL = re.compile(r"[a-z][A-Za-z0-9]*")


async def auto(asked: MappingRequest) -> Mapping:
    asker = FakeAsker(lambda _: pytest.fail("auto sends no prompt"))
    mapping = await suggest(work(asked), asker)
    assert asker.prompts == asker.required == []
    return mapping


def prop(mapping: Mapping, field: str) -> Any:
    return next(p for p in mapping.properties if p.field == field)


async def test_auto_maps_the_sample_customers_without_a_prompt() -> None:
    """At least 16 of the 18 labelled fields; the labels were written before anything was measured."""
    with (SAMPLES / "customers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sample_vocabulary = json.loads((SAMPLES / "customer-vocabulary.json").read_text(encoding="utf-8"))
    labels = json.loads((SAMPLES / "customers-labels.json").read_text(encoding="utf-8"))
    mapping = await auto(request({"name": "customers", "records": rows}, [sample_vocabulary], engine="auto"))
    found = {p.field: "ignored" if p.status == "Ignored" else p.vocabulary_key for p in mapping.properties}
    new = {p.field for p in mapping.properties if p.status == "New"}
    right = [field for field, label in labels.items() if (field in new if label is None else found[field] == label)]
    assert len(right) >= 16
    assert mapping.origin.fields == ["Cust No."]
    assert mapping.usage.prompts == 0
    assert mapping.usage.cost == 0


async def test_ai_answers_with_the_models_choice() -> None:
    mapping = await suggest(work(request(fields("FName", "E-mail"), [vocabulary()])), FakeAsker())
    assert (mapping.engine, mapping.mapping_id, mapping.organization_id) == ("ai", "m-1", "acme")
    assert [p.status for p in mapping.properties] == ["Existing", "Existing"]
    assert "The model chose it" in mapping.properties[0].reason


async def test_the_model_may_choose_another_than_the_rankings_best_and_the_reason_says_so() -> None:
    asker = FakeAsker(lambda p: dict.fromkeys(options(p), "email"))
    mapping = await suggest(work(request(fields("mail second"), [vocabulary()])), asker)
    assert mapping.properties[0].vocabulary_key == "customer.email"
    assert "the ranking alone would take customer.emailSecondary" in mapping.properties[0].reason
    asker = FakeAsker(lambda p: dict.fromkeys(options(p), "emailSecondary"))
    agreed = await suggest(work(request(fields("mail second"), [vocabulary()])), asker)
    assert mapping.properties[0].confidence < agreed.properties[0].confidence


async def test_no_key_fits_makes_a_new_one_unless_the_name_is_a_keys_own() -> None:
    asked = request(fields("Customer number", "T-Shirt size"), [vocabulary()], vocabulary="customer")
    mapping = await suggest(work(asked), FakeAsker(no_option))
    number, shirt = mapping.properties
    assert (number.status, number.vocabulary_key) == ("Existing", "customer.customerNumber")
    assert "the model found no key that fits" in number.reason
    assert (shirt.status, shirt.vocabulary_key) == ("New", "customer.tShirtSize")


@pytest.mark.parametrize("answerer", [likeliest_option, no_option, lambda p: dict.fromkeys(options(p), "firstName")])
async def test_nonsense_is_never_existing_whatever_the_model_says(answerer: Any) -> None:
    """Abstain rather than guess: neither a name nor a value says what the field means."""
    columns: dict[str, Any] = {
        "xq7": lambda n: f"{n * 7919 % 997}-{n}", "zzz_blorp": lambda n: ("gnarf", "wibble", "quux")[n % 3],
        "F_0093": lambda n: ("S", "M", "L", "XL")[n % 4], "col_17": lambda n: n * 3 % 11,
        "???": lambda n: "?" * (n % 4 + 1),
    }  # fmt: skip
    asked = request(records(**columns), [vocabulary()], vocabulary="customer")
    mapping = await suggest(work(asked), FakeAsker(answerer))
    assert {p.field: p.status for p in mapping.properties if p.status == "Existing"} == {}


async def test_two_fields_never_get_one_key() -> None:
    mapping = await auto(request(fields("email", "e-mail", "E-mail address"), [vocabulary()], engine="auto"))
    keys = [p.vocabulary_key for p in mapping.properties]
    assert keys[0] == "customer.email"
    assert len(set(keys)) == 3
    assert "customer.email fits better to field 'email'" in mapping.properties[1].reason
    assert {p.status for p in mapping.properties} <= {"Existing", "New"}


async def test_a_loser_without_another_good_key_gets_a_new_one() -> None:
    keys = (("email", "Email", ""), ("fax", "PhoneNumber", ""))
    mapping = await auto(request(fields("email", "e-mail"), [vocabulary(keys=keys)], engine="auto"))
    assert [(p.status, p.vocabulary_key) for p in mapping.properties] == [
        ("Existing", "customer.email"), ("New", "customer.email2"),
    ]  # fmt: skip


async def test_empty_fields_and_technical_constants_are_ignored() -> None:
    columns: dict[str, Any] = {
        "Email": lambda n: f"a{n}@b.com", "Fax": "", "Notes": "N/A", "SRC_SYS_FLG": "A1", "City": "Rome",
        "batch": lambda n: str(n % 2),
    }  # fmt: skip
    mapping = await auto(request(records(**columns), [vocabulary()], engine="auto"))
    ignored = {p.field: p.vocabulary_key for p in mapping.properties if p.status == "Ignored"}
    assert ignored == {"Fax": None, "Notes": None, "SRC_SYS_FLG": None}
    assert prop(mapping, "City").status == "Existing"


async def test_a_field_known_by_its_name_only_is_not_called_empty() -> None:
    mapping = await auto(request(fields("Email"), [vocabulary()], engine="auto"))
    assert mapping.properties[0].status == "Existing"


async def test_ignored_fields_are_not_sent() -> None:
    asker = FakeAsker()
    await suggest(work(request(records(Email=lambda n: f"a{n}@b.com", Fax=""), [vocabulary()])), asker)
    assert list(asker.prompts[0].schema["properties"]) == ["f1_email"]  # type: ignore[call-overload]


async def test_ai_sends_a_prompt_even_where_every_field_is_noise() -> None:
    asker = FakeAsker()
    columns = {f"empty {n}": "" for n in range(START + 5)}
    mapping = await suggest(work(request(records(**columns), [vocabulary()])), asker)
    assert len(asker.prompts) == 1
    assert mapping.prompt_ids == ["m-1-1"]
    assert {p.status for p in mapping.properties} == {"Ignored"}
    assert mapping.warnings == []


async def test_without_a_catalogue_every_key_is_new_and_named_by_the_model() -> None:
    asker = FakeAsker(lambda p: dict(zip(p.schema["properties"], ("First Name", "e.mail", "e.mail"), strict=True)))  # type: ignore[call-overload]
    mapping = await suggest(work(request(fields("FN", "EM", "EM2"))), asker)
    assert (mapping.vocabulary.status, mapping.vocabulary.key_prefix) == ("New", "crmCustomer")
    assert (mapping.business_domain.status, mapping.business_domain.name) == ("New", "/CrmCustomer")
    assert [p.vocabulary_key for p in mapping.properties] == [
        "crmCustomer.firstName", "crmCustomer.email", "crmCustomer.email2",
    ]  # fmt: skip
    assert mapping.annotation.is_dynamic_vocab


async def test_a_proposed_name_without_a_letter_is_asked_again_then_taken_from_the_field() -> None:
    asker = FakeAsker(lambda p: {n: "123" if n == "f1_fn" else "town" for n in p.schema["properties"]})  # type: ignore[attr-defined]
    mapping = await suggest(work(request(fields("FN", "City"))), asker)
    assert len(asker.prompts) == 2
    assert [p.vocabulary_key for p in mapping.properties] == ["crmCustomer.fn", "crmCustomer.town"]
    assert ("answer_invalid", "FN") in [(w.code, w.field) for w in mapping.warnings]


async def test_where_nothing_fits_a_new_vocabulary_is_proposed_with_a_free_prefix() -> None:
    other = vocabulary("crmCustomer", (("zeta", "Text", ""), ("omega", "Text", "")), "Unlike")
    mapping = await auto(request(fields("FName", "E-mail"), [other], engine="auto"))
    assert (mapping.vocabulary.status, mapping.vocabulary.key_prefix) == ("New", "crmCustomer2")
    assert all(p.vocabulary_key.startswith("crmCustomer2.") for p in mapping.properties if p.vocabulary_key)


async def test_a_new_vocabulary_is_never_called_like_another_and_takes_the_domain_that_is_there() -> None:
    keys = (("zeta", "Text", ""), ("omega", "Text", ""))
    others = [
        vocabulary("c", keys, "CRM Customer"),
        {**vocabulary("d", keys, "Other"), "businessDomain": "/crmCustomer"},
    ]
    mapping = await auto(request(fields("FName", "E-mail"), others, engine="auto"))
    assert (mapping.vocabulary.status, mapping.vocabulary.name) == ("New", "Crm Customer 2")
    assert (mapping.business_domain.status, mapping.business_domain.name) == ("Existing", "/crmCustomer")


async def test_letters_without_sense_get_no_key_by_what_is_like_them_by_chance() -> None:
    keys = (("notes", "Text", ""), ("fax", "Text", ""), ("title", "Text", ""), ("email", "Email", ""))
    odd = ("bcrzhmpj", "ZXX227", "q1w2e3", "---", "xq7", "vbnfgh")
    mapping = await auto(request(fields(*odd), [vocabulary("c", keys)], engine="auto", vocabulary="c"))
    assert {p.field: p.status for p in mapping.properties} == dict.fromkeys(odd, "New")


async def test_a_vocabulary_that_is_named_is_used_even_where_nothing_fits() -> None:
    other = vocabulary("thing", (("zeta", "Text", ""),), "Thing")
    mapping = await auto(request(fields("FName"), [other, vocabulary()], engine="auto", vocabulary="thing"))
    assert (mapping.vocabulary.status, mapping.vocabulary.key_prefix) == ("Existing", "thing")
    assert mapping.properties[0].vocabulary_key == "thing.fName"


async def test_an_unknown_vocabulary_is_an_invalid_request() -> None:
    with pytest.raises(InvalidRequest):
        await auto(request(fields("FName"), [vocabulary()], engine="auto", vocabulary="nope"))


async def test_a_vocabulary_without_a_business_domain_gets_one_proposed() -> None:
    bare = {key: value for key, value in vocabulary().items() if key != "businessDomain"}
    mapping = await auto(request(fields("FName"), [bare], engine="auto"))
    assert (mapping.business_domain.name, mapping.business_domain.status) == ("/Customer", "New")


async def test_new_keys_avoid_those_of_the_catalogue() -> None:
    keys = (*KEYS, ("shoeSize", "Text", "zzz"))
    asker = FakeAsker(no_option)
    mapping = await suggest(work(request(fields("shoe size"), [vocabulary(keys=keys)], vocabulary="customer")), asker)
    named = mapping.properties[0]
    assert (named.status, named.vocabulary_key) == ("Existing", "customer.shoeSize")
    mapping = await suggest(work(request(fields("shoe size", "shoe-size"), [vocabulary(keys=keys)])), asker)
    assert [p.status for p in mapping.properties] == ["Existing", "New"]
    assert mapping.properties[1].vocabulary_key == "customer.shoeSize2"


async def test_a_name_in_another_script_is_never_lost() -> None:
    mapping = await auto(request(records(建物=lambda n: f"{n}.5", 地址=lambda n: f"x{n}"), engine="auto"))
    names = [p.vocabulary_key.removeprefix("crmCustomer.") for p in mapping.properties if p.vocabulary_key]
    assert len(set(names)) == 2
    assert all(LEGAL.fullmatch(name) for name in names)


async def test_candidates_are_as_many_as_asked_for_with_signals_on_request() -> None:
    for count in (0, 1, 3, 50):
        mapping = await auto(request(fields("E-mail"), [vocabulary()], engine="auto", candidates=count, explain=True))
        found = mapping.properties[0].candidates
        assert len(found) == min(count, len(KEYS))
        assert all(candidate.signals for candidate in found)
    mapping = await auto(request(fields("E-mail"), [vocabulary()], engine="auto"))
    assert [c.signals for c in mapping.properties[0].candidates] == [None] * 3


async def test_the_preview_shows_at_most_five_values_whatever_the_policy() -> None:
    asked = request(records(Email=lambda n: f"a{n}@b.com"), [vocabulary()], engine="auto")
    mapping = await suggest(work(asked, "none"), FakeAsker())
    assert mapping.properties[0].preview == [f"a{n}@b.com" for n in range(5)]


async def test_fields_alone_prove_no_identifier_and_a_warning_says_so() -> None:
    mapping = await auto(request(fields("Cust No."), [vocabulary()], engine="auto"))
    assert (mapping.origin.kind, mapping.origin.evidence, mapping.codes) == ("AutoGeneratedKey", None, [])
    assert [w.code for w in mapping.warnings] == ["identifiers_unverified"]


async def test_keys_without_a_known_type_are_text_and_named_in_a_bounded_number_of_warnings() -> None:
    keys = tuple((f"key{n}", None if n % 2 else "varchar", "") for n in range(30))
    mapping = await auto(request(records(key1=lambda n: f"x{n}"), [vocabulary(keys=keys)], engine="auto"))
    assert mapping.properties[0].data_type == "Text"
    unknown = [w for w in mapping.warnings if w.code == "data_type_unknown"]
    assert len(unknown) == 21
    assert all(w.field is None for w in unknown)
    assert unknown[0].detail.startswith("customer.key0 ")
    assert unknown[-1].detail.startswith("10 more keys")


async def test_notes_made_before_come_first() -> None:
    asked = request(fields("FName"), [vocabulary()], engine="auto")
    note = Note(code="samples_limited", detail="less")
    mapping = await suggest(
        Work("acme", "m", asked, tuple(asked.vocabularies or ()), "none", CALLER, "EUR", (note,)), FakeAsker()
    )
    assert mapping.warnings[0] == note
    assert mapping.usage.currency == "EUR"


names = st.text(min_size=1, max_size=30).filter(str.strip)


@given(
    st.lists(names, min_size=1, max_size=40, unique=True),
    st.lists(names, max_size=40, unique=True),
    st.sampled_from(["ai", "auto"]),
    st.sampled_from(["full", "masked", "none"]),
    st.sampled_from([likeliest_option, no_option]),
)
@settings(max_examples=150, deadline=None)
async def test_any_request_gives_each_field_exactly_once(
    asked_fields: list[str], keys: list[str], engine: str, samples: str, answerer: Any
) -> None:
    """Whatever the names: in order, one key for one field, new names legal, confidence between 0 and 1."""
    vocabularies = [vocabulary("p", tuple((key, "Text", "") for key in keys))] if keys else None
    asked = request({"fields": [{"name": n, "samples": [n, "1"]} for n in asked_fields]}, vocabularies, engine=engine)
    mapping = await suggest(work(asked, samples), FakeAsker(answerer))
    assert [p.field for p in mapping.properties] == asked_fields
    given_keys = [p.vocabulary_key for p in mapping.properties if p.vocabulary_key is not None]
    assert len(set(given_keys)) == len(given_keys)
    prefix = mapping.vocabulary.key_prefix
    for found in mapping.properties:
        assert 0 < found.confidence < 1
        assert found.status in ("Existing", "New")
        if found.status == "New":
            assert LEGAL.fullmatch((found.vocabulary_key or "").removeprefix(f"{prefix}."))
            assert found.vocabulary_key not in {f"p.{key}" for key in keys}
        else:
            assert found.vocabulary_key in {f"p.{key}" for key in keys}
    assert [p.key for p in mapping.annotation.annotation_properties] == asked_fields
    assert (mapping.usage.prompts > 0) == (engine == "ai")


async def test_a_vocabulary_without_keys_can_be_named_and_gets_only_new_ones() -> None:
    empty = vocabulary("customer", ())
    mapping = await suggest(work(request(fields("FName"), [empty], vocabulary="customer")), FakeAsker())
    assert (mapping.vocabulary.status, mapping.vocabulary.key_prefix) == ("Existing", "customer")
    assert (mapping.properties[0].status, mapping.properties[0].vocabulary_key) == ("New", "customer.fName")


async def test_a_name_of_signs_only_still_gets_a_key_named_by_its_type() -> None:
    data = {"fields": [{"name": "- --", "samples": ["a@b.com", "c@d.org"]}]}
    mapping = await auto(request(data, engine="auto"))
    assert mapping.properties[0].vocabulary_key == "crmCustomer.email1"


async def test_a_key_is_listed_with_its_display_name_where_it_says_more() -> None:
    shown = vocabulary("customer", (("dob", "DateTime", ""), ("fax", "PhoneNumber", "")))
    shown["keys"][0]["displayName"] = "Date of birth"
    shown["keys"][1]["displayName"] = "FAX"
    asker = FakeAsker()
    await suggest(work(request(fields("born"), [shown], vocabulary="customer")), asker)
    assert asker.prompts[0].messages[0].content.endswith("dob = Date of birth (DateTime)\nfax (PhoneNumber)")


async def test_signs_match_no_description() -> None:
    mapping = await auto(request(fields("%%"), [vocabulary()], engine="auto", vocabulary="customer", explain=True))
    found = [c.signals or {} for c in mapping.properties[0].candidates]
    assert [(s["name"], s["spelling"], s["description"]) for s in found] == [(0.0, 0.0, 0.0)] * 3
