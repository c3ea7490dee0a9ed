"""The app in Streamlit's own test harness, over real libraries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from explorer import Library
from tests.folders import copy_library
from ui import state

ROOT = Path(__file__).parents[2]
TEXTS = {
    "rivers.md": "# Rivers\n\nA river carries gravel from the mountains to the sea.\n",
    "bread.txt": "Sourdough rises slowly. The starter is fed with rye flour and water every evening.\n",
    "chess.md": "# Endgames\n\nA king and pawn against a king is won when the king stands before the pawn.\n",
}


@pytest.fixture(scope="session")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with three documents, made once by the real engine."""
    place = tmp_path_factory.mktemp("filled")
    files = place / "files"
    files.mkdir()
    for name, text in TEXTS.items():
        (files / name).write_text(text, encoding="utf-8")
    with Library(place / "library") as library:
        outcomes = library.add([files])
        assert [outcome.status for outcome in outcomes] == ["added"] * len(TEXTS), outcomes
        library.tag([library.documents()[0].id], add=["nature"])
    return place / "library"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the default library of this test, and no model loaded just because a page was shown."""
    place = tmp_path / "libraries" / "default"
    monkeypatch.setenv("EXPLORER_HOME", str(place))
    monkeypatch.setattr(Library, "warm", lambda _self: None)
    return place


@pytest.fixture
def empty(home: Path) -> Iterator[Library]:
    """An empty library, as the app has it open."""
    yield state.opened(home)
    state.close_all()


@pytest.fixture
def library(home: Path, filled_folder: Path) -> Iterator[Library]:
    """A library with three documents, as the app has it open."""
    copy_library(filled_folder, home)
    yield state.opened(home)
    state.close_all()


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The app, not yet run.

    The harness forgets before each run that this app has a navigation of its own, and takes the folder pages/
    for Streamlit's old menu: from the second run on it would run a page without the frame around it.
    """
    make = PagesManager.__init__

    def remembering(manager: PagesManager, *arguments: Any, **options: Any) -> None:
        PagesManager.uses_pages_directory = False
        make(manager, *arguments, **options)

    monkeypatch.setattr(PagesManager, "__init__", remembering)
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)


def open_page(app: AppTest, name: str) -> AppTest:
    """The app on one of its pages; fails on anything that was raised."""
    app.run().switch_page(f"pages/{name}.py").run()
    assert not app.exception, app.exception
    return app


def open_settings(app: AppTest, tab: str) -> AppTest:
    """The app on a tab of its Settings page, by its address or a click; fails on anything that was raised."""
    app.run()
    app.query_params["tab"] = tab
    app.switch_page("pages/settings.py").run()
    if app.session_state["tab"].casefold() != tab:  # it was on the page: only a click leads to another tab
        app.session_state["tab"] = tab.capitalize()
        app.run()
    assert not app.exception, app.exception
    return app


def texts(app: AppTest) -> str:
    """All that the page says in native widgets, with escapes taken out."""
    said = [
        *app.markdown,
        *app.caption,
        *app.title,
        *app.header,
        *app.info,
        *app.error,
        *app.success,
        *app.warning,
    ]
    return "\n".join(str(element.value) for element in said).replace("\\", "")
