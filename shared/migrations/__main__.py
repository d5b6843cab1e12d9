"""``python -m shared.migrations`` brings DATABASE_URL's database up to date; with ``--sql`` it prints the T-SQL."""

from __future__ import annotations

import sys

from shared.adapters.sql_engine import connect_to
from shared.migrations import script, upgrade
from shared.settings import ConfigurationError, load_database_url


def main(arguments: list[str]) -> int:
    if arguments == ["--sql"]:
        sys.stdout.write(script())
        return 0
    if arguments:
        sys.stderr.write("usage: python -m shared.migrations [--sql]\n")
        return 2
    try:
        engine = connect_to(load_database_url())
    except (ConfigurationError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    upgrade(engine)
    engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
