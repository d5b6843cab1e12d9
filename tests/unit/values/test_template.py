"""The prompt template: inputs and outputs in braces, checked before anything is sent."""

from __future__ import annotations

import pytest

from shared.errors import PromptInvalid
from shared.values.template import parse_template

GOOD = "Find the country of {Vocabulary:organization.address}: {output:Vocabulary:organization.aiCountry}"


def test_inputs_and_outputs_are_found() -> None:
    template = parse_template(GOOD)
    assert (template.inputs, template.outputs) == (("organization.address",), ("organization.aiCountry",))


@pytest.mark.parametrize(
    "text",
    [
        "{vocabulary:a.b} {OUTPUT:VOCABULARY:a.c}",
        "{ Vocabulary : a.b } { output : Vocabulary : a.c }",
        "{Vocabulary:a.b}{Output: vocabulary:a.c}",
    ],
)
def test_case_and_spaces_do_not_matter(text: str) -> None:
    template = parse_template(text)
    assert (template.inputs, template.outputs) == (("a.b",), ("a.c",))


def test_a_key_written_twice_in_any_case_is_one() -> None:
    template = parse_template("{Vocabulary:a.Name} or {vocabulary:A.name} into {output:Vocabulary:a.x}")
    assert template.inputs == ("a.Name",)


def test_one_key_may_be_read_and_written() -> None:
    template = parse_template("Correct {Vocabulary:a.name} into {output:Vocabulary:a.name}")
    assert template.inputs == template.outputs == ("a.name",)


def test_keys_may_hold_spaces_and_any_script() -> None:
    assert parse_template("{Vocabulary:kunde.名前 (alt)} {output:Vocabulary:kunde.ü}").inputs == ("kunde.名前 (alt)",)


def test_other_braces_are_words() -> None:
    text = 'Answer {"like": "this"} for {Vocabulary:a.b} {output:Vocabulary:a.c}'
    assert parse_template(text).filled(("IN",), ("OUT",)) == 'Answer {"like": "this"} for IN OUT'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no marks at all", "has no input"),
        ("{output:Vocabulary:a.c}", "has no input"),
        ("{Vocabulary:a.b}", "has no output"),
        ("{Vocabulary:} {output:Vocabulary:a.c}", "names no vocabulary key"),
        ("{Vocabulary:nodot} {output:Vocabulary:a.c}", "prefix.name"),
        ("{Vocabulary a.b} {output:Vocabulary:a.c} {Vocabulary:a.b}", "neither an input nor an output"),
        ("{output:a.c} {Vocabulary:a.b} {output:Vocabulary:a.c}", "neither an input nor an output"),
        ("{Vocabulary:a.b} {output:Vocabulary:a.c} {output:Vocabulary:a.d", "neither an input nor an output"),
        ("".join(f"{{Vocabulary:a.i{n}}}" for n in range(21)) + "{output:Vocabulary:a.c}", "at most 20"),
    ],
)
def test_a_template_that_cannot_be_used_says_why(text: str, words: str) -> None:
    with pytest.raises(PromptInvalid) as caught:
        parse_template(text)
    assert words in caught.value.detail
    assert caught.value.violations[0].pointer == "/prompt"
