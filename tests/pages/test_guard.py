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


async def inner(scope: Any, receive: Any, send: Any) -> None:
    """The app behind the guard."""
    await send({"type": "http.response.start", "status": 200, "headers": []})


def answer(
    kind: str = "http",
    method: str = "GET",
    path: str = "/",
    guarded: guard.Guard | None = None,
    **headers: str,
) -> Any:
    """The first message of what the guard, a new one by default, answers."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> None:
        raise AssertionError("nothing is read of a request that is refused")

    pairs = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope: Any = {"type": kind, "scheme": "ws" if kind == "websocket" else "http", "headers": pairs}
    scope["path"] = path
    if kind == "http":
        scope["method"] = method
    # On a thread of its own: the browser tests leave a running loop on this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, (guarded or guard.Guard(inner))(scope, receive, send)).result()
    return sent[0]


def status_of(kind: str = "http", **request: Any) -> int:
    """The status that the guard answers with: the inner app's 200, or a refusal (a WebSocket's is a code)."""
    message = answer(kind, **request)
    return int(message.get("status") or message["code"])


def cookies_of(message: Any) -> list[str]:
    return [value.decode() for name, value in message["headers"] if name == b"set-cookie"]


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


FILES = ["/media/1f.png", "/_stcore/upload_file/a/b", "/base/media/1f.png", "//media/1f.png"]


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_files_want_the_cookie_that_a_page_came_with(path: str, method: str) -> None:
    one = guard.Guard(inner)
    (line,) = cookies_of(answer(guarded=one, host=OURS, sec_fetch_mode="navigate"))
    assert line.endswith("; Path=/; HttpOnly; SameSite=Strict")
    cookie = line.partition(";")[0]
    asked = {"method": method, "path": path, "guarded": one, "host": OURS}
    assert status_of(**asked, cookie=cookie) == 200
    assert status_of(**asked, cookie=f"_streamlit_xsrf=2|a|b; {cookie}; other=1") == 200
    name, _, value = cookie.partition("=")
    for wrong in ("", "a=b", f"{name}=", f"{name}={value}x", f"{name}=\xff", f"x{cookie}", f"x={value}"):
        refusal = answer(**asked, cookie=wrong)
        assert refusal["status"] == 403
        assert cookies_of(refusal) == [], "the refusal hands out no key"
    assert status_of(**asked) == 403
    assert status_of(method=method, path=path, host=OURS, cookie=cookie) == 403, "another start of the app"
    other_port = {**asked, "host": "127.0.0.1:8502"}
    assert status_of(**other_port, cookie=cookie) == 403, "another app of this machine"


def test_the_cookie_is_given_where_it_is_missing() -> None:
    one = guard.Guard(inner)
    for path in ("/", "/chat", "/_stcore/health", "/_stcore/host-config"):
        (line,) = cookies_of(answer(path=path, guarded=one, host=OURS))
        assert cookies_of(answer(path=path, guarded=one, host=OURS, cookie=line.partition(";")[0])) == []
    old = cookies_of(answer(host=OURS))[0].partition(";")[0]
    assert cookies_of(answer(path="/_stcore/health", guarded=one, host=OURS, cookie=old)) == [line]
    assert cookies_of(answer(guarded=one, host="evil.example")) == []
    for host in ("localhost", "127.0.0.1:x", "127.0.0.1:"):
        assert cookies_of(answer(guarded=one, host=host))[0].startswith("explorer_page_80=")


def test_another_site_may_link_here_but_not_embed() -> None:
    cross = {"host": OURS, "sec_fetch_site": "cross-site"}
    assert status_of(**cross, sec_fetch_mode="navigate") == 200
    assert status_of(**cross, sec_fetch_mode="no-cors") == 403
    assert status_of(host=OURS, sec_fetch_site="same-site", sec_fetch_mode="no-cors") == 403


def test_the_policy_names_no_other_place() -> None:
    assert "http" not in guard.POLICY
    assert "*" not in guard.POLICY
    assert "default-src 'self'" in guard.POLICY
