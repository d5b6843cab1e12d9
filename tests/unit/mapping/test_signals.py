"""Each signal of the ranking, alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from shared.mapping.candidates import rank
from shared.mapping.keys import KeyList
from shared.mapping.models import FieldIn, Vocabulary
from shared.mapping.signals import descriptions, names, shapes, spelling, types, values
from shared.mapping.signals.facts import FieldFacts, read_fields
from shared.mapping.signals.fusion import Weights, fuse, mean, weights
from shared.mapping.signals.kin import lifted
from shared.mapping.signals.meaning import Meanings, meanings, spoken
from shared.mapping.signals.stems import bases, stem, text_stems
from shared.mapping.signals.surroundings import group_fit, rivals
from shared.mapping.signals.table import SIGNALS, Table
from shared.mapping.signals.telling import telling
from shared.profiling.profile import profile_fields


def key_list(*keys: dict[str, object]) -> KeyList:
    listed = [key | {"key": f"t.{key['key']}"} for key in keys]
    return KeyList(Vocabulary.model_validate({"name": "t", "keyPrefix": "t", "keys": listed}))


def read(keys: KeyList, name: str, samples: Sequence[str] = (), description: str | None = None) -> FieldFacts:
    profile = profile_fields("x", None, [FieldIn(name=name, samples=list(samples), description=description)])
    return read_fields(profile.fields, keys)[0]


def pairs(fields: Sequence[int], keys: Sequence[int], signals: Sequence[Sequence[float]] = ()) -> Table:
    return Table(np.array(fields, np.int32), np.array(keys, np.int32), np.array(signals, np.float32))


class TestTelling:
    NAMES = frozenset(("paid_on", "due_on", "note"))
    TEXT = "paid_on is the day the money came, while due_on is the day it was asked for. Both are dates."

    def test_a_description_of_several_fields_is_read_where_it_tells_of_this_one(self) -> None:
        assert telling(self.TEXT, "paid_on", self.NAMES) == "paid_on is the day the money came, while "
        assert telling(self.TEXT, "due_on", self.NAMES) == "due_on is the day it was asked for."

    def test_a_description_that_does_not_mention_its_field_is_read_from_the_beginning(self) -> None:
        assert telling(self.TEXT, "note", self.NAMES) == self.TEXT
        assert len(telling("x" * 4_000, "note", self.NAMES)) == 600

    def test_no_description_tells_nothing(self) -> None:
        assert telling(None, "note", self.NAMES) == ""

    def test_signs_in_names_are_only_signs(self) -> None:
        assert telling("a.b (c) and x", "(c)", frozenset(("a.b", "(c)"))) == "(c) and x"


class TestStems:
    @pytest.mark.parametrize("word", ["discharged", "discharges", "discharge", "discharging"])
    def test_forms_of_a_word_have_one_stem(self, word: str) -> None:
        assert stem(word) == "discharg"

    def test_words_that_every_description_has_tell_nothing(self) -> None:
        assert text_stems("This field contains the value of the price") == {"pric"}

    def test_bases_are_what_an_inflected_word_may_come_from(self) -> None:
        assert {"city", "order"} <= {*bases("cities"), *bases("ordered")}
        assert bases("naïve") == ()


class TestNames:
    def test_words_of_the_group_count_little(self) -> None:
        keys = key_list({"key": "order.orderId"}, {"key": "order.shipDate"}, {"key": "customer.id"})
        field = read(keys, "order no")
        assert names.likeness(field, keys.facts[0], keys) < 0.9
        assert names.likeness(field, keys.facts[1], keys) < 0.2

    def test_a_display_name_counts_as_much_as_the_name(self) -> None:
        keys = key_list({"key": "x1", "displayName": "Postal code"}, {"key": "x2"})
        assert names.likeness(read(keys, "zip"), keys.facts[0], keys) == 1.0


def test_spelling_sees_likeness_where_words_are_not_known() -> None:
    keys = key_list({"key": "kundenumre"}, {"key": "dato"})
    field = read(keys, "Kunde-nummer")
    assert spelling.likeness(field, keys.facts[0]) > 0.8 > spelling.likeness(field, keys.facts[1])


class TestDescriptions:
    KEYS = key_list(
        {"key": "a", "description": "When the parcel was sent"}, {"key": "b", "description": "Weight of the parcel"}
    )

    def test_what_both_sides_say_and_few_keys_do_counts(self) -> None:
        field = read(self.KEYS, "f7", description="The weight in kilograms")
        first, second = (descriptions.likeness(field, key, self.KEYS) or 0.0 for key in self.KEYS.facts)
        assert second > first == 0.0

    def test_nothing_is_said_without_a_description(self) -> None:
        keys = key_list({"key": "a"})
        assert descriptions.likeness(read(keys, "a"), keys.facts[0], keys) is None


class TestTypes:
    def test_a_key_without_a_type_has_the_one_of_its_name(self) -> None:
        keys = key_list({"key": "created_date"}, {"key": "owner_email"})
        field = read(keys, "x", ["2024-01-02", "2024-02-03"])
        assert types.likeness(field, keys.facts[0]) > types.likeness(field, keys.facts[1])

    def test_database_types_are_understood(self) -> None:
        keys = key_list({"key": "a", "dataType": "varchar(20)"}, {"key": "b", "dataType": "timestamp"})
        field = read(keys, "x", ["2024-01-02", "2024-02-03"])
        assert types.likeness(field, keys.facts[1]) == 1.0 > types.likeness(field, keys.facts[0])


class TestShapes:
    def test_values_of_one_kind_look_alike(self) -> None:
        prices, links, titles = map(shapes.shape, (["$ 12", "$ 340"], ["https://a.b/c?d=1"] * 2, ["桃園青埔"] * 2))
        other = shapes.shape(["199", "2999"])
        assert prices
        assert links
        assert titles
        assert other
        assert shapes.likeness(prices, other) > shapes.likeness(prices, titles)
        assert shapes.likeness(prices, other) > shapes.likeness(prices, links)
        assert shapes.likeness(links, links) == 1.0

    def test_empty_samples_have_no_shape(self) -> None:
        assert shapes.shape(["", ""]) is None


class TestValues:
    def test_words_of_the_values_are_compared(self) -> None:
        keys = key_list(
            {"key": "a", "samples": ["red wine", "white wine"]}, {"key": "b", "samples": ["Oslo"]}, {"key": "c"}
        )
        field = read(keys, "x", ["red", "rosé wine"])
        assert [values.overlap(field, key) for key in keys.facts] == [pytest.approx(2 / 3), 0.0, None]

    def test_masks_of_the_values_are_compared(self) -> None:
        keys = key_list({"key": "a", "samples": ["AB-12"]}, {"key": "b", "samples": ["12/AB"]})
        field = read(keys, "x", ["XY-77", "ZZ-01"])
        assert [values.patterns(field, key) for key in keys.facts] == [1.0, 0.0]


class TestMeaning:
    @pytest.mark.parametrize(
        ("word", "near", "far"),
        [
            ("salary", "wage", "city"),
            ("town", "city", "price"),
            ("employer", "company", "colour"),
            ("price", "cost", "street"),
        ],
    )
    def test_words_used_alike_are_near(self, word: str, near: str, far: str) -> None:
        one, same, other = meanings()((word, near, far))
        assert one @ same > one @ other

    def test_an_unknown_word_means_only_itself_and_always_the_same(self) -> None:
        first, second, other = meanings()(("qzzkx", "qzzkx", "vwwpf"))
        assert first @ second == pytest.approx(1.0)
        assert abs(first @ other) < 0.5

    def test_no_words_have_no_meaning(self) -> None:
        assert not meanings()(("",)).any()

    def test_forms_of_a_word_mean_what_it_means(self) -> None:
        table = Meanings(["order"], np.array([[3, 4]], np.int8))
        assert table.word("ordered") == pytest.approx([0.6, 0.8])

    def test_a_run_of_signs_comes_apart_into_the_longest_known_words(self) -> None:
        table = Meanings(["電話", "番号"], np.array([[1, 0], [0, 1]], np.int8))
        assert table((spoken("電話番号"),))[0] == pytest.approx([0.7071, 0.7071], abs=1e-3)

    def test_an_abbreviation_nobody_knows_is_written_out_as_the_lists_word(self) -> None:
        keys = key_list({"key": "dischargeDate"}, {"key": "name"})
        assert read(keys, "disch_date").spoken == "discharge date"

    def test_another_meaning_may_be_given(self) -> None:
        keys = key_list({"key": "alpha"}, {"key": "beta"})
        fields = profile_fields("x", None, [FieldIn(name="qqq")]).fields
        said = {"qqq": (1.0, 0.0), "beta": (1.0, 0.0), "alpha": (0.0, 0.0)}

        def meaning(texts: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
            return np.array([said[text] for text in texts], np.float32)

        best, other = rank(fields, keys, 2, meaning=meaning)[0]
        assert best.key.short == "beta"
        assert best.signals["meaning"] == 1.0
        assert "meaning" not in other.signals


class TestFusion:
    def test_a_signal_without_data_is_left_out_of_the_mean(self) -> None:
        chosen = Weights(dict.fromkeys(SIGNALS, 0.0) | {"name": 1.0, "values": 1.0}, 0, 0, 0)
        rows = np.full((2, len(SIGNALS)), np.nan, np.float32)
        rows[:, SIGNALS.index("name")] = 0.8
        rows[0, SIGNALS.index("values")] = 0.2
        assert mean(pairs([0, 0], [0, 1], rows.tolist()), chosen) == pytest.approx([0.5, 0.8])

    def test_scores_stay_between_0_and_1(self) -> None:
        rows = np.random.default_rng(1).random((12, len(SIGNALS))).tolist()
        table = pairs([0] * 4 + [1] * 4 + [2] * 4, [0, 1, 2, 3] * 3, rows)
        scores = fuse(table, np.array([0, 0, 1, 1] * 3, np.int32), Weights(weights().signals, 1.0, 1.0, 1.0)).scores
        assert 0 <= scores.min() <= scores.max() <= 1

    def test_every_signal_has_a_weight_in_the_file(self) -> None:
        assert set(weights().signals) == set(SIGNALS)
        assert all(0 <= weight <= 1 for weight in weights().signals.values())

    def test_no_pairs_make_no_scores(self) -> None:
        assert (
            len(
                fuse(
                    pairs([], [], np.zeros((0, len(SIGNALS))).tolist() or np.zeros((0, len(SIGNALS)))), None, weights()
                ).scores
            )
            == 0
        )


class TestSurroundings:
    def test_a_key_that_another_field_claims_more_is_less_likely(self) -> None:
        table = pairs([0, 0, 1, 1], [0, 1, 0, 1])
        taken = rivals(table, np.array([0.9, 0.1, 0.5, 0.4], np.float32))
        assert taken == pytest.approx([0, 1.0, 0.4, 0.0], abs=1e-6)

    def test_a_field_that_likes_another_key_better_claims_less(self) -> None:
        table = pairs([0, 0, 1], [0, 1, 0])
        taken = rivals(table, np.array([0.6, 0.9, 0.4], np.float32))
        assert taken[2] == 0.0

    def test_a_field_alone_has_no_rivals(self) -> None:
        assert not rivals(pairs([0, 0], [0, 1]), np.array([0.9, 0.8], np.float32)).any()

    def test_the_group_that_fits_the_fields_best_is_the_measure(self) -> None:
        table = pairs([0, 0, 1, 1], [0, 1, 0, 1])
        fit = group_fit(table, np.array([0, 1, 0, 1], np.int32), np.array([0.8, 0.4, 0.8, 0.4], np.float32))
        assert fit == pytest.approx([1, 0.5, 1, 0.5])


class TestKin:
    KEYS = key_list({"key": "a.unitCode"}, {"key": "a.unitName"}, {"key": "a.shipped"}, {"key": "b.unitName"})

    def lift(self, *scores: float) -> list[float]:
        table = pairs([0] * 4, [0, 1, 2, 3])
        groups = np.array([0, 0, 0, 1], np.int32)
        found: list[float] = lifted(table, groups, np.array(scores, np.float32), self.KEYS).tolist()
        return found

    def test_a_key_like_a_likely_one_of_its_group_is_likelier(self) -> None:
        _, kin, stranger, elsewhere = self.lift(0.8, 0.0, 0.0, 0.0)
        assert 0.3 > kin > stranger
        assert elsewhere == 0.0

    def test_scores_are_only_raised_and_nothing_comes_of_nothing(self) -> None:
        assert self.lift(0.8, 0.7, 0.6, 0.5) == pytest.approx([0.8, 0.7, 0.6, 0.5])
        assert self.lift(0.0, 0.0, 0.0, 0.0) == [0.0] * 4


def test_nonsense_scores_low_whatever_its_type() -> None:
    """A shared type and a like shape are no reason."""
    keys = key_list(
        {"key": "city", "dataType": "GeographyCity"}, {"key": "birthDate", "dataType": "DateTime"},
        {"key": "email", "dataType": "Email"}, {"key": "status", "dataType": "Lookup"},
    )  # fmt: skip
    profile = profile_fields("x", None, [FieldIn(name="T-Shirt Sz", samples=["L", "XL", "M"]), FieldIn(name="zzxq")])
    for found in rank(profile.fields, keys, 1):
        assert found[0].score < 0.4
