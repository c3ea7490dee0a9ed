"""Undo on the Documents page, and the list of the bin. Runs ui.documents.removed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from tests.pages.components import data, trigger
from tests.pages.conftest import open_page, texts
from tests.pages.test_documents_page import named, shown_names, tick
from ui.documents import removed
from ui.wording import until


def remove(app: AppTest, *names: str) -> AppTest:
    """Removes documents as a person does: ticks them, presses "Remove…" and says yes."""
    tick(app, *names)
    app.button(key="remove").click().run()
    app.button(key="remove_yes").click().run()
    assert not app.exception
    return app


def keys(app: AppTest) -> set[str]:
    return {entry.key or "" for entry in app.button}


def test_undo_stands_where_it_was_removed(app: AppTest, library: Library) -> None:
    before = library.documents()
    open_page(app, "documents")
    assert "Bin" not in [entry.label for entry in app.expander]
    tick(app, "bread.txt", "chess.md")
    app.button(key="remove").click().run()
    assert "keeps it for 7 days" in texts(app)
    app.button(key="remove_yes").click().run()
    assert shown_names(app) == ["rivers.md"]
    assert "2 documents removed. The bin keeps them for 7 days." in texts(app).replace("*", "")
    app.run()
    assert app.button(key="removed_undo").label == "Undo", "it stays until it is put away"
    app.button(key="removed_undo").click().run()
    assert not app.exception
    assert library.documents() == before
    assert sorted(shown_names(app)) == sorted(one.name for one in before)
    assert not keys(app) & {"removed_undo", "bin_restore_all"}


def test_the_notice_is_put_away_and_the_bin_still_has_it(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    remove(app, "bread.txt")
    assert "bread.txt removed." in texts(app).replace("*", "")
    app.button(key="removed_dismiss").click().run()
    assert "removed_undo" not in keys(app)
    assert [entry.label for entry in app.expander if "Bin" in entry.label] == ["Bin · 1 document"]
    (held,) = library.binned()
    app.button(key=f"bin_restore_{held.document.id}").click().run()
    assert sorted(shown_names(app)) == ["bread.txt", "chess.md", "rivers.md"]


def test_a_second_tab_undoes_it_too(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    remove(app, "bread.txt")
    library.restore([one.document.id for one in library.binned()])  # in another tab
    app.run()
    assert not keys(app) & {"removed_undo", "bin_restore_all"}
    assert "bread.txt" in shown_names(app)


def test_the_opened_document_is_removed_and_undone(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    trigger(app, "shelf", "open", named(library, "rivers.md").id)
    app.button(key="remove_this").click().run()
    app.button(key="remove_yes").click().run()
    assert "rivers.md" not in shown_names(app)
    app.button(key="removed_undo").click().run()
    assert "rivers.md" in shown_names(app)


def test_one_is_removed_for_good_then_the_bin_is_emptied(app: AppTest, library: Library) -> None:
    open_page(app, "documents")
    remove(app, "bread.txt", "chess.md", "rivers.md")
    assert library.counts().documents == 0
    assert "Put documents in" in texts(app)
    bread = next(one.document for one in library.binned() if one.document.name == "bread.txt")
    app.button(key=f"bin_erase_{bread.id}").click().run()
    assert "cannot be undone" in texts(app)
    app.button(key="erase_no").click().run()
    assert len(library.binned()) == 3
    app.button(key=f"bin_erase_{bread.id}").click().run()
    app.button(key="erase_yes").click().run()
    assert sorted(one.document.name for one in library.binned()) == ["chess.md", "rivers.md"]
    assert "2 documents removed" in texts(app).replace("*", "")
    app.button(key="bin_empty").click().run()
    assert app.button(key="erase_yes").label == "Remove 2 documents for good"
    app.button(key="erase_yes").click().run()
    assert library.binned() == []
    assert list((library.folder / "files").glob("?" * 64)) == []
    assert not keys(app) & {"removed_undo", "bin_empty"}


def test_a_full_bin_is_listed_page_by_page(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removed, "ROWS", 2)
    open_page(app, "documents")
    remove(app, "bread.txt", "chess.md", "rivers.md")
    assert len([key for key in keys(app) if key.startswith("bin_erase_")]) == 2
    app.button(key="bin_restore_all").click().run()
    assert len(data(app, "shelf")["rows"]) == 3


def test_without_a_bin_the_dialog_says_so(app: AppTest, library: Library) -> None:
    library.change_settings(bin_days=0)
    open_page(app, "documents")
    tick(app, "bread.txt")
    app.button(key="remove").click().run()
    assert "cannot be undone" in texts(app)
    app.button(key="remove_yes").click().run()
    assert not keys(app) & {"removed_undo", "bin_empty"}
    assert library.binned() == []


def test_how_long_is_said_in_words() -> None:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    for seconds, words in ((-5, "less than an hour"), (5 * 3600, "5 hours"), (7 * 86400 - 9, "7 days")):
        assert until(now + timedelta(seconds=seconds), now) == f"for {words}"
