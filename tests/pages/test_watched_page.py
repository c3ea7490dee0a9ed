"""Watched folders on the Documents page. Runs ui.documents.watched and ui.documents.adding."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from tests.pages.conftest import open_page, texts
from tests.waiting import until


@pytest.fixture
def papers(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "rent.txt").write_text("The rent is due on the first day.", encoding="utf-8")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def said(app: AppTest) -> str:
    return f"{texts(app)} {' '.join(part.label for part in app.expander)}".replace("\\", "")


def test_a_folder_is_watched_paused_resumed_and_stopped(app: AppTest, empty: Library, papers: Path) -> None:
    open_page(app, "documents")
    assert "Watched folders" not in said(app)
    app.button(key="add_folder").click().run()
    app.text_input[0].set_value(str(papers))
    app.checkbox(key="folder_watch").check()
    next(entry for entry in app.button if entry.label == "Add").click().run()
    assert not app.exception
    assert [folder.path for folder in empty.watched.list()] == [str(papers)]
    until(lambda: [one.name for one in empty.documents()] == ["rent.txt"])
    until(lambda: empty.watched.list()[0].files == 1)
    app.run()
    assert "Watched folders · 1" in said(app)
    assert "1 file · looked at" in said(app)
    assert "rent.txt added" in said(app)
    app.button(key="watched_pause_0").click().run()
    assert empty.watched.list()[0].is_paused
    app.button(key="watched_resume_0").click().run()
    assert not empty.watched.list()[0].is_paused
    app.button(key="watched_stop_0").click().run()
    assert empty.watched.list() == []
    assert "Watched folders" not in said(app.run())
    assert [one.name for one in empty.documents()] == ["rent.txt"]


def test_a_folder_that_was_emptied_asks_before_documents_go(
    app: AppTest, empty: Library, papers: Path
) -> None:
    empty.watched.add(papers)
    until(lambda: empty.watched.list()[0].files == 1 and not empty.activity().is_busy)
    (papers / "rent.txt").unlink()
    until(lambda: empty.watched.list()[0].problem)
    open_page(app, "documents")
    (warning,) = (one.value.replace("\\", "") for one in app.warning)
    assert "is empty now" in warning
    assert "Nothing was removed here." in warning
    assert empty.counts().documents == 1
    app.button(key=f"watched_emptied_{papers}").click().run()
    app.button(key="emptied_yes").click().run()
    assert not app.exception
    until(lambda: empty.counts().documents == 0)
    until(lambda: empty.watched.list()[0].problem is None)


def test_a_wrong_folder_is_told(app: AppTest, empty: Library) -> None:
    open_page(app, "documents")
    app.button(key="add_folder").click().run()
    app.text_input[0].set_value(str(empty.folder))
    app.checkbox(key="folder_watch").check()
    next(entry for entry in app.button if entry.label == "Add").click().run()
    assert "this library's own files" in app.error[0].value.replace("\\", "")
