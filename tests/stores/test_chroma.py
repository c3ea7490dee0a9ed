"""The vector index follows the catalogue, whatever happens to it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.catalog import Catalog
from explorer.errors import StorageError
from explorer.stores import chroma
from explorer.stores.chroma import VectorIndex
from explorer.stores.foreign import refuse_foreign
from tests.catalog.making import add, document, generation, vector


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path) as catalog:
        generation(catalog)
        yield catalog


@pytest.fixture
def index(catalog: Catalog) -> Iterator[VectorIndex]:
    index = VectorIndex(catalog.folder, catalog)
    yield index
    index.close()


def live(catalog: Catalog) -> int:
    found = catalog.generations.live()
    assert found is not None
    return found.id


def agrees(index: VectorIndex, catalog: Catalog) -> bool:
    return index.ids(live(catalog)).tolist() == catalog.chunks.ids().tolist()


def test_it_follows_what_is_added_and_removed(index: VectorIndex, catalog: Catalog) -> None:
    first = add(catalog, "the first. " * 30, "first.txt")
    add(catalog, "the second. " * 30, "second.txt")
    assert index.follow() == catalog.changes.last()
    assert agrees(index, catalog)
    catalog.documents.remove([first])
    index.follow()
    assert agrees(index, catalog)
    assert index.count(live(catalog)) == len(catalog.chunks.ids())


def test_nearest_gives_cosines_best_first(index: VectorIndex, catalog: Catalog) -> None:
    add(catalog, "one of many passages that differ " + " ".join(map(str, range(400))), "many.txt")
    index.follow()
    ids, vectors = catalog.embeddings.matrix()
    query = vector("a query")
    found, scores = index.nearest(live(catalog), query, 10)
    expected = vectors @ query
    assert scores == pytest.approx(np.sort(expected)[::-1][:10], abs=1e-5)
    assert set(found.tolist()) == set(ids[np.argsort(-expected)[:10]].tolist())
    everything, _ = index.nearest(live(catalog), query, 10_000)
    assert sorted(everything.tolist()) == ids.tolist()


def test_an_empty_library_has_no_neighbours(index: VectorIndex, catalog: Catalog) -> None:
    index.follow()
    ids, scores = index.nearest(live(catalog), vector("x"), 5)
    assert (ids.shape, scores.shape) == ((0,), (0,))


def test_to_apply_changes_twice_changes_nothing(index: VectorIndex, catalog: Catalog) -> None:
    gone = add(catalog, "gone soon. " * 30, "gone.txt")
    add(catalog, "stays. " * 30, "stays.txt")
    index.follow()
    catalog.documents.remove([gone])
    index.follow()
    index._remember(0)
    index.follow()
    assert agrees(index, catalog)


def test_one_that_was_begun_goes_on_where_it_was(index: VectorIndex, catalog: Catalog) -> None:
    add(catalog, "the first. " * 30, "first.txt")
    index.follow()
    index.close()
    add(catalog, "the second. " * 30, "second.txt")
    again = VectorIndex(catalog.folder, catalog)
    again.follow()
    assert agrees(again, catalog)
    again.close()


def delete_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def garble_database(folder: Path) -> None:
    (folder / "chroma.sqlite3").write_bytes(b"no database " * 1000)


def cut_database(folder: Path) -> None:
    with (folder / "chroma.sqlite3").open("rb+") as file:
        file.truncate(5000)


def lose_sequence(folder: Path) -> None:
    (folder / "sequence").unlink()


def be_of_another_library(folder: Path) -> None:
    stored = json.loads((folder / "sequence").read_text())
    (folder / "sequence").write_text(json.dumps({**stored, "library": "another"}))


def be_ahead(folder: Path) -> None:
    stored = json.loads((folder / "sequence").read_text())
    (folder / "sequence").write_text(json.dumps({**stored, "sequence": 999}))


def lose_vectors(folder: Path) -> None:
    with sqlite3.connect(folder / "chroma.sqlite3") as connection:
        connection.execute("DELETE FROM embeddings_queue")
        connection.execute("DELETE FROM embeddings")


@pytest.mark.parametrize(
    "harm",
    [
        delete_folder,
        garble_database,
        cut_database,
        lose_sequence,
        be_of_another_library,
        be_ahead,
        lose_vectors,
    ],
)
def test_one_that_is_harmed_is_filled_again(index: VectorIndex, catalog: Catalog, harm: object) -> None:
    add(catalog, "some words that stay. " * 30, "stays.txt")
    index.follow()
    index.close()
    harm(index.folder)  # type: ignore[operator]
    index.follow()
    assert agrees(index, catalog)
    assert index.nearest(live(catalog), vector("x"), 3)[0].size == 3


def test_a_folder_deleted_under_it_is_filled_again(index: VectorIndex, catalog: Catalog) -> None:
    add(catalog, "some words that stay. " * 30, "stays.txt")
    index.follow()
    shutil.rmtree(index.folder)
    assert not index.is_there()
    index.follow()
    assert agrees(index, catalog)


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
    shutil.rmtree(index.folder)
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
        harm.setattr(index, "_collection", fail)
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
        full.setattr(chroma, "_client", fail)
        with pytest.raises(StorageError, match=r"cannot be written \(No space left"):
            index.follow()
        with pytest.raises(StorageError, match="cannot be written at the moment"):
            index.follow()
    assert index.rebuild() == catalog.changes.last()
    assert agrees(index, catalog)


def test_a_stored_embedding_function_is_never_loaded(
    index: VectorIndex, catalog: Catalog, tmp_path: Path
) -> None:
    """CVE-2026-45833: Chroma builds the function that a stored collection names, with its arguments."""
    add(catalog, "some words that stay. " * 30, "stays.txt")
    index.follow()
    index.close()
    canary = tmp_path / "canary"
    database = index.folder / "chroma.sqlite3"
    function = {"type": "known", "name": "sentence_transformer", "config": {"model_name": str(canary)}}
    with sqlite3.connect(database) as connection:
        (stored,) = connection.execute("SELECT schema_str FROM collections").fetchone()
        edited = json.loads(stored)
        edited["keys"]["#embedding"]["float_list"]["vector_index"]["config"]["embedding_function"] = function
        connection.execute("UPDATE collections SET schema_str = ?", (json.dumps(edited),))
        connection.execute(
            "UPDATE collections SET config_json_str = ?", (json.dumps({"embedding_function": function}),)
        )
    with pytest.raises(StorageError, match="embedding function"):
        refuse_foreign(database)
    index.follow()
    assert agrees(index, catalog)
    assert not canary.exists()
    refuse_foreign(database)


def test_a_new_generation_grows_beside_the_live_one_and_takes_over(
    index: VectorIndex, catalog: Catalog
) -> None:
    add(catalog, "words of the document. " * 20, "one.txt")
    old = live(catalog)
    index.follow()
    building = catalog.generations.begin({"reader": 2}, "other-model", 4, "float32")
    new = document(["words of the document. " * 20], "one.txt", step=25)
    texts = ["".join(page.text for page in new.pages)[chunk.start : chunk.end] for chunk in new.chunks]
    catalog.embeddings.put(
        building.model.id,
        [chunk.embedded for chunk in new.chunks],
        np.stack([vector(text) for text in texts]),
    )
    catalog.arrivals.store(new, building.id)
    index.follow()
    assert index.count(old) > 0
    assert index.count(building.id) == len(new.chunks) != index.count(old)
    catalog.generations.switch()
    index.follow()
    assert agrees(index, catalog)
    assert index._client is not None
    assert [one.name for one in index._client.list_collections()] == [f"generation-{building.id}"]


def test_no_word_of_a_document_is_in_its_files(index: VectorIndex, catalog: Catalog) -> None:
    add(catalog, "floccinaucinihilipilification. " * 30, "obscure-name.txt")
    index.follow()
    index.close()
    for path in index.folder.rglob("*"):
        if path.is_file():
            assert b"floccinauci" not in path.read_bytes()
            assert b"obscure-name" not in path.read_bytes()


def test_recall_is_complete_for_four_hundred_neighbours(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    centres = draw.normal(size=(40, 64)).astype(np.float32)
    vectors = centres[draw.integers(0, 40, 4000)] + 0.7 * draw.normal(size=(4000, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with Catalog(tmp_path) as catalog:
        catalog.generations.ensure_live({"reader": 1}, "wide-model", 64, "float32")
        index = VectorIndex(tmp_path, catalog)
        index.follow()
        for start in range(0, 4000, 500):
            index._add(live(catalog), np.arange(start, start + 500), vectors[start : start + 500])
        shares = []
        for row in range(0, 4000, 400):
            found, _ = index.nearest(live(catalog), vectors[row], 400)
            best = np.argsort(-(vectors @ vectors[row]))[:400]
            shares.append(len(np.intersect1d(found, best)) / 400)
        index.close()
    assert np.mean(shares) > 0.99
