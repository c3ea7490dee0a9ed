"""Only the app's own pages are answered, and no page may fetch anything elsewhere."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from streamlit import config

from ui.frame import guard

OURS = "127.0.0.1:8501"


@pytest.fixture(autouse=True)
def _allowed_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"server.allowedHosts": ["127.0.0.1", "localhost"], "server.corsAllowedOrigins": []}
    monkeypatch.setattr(config, "get_option", options.__getitem__)


def status_of(kind: str = "http", method: str = "GET", path: str = "/", **headers: str) -> int:
    """What the guard answers: the inner app's 200, or a refusal (a WebSocket's is a close code)."""
    sent: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> None:
        raise AssertionError("nothing is read of a request that is refused")

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: Any = {"type": kind, "scheme": "ws" if kind == "websocket" else "http", "headers": pairs}
    scope["path"] = path
    if kind == "http":
        scope["method"] = method
    # On a thread of its own: the browser tests leave a running loop on this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, guard.Guard(inner)(scope, receive, send)).result()
    return int(sent[0].get("status") or sent[0]["code"])


@pytest.mark.parametrize("host", [OURS, "localhost:8501", "127.0.0.1", "LOCALHOST:1"])
def test_our_hosts_are_answered(host: str) -> None:
    assert status_of(host=host) == 200


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/base/_stcore/metrics"])
def test_there_are_no_metrics(path: str) -> None:
    assert status_of(path=path, host=OURS) == 404
    assert status_of(path=path, host="evil.example") == 403
    assert status_of(path="/_stcore/health", host=OURS) == 200


@pytest.mark.parametrize(
    "host", ["evil.example:8501", "127.0.0.1.evil.example", "localhost.evil", "", "[", "0.0.0.0", "user@evil"]
)
def test_foreign_hosts_are_refused(host: str) -> None:
    assert status_of(host=host) == 403
    assert status_of("websocket", host=host, origin=f"http://{host}") == 1008


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://localhost:9999", "http://127.0.0.1:8502", "null", "http://127.0.0.1"],
)
def test_foreign_origins_are_refused_without_asking_anyone(
    origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell(*_: Any) -> None:
        raise AssertionError("the machine's public address was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", tell)
    monkeypatch.setattr(socket.socket, "connect", tell)
    assert status_of("websocket", host=OURS, origin=origin) == 1008
    assert status_of(method="POST", host=OURS, origin=origin) == 403


def test_a_websocket_must_name_its_origin() -> None:
    assert status_of("websocket", host=OURS) == 1008
    assert status_of("websocket", host=OURS, origin=f"http://{OURS}") == 200


def test_another_site_may_link_here_but_not_embed() -> None:
    cross = {"host": OURS, "sec_fetch_site": "cross-site"}
    assert status_of(**cross, sec_fetch_mode="navigate") == 200
    assert status_of(**cross, sec_fetch_mode="no-cors") == 403
    assert status_of(host=OURS, sec_fetch_site="same-site", sec_fetch_mode="no-cors") == 403


def test_the_policy_names_no_other_place() -> None:
    assert "http" not in guard.POLICY
    assert "*" not in guard.POLICY
    assert "default-src 'self'" in guard.POLICY
