"""The stack's own certificate authority, and the bundle that trusts it beside the public roots."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificates:
    ca_file: Path
    """The public roots, what this machine trusts beyond them, and the stack's own authority (PEM)."""
    server_file: Path
    """Private key and chain for 127.0.0.1 and localhost (PEM)."""


def issue(folder: Path) -> Certificates:
    """Make a new authority and a server certificate; its own key is forgotten at once."""
    import certifi
    import trustme

    authority = trustme.CA(organization_name="local stack")
    server = authority.issue_cert("127.0.0.1", "localhost")
    certificates = Certificates(folder / "ca.pem", folder / "server.pem")
    certificates.server_file.touch(mode=0o600)
    server.private_key_and_cert_chain_pem.write_to_path(certificates.server_file)
    roots = [Path(certifi.where()).read_bytes(), _machine_roots(), authority.cert_pem.bytes()]
    certificates.ca_file.write_bytes(b"\n".join(roots))
    return certificates


def _machine_roots() -> bytes:
    """What SSL_CERT_FILE names, such as a company proxy's root: our bundle replaces it for the functions host."""
    path = Path(os.environ.get("SSL_CERT_FILE") or "")
    return path.read_bytes() if path.is_file() else b""
