"""axe-core on every page, state and dialog, light and dark; a focus that is seen; 390 pixels that do."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer import Library
from explorer.stores import folder as store_folder
from tests.browser.accessibility import THEMES, Examiner, cut_off, focused, settle
from tests.browser.conftest import ROOT, App, start_app, stop_app
from tests.folders import copy_library
from tests.waiting import until
from ui.settings.sections import TABS

PLACES = {
    "Documents": "",
    "Search": "search",
    "Chat": "chat",
    "Map": "map",
    "Words": "words",
    "Settings": "settings",
}
FOUND = "search?question=how+much+notice+ends+the+lease"
MS = 60_000
BINNED = "sourdough-handbook.md"
TAKEN = [
    {"name": name, "mimeType": "text/plain", "buffer": b"Other words than in the library."}
    for name in ("chess-endgames.md", "night-sky-notes.txt")
]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = start_app(tmp_path_factory.mktemp("nothing") / "default")
    yield app
    stop_app(app)


@pytest.fixture(scope="module")
def app(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("accessible") / "default"
    copy_library(prepared, home)
    with Library(home) as library:
        library.bin(one.id for one in library.documents() if one.name == BINNED)
        assert library.binned()
        watch_and_empty(library, tmp_path_factory.mktemp("watched"))
    running = start_app(home)
    yield running
    stop_app(running)


def watch_and_empty(library: Library, folder: Path) -> None:
    """Leaves a watched folder whose only file is gone: the Documents page asks what it means."""
    (folder / "tide-table.txt").write_text("High water stands at six in the evening.", encoding="utf-8")
    library.watched.add(folder)
    until(lambda: library.watched.list()[0].files == 1 and not library.activity().is_busy)
    (folder / "tide-table.txt").unlink()
    until(lambda: library.watched.list()[0].is_emptied)


@pytest.fixture(scope="module")
def tab(chromium: Browser) -> Iterator[Page]:
    """One tab for all tests of this file, as each new one loads Streamlit again."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def examiner() -> Examiner:
    return Examiner()


@pytest.fixture(scope="module")
def dialogs() -> set[str]:
    """The titles of the dialogs that were opened so far."""
    return set()


def go(tab: Page, app: App, place: str) -> None:
    tab.goto(f"{app.url}/{place}")
    expect(tab.get_by_role("heading").first).to_be_visible(timeout=MS)
    settle(tab)


def opened_hit(tab: Page, app: App) -> None:
    go(tab, app, FOUND)
    tab.locator(".dx-hit-title").first.click()
    expect(tab.locator(".dx-sheet img, .dx-viewer-text").first).to_be_visible(timeout=MS)


def opened_document(tab: Page, app: App) -> None:
    go(tab, app, "")
    tab.get_by_role("button", name="river-restoration.pdf", exact=True).click()
    expect(tab.locator(".passages .passage").first).to_be_visible(timeout=MS)


def ticked(tab: Page, app: App) -> None:
    go(tab, app, "")
    tab.locator(".dx-shelf .dx-row input").first.check()
    expect(tab.get_by_text(re.compile("^1 selected"))).to_be_visible(timeout=MS)


def bin_open(tab: Page, app: App) -> None:
    go(tab, app, "")
    tab.get_by_text(re.compile("^Bin · 1 document")).click()
    expect(tab.get_by_role("button", name="Restore", exact=True)).to_be_visible(timeout=MS)


def conflict(tab: Page, app: App) -> None:
    go(tab, app, "")
    tab.locator("input[type=file]").first.set_input_files(TAKEN)
    expect(tab.get_by_role("button", name="Keep both").first).to_be_visible(timeout=MS)


def scope_open(tab: Page, app: App) -> None:
    go(tab, app, "search")
    tab.get_by_role("button", name=re.compile("^Everything")).click()
    expect(tab.get_by_test_id("stPopoverBody")).to_be_visible()


def explained(tab: Page, app: App) -> None:
    """A slip that was mended, a filter, why a hit was found, and where another passage stands."""
    go(tab, app, "search?question=how+much+notise+ends+the+lease+-chess")
    expect(tab.get_by_text(re.compile("^Showing results for")).first).to_be_visible(timeout=MS)
    tab.get_by_role("button", name="Why this hit").first.click()
    tab.get_by_role("button", name="Where is …?").click()
    field = tab.locator(".st-key-where-document input")
    field.click()
    field.fill("beekeeping")
    tab.get_by_role("option", name="beekeeping-year.md").click()
    expect(tab.get_by_text(re.compile("stands at rank"))).to_be_visible(timeout=MS)


def answered(tab: Page, app: App) -> None:
    go(tab, app, "chat")
    field = tab.get_by_test_id("stChatInputTextArea")
    field.fill("How much notice ends the lease?")
    field.press("Enter")
    expect(tab.locator(".dx-quote .dx-chip").first).to_be_visible(timeout=MS)


def citation_open(tab: Page, app: App) -> None:
    answered(tab, app)
    tab.locator(".dx-quote .dx-chip").first.click()
    expect(tab.locator(".dx-sheet img, .dx-viewer-text").first).to_be_visible(timeout=MS)


