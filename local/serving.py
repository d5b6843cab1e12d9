"""A real model's server on its own, without a stack: for tests and measurements."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local import answers, processes, weights
from local.deployments import MODELS
from local.processes import Failed, Port
from local.state import CHECKOUT

_PATIENCE = 120


@contextmanager
def model(kind: str, *arguments: str) -> Iterator[dict[str, Any]]:
    """→ baseUrl, apiKey, resourceKey, deploymentName and pid of `kind`, one of MODELS. Raises Failed.

    `arguments`: more of local.model's, such as ``--slots 1 --slot-tokens 32768`` for one long prompt at a time."""
    file = weights.fetch(weights.WEIGHTS[kind], lambda text: print(text, file=sys.stderr, flush=True))
    port, keys = Port(), [secrets.token_hex(16), secrets.token_hex(16)]
    env = {**os.environ, "MODEL_API_KEYS": ",".join(keys), "MODEL_ALIAS": MODELS[kind]}
    command = [sys.executable, "-m", "local.model", "--port", str(port.number), "--file", str(file), *arguments]
    with tempfile.TemporaryDirectory(prefix="local-model-") as folder:
        log = Path(folder) / "model.log"
        with processes.stops_held():
            child = processes.spawn(command, env=env, cwd=CHECKOUT, log=log)
        try:
            base = f"http://127.0.0.1:{port.number}/"
            url = f"{base}openai/health"
            if not processes.wait_until(lambda: answers.status(url, log, keys[0]) == 200, _PATIENCE, 0.2):
                raise Failed(f"the model does not answer\n{log.read_text(errors='replace')[-2000:]}")
            made = {"apiKey": keys[0], "resourceKey": keys[1], "deploymentName": MODELS[kind], "pid": child.pid}
            yield {"baseUrl": base, **made}
        finally:
            processes.stop([child])
            port.release()
