"""Access tokens of the stack: signed by the managed-identity stand-in, checked by the Key Vault stand-in.

A JSON Web Token (RFC 7519) with HMAC-SHA256; the signing key is made per stack and handed to both by environment.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time

LIFETIME = 3600
"""Seconds."""


class TokenRefused(Exception):
    """The message says why."""


def sign(audience: str, key: str, *, lifetime: float = LIFETIME) -> tuple[str, int]:
    """→ the token and when it expires, in seconds since 1970."""
    expires = int(time.time() + lifetime)
    claims = {"aud": audience, "exp": expires, "iss": "local", "sub": "functions-host", "oid": "functions-host"}
    head = ".".join(_encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{head}.{_encode(_signature(head, key))}", expires


def check(token: str, audience: str, key: str) -> None:
    """Raises TokenRefused unless the token is ours, of this audience and not expired."""
    head, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_encode(_signature(head, key)), signature):
        raise TokenRefused("not signed by the stack's identity")
    claims = json.loads(_decode(head.rpartition(".")[2]))
    if str(claims["aud"]).rstrip("/") != audience.rstrip("/"):
        raise TokenRefused(f"made for {claims['aud']}, not {audience}")
    if claims["exp"] <= time.time():
        raise TokenRefused("expired")


def _signature(head: str, key: str) -> bytes:
    return hmac.digest(key.encode(), head.encode(), hashlib.sha256)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
