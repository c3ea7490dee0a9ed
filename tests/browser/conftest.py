"""A real `streamlit run` and a real Chromium, both on loopback only."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright
from pypdf import PdfWriter

from explorer import Library

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(__file__).parent / "screenshots"
START_SECONDS = 60
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # root in a container
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # the browser's own look-ups, not the page's
]

expect.set_options(timeout=15_000)
"""Milliseconds that a page has to show what is expected of it; nothing here measures how fast that is."""


@dataclass
class App:
    """A running app and the library it opened."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]
    log: Path
    environment: dict[str, str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        reason = "no Chromium on this machine: install it (Debian: apt install chromium) to run browser tests"
        if os.environ.get("REQUIRE_BROWSER_TESTS"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    running = start_app(tmp_path_factory.mktemp("app") / "default")
    yield running
    stop_app(running)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the samples, some with a tag, a file that failed, one that waits for its password, a
    conversation and a map. It takes half a minute to make: each module works on a copy of its own."""
    home = tmp_path_factory.mktemp("prepared") / "default"
    broken, locked = home.parent / "broken-scan.pdf", home.parent / "locked.pdf"
    broken.write_bytes(b"%PDF-1.7\nthis is no PDF")
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(locked)
    with Library(home) as library:
        library.add([ROOT / "samples", broken, locked])
        library.tag([document.id for document in library.documents()[:4]], add=["practical"])
        conversation = library.conversations.create()
        library.conversations.wait(library.conversations.ask(conversation, "How much notice ends the lease?"))
        library.map()
    return home


def start_app(home: Path, **environment: str) -> App:
    """Starts the app on a free port and waits until it answers; fails with its output if it does not."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("EXPLORER_")}
    variables |= {"EXPLORER_HOME": str(home), **environment}
    home.parent.mkdir(parents=True, exist_ok=True)
    log = home.parent / f"app-{port}.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    options = ["--server.port", str(port), "--server.headless", "true"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=variables, stdout=output, stderr=subprocess.STDOUT
        )
    running = App(f"http://127.0.0.1:{port}", home, process, log, variables)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _is_healthy(running.url):
            return running
        time.sleep(0.05)
    stop_app(running)
    pytest.fail(f"the app did not start:\n{log.read_text()}")


def stop_app(running: App) -> None:
    running.process.terminate()
    try:
        running.process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        running.process.kill()
        running.process.wait()


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture
def visitor(chromium: Browser, app: App) -> Iterator[Page]:
    """A tab of a new browser profile. The test fails if anything in it asked for something off the app."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked = record_requests(page)
    yield page
    context.close()
    assert off_origin(asked, app.url) == []


def record_requests(page: Page) -> list[Request]:
    asked: list[Request] = []

    def record(request: Request) -> None:  # Playwright sets an attribute on its handlers: no bound method
        asked.append(request)

    page.context.on("request", record)
    return asked


def off_origin(asked: list[Request], url: str) -> list[str]:
    """Requests to another host. What a page makes of itself (data:, blob:) does not leave it."""
    own = urlsplit(url).netloc
    parts: list[tuple[str, Any]] = [(request.url, urlsplit(request.url)) for request in asked]
    return [text for text, part in parts if part.scheme not in ("data", "blob") and part.netloc != own]
