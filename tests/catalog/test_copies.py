"""The copy that is kept while the program changes a library's tables: when there is one, and when it goes."""

from __future__ import annotations

import stat
import sys
from datetime import date
from pathlib import Path

import apsw
import pytest

from explorer import Library
from explorer.catalog import Catalog, copies
from explorer.errors import StorageError
from tests.catalog import released


def test_it_is_named_after_the_format_and_the_day(tmp_path: Path) -> None:
    with Catalog(released.unpack("schema-1", tmp_path / "library")) as catalog:
        (copy,) = copies.beside(catalog.path)
    assert copy.name == f"catalog.sqlite3.before-2-{date.today().isoformat()}"
    assert not list(copy.parent.glob("*.part*"))


def test_the_library_can_be_put_back_from_it(tmp_path: Path) -> None:
    folder = released.unpack("schema-2b", tmp_path / "library")
    as_it_was = (folder / "catalog.sqlite3").read_bytes()
    with Catalog(folder) as catalog:
        (copy,) = copies.beside(catalog.path)
    for name in ("catalog.sqlite3", "catalog.sqlite3-wal", "catalog.sqlite3-shm"):
        (folder / name).unlink(missing_ok=True)
    copy.rename(folder / "catalog.sqlite3")
    con = apsw.Connection(str(folder / "catalog.sqlite3"))
    assert con.execute("PRAGMA integrity_check").get == "ok"
    assert con.execute("SELECT name FROM document ORDER BY name").get == [
        "bread.txt",
        "rent.txt",
        "whales.md",
    ]
    assert con.execute("SELECT type FROM sqlite_schema WHERE name = 'document_source'").get == "index"
    con.close()
    assert len((folder / "catalog.sqlite3").read_bytes()) == len(as_it_was)
    with Catalog(folder) as again:
        assert again.check().problems == ()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights otherwise")
def test_it_is_open_to_nobody_whom_the_catalogue_is_closed_to(tmp_path: Path) -> None:
    folder = released.unpack("schema-1", tmp_path / "library")
    (folder / "catalog.sqlite3").chmod(0o600)
    with Catalog(folder) as catalog:
        (copy,) = copies.beside(catalog.path)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_what_earlier_tries_left_is_replaced(tmp_path: Path) -> None:
    folder = released.unpack("schema-1", tmp_path / "library")
    for left in ("before-2-2026-11-23", "before-2-2026-11-23.part", "before-2-2026-11-23.part-journal"):
        (folder / f"catalog.sqlite3.{left}").write_bytes(b"half a copy")
    with Catalog(folder) as catalog:
        assert copies.beside(catalog.path) == [copies.name(catalog.path, 2)]


def test_no_room_for_it_is_said_and_nothing_is_changed(small_disk: Path) -> None:
    folder = released.unpack("schema-1", small_disk / "library")
    before = (folder / "catalog.sqlite3").read_bytes()
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 2_000_000)
    with pytest.raises(
        StorageError, match=r"library was made by an earlier .*lacks \d\.\d MB.*Nothing was ch"
    ):
        Catalog(folder)
    assert (folder / "catalog.sqlite3").read_bytes() == before
    assert copies.beside(folder / "catalog.sqlite3") == []
    ballast.unlink()
    with Catalog(folder) as catalog:
        assert len(copies.beside(catalog.path)) == 1
        assert catalog.check().problems == ()


def test_it_stays_while_doctor_finds_something_and_goes_when_it_finds_nothing(tmp_path: Path) -> None:
    folder = released.unpack("schema-2b", tmp_path / "library")
    stray = folder / "files" / ("0" * 64)
    with Library(folder) as library:
        (copy,) = copies.beside(folder / "catalog.sqlite3")
        stray.write_bytes(b"left over")
        assert not library.doctor().ok
        assert copy.exists()
        stray.unlink()
        report = library.doctor()
        assert report.ok, report.problems
        assert f"Deleted {copy.name}, kept from before an upgrade." in report.notes
        assert not copy.exists()
        assert not any("upgrade" in note for note in library.doctor().notes)


def test_a_copy_that_cannot_be_deleted_is_named(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    copies.name(path, 2).mkdir()
    with pytest.raises(StorageError, match=r"before-2-.*cannot be deleted.*yourself"):
        copies.drop(path)


def test_a_library_that_lacks_nothing_is_not_copied(tmp_path: Path) -> None:
    folder = released.unpack(released.NAMES[-1], tmp_path / "library")
    before = (folder / "catalog.sqlite3").read_bytes()
    with Catalog(folder) as catalog:
        assert copies.beside(catalog.path) == []
    assert (folder / "catalog.sqlite3").read_bytes() == before
