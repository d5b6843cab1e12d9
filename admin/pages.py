"""Lists that come in pages."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace

from admin.causes import Unreachable
from admin.desk import Desk, Outcome
from admin.json_values import JsonObject, items_of, text_at
from admin.service import Answer, Request
from admin.table import Column, table

_TOKEN = "continuationToken"  # noqa: S105 - a place in a list


def listed(args: Namespace, desk: Desk, request: Request, columns: Sequence[Column]) -> Outcome:
    """One page and where the next begins; or with --all every page, as one."""
    first = desk.ask(request)
    answer = _followed(desk, request, first) if args.all else _first_with_items(desk, request, first)
    items = items_of(answer.json)
    following = text_at(answer.json, _TOKEN)
    notes = (f"There are more: --all, or --continuation-token {following}",) if following else ()
    return Outcome(answer.content, lambda room: table(columns, items, room) if items else "None.", notes)


def _first_with_items(desk: Desk, request: Request, answer: Answer) -> Answer:
    """A page of what is rare may be empty and name a next one: nobody wants to see that."""
    before = None
    while not items_of(answer.json) and (token := text_at(answer.json, _TOKEN)) not in (None, before):
        before = token
        answer = desk.ask(replace(request, query={**request.query, _TOKEN: str(token)}))
    return answer


def _followed(desk: Desk, request: Request, answer: Answer) -> Answer:
    if text_at(answer.json, _TOKEN) is None:
        return answer
    items, seen = items_of(answer.json), set[str]()
    while (token := text_at(answer.json, _TOKEN)) is not None:
        if token in seen:
            raise Unreachable("The service does not get to the end of its list: it names the same page again.")
        seen.add(token)
        answer = desk.ask(replace(request, query={**request.query, _TOKEN: token}))
        items += items_of(answer.json)
    whole: JsonObject = {"items": [*items], _TOKEN: None}
    return Answer(json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode(), whole)
