"""``printf %s VALUE | python -m local.secret NAME``: ``az keyvault secret set``, for the running stack's vault.

The value comes on standard input, so that no list of processes shows it; without one the secret is taken away.
"""

from __future__ import annotations

import os
import sys

from local import provision, state
from local.state import State


def main() -> int:
    stack = state.read(State.default().stack_file)
    if len(sys.argv) != 2 or stack is None:
        print("usage: python -m local.secret NAME <value.txt, with the stack up", file=sys.stderr)
        return 2
    os.environ |= {
        "IDENTITY_ENDPOINT": str(stack["identityEndpoint"]),
        "IDENTITY_HEADER": str(stack["identityHeader"]),
        "SSL_CERT_FILE": str(stack["caFile"]),
        "REQUESTS_CA_BUNDLE": str(stack["caFile"]),
    }
    value = sys.stdin.read()
    provision.write_secrets(str(stack["vaultUrl"]), {sys.argv[1]: value or None})
    print(f"{sys.argv[1]} is {'set' if value else 'gone'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
