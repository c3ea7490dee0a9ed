"""A copy of a library that is in use: whole, of one moment, and never half there."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from explorer import Library
from explorer.catalog import Catalog, backup, room
from explorer.catalog.chosen_settings import WATCHED
from explorer.cli import commands
from explorer.errors import DiskFull, StorageError
from explorer.worker import protocol
from tests.folders import BREAD, RENT, WHALES, prose, write


def test_a_copy_made_while_files_are_added_is_whole_and_of_its_own(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path, whales_md=WHALES, rent_txt=RENT))
        library.tag([library.documents()[0].id], ["kept"])
        more = write(tmp_path / "more", **{f"n{number}_txt": prose(number, 40) for number in range(12)})
        library.enqueue(more)
        told: list[tuple[int, int]] = []
        made = library.transfer.backup(tmp_path / "copy", lambda done, all_: told.append((done, all_)))
        assert made.folder == tmp_path / "copy"
        assert made.documents >= 2
        assert made.missing == ()
        assert told
        assert all(0 <= done <= all_ for done, all_ in told)
    assert not (tmp_path / "copy" / protocol.ADDRESS_FILE).exists()
    assert not (tmp_path / "copy" / protocol.LOCK_FILE).exists()
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == ["catalog.sqlite3", "files"]
    with Library(tmp_path / "copy") as copy:
        assert {"whales.md", "rent.txt"} <= {one.name for one in copy.documents()}
        assert copy.tags() == {"kept": 1}
        assert copy.search("tenant", mode="semantic", k=1)[0].document.name == "rent.txt"
        copy.add(write(tmp_path, bread_txt=BREAD))  # also waits for the rest of the queue that was copied
        copy.add(more)
        report = copy.doctor()
        assert report.ok, report.problems


def test_watched_folders_are_paused_in_the_copy(tmp_path: Path) -> None:
    with Catalog(tmp_path / "library") as catalog:
        catalog.settings.change({WATCHED: [{"path": "/papers", "emptied": True}, {"path": "/mails"}]})
        backup.back_up(catalog, tmp_path / "copy")
        assert [one.get("paused") for one in catalog.settings.get(WATCHED)] == [None, None]
    with Catalog(tmp_path / "copy") as copy:
        followed = copy.settings.get(WATCHED)
    assert [(one["path"], one["paused"], one["emptied"]) for one in followed] == [
        ("/papers", True, False),
        ("/mails", True, False),
    ]


def catalogue(folder: Path, *names: str) -> Catalog:
    from tests.catalog.making import add

    catalog = Catalog(folder)
    for name in names:
        add(catalog, name)
    return catalog


def test_what_is_removed_meanwhile_is_in_no_byte_of_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with catalogue(tmp_path / "library", "one", "two") as catalog:
        gone = catalog.documents.list()[0]
        sha = catalog.documents.sha256(gone.id)
        copy_originals = backup._Copying._copy_originals
        rounds: list[int] = []

        def remove_first(self: backup._Copying, needed: set[str]) -> list[str]:
            rounds.append(len(needed))
            if len(rounds) == 1:
                catalog.documents.remove([gone.id])
            return copy_originals(self, needed)

        monkeypatch.setattr(backup._Copying, "_copy_originals", remove_first)
        made = backup.back_up(catalog, tmp_path / "copy")
        assert rounds == [2, 1]
        assert made.documents == 1
        assert not (tmp_path / "copy" / "files" / sha).exists()


def test_what_the_library_has_lost_is_named_and_the_rest_is_copied(tmp_path: Path) -> None:
    with catalogue(tmp_path / "library", "one", "two") as catalog:
        sha = catalog.documents.sha256(catalog.documents.list()[0].id)
        catalog.originals.path(sha).unlink()
        assert backup.back_up(catalog, tmp_path / "copy").missing == (sha,)
        assert len(list((tmp_path / "copy" / "files").iterdir())) == 2  # the other original, and .incoming


def test_a_target_in_use_is_refused_and_an_empty_one_is_taken(tmp_path: Path) -> None:
    with catalogue(tmp_path / "library", "one") as catalog:
        full = tmp_path / "full"
        write(full, a_txt="mine")
        for target in (full, full / "a.txt"):
            with pytest.raises(StorageError, match="not empty"):
                backup.back_up(catalog, target)
        assert (full / "a.txt").read_text() == "mine"
        for target in (catalog.folder, catalog.folder / "files" / "copy"):
            with pytest.raises(StorageError, match="inside the library"):
                backup.back_up(catalog, target)
        (tmp_path / "empty").mkdir()
        assert backup.back_up(catalog, tmp_path / "empty").documents == 1


def test_without_room_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with catalogue(tmp_path / "library", "one") as catalog:
        monkeypatch.setattr(room, "free", lambda _: 1000)
        with pytest.raises(DiskFull, match=r"needs about .* are missing"):
            backup.back_up(catalog, tmp_path / "copy")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["library"]


def test_on_another_disk_originals_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(_: Path, __: Path) -> None:
        raise OSError("another disk")

    monkeypatch.setattr(os, "link", no_link)
    with catalogue(tmp_path / "library", "one") as catalog:
        sha = catalog.documents.sha256(catalog.documents.list()[0].id)
        backup.back_up(catalog, tmp_path / "copy")
        copied = tmp_path / "copy" / "files" / sha
        assert copied.read_bytes() == catalog.originals.path(sha).read_bytes()
        assert copied.stat().st_nlink == 1


def test_one_that_was_killed_is_begun_anew_and_two_do_not_mix(tmp_path: Path) -> None:
    with catalogue(tmp_path / "library", "one") as catalog:
        unfinished = tmp_path / "copy.unfinished"
        write(unfinished / "files", left_txt="half")
        with pytest.raises(StorageError, match="in the way"):
            backup.back_up(catalog, tmp_path / "copy")
        (unfinished / "backup.lock").touch()
        entered, goes_on = threading.Event(), threading.Event()

        def slow(_done: int, _all: int) -> None:
            entered.set()
            goes_on.wait(30)

        thread = threading.Thread(target=backup.back_up, args=(catalog, tmp_path / "copy", slow))
        thread.start()
        assert entered.wait(30)
        with pytest.raises(StorageError, match="Another backup"):
            backup.back_up(catalog, tmp_path / "copy")
        goes_on.set()
        thread.join(30)
        assert not list(tmp_path.rglob("left.txt"))
        assert (tmp_path / "copy" / "catalog.sqlite3").exists()


def test_a_damaged_catalogue_is_not_copied_in_silence(tmp_path: Path) -> None:
    with catalogue(tmp_path / "library", *map(str, range(30))) as catalog:
        catalog.database.forget()
        path = catalog.path
        with catalog.read() as con:
            page = int(con.execute("SELECT max(pageno) FROM dbstat WHERE name = 'piece'").get)
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    with Catalog(tmp_path / "library") as catalog, pytest.raises(StorageError, match="is damaged"):
        backup.back_up(catalog, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_the_command_says_what_it_copied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue(tmp_path / "library", "one").close()
    given = ["--library", str(tmp_path / "library")]
    assert commands.main(["backup", str(tmp_path / "copy"), *given]) == 0
    assert "Copied 1 document (0." in capsys.readouterr().out
    assert commands.main(["backup", str(tmp_path / "copy"), *given]) == 1
    assert "not empty" in capsys.readouterr().err
    shutil.rmtree(tmp_path / "copy")
    assert commands.main(["backup", str(tmp_path / "copy"), *given, "--json"]) == 0
    assert '"documents": 1' in capsys.readouterr().out
