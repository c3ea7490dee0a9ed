"""Who may talk to our HTTP ports: programs on this machine that have the key, and no page of the internet.

A page in a browser can send requests to ports of this machine, by their number or by a name that it has point
to 127.0.0.1 (DNS rebinding, CVE-2024-28224 in Ollama). So the Host has to be ours, an Origin is refused, and
a key that was made at the first start is required with each request.
"""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = "127.0.0.1"
LARGEST = 4 * 1024 * 1024
"""Bytes of a request's body; a larger one is refused with 413."""
_FILE = "api-key"


def key() -> str:
    """The key of this person on this machine; made the first time, in a file that only they can read."""
    path = key_file()
    if not path.exists() or not path.stat().st_size:
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
        with suppress(FileExistsError):  # another process was first
            os.link(beside, path)
        beside.unlink()
    return path.read_text(encoding="ascii").strip()


def key_file() -> Path:
    """Where the key stands."""
    return platformdirs.user_config_path("document-explorer", appauthor=False) / _FILE


class Guarded:
    """An application behind the checks: 403 for a foreign Host or any Origin, 401 without the key, 413 for a
    body over `LARGEST`. It answers no preflight request, so that no page may ask across origins."""

    def __init__(self, application: ASGIApp, key: str, port: int) -> None:
        self._application = application
        self._key = key.encode()
        self._hosts = {f"{name}:{port}" for name in (HOST, "localhost", "[::1]")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # a WebSocket: closed without an answer
        headers = {name.lower(): value for name, value in scope["headers"]}
        if headers.get(b"host", b"").decode("latin-1").lower() not in self._hosts or b"origin" in headers:
            await _refuse(send, 403, "Only programs on this machine may ask.")
        elif not hmac.compare_digest(headers.get(b"authorization", b""), b"Bearer " + self._key):
            await _refuse(send, 401, "The key is missing or wrong. Send Authorization: Bearer KEY.")
        elif _length(headers) > LARGEST or (body := await _body(receive)) is None:
            await _refuse(send, 413, "The request is too large.")
        else:
            await self._application(scope, _with(body, receive), send)


def _length(headers: dict[bytes, bytes]) -> int:
    given = headers.get(b"content-length", b"0")
    return int(given) if given.isdigit() else 0


async def _body(receive: Receive) -> bytes | None:
    """The body of a request; None where it is larger than `LARGEST`, or whoever sends it left."""
    body = b""
    is_whole = False
    while not is_whole:
        message = await receive()
        body += message.get("body", b"")
        is_whole = not message.get("more_body", False)
        if len(body) > LARGEST or message["type"] == "http.disconnect":
            return None
    return body


def _with(body: bytes, receive: Receive) -> Receive:
    """The body at once, then what else comes."""
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def received() -> Message:
        return next(messages, None) or await receive()

    return received


async def _refuse(send: Send, status: int, why: str) -> None:
    from starlette.responses import JSONResponse

    response = JSONResponse({"error": why}, status)
    await send({"type": "http.response.start", "status": status, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": response.body})
