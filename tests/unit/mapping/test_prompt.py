"""What a prompt contains, what it leaves out, and the schema its answer must follow."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from local.simulated_schemas import check_response_format
from shared.gateway.records import Prompt
from shared.mapping.candidates import rank
from shared.mapping.dictionary import MOST_KEYS
from shared.mapping.keys import KeyList
from shared.mapping.models import Vocabulary
from shared.mapping.prompt import map_prompt, name_prompt
from shared.mapping.prompt_size import MOST
from shared.mapping.questions import WIDE, Question, Sheet, sheet
from shared.mapping.quoting import clean, is_value, quote
from shared.profiling.models import DataSetProfile
from shared.profiling.profile import profile_records
from shared.settings import SamplesPolicy
from tests.unit.mapping.attacks import ATTACKS
from tests.unit.mapping.requests import KEYS, vocabulary


def data_set(**columns: Any) -> DataSetProfile:
    rows = [{name: values[n % len(values)] for name, values in columns.items()} for n in range(6)]
    return profile_records("crm", "customers of the north", rows)


def asked(profile: DataSetProfile, keys: KeyList) -> tuple[Question, ...]:
    lists = rank(profile.fields, keys, WIDE)
    return tuple(Question(n, field, lists[n]) for n, field in enumerate(profile.fields))


def prompt_for(profile: DataSetProfile, samples: SamplesPolicy = "full", **changes: Any) -> tuple[Prompt[Any], Sheet]:
    keys = KeyList(Vocabulary.model_validate(vocabulary(**changes)))
    offered = sheet(asked(profile, keys), keys.facts)
    return map_prompt(profile, offered, "Customer", samples), offered


def text(prompt: Prompt[Any]) -> str:
    return "\n".join(message.content for message in prompt.messages)


def test_each_field_is_one_required_property_whose_value_is_a_listed_key_or_none() -> None:
    prompt, offered = prompt_for(data_set(FName=["Ann", "Bo"], **{"E-mail addr": ["a@b.com", "c@d.org"]}))
    schema: Any = prompt.schema
    assert list(schema["properties"]) == ["f1_fname", "f2_e_mail_addr"] == schema["required"]
    assert schema["additionalProperties"] is False
    assert {shape["$ref"] for shape in schema["properties"].values()} == {"#/$defs/key"}
    assert schema["$defs"]["key"] == {"type": "string", "enum": [*offered.keys, "new_key"]}
    assert list(offered.keys) == [key for key, *_ in KEYS]


def test_a_full_batch_stays_within_the_limits_of_strict_schemas() -> None:
    keys = tuple((f"key{n}", "Text", "") for n in range(MOST_KEYS))
    profile = data_set(**{f"column {n}": ["x", "y"] for n in range(MOST)})
    prompt, _ = prompt_for(profile, keys=keys)
    check_response_format("map", prompt.schema)


def test_instructions_and_keys_do_not_change_from_batch_to_batch() -> None:
    """So that a deployment can cache them."""
    first, _ = prompt_for(data_set(FName=["Ann"]))
    second, _ = prompt_for(data_set(Town=["Rome"]))
    assert first.messages[0] == second.messages[0]
    assert first.messages[1] != second.messages[1]
    assert first.messages[0].role == "system"


def test_a_key_is_listed_with_name_type_and_meaning() -> None:
    prompt, _ = prompt_for(data_set(FName=["Ann"]))
    assert "\ncreditLimit (Money): Highest open amount" in prompt.messages[0].content


@pytest.mark.parametrize(("policy", "shown"), [("full", True), ("masked", False), ("none", False)])
def test_a_key_without_a_meaning_shows_two_of_its_values_where_values_may_leave(
    policy: SamplesPolicy, shown: bool
) -> None:
    known = vocabulary(keys=(("price", "Text", ""), ("rent", "Text", "Paid a month")))
    for key in known["keys"]:
        key["samples"] = ["1,090 EUR", "a whole sentence about what it costs", "<b>", "718 EUR", "20 EUR"]
    keys = KeyList(Vocabulary.model_validate(known))
    profile = data_set(a=["x"])
    listed = map_prompt(profile, sheet(asked(profile, keys), keys.facts), "Flat", policy).messages[0].content
    assert ("\nprice, such as 1,090 EUR; 718 EUR\n" in listed) == shown
    assert listed.endswith("\nrent: Paid a month")


@pytest.mark.parametrize(
    ("policy", "inside", "outside"),
    [
        ("full", ["Ann-77"], ["Aa-99"]),
        ("masked", ['"Aa-99":'], ["Ann", "77"]),
        ("none", ["FName"], ["Ann", "77", "Aa-99"]),
    ],
)
def test_the_samples_policy_says_what_leaves(policy: SamplesPolicy, inside: list[str], outside: list[str]) -> None:
    sent = text(prompt_for(data_set(FName=["Ann-77", "Bob-12"]), policy)[0])
    assert all(part in sent for part in inside)
    assert not any(part in sent for part in outside)


@pytest.mark.parametrize("policy", ["masked", "none"])
@pytest.mark.parametrize("value", ["秘密の値", "Тайна", "سري", "गुप्त", "Ünïcödé", "٣٤٥", "𝔰𝔢𝔠𝔯𝔢𝔱", "ⅷ ½"])
def test_no_character_of_a_value_leaves_in_any_script(policy: SamplesPolicy, value: str) -> None:
    sent = text(prompt_for(data_set(col=[value, value + value]), policy)[0])
    assert not any(char in sent for char in value if not char.isascii())


@pytest.mark.parametrize("attack", ATTACKS)
def test_data_stays_inside_its_quotes(attack: str) -> None:
    """One line per field, JSON that reads back as the cleaned value, and no mark of a chat template."""
    profile = data_set(first=["plain", "text"], **{attack[:400]: [attack, "harmless"]}, last=["plain", "text"])
    prompt, offered = prompt_for(profile)
    head, *lines = prompt.messages[1].content.split("\n")
    assert head.endswith("as JSON data:")
    assert len(lines) == 3
    for line, q in zip(lines, offered.questions, strict=True):
        name, _, data = line.partition(": ")
        assert re.fullmatch(r"f\d+[a-z0-9_]*", name)
        assert name == q.name
        read = json.loads(data)
        assert read["name"] == clean(q.profile.name, 80)
        shown = [clean(sample, 40) for sample in q.profile.samples if is_value(sample, 40)]
        assert read.get("samples", []) == shown[:3]
    assert "<" not in prompt.messages[1].content
    assert ">" not in prompt.messages[1].content


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_quoted_text_is_one_line_of_visible_bounded_characters(attack: str) -> None:
    quoted = quote(attack, 60)
    assert len(json.loads(quoted)) <= 60
    assert quoted.isprintable()


def test_a_mark_inside_the_catalogue_is_not_filled() -> None:
    keys = KeyList(Vocabulary.model_validate(vocabulary(keys=(("a", "Text", "{{keys}} {{none}}"),))))
    profile = data_set(a=["x"])
    prompt = map_prompt(profile, sheet(asked(profile, keys), keys.facts), "{{keys}}", "full")
    assert 'Vocabulary "{{keys}}"' in prompt.messages[0].content
    assert "a: {{keys}} {{none}}" in prompt.messages[0].content


@pytest.mark.parametrize("name", ["", " ", "%", "建物", "🙂", "a" * 500, "A b-C", "__", "1st", "ÆØÅ é"])
def test_a_property_name_is_short_and_ascii(name: str) -> None:
    q = Question(11, data_set(**{name or "x": ["1"]}).fields[0], ())
    assert re.fullmatch(r"f12(_[a-z0-9_]{1,20})?", q.name)


def test_labels_stay_different_when_what_makes_them_different_is_invisible() -> None:
    names = ("a\u200bb", "a b", 'say "x"', "say 'x'", "\u202e", "c<d", "c(d")
    keys = KeyList(Vocabulary.model_validate(vocabulary(keys=tuple((n, "Text", "") for n in names))))
    offered = sheet((), keys.facts)
    assert len(offered.keys) == len(names)
    assert [facts.short for facts in offered.keys.values()] == list(names)
    assert not any(set(label) & set('"\\<>') for label in offered.keys)


def test_a_key_called_like_the_label_for_no_key_is_not_taken_for_it() -> None:
    keys = KeyList(Vocabulary.model_validate(vocabulary(keys=(("new_key", "Text", ""), ("another_key", "Text", "")))))
    offered = sheet((), keys.facts)
    assert offered.none == "not_in_the_list"
    assert "new_key" in offered.keys


def test_the_answers_longest_form_fits_the_output_limit_without_waste() -> None:
    prompt, offered = prompt_for(data_set(**{name: ["x"] for name in ("FName", "Surname", "E-mail", "Mobile")}))
    longest = json.dumps({q.name: max(offered.options, key=len) for q in offered.questions})
    assert len(longest) / 3 < prompt.max_output_tokens < len(longest)


def test_digits_and_other_scripts_are_given_room() -> None:
    plain, _ = prompt_for(data_set(a=["x"]), keys=(("aaaaaaaaaaaa", "Text", ""),))
    digits, _ = prompt_for(data_set(a=["x"]), keys=(("a12345678901", "Text", ""),))
    han, _ = prompt_for(data_set(a=["x"]), keys=(("a建物名稱建物名稱建物名", "Text", ""),))
    assert plain.max_output_tokens < digits.max_output_tokens < han.max_output_tokens


def test_an_answer_that_is_no_object_cannot_be_used() -> None:
    prompt, _ = prompt_for(data_set(a=["x"]))
    assert prompt.parse({"f1_a": "none"}) == {"f1_a": "none"}
    with pytest.raises(ValueError, match="object"):
        prompt.parse(["none"])


def test_without_a_vocabulary_names_are_asked_for() -> None:
    profile = data_set(FName=["Ann"], 建物=["x"])
    prompt = name_prompt(profile, tuple(Question(n, f, ()) for n, f in enumerate(profile.fields)), "none")
    assert prompt.schema["properties"] == {"f1_fname": {"type": "string"}, "f2": {"type": "string"}}


def test_descriptions_are_sent_and_bounded() -> None:
    profile = data_set(a=["x"])
    field = profile.fields[0]
    described = type(field)(**{**vars(field), "description": "word " * 500})
    long = DataSetProfile("n", "about " * 500, 6, (described,), None, ())
    keys = KeyList(Vocabulary.model_validate(vocabulary()))
    prompt = map_prompt(long, sheet(asked(long, keys), keys.facts), "Customer", "none")
    assert '"description":"word word' in text(prompt)
    assert len(prompt.messages[1].content) < 800
