"""Whether a server answers at all: any status will do."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from pathlib import Path


def status(url: str, ca_file: Path, bearer: str = "", seconds: float = 3) -> int | None:
    """→ the HTTP status, or None when nobody answers."""
    tls = ssl.create_default_context(cafile=str(ca_file)) if url.startswith("https") else None
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if tls is not None:
        handlers.append(urllib.request.HTTPSHandler(context=tls))
    try:
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})
        with urllib.request.build_opener(*handlers).open(request, timeout=seconds) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None
