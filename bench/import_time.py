"""Import time of ``function_app`` over that of ``import azure.functions, openai``: fresh processes, in alternation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

RUNS = 15
BAR = 1.5
_ROOT = Path(__file__).parent.parent
_TIMED = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def run() -> dict[str, object]:
    _seconds("function_app"), _seconds("azure.functions, openai")  # compiled and in the file cache from here on
    pairs = [(_seconds("function_app"), _seconds("azure.functions, openai")) for _ in range(RUNS)]
    ratio = median(ours / theirs for ours, theirs in pairs)
    return {
        "ratio": round(ratio, 2),
        "bar": BAR,
        "reached": ratio <= BAR,
        "function_app_ms": round(median(ours for ours, _ in pairs) * 1_000),
        "azure.functions+openai_ms": round(median(theirs for _, theirs in pairs) * 1_000),
        "runs": RUNS,
    }


def _seconds(modules: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _TIMED.format(modules)], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    return float(done.stdout)
