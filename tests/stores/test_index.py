"""The index follows the catalogue whatever happens to its folder, its threads and the disk."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable

import pytest

from explorer.catalog import Catalog
from explorer.errors import StorageError
from explorer.stores import dead_vectors, filled
from explorer.stores.chroma import ChromaStore
from explorer.stores.index import VectorIndex
from tests.catalog.making import add, vector
from tests.stores.conftest import agrees, live


def test_an_empty_library_has_no_neighbours(index: VectorIndex, catalog: Catalog) -> None:
    index.follow()
    ids, scores = index.nearest(live(catalog), vector("x"), 5)
    assert (ids.shape, scores.shape) == ((0,), (0,))


def test_a_folder_deleted_under_it_is_filled_again(index: VectorIndex, catalog: Catalog) -> None:
    add(catalog, "some words that stay. " * 30, "stays.txt")
    index.follow()
    shutil.rmtree(catalog.folder / "chroma")
    assert not index.is_there()
    index.follow()
    assert agrees(index, catalog)


def test_removed_vectors_are_counted_until_it_is_filled_again(index: VectorIndex, catalog: Catalog) -> None:
    gone = add(catalog, "some words that go. " * 30, "goes.txt")
    add(catalog, "some words that stay. " * 30, "stays.txt")
    index.follow()
    chunks = len(catalog.chunks.of_document(gone))
    assert index.dead == dead_vectors(catalog.folder / "chroma") == 0
    catalog.documents.remove([gone])
    index.follow()
    assert index.dead == chunks > 0
    index.close()
    again = VectorIndex(catalog, "chroma")
    again.follow()
    assert again.dead == dead_vectors(catalog.folder / "chroma") == chunks, "another process knows of them"
    again.rebuild()
    assert again.dead == dead_vectors(catalog.folder / "chroma") == 0
    assert agrees(again, catalog) and filled(catalog.folder / "chroma") == catalog.changes.last()
    again.close()


class Following:
    """`index.follow()` on a thread of its own, held after it took in the vectors of its first change."""

    def __init__(self, index: VectorIndex, monkeypatch: pytest.MonkeyPatch) -> None:
        self.goes_on = threading.Event()
        self.errors: list[BaseException] = []
        self._index = index
        self._is_held = threading.Event()
        self._take: Callable[..., None] = index._take
        monkeypatch.setattr(index, "_take", self._take_slowly)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self._is_held.wait(30)

    def _take_slowly(self, *arguments: object) -> None:
        self._take(*arguments)
        if threading.current_thread() is self.thread and not self._is_held.is_set():
            self._is_held.set()
            self.goes_on.wait(30)

    def _run(self) -> None:
        try:
            self._index.follow()
        except StorageError as error:
            self.errors.append(error)

    def end(self) -> None:
        self.goes_on.set()
        self.thread.join(30)
        assert not self.thread.is_alive()
        assert self.errors == []


def test_one_that_is_filled_again_while_it_follows_is_whole(
    index: VectorIndex, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`doctor --repair` after the folder was deleted, which the worker notices by itself too."""
    for name in ("one", "two", "three"):
        add(catalog, f"some words of {name}. " * 30, f"{name}.txt")
    index.follow()
    shutil.rmtree(catalog.folder / "chroma")
    following = Following(index, monkeypatch)
    flush = os.fsync

    def interrupted(handle: int) -> None:
        flush(handle)
        if threading.current_thread() is not following.thread and not following.goes_on.is_set():
            following.goes_on.set()
            following.thread.join(0.5)  # as far as it comes while `rebuild` writes

    monkeypatch.setattr(os, "fsync", interrupted)
    assert index.rebuild() == catalog.changes.last()
    following.end()
    assert index.sequence == catalog.changes.last()
    assert agrees(index, catalog)


def test_one_that_is_found_damaged_while_it_follows_is_filled_again(
    index: VectorIndex, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two", "three"):
        add(catalog, f"some words of {name}. " * 30, f"{name}.txt")
    following = Following(index, monkeypatch)
    with monkeypatch.context() as harm:
        harm.setattr(ChromaStore, "nearest", fail)
        with pytest.raises(StorageError, match="damaged"):
            index.nearest(live(catalog), vector("x"), 3)
    following.end()
    assert agrees(index, catalog)
    assert index.nearest(live(catalog), vector("x"), 3)[0].size == 3


def test_one_that_is_closed_while_it_follows_stays_closed(
    index: VectorIndex, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that leaves waits for its index for a while only; what is missing is taken in by the next."""
    stops = threading.Event()
    follow = index.follow
    monkeypatch.setattr(index, "follow", lambda: follow(stops.is_set))
    for name in ("one", "two", "three"):
        add(catalog, f"some words of {name}. " * 30, f"{name}.txt")
    following = Following(index, monkeypatch)
    stops.set()
    index.close()
    following.end()
    assert index.sequence == -1
    assert follow() == catalog.changes.last()
    assert agrees(index, catalog)


def fail(*_: object) -> None:
    raise OSError("No space left on device")


def test_what_cannot_be_written_is_tried_again_at_once_by_those_who_are_told_to(
    index: VectorIndex, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(catalog, "some words that stay. " * 30, "stays.txt")
    with monkeypatch.context() as full:
        full.setattr(ChromaStore, "open", fail)
        with pytest.raises(StorageError, match=r"cannot be written \(No space left"):
            index.follow()
        with pytest.raises(StorageError, match="cannot be written at the moment"):
            index.follow()
    assert index.rebuild() == catalog.changes.last()
    assert agrees(index, catalog)


def test_a_question_does_not_wait_for_a_store_that_takes_long_to_write(
    index: VectorIndex, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.stores.index._BUSY_SECONDS", 0.1)
    add(catalog, "some words that stay. " * 30, "stays.txt")
    index.follow()
    writes, written = threading.Event(), threading.Event()

    def hangs(*_: object) -> None:
        writes.set()
        assert written.wait(30)

    add(catalog, "more words that stay. " * 30, "stays-too.txt")
    with monkeypatch.context() as slow:
        slow.setattr(index._store, "add", hangs)
        thread = threading.Thread(target=index.follow, daemon=True)
        thread.start()
        assert writes.wait(30)
        with pytest.raises(StorageError, match="busy"):
            index.nearest(live(catalog), vector("x"), 3)
    written.set()
    thread.join(30)
    assert index.nearest(live(catalog), vector("x"), 3)[0].size == 3
