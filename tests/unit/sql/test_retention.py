"""Erasing bodies, and purging: the only things that take history away."""

from __future__ import annotations

from datetime import timedelta

from shared.adapters.sql_history import SqlHistory
from shared.adapters.sql_retention import SqlRetention
from shared.gateway.erasure import Erasure
from shared.gateway.prompt_log import PromptQuery
from tests.fakes.history import NOON, attempt, outcome


def test_an_erased_body_reads_as_erased_and_its_counts_stay(history: SqlHistory) -> None:
    history.insert([attempt(), outcome()])
    assert history.erase_bodies("acme", ["p1-1"]) == 1
    found = history.one("acme", "p1-1")
    assert found is not None
    assert (found.messages, found.response, found.erased, found.item.prompt_tokens) == (None, None, True, 900)


def test_a_mapping_is_erased_with_all_its_attempts_and_no_other(history: SqlHistory) -> None:
    history.insert(
        [attempt("p1-1"), attempt("p1-2"), attempt("p2-1", mapping_id="m-2"), attempt("p3-1", mapping_id=None)]
    )
    assert history.erase_bodies("acme", mapping_id="m-1") == 2
    erased = {name: history.one("acme", name).erased for name in ("p1-1", "p1-2", "p2-1", "p3-1")}  # type: ignore[union-attr]
    assert erased == {"p1-1": True, "p1-2": True, "p2-1": False, "p3-1": False}


def test_another_organizations_bodies_cannot_be_erased(history: SqlHistory) -> None:
    history.insert([attempt("p1-1", organization="other")])
    assert history.erase_bodies("acme", ["p1-1"], mapping_id="m-1") == 0
    found = history.one("other", "p1-1")
    assert found is not None
    assert not found.erased


def test_more_attempts_than_one_statement_takes_are_erased(history: SqlHistory) -> None:
    names = [f"p{n}-1" for n in range(1203)]
    history.insert([attempt(name) for name in names])
    assert history.erase_bodies("acme", names) == 1203
    found = history.one("acme", "p1202-1")
    assert found is not None
    assert found.erased


def test_a_copy_that_arrives_late_does_not_bring_an_erased_body_back(history: SqlHistory) -> None:
    history.insert([attempt(), outcome()])
    history.erase_bodies("acme", ["p1-1"])
    history.insert([attempt(), outcome()])
    found = history.one("acme", "p1-1")
    assert found is not None
    assert (found.messages, found.response, found.erased) == (None, None, True)


def test_an_outcome_after_the_erasure_keeps_its_counts_and_not_its_text(history: SqlHistory) -> None:
    from sqlalchemy import text

    history.insert([attempt()])
    history.erase_bodies("acme", ["p1-1"])
    history.insert([outcome()])
    found = history.one("acme", "p1-1")
    assert found is not None
    assert (found.item.prompt_tokens, found.response) == (900, None)
    with history._engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM outcome_bodies")).scalar_one() == 0


def test_purging_deletes_what_is_older_and_nothing_else(history: SqlHistory) -> None:
    old, new = NOON - timedelta(days=31), NOON
    history.insert([attempt("old-1", created_at=old), outcome("old-1", finished_at=old)])
    history.insert([outcome("orphan-1", finished_at=old), outcome("early-1", finished_at=new)])
    history.insert([attempt("new-1"), outcome("new-1")])
    assert history.purge(NOON - timedelta(days=30)) == 1
    assert [item.attempt_id for item in history.page(PromptQuery("acme")).items] == ["new-1"]
    history.insert([attempt("early-1"), attempt("orphan-1")])
    shown = {item.attempt_id: item.status.value for item in history.page(PromptQuery("acme")).items}
    assert shown == {"new-1": "succeeded", "early-1": "succeeded", "orphan-1": "pending"}


def test_an_erasure_takes_the_bodies_that_are_left_and_counts_them(history: SqlHistory, database_url: str) -> None:
    role = SqlRetention.connect(database_url)
    old = NOON - timedelta(days=3)
    history.insert([attempt("p1-1", created_at=old), attempt("p2-1"), attempt("p3-1", organization="other")])
    assert role.erase(Erasure("acme", before=NOON)) == 1
    assert role.erase(Erasure("acme")) == 1
    assert role.erase(Erasure("acme")) == 0
    found = history.one("other", "p3-1")
    assert found is not None
    assert not found.erased


def test_one_organizations_history_is_purged_alone(history: SqlHistory, database_url: str) -> None:
    role = SqlRetention.connect(database_url)
    history.insert([attempt("p1-1"), outcome("p1-1"), attempt("p2-1", organization="other")])
    assert set(role.organizations()) == {"acme", "other"}
    assert role.purge(NOON + timedelta(days=1), "acme") == 1
    assert role.organizations() == ("other",)
