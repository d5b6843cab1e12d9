"""The docs page: one HTML answer with everything in it, so that it works offline and under a strict policy."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "docs"
_STYLE: Final = (_FOLDER / "page.css").read_text(encoding="utf-8")
_SCRIPT: Final = (_FOLDER / "page.js").read_text(encoding="utf-8")
_PAGE: Final = (_FOLDER / "page.html").read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


POLICY: Final = (
    f"default-src 'none'; script-src {_hash(_SCRIPT)}; style-src {_hash(_STYLE)}; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: this script, this style, this server, nothing else."""


def render(document: bytes) -> bytes:
    """The page with the OpenAPI document inside."""
    # "<" as an escape: no text of the document can end the script element it stands in.
    embedded = document.decode().replace("<", "\\u003c")
    parts = {"{style}": _STYLE, "{document}": embedded, "{script}": _SCRIPT}
    page = _PAGE
    for mark, text in parts.items():
        page = page.replace(mark, text, 1)
    return page.encode()
