"""Watched folders by the worker that follows them. Runs explorer.watching.watcher,
explorer.watching.folders and explorer.watching.alarm; what they tell is in explorer.types.watched."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import Library
from explorer.catalog import Catalog
from explorer.errors import NotFound, SettingError
from explorer.settings import Settings
from explorer.types import WatchEvent
from explorer.watching import WatchedFolders
from explorer.watching.alarm import Alarm
from explorer.watching.contents import Contents
from explorer.watching.folder import FolderWatch
from explorer.watching.looking import Stand
from explorer.watching.memory import KnownFiles
from explorer.watching.watcher import Watcher
from tests.faults.ground import kill_worker, living_worker
from tests.folders import BREAD, RENT, WHALES, eventually, write


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    write(folder, rent_txt=RENT, whales_md=WHALES)
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        yield library


def names(library: Library) -> list[str]:
    return sorted(document.name for document in library.documents())


def has(library: Library, *wanted: str) -> None:
    eventually(lambda: names(library) == sorted(wanted) and not library.activity().is_busy, seconds=90)


def test_a_folder_is_followed_paused_resumed_and_stopped(library: Library, papers: Path) -> None:
    library.watched.add(papers)
    has(library, "rent.txt", "whales.md")
    write(papers, bread_txt=BREAD)
    has(library, "bread.txt", "rent.txt", "whales.md")
    (papers / "bread.txt").rename(papers / "loaf.txt")
    has(library, "loaf.txt", "rent.txt", "whales.md")
    (papers / "whales.md").unlink()
    has(library, "loaf.txt", "rent.txt")
    assert [one.document.name for one in library.binned()] == ["whales.md"]
    said = [(event.what, event.name, event.why) for event in library.watched.log()]
    assert said[:2] == [("removed", "whales.md", ""), ("renamed", "loaf.txt", "bread.txt")]

    library.watched.pause(papers)
    write(papers, more_txt="Pause.")
    (followed,) = library.watched.list()
    assert followed.is_paused
    time.sleep(3)
    has(library, "loaf.txt", "rent.txt")
    library.watched.resume(papers)
    has(library, "loaf.txt", "more.txt", "rent.txt")
    eventually(lambda: library.watched.list()[0].files == 3)
    library.watched.stop(papers)
    assert library.watched.list() == []
    assert library.watched.log() == []
    (papers / "rent.txt").unlink()
    time.sleep(3)
    has(library, "loaf.txt", "more.txt", "rent.txt")


def test_a_folder_that_vanishes_keeps_its_documents_and_is_followed_when_it_is_back(
    library: Library, papers: Path
) -> None:
    library.watched.add(papers)
    has(library, "rent.txt", "whales.md")
    eventually(lambda: library.watched.list()[0].files == 2)
    hidden = papers.rename(papers.with_name("unplugged"))
    eventually(lambda: library.watched.list()[0].problem)
    time.sleep(6)
    assert names(library) == ["rent.txt", "whales.md"]
    assert library.binned() == []
    (hidden / "rent.txt").unlink()
    hidden.rename(papers)
    has(library, "whales.md")
    assert library.watched.list()[0].problem is None
    assert {event.what for event in library.watched.log()} >= {"away", "back", "removed"}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_again_and_again_nothing_is_lost_and_nothing_doubled(library: Library, papers: Path) -> None:
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")  # noqa: T201  (shown when it fails)
    draw = random.Random(seed)
    library.watched.add(papers)
    wanted = {"rent.txt", "whales.md"}
    for number in range(5):
        name = f"note{number}.txt"
        (papers / name).write_text(f"Note {number} on bread and rent.")
        wanted.add(name)
        if number == 2:
            (papers / "whales.md").rename(papers / "sea.md")
            wanted = wanted - {"whales.md"} | {"sea.md"}
        if number == 3:
            (papers / "note0.txt").unlink()
            wanted.discard("note0.txt")
        library.warm()
        eventually(lambda: living_worker(library.folder))
        time.sleep(draw.uniform(0.5, 5))
        kill_worker(library.folder)
    library.warm()
    has(library, *wanted)
    eventually(lambda: library.watched.list()[0].waiting == 0)
    has(library, *wanted)
    report = library.doctor()
    assert report.ok, report.problems
    assert [one.document.name for one in library.binned()] in ([], ["note0.txt"])


def test_a_document_that_moves_between_folders_goes_with_its_last_file(
    library: Library, papers: Path, tmp_path: Path
) -> None:
    shelf = tmp_path / "shelf"
    write(shelf, bread_txt=BREAD)
    library.watched.add(papers)
    library.watched.add(shelf)
    has(library, "bread.txt", "rent.txt", "whales.md")
    (papers / "rent.txt").rename(shelf / "lease.txt")
    eventually(lambda: [event.what for event in library.watched.log()].count("added") == 4, seconds=90)
    eventually(lambda: "removed" in [event.what for event in library.watched.log()], seconds=90)
    eventually(lambda: len(library.documents()) == 3 and not library.activity().is_busy, seconds=90)
    (shelf / "lease.txt").unlink()
    has(library, "bread.txt", "whales.md")


def test_memory_that_cannot_be_read_holds_up_no_other_folder(tmp_path: Path) -> None:
    with Catalog(tmp_path / "library") as catalog:
        folders = WatchedFolders(catalog, lambda: None)
        for name in ("bad", "good"):
            write(tmp_path / name, note_txt=f"A note in the {name} one.")
            folders.add(tmp_path / name)
        KnownFiles(catalog.folder, str(tmp_path / "bad")).path.mkdir(parents=True)
        watcher = Watcher(catalog, Settings, lambda: None, lambda: None)
        watcher.start()
        try:
            eventually(lambda: [job.name for job in catalog.jobs.list()] == ["note.txt"])
            eventually(lambda: folders.list()[0].problem)
        finally:
            watcher.stop()
        bad, good = folders.list()
        assert "watched" in str(bad.problem) and bad.path in str(bad.problem)
        assert good.problem is None
        assert [event.what for event in folders.log() if event.folder == bad.path] == ["away"]


def test_one_folder_that_fails_leaves_the_others_their_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look_at(watch: FolderWatch, **_: bool) -> list[WatchEvent]:
        looked.append(Path(watch.root).name)
        if watch.root.endswith("bad"):
            raise OSError(5, "Input/output error")
        return []

    monkeypatch.setattr(FolderWatch, "round", look_at)
    with Catalog(tmp_path / "library") as catalog:
        folders = WatchedFolders(catalog, lambda: None)
        for name in ("bad", "good"):
            (tmp_path / name).mkdir()
            folders.add(tmp_path / name)
        watcher = Watcher(catalog, Settings, lambda: None, lambda: None)
        watcher.start()
        try:
            eventually(lambda: "good" in looked)
            time.sleep(2)
        finally:
            watcher.stop()
    assert looked == ["bad", "good"], "the next look is seconds later"


@pytest.mark.parametrize("change", ["pause", "stop"])
def test_a_folder_that_is_paused_or_stopped_in_a_round_is_left_alone_at_once(
    tmp_path: Path, papers: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    with Catalog(tmp_path / "library") as catalog:
        watcher = Watcher(catalog, Settings, lambda: None, lambda: None)
        folders = WatchedFolders(catalog, watcher.wake)
        known_as = Contents.known_as
        asked: list[str] = []

        def first(contents: Contents, path: str, stand: Stand) -> str:
            asked.append(path)
            if len(asked) == 2:
                contents._known.put(asked[0], stand)
                contents._known.save()
                getattr(folders, change)(papers)
                contents._known.save()
            return known_as(contents, path, stand)

        monkeypatch.setattr(Contents, "known_as", first)
        folders.add(papers)
        watcher.start()
        try:
            eventually(lambda: len(asked) == 2)
            if change == "stop":
                eventually(lambda: not list((catalog.folder / "watched").iterdir()))
            time.sleep(1)
        finally:
            watcher.stop()
        assert catalog.jobs.list() == []


def test_what_cannot_be_watched_is_told(library: Library, papers: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="is no folder"):
        library.watched.add(papers / "rent.txt")
    with pytest.raises(SettingError, match="this library's own files"):
        library.watched.add(tmp_path)
    with pytest.raises(SettingError, match="this library's own files"):
        library.watched.add(library.folder / "files")
    (papers / "sub").mkdir()
    library.watched.add(papers / "sub")
    with pytest.raises(SettingError, match="stop that first"):
        library.watched.add(papers)
    library.watched.stop(papers / "sub")
    first = library.watched.add(papers)
    assert library.watched.add(papers).since == first.since, "once is enough"
    with pytest.raises(SettingError, match="is watched already"):
        library.watched.add(papers / "sub")
    with pytest.raises(NotFound, match="is not watched"):
        library.watched.pause(tmp_path)


def test_erasing_forgets_what_was_watched(library: Library, papers: Path) -> None:
    library.watched.add(papers)
    has(library, "rent.txt", "whales.md")
    eventually((library.folder / "watched" / "state.json").is_file)
    library.upkeep.erase(library.name)
    assert library.watched.list() == []
    assert not (library.folder / "watched").exists()


def test_the_alarm_rings_for_folders_it_was_given_and_links_in_them_lead_nowhere(tmp_path: Path) -> None:
    watched, outside = tmp_path / "watched", tmp_path / "outside"
    watched.mkdir()
    outside.mkdir()
    (watched / "link").symlink_to(outside)
    rung = threading.Event()
    alarm = Alarm(rung.set)
    alarm.set([str(watched)])
    try:
        eventually(lambda: alarm.is_on)
        time.sleep(1)
        rung.clear()
        (outside / "a.txt").write_text("text")
        assert not rung.wait(1.5)
        deadline = time.monotonic() + 20
        while not rung.is_set() and time.monotonic() < deadline:
            (watched / "a.txt").write_text(str(time.monotonic()))
            rung.wait(0.5)
        assert rung.is_set()
    finally:
        alarm.close()
