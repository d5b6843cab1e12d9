"""What speaks for or against a pair where it applies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.mapping.candidates import Ranked, rank
from shared.mapping.keys import KeyList
from shared.mapping.models import FieldIn, Vocabulary
from shared.profiling.models import DataSetProfile
from shared.profiling.profile import profile_fields, profile_records


def key_list(*keys: Mapping[str, object]) -> KeyList:
    listed = [{**key, "key": f"party.{key['key']}"} for key in keys]
    return KeyList(Vocabulary.model_validate({"name": "Party", "keyPrefix": "party", "keys": listed}))


def ranked(data_set: DataSetProfile, keys: KeyList, field: str) -> dict[str, Ranked]:
    """Key → as it is ranked for the field."""
    lists = dict(
        zip([each.name for each in data_set.fields], rank(data_set.fields, keys, 9, data_set=data_set), strict=True)
    )
    return {each.key.short: each for each in lists[field]}


def customers(name: str) -> DataSetProfile:
    rows = [{name: f"C-{n:04}", "Town": ("Oslo", "Rome", "Lima")[n % 3]} for n in range(40)]
    return profile_records("customers", None, rows)


class TestRole:
    KEYS = key_list(
        {"key": "passportNumber", "dataType": "Identifier"},
        {"key": "referenceNumber", "dataType": "Identifier"},
        {"key": "partyId", "dataType": "Identifier"},
        {"key": "referenceNote", "dataType": "Text"},
        {"key": "town", "dataType": "GeographyCity"},
    )

    def test_the_field_that_tells_records_apart_goes_to_keys_that_identify_nothing_else(self) -> None:
        found = ranked(customers("CUST_KEY"), self.KEYS, "CUST_KEY")
        assert {short for short, each in found.items() if each.signals.get("role")} == {"referenceNumber", "partyId"}
        assert set(list(found)[:2]) == {"referenceNumber", "partyId"}

    def test_a_name_in_another_language_is_understood(self) -> None:
        assert next(iter(ranked(customers("Kundennummer"), self.KEYS, "Kundennummer"))) == "referenceNumber"

    def test_a_name_that_says_nothing_and_a_field_that_repeats_have_no_such_role(self) -> None:
        assert not any(each.signals.get("role") for each in ranked(customers("xq7"), self.KEYS, "xq7").values())
        rows = profile_records("customers", None, [{"group_id": f"G-{n % 3}", "n": n} for n in range(40)])
        assert not any(each.signals.get("role") for each in ranked(rows, self.KEYS, "group_id").values())


class TestListing:
    KEYS = key_list(
        {"key": "tier", "description": "Level in the bonus programme, such as gold or silver"},
        {"key": "metal", "description": "What the award is made of: gold"},
        {"key": "maritalStatus", "description": "Single, married or widowed"},
    )

    def scored(self, *values: str) -> dict[str, float]:
        rows = profile_records("d", None, [{"Lvl": values[n % len(values)], "n": n} for n in range(60)])
        return {short: each.signals.get("listing", 0) for short, each in ranked(rows, self.KEYS, "Lvl").items()}

    def test_a_description_that_names_the_values_speaks_for_its_key(self) -> None:
        found = self.scored("Gold", "Silver", "Bronze", "Wood")
        assert found["tier"] == 1

    def test_one_named_value_may_be_chance(self) -> None:
        found = self.scored("Gold", "Silver", "Bronze", "Wood")
        assert found["metal"] == found["maritalStatus"] == 0

    def test_a_key_whose_description_names_the_values_comes_first(self) -> None:
        rows = profile_records(
            "d", None, [{"Person status": ("Gold", "Silver", "Tin")[n % 3], "n": n} for n in range(60)]
        )
        without = rank(rows.fields, self.KEYS, 1)[0][0].key.short
        assert (without, next(iter(ranked(rows, self.KEYS, "Person status")))) == ("maritalStatus", "tier")


class TestMisfit:
    KEYS = key_list({"key": "size", "dataType": "Integer"}, {"key": "cut", "dataType": "Text"})

    def misfit(self, values: Sequence[str]) -> set[str]:
        data_set = profile_fields("d", None, [FieldIn(name="Size", samples=list(values))])
        return {
            short for short, each in ranked(data_set, self.KEYS, "Size").items() if each.signals.get("fitting", 1) == 0
        }

    def test_words_are_no_numbers(self) -> None:
        assert self.misfit(("XL", "M", "S")) == {"size"}

    def test_a_single_number_among_them_is_enough_to_say_nothing(self) -> None:
        assert self.misfit(("XL", "42")) == set()
        assert self.misfit(("三", "五")) == set()
        assert self.misfit(()) == set()

    def test_what_tells_the_records_apart_is_not_what_many_of_them_share(self) -> None:
        keys = key_list({"key": "customerGroupId"}, {"key": "customerAccount"}, {"key": "groupName"})
        found = ranked(customers("CustomerID"), keys, "CustomerID")
        assert {short for short, each in found.items() if each.signals.get("fitting", 1) == 0} == {
            "customerGroupId", "groupName",
        }  # fmt: skip
        assert next(iter(found)) == "customerAccount"

    def test_unless_the_records_are_just_these_or_the_field_repeats(self) -> None:
        keys = key_list({"key": "customerGroupId"}, {"key": "customerAccount"})
        assert next(iter(ranked(customers("GROUP_ID"), keys, "GROUP_ID"))) == "customerGroupId"
        rows = profile_records("customers", None, [{"CustomerID": f"C-{n % 3}", "n": n} for n in range(40)])
        assert not any("fitting" in each.signals for each in ranked(rows, keys, "CustomerID").values())


class TestTopic:
    def keys(self, *descriptions: tuple[str, str]) -> KeyList:
        return key_list(*({"key": key, "description": text} for key, text in descriptions))

    def test_of_equal_keys_in_several_tables_that_of_the_table_about_the_same_comes_first(self) -> None:
        keys = self.keys(
            ("payment.owner", "Who it belongs to"), ("payment.sum", "Money paid, in the currency of the invoice"),
            ("animal.owner", "Who it belongs to"), ("animal.breed", "The breed of the dog or cat, as the vet says"),
        )  # fmt: skip
        for about, expected in (
            ("Dogs and cats seen by a vet", "animal.owner"),
            ("Invoices and money", "payment.owner"),
        ):
            data_set = profile_fields("d", about, [FieldIn(name="owner")])
            assert next(iter(ranked(data_set, keys, "owner"))) == expected

    def test_without_descriptions_on_either_side_nothing_is_taken_off(self) -> None:
        keys = self.keys(("payment.owner", "Who paid the money"), ("animal.owner", "Who has the dog"))
        for data_set, listed in (
            (profile_fields("d", None, [FieldIn(name="owner")]), keys),
            (profile_fields("d", "Dogs", [FieldIn(name="owner")]), key_list({"key": "a.owner"}, {"key": "b.owner"})),
            (profile_fields("d", "Dogs", [FieldIn(name="owner")]), self.keys(("owner", "Who has the dog"))),
        ):
            assert not any("topic" in each.signals for each in ranked(data_set, listed, "owner").values())
