"""Writes contacts.jsonl: 40 newsletter contacts, one JSON object a line. Run it from anywhere; the seed is fixed.

The same kind of people as in customers.csv under other names of other kinds: camelCase, a nested object, dates as ISO
8601, members that are missing here and there.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

ROWS = 40
PEOPLE = (("Lena", "Thiele"), ("Søren", "Holm"), ("Élodie", "Garnier"), ("Rhys", "Ashdown"), ("Łukasz", "Zając"))
TOWNS = (("Köln", "DE"), ("Århus", "DK"), ("Lyon", "FR"), ("Leeds", "GB"), ("Gdańsk", "PL"))


def contact(number: int, dice: random.Random) -> dict[str, object]:
    first, last = dice.choice(PEOPLE)
    town, country = dice.choice(TOWNS)
    made: dict[str, object] = {
        "contactId": f"NL-{number:05}",
        "givenName": first,
        "familyName": last,
        "mailAddress": f"{first}.{last}{number}@example.org".lower(),
        "town": town,
        "countryCode": country,
        "signedUpOn": f"2024-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}T{dice.randint(0, 23):02}:00:00Z",
        "consent": {"newsletter": dice.random() < 0.8, "phone": dice.random() < 0.2},
    }
    if dice.random() < 0.2:
        del made["town"]
    return made


def main() -> None:
    dice = random.Random(7)
    lines = [json.dumps(contact(number, dice), ensure_ascii=False) for number in range(1, ROWS + 1)]
    (Path(__file__).parent / "contacts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
