"""Cases said in other words by somebody who has not seen the code: ``reworded.json`` beside this, where it is there.

``python -m bench.rules.reworded`` prints what such a person is given: each case's name, keys and plain words.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.rules.cases import ALL
from bench.rules.language import Case

FILE: Final = Path(__file__).with_name("reworded.json")
"""A list of {"name": a case's, "language", "words"}."""
COUNT: Final = 40


def reworded() -> list[Case]:
    """The same drafts and expectations under other words; none where nobody has reworded any."""
    if not FILE.is_file():
        return []
    by_name = {case.name: case for case in ALL}
    return [
        replace(by_name[each["name"]], language=each["language"], words=each["words"])
        for each in json.loads(FILE.read_text(encoding="utf-8"))
    ]


if __name__ == "__main__":
    step = len(ALL) / COUNT
    chosen = [ALL[int(number * step)] for number in range(COUNT)]
    given = [{"name": case.name, "keys": case.keys, "words": case.words} for case in chosen]
    print(json.dumps(given, ensure_ascii=False, indent=1))
