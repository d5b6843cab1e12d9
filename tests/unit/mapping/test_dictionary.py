"""Which keys a prompt lists: all of a small vocabulary; of a large one, what the ranking has for its fields."""

from __future__ import annotations

from collections.abc import Sequence

from shared.mapping.candidates import Ranked, rank
from shared.mapping.dictionary import LEAST_ROOM, MOST_KEYS, ROOM, gathered, listed, whole
from shared.mapping.keys import KeyFacts, KeyList
from shared.mapping.models import FieldIn, Vocabulary
from shared.mapping.prompt import key_tokens
from shared.mapping.questions import WIDE, Question
from shared.profiling.profile import profile_fields
from tests.unit.mapping.requests import vocabulary


def keys_of(count: int, meaning: str = "", name: str = "key") -> KeyList:
    names = ((f"{name}{n}", "Text", meaning) for n in range(count))
    return KeyList(Vocabulary.model_validate(vocabulary(keys=tuple(names))))


def questions(keys: KeyList, *names: str) -> list[Question]:
    fields = profile_fields("d", None, [FieldIn(name=name) for name in names]).fields
    return [
        Question(n, field, found) for n, (field, found) in enumerate(zip(fields, rank(fields, keys, WIDE), strict=True))
    ]


def asking(number: int, *keys: tuple[KeyFacts, float]) -> Question:
    field = profile_fields("d", None, [FieldIn(name=f"field {number}")]).fields[0]
    return Question(number, field, tuple(Ranked(key, score, {}) for key, score in keys))


def shorts(found: Sequence[KeyFacts]) -> list[str]:
    return [facts.short for facts in found]


def test_a_vocabulary_small_beside_the_fields_is_listed_whole_in_its_own_order() -> None:
    keys = keys_of(60)
    assert whole(keys, 20, 30) == tuple(keys.facts)


def test_the_same_vocabulary_is_not_listed_whole_for_a_few_fields() -> None:
    keys = keys_of(69, meaning="What a person does for a living, as printed on a business card")
    assert whole(keys, 18, 30) is not None
    assert whole(keys, 5, 30) is None
    assert whole(keys, 18, 5) is None


def test_a_vocabulary_beyond_the_enum_limit_is_never_listed_whole() -> None:
    assert whole(keys_of(MOST_KEYS + 1, name="k"), 1_000, 10_000) is None


def test_of_a_large_vocabulary_the_keys_of_the_ranking_are_listed_within_the_room() -> None:
    keys = keys_of(2_000, meaning="Something that is explained at some length in the catalogue of the company")
    asked = questions(keys, *(f"key {n}" for n in range(20)))
    found = listed(asked)
    assert {ranked.short for q in asked for ranked in [q.short_list[0].key]} <= set(shorts(found))
    assert sum(map(key_tokens, found)) <= ROOM * 20
    assert len(found) < 2_000


def test_each_fields_first_key_comes_before_any_fields_second() -> None:
    facts = keys_of(400, meaning="word " * 14).facts
    asked = [asking(n, *((facts[n * 10 + place], 0.9 - place / 100) for place in range(10))) for n in range(30)]
    found = set(shorts(listed(asked)))
    assert {facts[n * 10].short for n in range(30)} <= found
    assert len(found) < 300


def test_keys_far_behind_the_best_are_not_listed_beyond_the_third() -> None:
    facts = keys_of(6).facts
    found = listed([asking(0, *zip(facts, (0.9, 0.2, 0.1, 0.1, 0.05, 0.0), strict=True))])
    assert shorts(found) == ["key0", "key1", "key2"]


def test_a_field_with_several_middling_keys_gets_more_of_the_room_than_one_with_a_good_one() -> None:
    facts = keys_of(400, meaning="word " * 14).facts
    sure = [asking(n, (facts[n * 10], 0.95), *((facts[n * 10 + k], 0.3) for k in range(1, 10))) for n in range(20)]
    unsure = [asking(n, *((facts[n * 10 + k], 0.4 - k / 100) for k in range(10))) for n in range(20, 40)]
    found = shorts(listed([*sure, *unsure]))
    of_sure = sum(int(short.removeprefix("key")) < 200 for short in found)
    assert 20 <= of_sure < len(found) - of_sure


def test_even_one_field_gets_some_keys_and_a_field_without_candidates_none() -> None:
    facts = keys_of(40, meaning="word " * 14).facts
    assert 3 <= len(listed([asking(0, *((key, 0.5) for key in facts))])) <= LEAST_ROOM // 10
    assert listed([asking(0)]) == []


def test_fields_that_share_keys_are_neighbours_and_none_is_lost() -> None:
    facts = keys_of(8).facts
    odd, even = [(key, 0.9) for key in facts[:4]], [(key, 0.9) for key in facts[4:]]
    asked = [asking(n, *(odd if n % 2 else even)) for n in range(10)] + [asking(10)]
    order = [each.number for each in gathered(asked)]
    assert sorted(order) == list(range(11))
    assert order[:5] == [0, 2, 4, 6, 8]
    assert order[5:10] == [1, 3, 5, 7, 9]