def map_drawn(tab: Page, app: App) -> None:
    go(tab, app, "map")
    tab.wait_for_selector(".dx-map-note[hidden]", state="attached", timeout=MS)


def subject_chosen(tab: Page, app: App) -> None:
    map_drawn(tab, app)
    tab.locator(".dx-map-group input").first.check()
    expect(tab.get_by_text(re.compile("^Selected"))).to_be_visible(timeout=MS)


def settings_unfolded(name: str, tab: Page, app: App) -> None:
    """A tab of Settings with all that unfolds on it."""
    go(tab, app, f"settings?tab={name.lower().replace(' ', '+')}")
    expect(tab.get_by_role("tab", name=name, selected=True)).to_be_visible(timeout=MS)
    tab.evaluate(
        "document.querySelectorAll('main details:not([open]) > summary').forEach((each) => each.click())"
    )


STATES: dict[str, Callable[[Page, App], None]] = {
    "the list, with files that failed": lambda tab, app: go(tab, app, ""),
    "a row ticked": ticked,
    "the bin": bin_open,
    "names that are taken": conflict,
    "a document": opened_document,
    "the search page": lambda tab, app: go(tab, app, "search"),
    "the scope": scope_open,
    "hits": lambda tab, app: go(tab, app, FOUND),
    "a hit in the viewer": opened_hit,
    "why this hit, and where another one stands": explained,
    "exact words that stand nowhere": lambda tab, app: go(tab, app, "search?question=zzqqxx&exact=true"),
    "nothing found": lambda tab, app: go(tab, app, "search?question=zzqqxx&mode=By+words"),
    "the chat page": lambda tab, app: go(tab, app, "chat"),
    "an answer": answered,
    "a citation in the viewer": citation_open,
    "the map": map_drawn,
    "a subject chosen": subject_chosen,
    **{f"the settings, {name}": partial(settings_unfolded, name) for name in TABS},
}


@pytest.mark.slow
def test_empty_pages_have_no_grave_fault(tab: Page, empty: App, examiner: Examiner) -> None:
    for name, place in PLACES.items():
        go(tab, empty, place)
        examiner.look(tab, f"{name}, empty")
    assert not examiner.found, examiner.report()


@pytest.mark.slow
def test_no_state_of_a_page_has_a_grave_fault(tab: Page, app: App, examiner: Examiner) -> None:
    for name, reach in STATES.items():
        reach(tab, app)
        examiner.look(tab, name)
    assert not examiner.found, examiner.report()


@pytest.mark.slow
def test_no_dialog_has_a_grave_fault(tab: Page, app: App, examiner: Examiner) -> None:
    """Every button and entry that ends in "…" opens a dialog; those of dialogs to come do too."""
    seen: set[str] = set()
    for reach in (ticked, bin_open, opened_document, partial(settings_unfolded, "Library")):
        reach(tab, app)
        settle(tab)  # what the page before still shows is no button of this one
        buttons = tab.locator("main").get_by_role("button", name=re.compile("…$"), disabled=False)
        for name in [text for text in buttons.all_inner_texts() if text]:
            seen.add(examined(tab, examiner, lambda name=name: open_by(tab, name)))
    menu = tab.locator(".st-key-library_menu button").locator("visible=true").first
    menu.click()
    examiner.look(tab, "the menu of libraries")
    entries = tab.get_by_role("menuitem", name=re.compile("…$")).all_inner_texts()
    tab.keyboard.press("Escape")
    for name in entries:
        seen.add(examined(tab, examiner, lambda name=name: (menu.click(), open_by(tab, name, "menuitem"))))
    answered(tab, app)
    settle(tab)
    tab.get_by_role("button", name="Rename or delete").click()
    expect(tab.get_by_role("dialog", name="Rename or delete")).to_be_visible(timeout=MS)
    examiner.look(tab, "the menu of a conversation")
    seen.add(examined(tab, examiner, lambda: served_library_deleted(tab, app)))
    assert not examiner.found, examiner.report()
    assert titles() - seen == set(), "dialogs that were not looked at: no button that ends in “…” opens them"


def served_library_deleted(tab: Page, app: App) -> None:
    """Deletes a library whose vectors lie on a server that is away: what is left there is said."""
    home = app.home.parent / "lighthouse"
    with Library(home) as library:
        name = library.name
    noted = home / "qdrant_server" / store_folder._SEQUENCE
    noted.parent.mkdir()
    server = {"address": "http://127.0.0.1:9", "space": "explorer_0123456789abcdef_"}
    noted.write_text(json.dumps({"server": server}), encoding="utf-8")
    go(tab, app, "")
    menu = tab.locator(".st-key-library_menu button").locator("visible=true").first
    menu.click()
    tab.get_by_role("menuitem", name=re.compile(name)).click()
    expect(menu).to_contain_text(name, timeout=MS)
    settle(tab)
    menu.click()
    open_by(tab, "Delete this library…", "menuitem")
    tab.get_by_label(re.compile("^Type")).fill(name)
    tab.get_by_role("button", name="Delete this library", exact=True).click()
    expect(tab.get_by_text("delete them there")).to_be_visible(timeout=MS)


