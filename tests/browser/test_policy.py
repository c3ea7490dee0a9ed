"""The guard in front of the real server: who is answered, and what a page of ours may fetch."""

from __future__ import annotations

import base64
import http.client
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer import Library
from tests.browser.conftest import App, start_app, stop_app
from tests.chat_server import serving
from ui.frame import guard

TRIES = """(there) => {
  const violations = window.violations = [];
  document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
  const add = (tag, attributes) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.body.append(element);
  };
  add("img", { src: `${there}/img` });
  add("img", { srcset: `${there}/srcset 1x` });
  add("link", { rel: "stylesheet", href: `${there}/css` });
  add("script", { src: `${there}/js` });
  add("iframe", { src: `${there}/frame` });
  add("object", { data: `${there}/object` });
  add("video", { src: `${there}/video` });
  add("div", { style: `background: url(${there}/background)` });
  const style = document.createElement("style");
  style.textContent = `@import "${there}/import"; @font-face { font-family: x; src: url(${there}/font) }`;
  document.body.append(style);
  const ends = (promise) => promise.then(() => "arrived", () => "refused");
  const socket = new Promise((resolve, reject) => {
    try {
      const one = new WebSocket(there.replace("http", "ws"));
      one.onopen = resolve;
      one.onerror = reject;
    } catch (error) { reject(error); }
  });
  navigator.sendBeacon(`${there}/beacon`, "words");
  return Promise.all([
    ends(fetch(`${there}/fetch`, { mode: "no-cors" })),
    ends(fetch(`${there}/post`, { method: "POST", mode: "no-cors", body: "words" })),
    ends(socket),
  ]);
}"""
KINDS = {
    "img-src",
    "style-src-elem",
    "script-src-elem",
    "frame-src",
    "object-src",
    "media-src",
    "connect-src",
}


class Elsewhere:
    """A server on another port that keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(204)
                self.end_headers()

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    there = Elsewhere()
    yield there
    there.server.shutdown()
    there.server.server_close()


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    # Not `visitor`: that one fails on the very attempts that are made here.
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def ask(app: App, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    """One request to the app with exactly these headers (`Host` too, where it is given)."""
    parts = urlsplit(app.url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)
    connection.putrequest(method, path, skip_host="host" in headers)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def shake_hands(app: App, **headers: str) -> int:
    """The status of a WebSocket handshake; 101 is one that succeeded."""
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec_websocket_version": "13"}
    own = {"host": urlsplit(app.url).netloc, **headers}
    return ask(app, "/_stcore/stream", **upgrade, sec_websocket_key=key, **own).status


@pytest.mark.parametrize("path", ["/", "/chat", "/_stcore/health", "/_stcore/host-config", "/nowhere"])
def test_every_answer_carries_the_policy(app: App, path: str) -> None:
    answer = ask(app, path)
    assert answer.getheader("content-security-policy") == guard.POLICY
    assert answer.getheader("x-content-type-options") == "nosniff"
    assert answer.getheader("referrer-policy") == "same-origin"


def test_foreign_hosts_and_origins_are_refused(app: App) -> None:
    own = urlsplit(app.url).netloc
    assert shake_hands(app, origin=f"http://{own}") == 101
    for origin in (
        "http://evil.test",
        "http://localhost:1",
        f"http://evil.test:{urlsplit(app.url).port}",
        "null",
    ):
        assert shake_hands(app, origin=origin) == 403
    assert shake_hands(app) == 403, "without an origin"
    assert shake_hands(app, host="evil.test", origin="http://evil.test") == 403
    assert ask(app, "/").status == 200
    for path in ("/", "/_stcore/health", "/_stcore/host-config", "/media/x.png"):
        assert ask(app, path, host="evil.test").status == 403
        assert ask(app, path, host=own, sec_fetch_site="cross-site", sec_fetch_mode="no-cors").status == 403
    for method in ("POST", "PUT", "DELETE"):
        upload = "/_stcore/upload_file/x/y"
        assert ask(app, upload, method, host=own, origin="http://evil.test").status == 403


def test_a_page_can_fetch_nothing_elsewhere(app: App, tab: Page, elsewhere: Elsewhere) -> None:
    tab.goto(app.url)
    expect(tab.get_by_role("heading", name="Documents", exact=True)).to_be_visible()
    nothing_arrives(tab, elsewhere)


def test_nor_while_an_answer_streams(tab: Page, elsewhere: Elsewhere, tmp_path: Path) -> None:
    home = tmp_path / "home" / "default"
    (tmp_path / "wolf.md").write_text("The wolf keeps the passwords.")
    with Library(home) as library:
        library.add(tmp_path / "wolf.md")

    def slowly() -> Iterator[str]:
        for number in range(300):
            time.sleep(0.1)
            yield f"The wolf, {number} [1]. ![x]({elsewhere.url}/streamed) "

    with serving(pieces=slowly()) as server:
        running = start_app(home, EXPLORER_CHAT_URL=server.address, EXPLORER_CHAT_MODEL="m")
        try:
            tab.goto(f"{running.url}/chat")
            tab.locator('[data-testid="stChatInput"] textarea').fill("Who keeps the passwords?")
            tab.keyboard.press("Enter")
            expect(tab.locator(".dx-answer").first).to_contain_text("The wolf, 3", timeout=60_000)
            nothing_arrives(tab, elsewhere)
            expect(tab.locator(".dx-sources")).to_have_count(0)
        finally:
            stop_app(running)


def nothing_arrives(tab: Page, elsewhere: Elsewhere) -> None:
    assert tab.evaluate(TRIES, elsewhere.url) == ["refused"] * 3
    tab.wait_for_timeout(500)
    assert set(tab.evaluate("window.violations")) >= KINDS
    assert elsewhere.asked == []
