"""How long a person waits: the first page, the first search, later ones, and a list of 5,000 documents.

    python benchmarks/pages.py [--documents 500] [--many 5000] [--keep FOLDER]

Times are taken in a real Chromium, from the start of `streamlit run` (first page, first search) or from the
key press (the rest) until what was asked for stands on the page. Libraries are filled with sentences of the
sample documents, shuffled, so that every passage is another one. There is no peer here; the aims stand beside
the figures. With `--keep` the libraries stay, and a second run finds them filled.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from explorer import Library  # noqa: E402
from tests.browser.conftest import CHROMIUM_ARGUMENTS, App, start_app, stop_app  # noqa: E402

WAIT_MS = 120_000
STARTS = 3
QUESTIONS = (
    "when does the lease end and who gives notice",
    "how warm should the dough be while it ferments",
    "which star shows the north",
    "what kills more colonies than the cold",
    "how much did the river work cost",
    "treating someone who has stopped shivering",
    "chain falls between cassette and spokes",
    "red lamp on the inverter",
    "rook endgame with a pawn on the seventh rank",
    "vapour under the lens of the lamp",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=500, help="documents of ten passages for the start")
    parser.add_argument("--many", type=int, default=5_000, help="documents of one passage for the list")
    parser.add_argument("--keep", type=Path, help="folder for the libraries; a temporary one is the default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "chromium", args=CHROMIUM_ARGUMENTS
        )
        try:
            place = arguments.keep or Path(scratch)
            started = place / "started" / "default"
            fill(started, arguments.documents, sentences=60)
            report_start(browser, started)
            crowded = place / "crowded" / "default"
            fill(crowded, arguments.many, sentences=4)
            report_list(browser, crowded, arguments.many)
            wait_for_no_worker(crowded)
        finally:
            browser.close()


def fill(home: Path, documents: int, sentences: int) -> None:
    """A library of text files, each of `sentences` shuffled sentences. A complete one is kept."""
    if home.is_dir():
        with Library(home) as library:
            if library.counts().documents == documents:
                return
    texts = [
        (ROOT / "samples" / name).read_text() for name in ("night-sky-notes.txt", "bicycle-workshop.txt")
    ]
    texts += [path.read_text() for path in sorted((ROOT / "samples").glob("*.md"))]
    pool = [one.strip() for text in texts for one in re.split(r"(?<=[.!?])\s+", text) if len(one) > 40]
    rng = random.Random(7)
    folder = home.parent / "files"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(documents):
        chosen = rng.choices(pool, k=sentences)
        (folder / f"notes-{number:05}.txt").write_text(f"Note {number}. " + " ".join(chosen))
    began = time.perf_counter()
    with Library(home) as library:
        library.add([folder])
        counts = library.counts()
    seconds = time.perf_counter() - began
    print(
        f"filled: {counts.documents:,} documents, {counts.chunks:,} passages in {seconds:.0f} s "
        f"({1000 * seconds / counts.documents:.0f} ms a document)"
    )


def report_start(browser: Browser, home: Path) -> None:
    """The medians of STARTS starts, and of all searches after the first."""
    first_pages, first_searches, later = [], [], []
    for _ in range(STARTS):
        wait_for_no_worker(home)
        began = time.perf_counter()
        with running(home) as app, tab(browser) as page:
            page.goto(app.url)
            shown(page, ".dx-shelf .dx-row")
            first_pages.append(time.perf_counter() - began)
            page.get_by_test_id("stSidebar").get_by_role("link", name="Search").click()
            search(page, QUESTIONS[0])
            first_searches.append(time.perf_counter() - began)
            later += [timed(lambda text=text: search(page, text)) for text in QUESTIONS[1:]]  # type: ignore[misc]
    row("start to a usable first page", statistics.median(first_pages), 3.0)
    row("start to the first search's hits", statistics.median(first_searches), 6.0)
    row("later searches, median", statistics.median(later), 0.3)
    row("later searches, slowest", max(later), 0.3)


def report_list(browser: Browser, home: Path, many: int) -> None:
    wait_for_no_worker(home)
    with running(home) as app, tab(browser) as page:
        page.goto(f"{app.url}/settings")
        expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible(timeout=WAIT_MS)
        link = page.get_by_test_id("stSidebar").get_by_role("link", name="Documents")
        link.click()
        shown(page, ".dx-shelf .dx-row")  # once, so that code and fonts are in the browser
        page.get_by_test_id("stSidebar").get_by_role("link", name="Settings").click()
        expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()

        def show() -> None:
            link.click()
            shown(page, ".dx-shelf .dx-row")

        def narrow() -> None:
            page.get_by_placeholder(re.compile("Filter")).fill("notes-00123")
            shown(page, "p", f"1 of {many:,}")

        def open_first() -> None:
            page.get_by_role("button", name="notes-00123.txt").click()
            shown(page, "h2", "notes-00123.txt")

        page.wait_for_timeout(1500)  # a page that is still at work would be timed too
        row("the list of all documents", timed(show), 0.5)
        row("its filter (with the pause after typing)", timed(narrow), 0.5)
        row("opening a document", timed(open_first), 0.5)


def search(page: Page, text: str) -> None:
    field = page.get_by_placeholder(re.compile("a whole question"))
    before = page.locator(".dx-hit-text").first.text_content() if page.locator(".dx-hit").count() else None
    field.fill(text)
    field.press("Enter")
    page.wait_for_function(
        "before => { const hit = document.querySelector('.dx-hit-text');"
        " return hit && hit.textContent !== before; }",
        arg=before,
        timeout=WAIT_MS,
        polling=10,
    )


def shown(page: Page, selector: str, beginning: str = "") -> None:
    """Waits until an element stands there, looking at every frame: Playwright's own waiting looks at ever
    longer intervals, up to half a second."""
    page.wait_for_function(
        "([selector, beginning]) => [...document.querySelectorAll(selector)].some("
        "element => element.checkVisibility() && element.textContent.startsWith(beginning))",
        arg=[selector, beginning],
        timeout=WAIT_MS,
        polling="raf",
    )


def timed(action: Callable[[], None]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def row(what: str, seconds: float, aim: float) -> None:
    verdict = "met" if seconds <= aim else "missed"
    print(f"{what:<45} {1000 * seconds:>7,.0f} ms   aim {1000 * aim:>6,.0f} ms   {verdict}", flush=True)


@contextmanager
def running(home: Path) -> Iterator[App]:
    app = start_app(home)
    try:
        yield app
    finally:
        stop_app(app)


@contextmanager
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        yield context.new_page()
    finally:
        context.close()


def wait_for_no_worker(home: Path) -> None:
    """A start is measured from nothing: the worker that filled the library has left."""
    while (home / "worker.json").exists():
        time.sleep(0.2)
    time.sleep(1)


if __name__ == "__main__":
    main()
