"""explorer.catalog.free_pages: what removals leave in the catalogue's file goes back to the disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from explorer.catalog import Catalog, free_pages
from explorer.catalog.columns import fetch_value
from explorer.catalog.database import Database
from explorer.errors import DiskFull
from tests.catalog import released
from tests.catalog.making import add
from tests.folders import prose


def filled(folder: Path, documents: int = 60) -> Catalog:
    catalog = Catalog(folder)
    for number in range(documents):
        add(catalog, prose(number, 250), name=f"{number}.txt")
    catalog.database.forget()
    return catalog


def size(catalog: Catalog) -> int:
    return sum(path.stat().st_size for path in catalog.folder.glob("catalog.sqlite3*"))


def test_a_removal_of_many_makes_the_file_shorter(tmp_path: Path) -> None:
    with filled(tmp_path / "library") as catalog:
        before = size(catalog)
        kept, *going = [one.id for one in catalog.documents.list()]
        catalog.documents.remove(going)
        assert free_pages.free_bytes(catalog.database) == 0
        assert size(catalog) < before / 4
        assert [one.id for one in catalog.documents.list()] == [kept]
        assert catalog.check().problems == ()


def test_a_small_removal_leaves_its_room_to_what_comes_next(tmp_path: Path) -> None:
    with filled(tmp_path / "library") as catalog:
        catalog.documents.remove([catalog.documents.list()[0].id])
        left = free_pages.free_bytes(catalog.database)
        assert left > 0
        before, told = size(catalog), []
        free_pages.give_back(catalog.database, lambda done, all_: told.append((done, all_)))
        assert catalog.database.forget()
        assert free_pages.free_bytes(catalog.database) == 0
        assert size(catalog) <= before - left
        assert told[-1][0] == told[-1][1] > 0


def test_a_catalogue_of_an_earlier_version_learns_it_once(tmp_path: Path) -> None:
    with Catalog(released.unpack("schema-2c", tmp_path / "library")) as catalog:
        with catalog.read() as con:
            assert fetch_value(con, "PRAGMA auto_vacuum") == 0
        catalog.documents.remove([one.id for one in catalog.documents.list()])
        assert free_pages.free_bytes(catalog.database) > 0
        free_pages.give_back(catalog.database)
        assert free_pages._knows_its_pages(catalog.database)
        assert free_pages.free_bytes(catalog.database) == 0
        assert catalog.check().problems == ()


def test_a_full_disk_says_how_much_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Catalog(released.unpack("schema-2c", tmp_path / "library")) as catalog:
        catalog.documents.remove([one.id for one in catalog.documents.list()])
        monkeypatch.setattr("explorer.catalog.room.free", lambda _: 1000)
        with pytest.raises(DiskFull, match="are missing"):
            free_pages.give_back(catalog.database)


KILLED = """
import os, sys
from pathlib import Path
from explorer.catalog import Catalog, free_pages

free_pages._PAGES = 20
with Catalog(Path(sys.argv[1])) as catalog:
    free_pages.give_back(catalog.database, lambda done, _: os.kill(os.getpid(), 9) if done >= 100 else None)
"""


def test_killed_on_the_way_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_pages, "_WORTH_PAGES", 1 << 30)
    with filled(tmp_path / "library") as catalog:
        kept = [one.id for one in catalog.documents.list()][::2]
        catalog.documents.remove({one.id for one in catalog.documents.list()} - set(kept))
        texts = {one: catalog.documents.text(one) for one in kept}
        left = free_pages.free_bytes(catalog.database)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "library")], check=False)
    assert killed.returncode == -9
    with Catalog(tmp_path / "library") as catalog:
        assert 0 < free_pages.free_bytes(catalog.database) < left
        assert {one: catalog.documents.text(one) for one in kept} == texts
        assert catalog.check().problems == ()


def test_every_connection_keeps_words_out_of_temporary_files(tmp_path: Path) -> None:
    con = Database(tmp_path / "some.sqlite3").connect()
    names = ("foreign_keys", "secure_delete", "synchronous", "temp_store", "cache_size", "auto_vacuum")
    assert [con.pragma(name) for name in names] == [1, 1, 2, 2, -16000, 2]
    assert isinstance(con, apsw.Connection)
    con.close()
