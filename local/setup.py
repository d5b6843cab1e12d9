"""Installs what the other commands need, once: ``python3 -m local.setup``. Standard library only.

A virtual environment in .venv with requirements-dev.txt, Azurite in node_modules, and Debian's unixodbc where it may be
installed. What is done is stamped with the hash of the file that asked for it, so the next time takes no time.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from local import processes
from local.processes import Failed, Stopped

CHECKOUT = Path(__file__).resolve().parent.parent
_VENV = CHECKOUT / ".venv"
_OLDEST = (3, 11)
_NODE = 20


def main() -> int:
    parent = os.environ.pop("LOCAL_PARENT", "")
    processes.end_with_parent(int(parent) if parent else None)
    processes.stop_on_signals()
    try:
        _python_packages()
        _node_packages()
        _odbc()
    except Failed as failed:
        print(f"setup: {failed}", file=sys.stderr, flush=True)
        return 1
    except Stopped:
        print("setup: stopped", file=sys.stderr, flush=True)
        return 130
    return 0


def _python_packages() -> None:
    if sys.version_info < _OLDEST:
        raise Failed(f"Python 3.11 or later is needed, this is {sys.version.split()[0]}: make PYTHON=python3.13 …")
    if not _venv_fits():
        _say(f"making .venv with Python {sys.version.split()[0]}")
        shutil.rmtree(_VENV, ignore_errors=True)
        _make_venv()
    stamp = _VENV / f".stamp-{_hash('requirements.txt', 'requirements-dev.txt')}"
    if stamp.exists():
        return
    _say("installing the Python packages")
    if processes.run(
        [str(_VENV / "bin" / "python"), "-m", "pip", "install", "-r", "requirements-dev.txt"], cwd=CHECKOUT
    ):
        raise Failed("pip could not install requirements-dev.txt")
    for old in _VENV.glob(".stamp-*"):
        old.unlink()
    stamp.touch()


def _venv_fits() -> bool:
    """A virtual environment of any Python that is new enough will do, unless make was told which one to take."""
    python = _VENV / "bin" / "python"
    if not python.exists():
        return False
    asked = subprocess.run(
        [str(python), "-c", "import sys, pip; print(*sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        return False
    found = tuple(map(int, asked.stdout.split()))
    return found == sys.version_info[:2] if os.environ.get("CHOSEN_PYTHON") else found >= _OLDEST


def _make_venv() -> None:
    command = [sys.executable, "-m", "venv", str(_VENV)]
    if processes.run(command) == 0:
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    shutil.rmtree(_VENV, ignore_errors=True)
    if not _apt(package) or processes.run(command):
        raise Failed(f"Python's venv is missing: apt-get install {package}")


def _node_packages() -> None:
    stamp = CHECKOUT / "node_modules" / f".stamp-{_hash('package-lock.json')}"
    if stamp.exists():
        return
    _check_node()
    _say("installing Azurite, the storage emulator, from npm")
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if processes.run(command, cwd=CHECKOUT):
        raise Failed("npm could not install what package-lock.json lists")
    stamp.touch()


def _check_node() -> None:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise Failed(f"Node.js {_NODE} or later with npm is needed, for Azurite")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if int(version.lstrip("v").partition(".")[0] or 0) < _NODE:
        raise Failed(f"Node.js {_NODE} or later is needed, this is {version}")


def _odbc() -> None:
    """Needed for Azure SQL only, not for the SQLite used here: nothing but the driver's own tests fails without it."""
    if _has_odbc():
        return
    if not (_apt("unixodbc") and _has_odbc()):
        _say("unixodbc is missing, so Azure SQL's driver cannot be loaded: apt-get install unixodbc (as root)")


def _has_odbc() -> bool:
    try:
        ctypes.CDLL("libodbc.so.2")
    except OSError:
        return False
    return True


def _apt(package: str) -> bool:
    """→ whether Debian's package was installed; never tried without root."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    _say(f"installing Debian's {package}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    if processes.run(install, env=env) == 0:
        return True
    return processes.run(["apt-get", "update", "-qq"], env=env) == 0 and processes.run(install, env=env) == 0


def _hash(*files: str) -> str:
    return hashlib.sha256(b"".join((CHECKOUT / file).read_bytes() for file in files)).hexdigest()[:16]


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
