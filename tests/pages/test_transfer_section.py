"""Settings, Back up and move: export, import and what came of it, while the app runs.

Runs ui.settings.transfer.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from tests.pages.conftest import TEXTS, open_settings, texts
from tests.waiting import until


def field(app: AppTest, name: str):
    return next(one for one in app.text_input if (one.key or "").startswith(name))


def finished(app: AppTest, library: Library) -> AppTest:
    until(lambda: library.transfer.state is not None and library.transfer.state.is_over)
    app.run()
    assert not app.exception, app.exception
    return app


def test_out_of_one_library_and_back_into_it(app: AppTest, library: Library, tmp_path: Path) -> None:
    open_settings(app, "library")
    assert "Back up and move" in texts(app)
    field(app, "transfer_target").set_value(str(tmp_path / "out.zip"))
    app.button(key="transfer_export_go").click().run()
    finished(app, library)
    assert f"Exported {len(TEXTS)} documents to {tmp_path / 'out.zip'}." in texts(app)
    assert (tmp_path / "out.zip").is_file()
    assert [button.label for button in app.get("download_button")] == ["Download it"]
    app.button(key="transfer_dismiss").click().run()
    assert library.transfer.state is None
    assert "Exported" not in texts(app)

    removed = next(one.id for one in library.documents() if one.name == "bread.txt")
    library.remove(removed)
    field(app, "transfer_path").set_value(str(tmp_path / "out.zip"))
    app.button(key="transfer_import_go").click().run()
    finished(app, library)
    assert "Added 1 document." in texts(app)
    assert "2 documents were there already." in texts(app)
    assert {one.name for one in library.documents()} == set(TEXTS)


def test_an_upload_is_brought_in_and_its_copy_goes(
    app: AppTest, empty: Library, filled_folder: Path, tmp_path: Path
) -> None:
    with Library(filled_folder) as filled:
        filled.transfer.export(tmp_path / "out.zip")
    open_settings(app, "library")
    app.file_uploader(key="transfer_file").upload(
        "out.zip", (tmp_path / "out.zip").read_bytes(), "application/zip"
    )
    app.button(key="transfer_import_go").click().run()
    finished(app, empty)
    assert "The import of out.zip" in texts(app)
    assert f"Added {len(TEXTS)} documents." in texts(app)
    assert list((empty.folder / "files" / ".incoming").iterdir()) == []


def test_plain_files(app: AppTest, library: Library, tmp_path: Path) -> None:
    open_settings(app, "library")
    field(app, "transfer_folder").set_value(str(tmp_path / "plain"))
    app.button(key="transfer_plain_go").click().run()
    finished(app, library)
    assert (tmp_path / "plain" / "bread.txt.txt").read_text() == TEXTS["bread.txt"]


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("transfer_target", "out.zip", "not a whole path"),
        ("transfer_path", "", "Choose an export first"),
        ("transfer_path", "/no/such/export.zip", "There is no /no/such/export.zip"),
    ],
)
def test_what_cannot_be_is_said(app: AppTest, library: Library, name: str, typed: str, said: str) -> None:
    open_settings(app, "library")
    field(app, name).set_value(typed)
    is_export = name == "transfer_target"
    app.button(key="transfer_export_go" if is_export else "transfer_import_go").click().run()
    assert said in texts(app)
    assert library.transfer.state is None


def test_while_it_runs_it_can_be_stopped_and_says_how_far_it_is(app: AppTest, library: Library) -> None:
    from explorer.transfer import Exported
    from explorer.transfer.meter import Meter

    def endless(meter: Meter) -> Exported:
        meter.begin(1000)
        meter.step("Copying originals")
        while True:
            meter.add(0)

    library.transfer._background.start("The export to /x", endless)
    until(lambda: library.transfer.state is not None and library.transfer.state.progress.total)
    open_settings(app, "library")
    assert "The export to /x" in texts(app)
    app.button(key="transfer_stop").click().run()
    finished(app, library)
    assert "It was stopped" in texts(app)
