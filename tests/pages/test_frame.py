"""The frame: the library's menu, the line of activity, and errors in words.

Runs ui.frame.frame, ui.frame.library_menu and ui.frame.recovery.
"""

from __future__ import annotations

import io
import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library, libraries
from explorer.errors import StorageError
from explorer.stores import folder
from tests.pages.conftest import open_page, texts
from tests.waiting import until
from ui import errors, state


def choose(app: AppTest, words: str) -> AppTest:
    """Takes an entry of the library menu."""
    menu = app.menu_button(key="library_menu")
    index = next(i for i, option in enumerate(menu.options) if words in option.replace("\\", ""))
    menu.click_index(index).run()
    assert not app.exception
    return app


def send(app: AppTest, label: str, typed: str) -> AppTest:
    app.text_input[-1].set_value(typed)
    next(entry for entry in app.button if entry.label == label).click().run()
    assert not app.exception
    return app


def test_a_lost_catalogue_is_said_and_mended_on_the_page(app: AppTest, library: Library) -> None:
    """Runs ui.frame.recovery too."""
    place = library.folder
    state.close_all()
    with libraries.without_worker(place):
        (place / "catalog.sqlite3").write_bytes(b"")
    open_page(app, "documents")
    assert len(app.error) == 1
    assert "3 originals are still" in texts(app) and "doctor --repair" in texts(app)
    next(entry for entry in app.button if entry.label == "Add the originals again").click().run()
    assert not app.exception, app.exception
    assert not app.error
    with Library(place) as again:
        until(lambda: again.counts().documents == 3)


def test_every_page_is_in_the_navigation(app: AppTest, empty: Library) -> None:
    open_page(app, "documents")
    labels = [link.label for link in app.sidebar.get("page_link")]
    assert labels == ["Documents", "Search", "Chat", "Map", "Words", "Settings"]


