"""A real model behind the v1 routes: llama.cpp's server, prebuilt on PyPI as ``xllamacpp``.

Answers ``/openai/v1/chat/completions`` with strict json_schema, Bearer keys only, whatever model name is asked for.
Started as ``python -m local.model --port P --file PATH`` with MODEL_API_KEYS (by comma) and MODEL_ALIAS in the
environment. Ends at once on SIGTERM.
"""

from __future__ import annotations

import argparse
import os
import signal
from pathlib import Path

SLOTS = 4
"""Prompts answered at a time."""
SLOT_TOKENS = 8192
"""Tokens of each, prompt and answer; llama.cpp divides n_ctx by the slots."""


def serve(file: Path, port: int, keys: list[str], alias: str, slots: int, slot_tokens: int) -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.model_alias = {alias}
    params.api_prefix = "/openai"
    params.api_keys = keys
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_parallel = slots
    params.n_ctx = slots * slot_tokens
    params.cache_prompt = True
    cores = len(os.sched_getaffinity(0))
    # llama.cpp's threads wait for each other by spinning, after every operation. Reading is little hurt when another
    # process takes a core; writing is: on two busy cores two threads wrote 1 to 10 tokens a second, one wrote 19 to 27.
    params.cpuparams_batch.n_threads = cores
    params.cpuparams.n_threads = max(1, cores - 1)
    params.ui = False
    params.offline = True
    server = xllamacpp.Server(params)
    print(f"listening on {server.listening_address}", flush=True)
    while True:
        signal.pause()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--slots", type=int, default=SLOTS)
    parser.add_argument("--slot-tokens", type=int, default=SLOT_TOKENS)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    keys, alias = os.environ["MODEL_API_KEYS"].split(","), os.environ["MODEL_ALIAS"]
    serve(given.file, given.port, keys, alias, given.slots, given.slot_tokens)