def open_by(tab: Page, name: str, role: str = "button") -> None:
    words = name.splitlines()[-1]  # before it may stand the name of an icon
    tab.get_by_role(role, name=re.compile(re.escape(words))).locator("visible=true").first.click()


def examined(tab: Page, examiner: Examiner, show: Callable[[], object]) -> str:
    """Opens a dialog, looks at it, sees that it has a name, holds the focus and gives it back; its title."""
    show()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_be_visible(timeout=MS)
    title = dialog.get_by_role("heading").first.inner_text()
    examiner.look(tab, f"the dialog “{title}”")
    assert dialog.evaluate(
        "one => Boolean(one.getAttribute('aria-label') || one.getAttribute('aria-labelledby'))"
    )
    for _ in range(12):
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.closest('[role=dialog]') !== null"), f"“{title}” lets go"
        assert focused(tab)["ring"], focused(tab)["markup"]
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settle(tab)
    return title


def titles() -> set[str]:
    """The titles of all dialogs in the code."""
    found = set()
    for path in (ROOT / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for call in getattr(node, "decorator_list", ()):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "st.dialog":
                    found.add(ast.literal_eval(call.args[0]))
    return found


@pytest.mark.slow
def test_what_is_excused_is_still_there(examiner: Examiner) -> None:
    assert examiner.unmet() == [], "Streamlit has mended it: take it off the list"


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
def test_wherever_tab_goes_the_focus_is_seen(tab: Page, app: App, theme: str) -> None:
    tab.emulate_media(color_scheme=theme)
    unseen = []
    for reach in (ticked, opened_hit, answered, subject_chosen, partial(settings_unfolded, "Embedding")):
        reach(tab, app)
        tab.evaluate("document.activeElement.blur()")
        for _ in range(30):
            tab.keyboard.press("Tab")
            here = focused(tab)
            if here["tag"] == "BODY":
                break
            if not (here["ring"] and here["shown"]):
                unseen.append(f"{reach.__name__}: {here['markup']}")
    assert unseen == [], "\n".join(unseen)


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 640])
def test_narrow_windows_cut_nothing_off(tab: Page, app: App, empty: App, width: int) -> None:
    """390 pixels are a telephone; 640 are a window of 1280 at 200 %."""
    tab.set_viewport_size({"width": width, "height": 844})
    bad = []
    for name, place in PLACES.items():
        go(tab, empty, place)
        bad += [f"{name}, empty: {line}" for line in cut_off(tab)]
    for name, reach in STATES.items():
        reach(tab, app)
        bad += [f"{name}: {line}" for line in cut_off(tab)]
    opened_hit(tab, app)
    box = tab.locator(".dx-viewer").bounding_box()
    assert box is not None
    assert box["width"] > width - 40, "the viewer covers the page like a sheet"
    tab.keyboard.press("Escape")
    ticked(tab, app)
    tab.get_by_role("button", name="Remove…").click()
    expect(tab.get_by_role("dialog")).to_be_visible()
    bad += [f"the dialog: {line}" for line in cut_off(tab)]
    tab.keyboard.press("Escape")
    tab.set_viewport_size({"width": 1280, "height": 900})
    assert bad == [], "\n".join(bad)


@pytest.mark.slow
def test_a_german_browser_gets_german_figures(chromium: Browser, app: App) -> None:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="de-DE", timezone_id="Europe/Berlin"
    )
    tab = context.new_page()
    go(tab, app, "")
    row = tab.locator(".dx-shelf .dx-row", has_text="beekeeping-year.md")
    expect(row.locator(".dx-size")).to_have_text("1,8\xa0kB".replace("\xa0", " "), timeout=MS)
    expect(row.locator(".dx-added")).to_have_text(re.compile("ago|just now|yesterday"))
    exact = row.locator(".dx-added").get_attribute("title") or ""
    assert re.fullmatch(r"\d\d\.\d\d\.20\d\d, \d\d:\d\d", exact), exact
    map_drawn(tab, app)
    shares = tab.locator(".dx-map-group small").all_inner_texts()
    assert not any("." in share for share in shares), shares
    assert tab.evaluate("document.documentElement.lang") == "en"
    context.close()


@pytest.mark.slow
def test_a_passage_says_its_language(tab: Page, app: App) -> None:
    opened_hit(tab, app)
    assert tab.locator(".dx-hit-text").first.get_attribute("lang") == "en"
    opened_document(tab, app)
    assert tab.locator(".passages").get_attribute("lang") == "en"
    answered(tab, app)
    assert tab.locator(".dx-quote-text").first.get_attribute("lang") == "en"


@pytest.mark.slow
def test_less_motion_is_respected(tab: Page, app: App) -> None:
    tab.emulate_media(reduced_motion="reduce")
    go(tab, app, "")
    seconds = tab.evaluate(
        "[...document.querySelectorAll('*')].map((each) => getComputedStyle(each).transitionDuration)"
        ".flatMap((each) => each.split(',').map(parseFloat))"
    )
    tab.emulate_media(reduced_motion="no-preference")
    assert max(seconds) < 0.001
