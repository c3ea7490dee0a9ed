from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer import libraries
from explorer.catalog import FILE_NAME, Catalog
from explorer.errors import NotFound, SettingError, StorageError
from tests.catalog.making import add


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "data" / "default"
    monkeypatch.setenv("EXPLORER_HOME", str(place))
    return place


def names() -> list[str]:
    return [info.name for info in libraries.list_libraries()]


def test_nothing_yet(home: Path) -> None:
    assert libraries.list_libraries() == []
    assert libraries.default_folder() == home
    assert libraries.root() == home.parent


def test_libraries_stand_beside_the_default_one(home: Path) -> None:
    Catalog(home).close()
    folder = libraries.create("  Invoices   2026 ")
    assert folder == home.parent / "invoices-2026"
    with Catalog(folder) as catalog:
        add(catalog, "an invoice")
        add(catalog, "another")
    (home.parent / "not a library").mkdir()
    found = libraries.list_libraries()
    assert [(info.name, info.folder, info.documents) for info in found] == [
        ("default", home, 0),
        ("Invoices 2026", folder, 2),
    ]


def test_the_name_changes_and_the_folder_stays() -> None:
    folder = libraries.create("Old")
    libraries.rename(folder, "New name")
    assert names() == ["New name"]
    assert folder.name == "old"
    libraries.rename(folder, "New name")
    other = libraries.create("Old")
    assert other.name == "old-2"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "TAKEN", " taken "])
def test_names_that_cannot_be(name: str) -> None:
    libraries.create("Taken")
    other = libraries.create("Other")
    with pytest.raises(SettingError):
        libraries.create(name)
    with pytest.raises(SettingError):
        libraries.rename(other, name)
    assert names() == ["Other", "Taken"]


@pytest.mark.parametrize(
    "name", ["../../escape", "/etc", "C:\\x", "a\x00b", ".hidden", "CON", "日本語", "💡"]
)
def test_no_name_leaves_the_root(home: Path, name: str) -> None:
    folder = libraries.create(name)
    assert folder.parent == home.parent
    assert not folder.name.startswith(".")
    assert folder.name.isascii()


@given(st.text(max_size=200))
def test_a_slug_is_a_plain_folder_name(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", libraries.slug(name))
    assert len(libraries.slug(name)) <= 60


def test_deleting_wants_the_name(home: Path) -> None:
    folder = libraries.create("Papers")
    with Catalog(folder) as catalog:
        add(catalog, "a paper")
    with pytest.raises(SettingError, match="Nothing was deleted"):
        libraries.delete(folder, "papers")
    assert names() == ["Papers"]
    libraries.delete(folder, "Papers")
    assert names() == []
    assert list(home.parent.iterdir()) == []
    with pytest.raises(NotFound):
        libraries.delete(folder, "Papers")
    with pytest.raises(NotFound):
        libraries.rename(folder, "Papers")


def test_a_folder_that_is_no_library_is_never_deleted(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    with pytest.raises(NotFound):
        libraries.delete(tmp_path / "precious", "precious")
    assert (tmp_path / "precious").is_dir()


def test_a_damaged_library_is_listed_and_can_be_deleted(home: Path) -> None:
    folder = home.parent / "broken"
    folder.mkdir(parents=True)
    (folder / FILE_NAME).write_bytes(b"no database" * 100)
    assert [(info.name, info.documents) for info in libraries.list_libraries()] == [("broken", 0)]
    libraries.delete(folder, "broken")
    assert libraries.list_libraries() == []


@pytest.mark.parametrize("left", [None, b"", b"no database" * 100])
def test_a_lost_catalogue_is_marked_and_what_happened_is_left_to_whoever_opens_it(
    home: Path, caplog: pytest.LogCaptureFixture, left: bytes | None
) -> None:
    with Catalog(home) as catalog:
        add(catalog, "a paper")
        (home / "files").mkdir(exist_ok=True)
        (home / "files" / ("0" * 64)).write_bytes(b"a paper")
    assert [info.is_lost for info in libraries.list_libraries()] == [False]
    for path in home.glob(f"{FILE_NAME}*"):
        path.unlink()
    if left is not None:
        (home / FILE_NAME).write_bytes(left)
    assert [(info.name, info.documents, info.is_lost) for info in libraries.list_libraries()] == [
        ("default", 0, True)
    ]
    assert caplog.text == ""


def test_a_deletion_that_was_cut_short_is_finished(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = libraries.create("Papers")
    with monkeypatch.context() as patch:
        patch.setattr(libraries, "_remove", lambda _: None)
        libraries.delete(folder, "Papers")
    assert names() == []
    assert len(list(home.parent.iterdir())) == 1
    libraries.create("Next")
    assert [one.name for one in home.parent.iterdir()] == ["next"]


HOLD = """
import sys, time
from pathlib import Path
from filelock import FileLock

folder = Path(sys.argv[1])
with FileLock(folder / "worker.lock"):
    (folder / "worker.json").write_text("{}")
    print("held", flush=True)
    while not (sys.argv[2] == "polite" and not (folder / "worker.json").exists()):
        time.sleep(0.05)
"""


@pytest.mark.parametrize("manner", ["polite", "stubborn"])
def test_a_worker_is_asked_to_leave(monkeypatch: pytest.MonkeyPatch, manner: str) -> None:
    folder = libraries.create("Busy")
    worker = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), manner], stdout=subprocess.PIPE, text=True
    )
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "held\n"
        monkeypatch.setattr(libraries, "STOP_SECONDS", 1.0 if manner == "stubborn" else 20.0)
        start = time.monotonic()
        if manner == "polite":
            libraries.delete(folder, "Busy")
            assert not folder.exists()
        else:
            with pytest.raises(StorageError, match="still working"):
                libraries.delete(folder, "Busy")
            assert names() == ["Busy"]
        assert time.monotonic() - start < 15
    finally:
        worker.kill()
        worker.wait()


@pytest.mark.skipif(
    os.name == "nt", reason="Windows keeps other users out of the user's data folder by itself"
)
def test_a_new_library_is_for_its_user_only(home: Path, tmp_path: Path) -> None:
    assert libraries.create("Private").stat().st_mode & 0o777 == 0o700
    with Catalog(tmp_path / "deeper" / "place"):
        assert (tmp_path / "deeper" / "place").stat().st_mode & 0o777 == 0o700
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    with Catalog(shared):
        assert shared.stat().st_mode & 0o777 == 0o755, "what its owner chose stays"
