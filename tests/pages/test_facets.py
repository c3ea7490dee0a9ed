"""What lists of choices hold (`ui.facets`, `ui.documents.folders`): no two labels alike, as written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from explorer.search import folder_of
from tests.pages.conftest import open_page
from ui import scope, state
from ui.documents import folders
from ui.search import where
from ui.wording import distinct


@pytest.fixture
def alike(home: Path, tmp_path: Path) -> Iterator[Library]:
    """Two documents of one name in folders of one name."""
    library = state.opened(home)
    for year in ("2019", "2020"):
        folder = tmp_path / year / "my_papers" / "in"
        folder.mkdir(parents=True)
        (folder / "report.txt").write_text(
            f"The report of the year {year} is about gravel.", encoding="utf-8"
        )
    library.add([tmp_path / "2019", tmp_path / "2020"])
    assert [one.name for one in library.documents()] == ["report.txt"] * 2
    library.tag([library.documents()[0].id], add=["tax_return *draft*"])
    yield library
    state.close_all()


def test_each_of_two_equal_documents_can_be_chosen(app: AppTest, alike: Library) -> None:
    open_page(app, "search")
    box = app.multiselect(key="scope-documents")
    assert len(set(box.options)) == 2
    for one in alike.documents():
        app.multiselect(key="scope-documents").set_value([one.id]).run()
        assert app.session_state[scope.KEY].scope.documents == [one.id]


def test_each_of_two_equal_folders_can_be_chosen(app: AppTest, alike: Library) -> None:
    open_page(app, "search")
    box = app.multiselect(key="scope-folders")
    assert box.options == ["2019/my_papers/in · 1", "2020/my_papers/in · 1"]
    for one in alike.documents():
        folder = str(folder_of(one))
        app.multiselect(key="scope-folders").set_value([folder]).run()
        assert app.session_state[scope.KEY].scope.folders == [folder]


def test_tags_stand_in_the_list_as_they_are_written(app: AppTest, alike: Library) -> None:
    open_page(app, "search")
    assert app.multiselect(key="scope-tags").options == ["tax_return *draft* · 1"]


def test_where_is_asks_about_the_one_that_was_chosen(app: AppTest, alike: Library) -> None:
    app.session_state[where.ASKED] = True
    open_page(app, "search")
    app.selectbox(key="mode").set_value("keyword")
    app.text_input(key="question").set_value("gravel").run()
    assert len(set(app.selectbox(key=where.DOCUMENT).options)) == 2
    for one in alike.documents():
        app.selectbox(key=where.DOCUMENT).set_value(one.id).run()
        assert app.session_state[where.DOCUMENT] == one.id


def test_folders_of_the_documents_page_are_told_apart(app: AppTest, alike: Library) -> None:
    open_page(app, "documents")
    options = app.selectbox(key=folders.KEY).options
    assert len(set(options)) == len(options) > 2


def test_labels_are_made_distinct() -> None:
    assert distinct("ab", str.upper) == {"a": "A", "b": "B"}
    assert distinct(["x/a", "y/a", "b"], lambda path: path[-1], str) == {"x/a": "x/a", "y/a": "y/a", "b": "b"}
    assert distinct([1, 2, 3], lambda _: "same") == {1: "same (2)", 2: "same (3)", 3: "same (4)"}
