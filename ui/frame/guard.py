"""Answers only to the app's own pages, whatever else runs in the browser or on this machine.

A page on the internet can reach a local port (DNS rebinding, other ports of localhost, WebSockets).
The guard stands before Streamlit and refuses what does not come from an address of ours; it also keeps
Streamlit from looking up the machine's public address, which it does for a foreign origin. The policy it
sends along keeps the browser from fetching anything elsewhere, even if a document's text asked for it.

What a page shows or gives to be saved (Streamlit's media files) is handed to browsers only that were given
this app's cookie with a page of it: an address that was copied, logged or mailed opens nothing by itself.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from streamlit import config

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'self'",
        # Streamlit loads components from blobs, plotly.js compiles shaders: neither sees a document's text.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self' data:",
        "connect-src 'self' blob: data:",
        "worker-src 'self' blob:",
        "frame-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


METRICS = "/_stcore/metrics"
"""Streamlit's figures for monitoring, such as how many sessions there are: nobody of ours asks for them, and
any program of this machine could."""


HELD = ("/media/", "/_stcore/upload_file/")
"""Addresses, below whatever path the app is served at, that want the cookie: files shown and uploaded."""
COOKIE = b"explorer_page"
"""The beginning of the cookie's name; the port follows, for browsers keep one jar for all ports of a host."""
_PORT = re.compile(rb":(\d{1,5})$")


class Guard:
    """ASGI middleware: refuses foreign requests with 403 and adds the security headers to the rest.

    Each answer that is no refusal gives the cookie to a browser that lacks it. So pages that stayed open
    while the app was started anew get its new one with the first thing they ask for.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._secret = secrets.token_urlsafe(32).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif not is_ours(scope):
            await refuse(scope["type"], send)
        elif METRICS in scope.get("path", ""):
            await _answer(404, b"There are no metrics here.", send)
        elif self._is_known(scope):
            await self.app(scope, receive, with_headers(send))
        elif any(held in scope.get("path", "") for held in HELD):
            await _answer(403, b"This file is only shown in a page of the app: open the app first.", send)
        else:
            await self.app(scope, receive, with_headers(send, self._cookie(scope)))

    def _is_known(self, scope: Scope) -> bool:
        """Whether a request brings the cookie that this app gave."""
        name = cookie_name(scope)
        lines = (value for header, value in scope["headers"] if header.lower() == b"cookie")
        given = (part.strip().partition(b"=") for line in lines for part in line.split(b";"))
        return any(key == name and hmac.compare_digest(value, self._secret) for key, _, value in given)

    def _cookie(self, scope: Scope) -> tuple[bytes, bytes]:
        line = b"%b=%b; Path=/; HttpOnly; SameSite=Strict" % (cookie_name(scope), self._secret)
        return b"set-cookie", line


def cookie_name(scope: Scope) -> bytes:
    """The name of the cookie at the address that a request names."""
    host = next((value for name, value in scope["headers"] if name.lower() == b"host"), b"")
    port = _PORT.search(host)
    return b"%b_%b" % (COOKIE, port[1] if port else b"80")


def is_ours(scope: Scope) -> bool:
    """Whether a request names one of our hosts and comes from a page of ours, or from no page at all.

    A WebSocket must name its origin, as every browser does. A link on another site may lead here, so a
    navigation passes; anything else that another site or another local port starts does not.
    """
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host, origin = headers.get("host", ""), headers.get("origin")
    if not is_allowed_host(host):
        return False
    if origin is None:
        if scope["type"] == "websocket":
            return False
        is_navigation = headers.get("sec-fetch-mode") == "navigate" and scope["method"] == "GET"
        return is_navigation or headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    # A proxy that ends TLS speaks plain HTTP to us, so "https" is right beside the scheme that we see.
    ours = {f"{scheme}://{host}".lower(), f"https://{host}".lower()}
    return origin.lower() in ours or origin in config.get_option("server.corsAllowedOrigins")


def is_allowed_host(host: str) -> bool:
    """Whether the Host header names one of `server.allowedHosts`; its port does not matter."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    for allowed in config.get_option("server.allowedHosts"):
        pattern = allowed.strip().lower()
        if name and (pattern in ("*", name) or (pattern.startswith("*.") and name.endswith(pattern[1:]))):
            return True
    return False


async def refuse(kind: str, send: Send) -> None:
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": "foreign origin"})
        return
    await _answer(403, b"This address is not one of Document Explorer's own (server.allowedHosts).", send)


async def _answer(status: int, body: bytes, send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def with_headers(send: Send, *more: tuple[bytes, bytes]) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *HEADERS, *more]}
        await send(message)

    return sender
