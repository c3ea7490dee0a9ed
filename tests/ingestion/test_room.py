"""Files that wait for room: held by what they need, tried again, and seen by whoever looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.catalog import Catalog, room
from explorer.ingestion.room import Held, seen
from explorer.types import Job

MB = 1 << 20


def has(monkeypatch: pytest.MonkeyPatch, free: int | None) -> None:
    monkeypatch.setattr(room, "free", lambda _: free)


def queued(catalog: Catalog, size: int = 4 * MB) -> Job:
    found = catalog.jobs.get(catalog.jobs.enqueue("add", "a.txt", size=size))
    assert found is not None
    return found


def test_a_file_is_held_until_there_is_room_for_it(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    held, job = Held(catalog.folder), queued(catalog)
    has(monkeypatch, 2 * MB)
    assert "a.txt waits" in held.hold(job)
    assert held.ids() == [job.id]
    assert catalog.work.claim("w", skip=held.ids()) is None
    has(monkeypatch, 6 * MB)
    assert held.ids() == []
    assert catalog.work.claim("w", skip=held.ids()) is not None
    held.hold(job)  # it was not enough after all
    assert held.ids() == [job.id]
    has(monkeypatch, 11 * MB)
    assert held.ids() == []
    has(monkeypatch, 0)
    held.forget(job.id)
    assert held.ids() == []


def test_it_is_tried_again_although_the_guess_says_no(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, job = Held(catalog.folder), queued(catalog)
    has(monkeypatch, 0)
    held.hold(job)
    assert held.ids() == [job.id]
    monkeypatch.setattr("explorer.ingestion.room._TRY_SECONDS", -1.0)
    assert held.ids() == []


def test_what_waits_says_so_in_its_row_until_it_is_taken_up(catalog: Catalog) -> None:
    job = queued(catalog)
    assert catalog.work.claim("w") is not None
    catalog.work.give_back(job.id, "It waits.")
    assert catalog.jobs.list()[0].error == "It waits."
    assert catalog.jobs.list()[0].state == "queued"
    task = catalog.work.claim("w")
    assert task is not None
    assert task.job.error is None


def test_a_disk_without_room_for_a_word_is_seen_by_itself(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(catalog)
    queued(catalog)
    has(monkeypatch, 10 * MB)
    assert [job.error for job in seen(catalog.folder, catalog.jobs.list())] == [None, None]
    has(monkeypatch, 1000)
    first, second = seen(catalog.folder, catalog.jobs.list())
    assert "a.txt waits" in (first.error or "")
    assert second.error is None
    has(monkeypatch, None)
    assert seen(catalog.folder, catalog.jobs.list())[0].error is None


def test_the_message_says_how_much_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    has(monkeypatch, 1_500_000)
    said = str(room.shortage("big.pdf", tmp_path, 2_000_000_000))
    assert "big.pdf could not be stored" in said
    assert "needs about 2,000 MB, 1.5 MB are free: 1,998 MB are missing" in said
    assert "Only 1.5 MB are free" in str(room.shortage("big.pdf", tmp_path, None))
    has(monkeypatch, None)
    assert "free:" not in str(room.shortage("big.pdf", tmp_path, 5))
    assert not room.is_short(tmp_path, 5)


def test_the_disk_of_a_folder_tells_its_room(tmp_path: Path) -> None:
    assert (room.free(tmp_path) or 0) > 0
    (beside, there) = room.free(tmp_path / "not" / "made"), room.free(tmp_path)
    assert beside == pytest.approx(there, rel=0.1), "that of the disk on which it will be made"
