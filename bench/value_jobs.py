"""A value job of 20,000 records while the host is killed (kill -9) 5 s after each start, with 20% of the calls answered
429 and 5% cut off; then the same with a limit of tokens that is about half of what it needs.

Counted: results against what the simulated deployment must have answered for each record (a pure function of its
inputs), lost and doubled records, calls without an attempt row, finished calls repeated (a finished call is one whose
outcome was written, which is after its checkpoint), answers that were lost with their worker, and the tokens that the
deployment answered in all, against the limit.

RECORDS (20,000), KILL_SECONDS (5) and PATIENCE_SECONDS (1,200) by environment.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sqlite3
import sys
import time
from collections import Counter
from contextlib import closing
from typing import Any

from bench.killed_host import KilledHost
from bench.stack import Stack, quiet_end, running_stack

RECORDS = int(os.environ.get("RECORDS") or 20_000)
KILL_SECONDS = float(os.environ.get("KILL_SECONDS") or 5)
PATIENCE_SECONDS = float(os.environ.get("PATIENCE_SECONDS") or 1_200)
PROMPT = "Which branch is {Vocabulary:organization.about} in? Write {output:Vocabulary:organization.branch}, one word."
_FAULTS = [
    {"kind": "throttled", "probability": 0.2, "retryAfter": 1},
    {"kind": "finish_length", "probability": 0.05},
]
_ENDED = {"succeeded", "failed", "cancelled", "stopped_by_limit"}


def run() -> dict[str, object]:
    with running_stack(host=False) as stack:
        os.environ.update(stack.app_settings())
        return asyncio.run(_run(stack))


async def _run(stack: Stack) -> dict[str, object]:
    quiet_end()
    whole = await _job(stack, "whole", None)
    limit = (whole["tokens"]["of_results"]) // 2
    limited = await _job(stack, "limited", limit)
    good = (
        whole["state"] == "succeeded"
        and not (whole["lost"] or whole["doubled"] or whole["wrong"] or whole["finished_calls_repeated"])
        and not (whole["calls_without_attempt"] or limited["calls_without_attempt"])
        and limited["state"] == "stopped_by_limit"
        and limited["tokens"]["answered"] <= limit
    )
    return {
        "reached": good,
        "records": RECORDS,
        "killed_every_seconds": KILL_SECONDS,
        "whole": whole,
        "limited": limited,
    }


async def _job(stack: Stack, name: str, limit: int | None) -> dict[str, Any]:
    from functions.value_jobs import job_desk
    from shared.values.jobs.accept import accept
    from shared.values.jobs.models import ValueJobRequest

    stack.tell(latencySeconds=0.3, secondsPerOutputToken=0.002, faults=_FAULTS, quota={})
    records = [{"id": f"{name}-{n}", "properties": {"organization.about": f"{name} firm {n}"}} for n in range(RECORDS)]
    body = {"prompt": PROMPT, "mode": "Set", "records": records}
    request = ValueJobRequest.model_validate(body | ({"limits": {"maxTokens": limit}} if limit else {}))
    desk = job_desk()
    job = await accept(desk, stack.organization, request, name)
    started = time.monotonic()
    with KilledHost(stack, KILL_SECONDS) as host:
        seen = time.monotonic()
        while job.state not in _ENDED and time.monotonic() - started < PATIENCE_SECONDS:
            await asyncio.to_thread(host.beat)
            await asyncio.sleep(0.2)
            job = await desk.jobs.get(job.organization, job.job_id) or job
            if time.monotonic() - seen > 20:
                seen = time.monotonic()
                print(f"  {job.state}: {job.done} done, {host.kills} kills", file=sys.stderr, flush=True)
        seconds = time.monotonic() - started
        kills = host.kills
    await asyncio.sleep(2)
    requests = stack.log()["requests"]
    return {
        "state": job.state,
        "seconds": round(seconds),
        "kills": kills,
        **await _results(name, job.organization, job.job_id),
        **_calls(stack, job.job_id, requests),
        "limit": limit,
        "tokens": {
            "answered": sum(one["promptTokens"] + one["completionTokens"] for one in requests if one["status"] == 200),
            "of_results": job.usage.prompt_tokens + job.usage.completion_tokens,
            "perhaps_lost": job.lost_tokens,
        },
    }


async def _results(name: str, organization: str, job_id: str) -> dict[str, int]:
    from shared.wiring import services

    blob = await services().blobs.get("results", f"{organization}/{job_id}/results.jsonl")
    lines = [json.loads(line) for line in (blob.content if blob else b"").splitlines()]
    ids = Counter(line["id"] for line in lines)
    set_ = [line for line in lines if line["status"] == "Set"]
    wrong = sum(line["outputs"] != {"organization.branch": _expected(name, line["id"])} for line in set_)
    return {
        "results": len(lines),
        "set": len(set_),
        "lost": RECORDS - len(ids),
        "doubled": sum(count - 1 for count in ids.values()),
        "wrong": wrong,
        "in_order": int([line["id"] for line in lines] == [f"{name}-{n}" for n in range(RECORDS)]),
    }


def _expected(name: str, record: str) -> str:
    """What the simulated deployment answers for these inputs."""
    inputs = json.dumps([f"{name} firm {record.rpartition('-')[2]}"])
    digest = hashlib.blake2b(b"a\0" + inputs.encode(), digest_size=8).hexdigest()
    return f"word {digest[:6]}"


def _calls(stack: Stack, job_id: str, requests: list[dict[str, Any]]) -> dict[str, int]:
    path = str(stack.described["databaseUrl"]).removeprefix("sqlite:///")
    query = (
        "select b.messages, o.status from prompt_attempts a join prompt_bodies b on b.attempt_id = a.attempt_id "
        "left join prompt_outcomes o on o.attempt_id = a.attempt_id where a.mapping_id = ?"
    )
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(query, [job_id]).fetchall()
    finished = Counter(messages for messages, status in rows if status == "succeeded")
    answered = sum(one["status"] == 200 and one.get("fault") != "finish_length" for one in requests)
    return {
        "calls": len(requests),
        "attempts": len(rows),
        "calls_without_attempt": max(0, len(requests) - len(rows)),
        "finished_calls": len(finished),
        "finished_calls_repeated": sum(count - 1 for count in finished.values()),
        "answers_lost_with_their_worker": max(0, answered - sum(finished.values())),
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
