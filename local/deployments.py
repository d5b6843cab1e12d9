"""Which deployment the stack's organization uses, chosen by the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from local.processes import Failed

MODELS = {"model": "qwen2.5-coder-0.5b", "model-1.5b": "qwen2.5-coder-1.5b"}
KINDS = (*MODELS, "simulated", "none")


@dataclass(frozen=True)
class Deployment:
    """`base_url` is empty while the port of a local one is not known; all four are empty for kind "none"."""

    kind: str
    base_url: str = ""
    api_key: str = ""
    resource_key: str = ""
    name: str = ""
    model_file: Path | None = None
    """Of the user's own model; None: the one that belongs to `kind`."""

    @property
    def local(self) -> bool:
        return self.kind in MODELS or self.kind == "simulated"

    @property
    def host(self) -> str:
        """The host a Base URL outside the stack names; empty otherwise."""
        return (urlsplit(self.base_url).hostname or "") if self.kind == "external" else ""


def choose(environ: Mapping[str, str] | None = None) -> Deployment:
    """DEPLOYMENT_BASE_URL wins, then MODEL_FILE, then DEPLOYMENT ("model" by default). Raises Failed."""
    env = os.environ if environ is None else environ
    if env.get("DEPLOYMENT_BASE_URL"):
        return _external(env)
    if env.get("MODEL_FILE"):
        return _own_model(Path(env["MODEL_FILE"]).expanduser().resolve())
    kind = env.get("DEPLOYMENT") or "model"
    if kind not in KINDS:
        raise Failed(f"DEPLOYMENT={kind} is not one of {', '.join(KINDS)}; for an endpoint set DEPLOYMENT_BASE_URL")
    if kind == "none":
        return Deployment(kind)
    return Deployment(kind, "", _key(), _key(), MODELS.get(kind, "simulated"))


def _external(env: Mapping[str, str]) -> Deployment:
    missing = [name for name in ("DEPLOYMENT_API_KEY", "DEPLOYMENT_NAME") if not env.get(name)]
    if missing:
        raise Failed(f"DEPLOYMENT_BASE_URL also needs {' and '.join(missing)}")
    key = env["DEPLOYMENT_API_KEY"]
    other = env.get("DEPLOYMENT_RESOURCE_KEY") or key
    return Deployment("external", env["DEPLOYMENT_BASE_URL"], key, other, env["DEPLOYMENT_NAME"])


def _own_model(file: Path) -> Deployment:
    if not file.is_file():
        raise Failed(f"MODEL_FILE={file} is no file")
    return Deployment("model", "", _key(), _key(), file.stem, file)


def _key() -> str:
    return secrets.token_hex(16)
