"""The demo's requests to the app."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from local.processes import Failed

_PATIENCE = 240
"""Seconds for one request; the platform cuts at 230."""


def call(stack: dict[str, Any], method: str, path: str, body: object = None) -> dict[str, Any]:
    """Raises Failed with the problem the app answers."""
    url = f"{stack['baseUrl']}/api/organizations/{stack['organization']}/{path}"
    headers = {"x-functions-key": stack["functionKey"], "content-type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        request = urllib.request.Request(url, data, headers, method=method)
        with opener.open(request, timeout=_PATIENCE) as response:
            return dict(json.load(response))
    except urllib.error.HTTPError as error:
        raise Failed(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}") from error
    except OSError as error:
        raise Failed(f"{method} {path}: {error}") from error
