"""What of a watched folder was taken in, on the disk. Runs explorer.watching.memory and .journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.types import WatchEvent
from explorer.watching import journal, memory
from explorer.watching.looking import Stand
from explorer.watching.memory import KnownFiles


def test_what_was_put_is_known_again_and_what_was_forgotten_is_not(tmp_path: Path) -> None:
    known = KnownFiles(tmp_path, "/root")
    known.put("/root/a\udcff.txt", Stand(1, 2, 3))
    known.put("/root/b.txt", Stand(4, 5, 6, is_elsewhere=True))
    known.put("/root/b.txt", Stand(7, 8, 9))
    known.save()
    known.forget("/root/a\udcff.txt")
    known.put("/root/c.txt", Stand(1, 1, 1), "abc0")
    known.save()
    again = KnownFiles(tmp_path, "/root")
    assert (again.digest("/root/c.txt"), again.undigested()) == ("abc0", ["/root/b.txt"])
    assert dict(KnownFiles(tmp_path, "/root").items()) == {
        "/root/b.txt": Stand(7, 8, 9),
        "/root/c.txt": Stand(1, 1, 1),
    }
    assert len(KnownFiles(tmp_path, "/other")) == 0


def test_a_line_that_a_kill_has_cut_off_costs_that_line_alone(tmp_path: Path) -> None:
    known = KnownFiles(tmp_path, "/root")
    for name in "abc":
        known.put(f"/root/{name}", Stand(1, 2, 3))
    known.save()
    known.path.write_bytes(known.path.read_bytes()[:-9])
    again = KnownFiles(tmp_path, "/root")
    assert [path for path, _ in again.items()] == ["/root/a", "/root/b"]
    again.put("/root/d", Stand(1, 2, 3))
    again.save()
    assert [path for path, _ in KnownFiles(tmp_path, "/root").items()] == ["/root/a", "/root/b", "/root/d"]


def test_a_damaged_line_costs_that_line_alone(tmp_path: Path) -> None:
    known = KnownFiles(tmp_path, "/root")
    for name in "abc":
        known.put(f"/root/{name}", Stand(1, 2, 3))
    known.save()
    known.path.write_bytes(known.path.read_bytes().replace(b"/root/b", b"/root/\xe2"))
    assert [path for path, _ in KnownFiles(tmp_path, "/root").items()] == ["/root/a", "/root/c"]
    book = journal.Journal(tmp_path)
    book.note(*(WatchEvent(journal.now(), "/root", "added", f"{name}.txt") for name in "ab"))
    log = tmp_path / memory.FOLDER / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b"a.txt", b"\xff.txt"))
    assert [event.name for event in book.events(5)] == ["b.txt"]


def test_the_file_is_written_anew_when_most_of_it_is_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KnownFiles(tmp_path, "/root")
    for size in range(1200):
        known.put("/root/a", Stand(size, 2, 3))
        if size % 300 == 0:
            known.save()
    known.save()
    known.put("/root/b", Stand(1, 2, 3))
    known.save()
    assert len(known.path.read_text().splitlines()) == 2
    assert len(list(KnownFiles(tmp_path, "/root").items())) == 2
    known.drop()
    assert not list((tmp_path / memory.FOLDER).iterdir())


def test_the_journal_keeps_its_last_lines(tmp_path: Path) -> None:
    book = journal.Journal(tmp_path)
    assert book.events(5) == []
    assert book.states() == {}
    events = [
        WatchEvent(journal.now(), "/root", "added", f"{number}.txt") for number in range(2 * journal.KEPT + 2)
    ]
    book.note(*events)
    assert book.events(10_000) == events[-journal.KEPT :]
    book.keep_state({"/root": {"files": 3}})
    assert book.states() == {"/root": {"files": 3}}
    book.drop()
    assert book.events(5) == []
