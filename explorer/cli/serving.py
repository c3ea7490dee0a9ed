"""The commands `mcp` and `serve`: the library for other programs."""

from __future__ import annotations

import argparse
import logging
import sys
from typing import TYPE_CHECKING

from explorer import extras
from explorer.cli.arguments import library_of
from explorer.cli.terminal import plain
from explorer.errors import SettingError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

MCP_PORT, API_PORT = 8502, 8503
"""The ports after the app's own."""


def mcp(options: argparse.Namespace) -> int:
    """Serve the library over the Model Context Protocol, until the client leaves or Ctrl-C."""
    extras.require("mcp", SettingError)
    from explorer.integrations import mcp_server
    from explorer.integrations.verbs import Verbs

    with library_of(options) as library:
        verbs = Verbs(library, options.app)
        if not options.http:
            mcp_server.over_stdio(verbs, may_write=options.write)
            return 0
        port = options.port or MCP_PORT
        return _served(mcp_server.over_http(verbs, may_write=options.write), port, mcp_server.PATH)


def serve(options: argparse.Namespace) -> int:
    """Serve the library's verbs as JSON over HTTP, until Ctrl-C."""
    from explorer.integrations import http
    from explorer.integrations.verbs import Verbs

    with library_of(options) as library:
        application = http.application(library, Verbs(library, options.app), may_write=options.write)
        return _served(application, options.port or API_PORT, "/")


def _served(application: ASGIApp, port: int, path: str) -> int:
    """Serve it on this machine alone, behind the key, and say where."""
    import uvicorn

    from explorer.integrations import access

    key = access.key()
    print(f"Serving at http://{access.HOST}:{port}{path} (Ctrl-C ends it).", file=sys.stderr)
    print(f"The key stands in {plain(str(access.key_file()))}.", file=sys.stderr)
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # tracebacks may hold words of documents
    guarded = access.Guarded(application, key, port)
    config = uvicorn.Config(
        guarded, host=access.HOST, port=port, log_level="warning", access_log=False, server_header=False
    )
    server = uvicorn.Server(config)
    server.run()
    if not server.started:
        raise SettingError(f"Port {port} cannot be used: another program may have it. Choose one by --port.")
    return 0
