"""Keys: of the environment first, else asked for, and only those that are needed."""

from __future__ import annotations

from admin.keys import Keys


def test_a_person_is_asked_only_for_what_is_missing_and_needed() -> None:
    questions: list[str] = []

    def ask(question: str) -> str:
        questions.append(question)
        return " typed "

    keys = Keys({"CLUEDIN_AI_KEY": "k"}, ask)
    assert keys.headers(admin=False) == {"x-functions-key": "k"}
    assert questions == []
    for _ in range(2):
        assert keys.headers(admin=True) == {"x-functions-key": "k", "x-admin-key": "typed"}
    assert len(questions) == 1
    assert questions[0].startswith("Admin key")
    assert "typed" not in repr(keys)
