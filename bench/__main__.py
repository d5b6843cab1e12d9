"""``python -m bench`` runs the usual benchmarks, ``python -m bench NAME …`` those named; each prints one JSON line."""

from __future__ import annotations

import importlib
import json
import sys

NAMES = ("import_time", "added_latency", "in_flight", "throttled")
ASKED_FOR = (
    "accuracy",
    "accuracy_fit",
    "backlog",
    "catalogue",
    "data_types",
    "drops",
    "files",
    "fit_ranking",
    "formats",
    "history",
    "mapping_accuracy",
    "own_embeddings",
    "prompt_tokens",
    "ranking",
    "reviews",
    "value_accuracy",
    "value_jobs",
    "values",
    "vocabulary_choice",
    "word_meanings",
    "rules",
)
"""The first needs a real model; all take some minutes."""


def main(arguments: list[str]) -> int:
    unknown = [name for name in arguments if name not in NAMES + ASKED_FOR]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES + ASKED_FOR)}", file=sys.stderr)
        return 2
    reached = True
    for name in arguments or NAMES:
        result: dict[str, object] = importlib.import_module(f"bench.{name}").run()
        print(json.dumps({"benchmark": name} | result), flush=True)
        reached = reached and bool(result["reached"])
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