def test_libraries_are_made_switched_renamed_and_deleted(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    choose(app, "New library")
    send(app, "Make it", "Invoices *2026*")
    assert app.menu_button(key="library_menu").label.replace("\\", "") == "Invoices *2026*"
    made = state.opened(app.session_state[state.FOLDER])
    assert made.folder.parent == library.folder.parent
    assert made.counts().documents == 0

    choose(app, "Rename")
    send(app, "Rename", "Receipts")
    assert made.name == "Receipts"

    choose(app, f"{library.name} · 3 documents")
    assert app.session_state[state.FOLDER] == str(library.folder)
    choose(app, "Receipts")
    choose(app, "Delete")
    send(app, "Delete this library", "Recipes")
    assert "nothing was deleted" in app.error[0].value
    assert made.folder.is_dir()
    send(app, "Delete this library", "Receipts")
    assert not made.folder.exists()
    assert app.session_state[state.FOLDER] == str(library.folder)
    assert [info.folder for info in libraries.list_libraries()] == [library.folder]


def test_what_a_server_still_holds_of_a_deleted_library_is_told(app: AppTest, library: Library) -> None:
    """Nothing listens at the address that the store's folder notes."""
    open_page(app, "documents")
    choose(app, "New library")
    send(app, "Make it", "Served")
    made = state.opened(app.session_state[state.FOLDER])
    noted = made.folder / "qdrant_server" / folder._SEQUENCE
    noted.parent.mkdir()
    address, space = "http://127.0.0.1:9", "explorer_0123456789abcdef_"
    noted.write_text(json.dumps({"server": {"address": address, "space": space}}), encoding="utf-8")
    choose(app, "Delete")
    send(app, "Delete this library", "Served")
    assert not made.folder.exists()
    said = texts(app)
    assert "127.0.0.1:9 still holds" in said and f"begin with {space}: delete them there" in said
    next(entry for entry in app.button if entry.label == "Close").click().run()
    assert not app.exception and "still holds" not in texts(app)


def test_a_library_without_a_name_is_told(app: AppTest, empty: Library) -> None:
    open_page(app, "documents")
    choose(app, "New library")
    send(app, "Make it", "  ")
    assert app.error
    assert len(libraries.list_libraries()) == 1


def test_another_library_forgets_what_the_tab_held(app: AppTest, library: Library) -> None:
    other = libraries.create("Other")
    open_page(app, "documents")
    app.session_state["anything"] = "of the old library"
    choose(app, "Other")
    assert "anything" not in app.session_state
    assert app.session_state[state.FOLDER] == str(other)


def test_a_new_tab_opens_the_library_chosen_last(app: AppTest, library: Library) -> None:
    other = libraries.create("Other")
    choose(open_page(app, "documents"), "Other")
    second = AppTest.from_file(str(app._script_path), default_timeout=30).run()
    assert second.session_state[state.FOLDER] == str(other)


def test_an_address_leads_to_the_library_that_has_the_document(app: AppTest, library: Library) -> None:
    wanted = library.documents()[0].id
    state._last_chosen["folder"] = libraries.create("Other")
    app.query_params["document"] = wanted
    app.run()
    assert app.session_state[state.FOLDER] == str(library.folder)


def test_an_address_leads_to_the_library_that_it_names(app: AppTest, library: Library) -> None:
    other = libraries.create("Other")
    state._last_chosen["folder"] = library.folder
    app.query_params[state.LIBRARY] = other.name
    app.run()
    assert app.session_state[state.FOLDER] == str(other)
    second = AppTest.from_file(str(app._script_path), default_timeout=30)
    second.query_params[state.LIBRARY] = "../elsewhere"
    assert second.run().session_state[state.FOLDER] == str(library.folder)


def test_one_line_only_while_there_is_work(app: AppTest, empty: Library) -> None:
    open_page(app, "settings")
    assert not any("Adding" in link.label for link in app.sidebar.get("page_link"))
    for number in range(30):
        empty.upload(f"{number}.txt", io.BytesIO(f"Number {number}. ".encode() * 300))
    app.run()
    (line,) = [link.label for link in app.sidebar.get("page_link") if "Adding" in link.label]
    assert "of 30" in line
    empty.cancel()
    until(lambda: not empty.activity().is_busy)
    assert not any("Adding" in link.label for link in app.run().sidebar.get("page_link"))


def test_an_error_of_ours_is_shown_in_its_own_words(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: Library) -> None:
        raise StorageError("The file *catalog* cannot be read. Run doctor.")

    monkeypatch.setattr(Library, "counts", broken)
    app.run()
    assert not app.exception
    assert [error.value.replace("\\", "") for error in app.error] == [
        "The file *catalog* cannot be read. Run doctor."
    ]


def test_a_library_that_cannot_be_opened_is_told_and_left(app: AppTest, home) -> None:
    other = libraries.create("Other")
    home.write_text("a file, not a folder", encoding="utf-8")
    app.run()
    assert not app.exception
    assert app.error
    app.button(key="open_other").click().run()
    assert not app.error
    assert app.session_state[state.FOLDER] == str(other)
    state.close_all()


def test_a_fault_of_the_app_shows_no_details(caplog: pytest.LogCaptureFixture) -> None:
    def page() -> None:
        from ui import errors

        errors.show(ValueError("secret detail"))

    app = AppTest.from_function(page).run()
    assert "secret detail" not in texts(app)
    assert "your documents are safe" in app.error[0].value
    assert "secret detail" in caplog.text
    assert errors.log.name == "ui.errors"


def test_a_library_is_switched_from_a_question_which_goes_with_it(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    choose(app, "New library")
    send(app, "Make it", "Other")
    choose(app, f"{library.name} · 3 documents")
    app.switch_page("pages/search.py").run()
    app.selectbox(key="mode").set_value("keyword")
    app.query_params["question"] = "mountain"  # where a browser keeps it
    app.text_input(key="question").set_value("mountain").run()
    choose(app, "Other")
    assert app.session_state[state.FOLDER] != str(library.folder)
    choose(app, f"{library.name} · 3 documents")
    assert app.text_input(key="question").value == ""
    assert "question" not in app.query_params
