"""How a queue message is written and read."""

from __future__ import annotations

import base64

import pytest

from shared.queue_messages import (
    LARGEST_MESSAGE,
    UnreadableMessage,
    as_text,
    attempts,
    claim,
    claimed,
    content_of,
    dump,
    put_back,
    read,
)


@pytest.mark.parametrize("message", [{}, {"a": "é 😀 \u202e"}, {"a": [1, None, {"b": True}]}, {"a": "\ud800"}])
def test_what_is_written_can_be_read(message: dict[str, object]) -> None:
    assert read(as_text(dump(message))) == message


@pytest.mark.parametrize(
    "body", ['{"a": 1}', b'{"a": 1}', b'\xef\xbb\xbf {"a": 1}', base64.b64encode(b'\xef\xbb\xbf{"a": 1}') + b"\n"]
)
def test_plain_and_base64_are_both_read(body: bytes | str) -> None:
    assert read(body) == {"a": 1}


@pytest.mark.parametrize(
    "body",
    [
        *("", "hello", "[]", '"text"', "null", "{", b"\xff\xfe", '{"a": NaN}', "e30", "é", '{"a":' * 100_000),
        *(base64.b64encode(raw) for raw in (b"hello", b"{\xff}", b"[1]")),
    ],
)
def test_anything_but_one_json_object_is_unreadable(body: bytes | str) -> None:
    with pytest.raises(UnreadableMessage):
        read(body)


def test_the_largest_message_fits_a_storage_queue() -> None:
    assert len(as_text(b"x" * LARGEST_MESSAGE)) == 64 * 1024


def test_a_claim_check_names_its_blob_whatever_the_app_noted_on_it() -> None:
    assert claimed(put_back({**claim("2026/11/25/x.json"), "failure": {}})) == "2026/11/25/x.json"


@pytest.mark.parametrize("message", [{"payload": "x"}, {"payload": {"a": 1}}, {**claim("x"), "more": 1}, {}])
def test_other_messages_are_no_claim_checks(message: dict[str, object]) -> None:
    assert claimed(message) is None


@pytest.mark.parametrize("place", [("drops", "x"), ("payloads", ""), ("payloads", 7), ("payloads", "x" * 1025)])
def test_a_claim_on_another_container_is_refused(place: tuple[object, object]) -> None:
    with pytest.raises(UnreadableMessage):
        claimed({"payload": {"container": place[0], "blob": place[1]}})


def test_each_time_a_message_is_put_back_is_counted() -> None:
    assert attempts(put_back(put_back({"a": 1}))) == 2
    assert content_of(put_back({"a": 1})) == {"a": 1}


@pytest.mark.parametrize("retry", [None, 7, {}, {"attempts": "x"}, {"attempts": True}, {"attempts": -3}])
def test_a_count_that_is_not_ours_counts_as_none(retry: object) -> None:
    assert attempts({"retry": retry}) == 0
