"""How the stand-ins listen: on loopback, on the port they are given, until SIGTERM."""

from __future__ import annotations

import argparse
import ssl

from aiohttp import web


def serve(app: web.Application, tls: ssl.SSLContext | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    web.run_app(app, host="127.0.0.1", port=port, ssl_context=tls, access_log=None, shutdown_timeout=1)
