"""How the storage SDKs reach the network: through the environment's proxy where there is one, and not asking otherwise.

Asked to look at the environment, aiohttp does so anew for every request: a proxy, and a password in ~/.netrc, each in
a thread. Two hops through threads for every call of a table, a blob or a queue are a fifth of what a busy worker does,
and each may wait for Python's lock. No storage account was ever signed in to by ~/.netrc.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.request import getproxies

NETWORK: Final[dict[str, Any]] = {"use_env_settings": bool(getproxies().keys() - {"no"})}
"""Keywords for every client. Source: azure.core.pipeline.transport.AioHttpTransport."""
