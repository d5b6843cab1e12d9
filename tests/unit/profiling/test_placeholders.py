"""Which values stand for no value."""

import pytest

from shared.profiling.placeholders import placeholders

NO_VALUE = r"""
N/A|n/a|n.a.|N.A|N-A|n\a|N / A|NULL|null|None|nil|NaN|-|--|—|...|?|??|unknown|UNKNOWN|###INVALID###|#N/A|#REF!|#DIV/0!
TBD|tbc|<null>|(none)|[empty]|**unknown**|xxx|XXXX|9999-12-31|9999-12-31T00:00:00Z|31.12.9999|0000-00-00|00/00/0000
unbekannt|k.A.|inconnu|desconocido|s/d|n.d.|ukjent|okänd|неизвестно|н/д|不明|未知|なし|없음|Ｎ／Ａ|[]|{}|undefined
not available|Not Applicable|keine Angabe|non renseigné|no data|to be determined
"""
A_VALUE = """
0|no|yes|invalid|A|X|***|+|1900-01-01|99|Nada Smith|Nonesuch|12-31|n|Non|09-09-2022|x|00|0.0|OTHER|Nullarbor|- 5
n/a or so|10.0.0.0|9999-12-30
"""


def each(listed):
    return listed.strip().replace("\n", "|").split("|")


@pytest.mark.parametrize("value", each(NO_VALUE))
def test_words_and_signs_for_no_value(value):
    assert placeholders("anything", ["Ann Lee", value, "Bo"]) == {value}


@pytest.mark.parametrize("value", each(A_VALUE))
def test_real_values_stay(value):
    assert placeholders("anything", ["Ann Lee", value, "Bo"]) == frozenset()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["NA", "EU", "APAC"], set()),
        (["NA", "US", "DE"], set()),
        (["na", "us", "de"], set()),
        (["Na", "He", "Li"], set()),
        (["NA", "Denmark", "Sweden"], {"NA"}),
        (["NA", "12", "13"], {"NA"}),
        (["NA"], {"NA"}),
        (["ND", "TX", "CA"], set()),
        (["test", "prod", "dev"], set()),
        (["test", "ann@x.com", "bo@x.com"], {"test"}),
    ],
)
def test_doubtful_ones_are_judged_by_their_neighbours(values, expected):
    """NA is Namibia among codes and nothing among names; test is a value among environments."""
    assert placeholders("field", values) == expected


def test_no_phone_is_a_placeholder_in_a_field_of_phones_only():
    assert placeholders("Phone", ["no phone", "+45 1"]) == {"no phone"}
    assert placeholders("Remark", ["no phone", "call"]) == frozenset()
