"""What every store of the table does, alone and inside the index. A new one need only be in the table."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer import settings
from explorer.catalog import Catalog
from explorer.errors import SettingError, StorageError
from explorer.stores import SERVED, STORES, StoreServer, VectorIndex, VectorStore, make
from explorer.stores.server import space_of
from tests.catalog.making import add, document, vector
from tests.stores.conftest import agrees, live
from tests.stores.served.running import Servers

EXTRAS = {
    "faiss": "faiss",
    "lancedb": "lancedb",
    "milvus": "milvus",
    "milvus_server": "milvus",
    "pgvector": "pgvector",
    "pinecone": "pinecone",
    "qdrant": "qdrant",
}
"""The extra of each store that needs one."""
NAMES = [
    *(
        pytest.param(one, marks=pytest.mark.extras(EXTRAS[one])) if one in EXTRAS else one
        for one in (*STORES, *SERVED)
    ),
    "numpy_file",
]
DIMENSION = 64
ONE_DIMENSION = ("pinecone",)
"""An index there has vectors of one length only."""


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# ---- the store alone


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    return folder


@pytest.fixture
def server(request: pytest.FixtureRequest, name: str, tmp_path: Path) -> StoreServer | None:
    """Where the store's server is, for a library of this test's own."""
    if name not in SERVED:
        return None
    servers: Servers = request.getfixturevalue("servers")
    return StoreServer(servers.address(name), space_of("a library", tmp_path), lambda _: None)


@pytest.fixture
def store(name: str, folder: Path, server: StoreServer | None) -> Iterator[VectorStore]:
    store = make(name, server)
    store.open(folder)
    yield store
    store.close()


def unit(number: int, seed: int = 0) -> np.ndarray:
    """(number, 64) vectors of length 1 in clusters, as passages are."""
    draw = np.random.default_rng(seed)
    centres = draw.normal(size=(40, DIMENSION))
    vectors = centres[draw.integers(0, 40, number)] + 0.7 * draw.normal(size=(number, DIMENSION))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def ids(first: int, last: int) -> np.ndarray:
    return np.arange(first, last + 1, dtype=np.int64)


def test_the_nearest_come_best_first_with_their_cosines(store: VectorStore) -> None:
    vectors = unit(200)
    store.add(7, ids(1001, 1200), vectors)
    found, cosines = store.nearest(7, vectors[50], 10)
    expected = np.sort(vectors @ vectors[50])[::-1][:10]
    assert (found.dtype, cosines.dtype) == (np.int64, np.float32)
    assert found[0] == 1051
    assert cosines == pytest.approx(expected, abs=1e-4)
    assert cosines == pytest.approx(vectors[found - 1001] @ vectors[50], abs=1e-4)
    assert sorted(store.nearest(7, vectors[0], 10_000)[0].tolist()) == ids(1001, 1200).tolist()


def test_hardly_any_of_four_hundred_neighbours_is_missed(store: VectorStore) -> None:
    vectors = unit(4000)
    for start in range(0, 4000, 250):
        store.add(1, np.arange(start, start + 250), vectors[start : start + 250])
    shares = []
    for row in range(0, 4000, 400):
        best = np.argsort(-(vectors @ vectors[row]))[:400]
        shares.append(len(np.intersect1d(store.nearest(1, vectors[row], 400)[0], best)) / 400)
    assert np.mean(shares) > 0.99


def test_a_generation_that_was_never_named_is_empty(store: VectorStore) -> None:
    found, cosines = store.nearest(3, unit(1)[0], 5)
    assert (found.shape, cosines.shape) == ((0,), (0,))
    assert (found.dtype, cosines.dtype) == (np.int64, np.float32)
    assert store.ids(4).tolist() == []
    assert store.count(5) == 0
    store.remove(6, 1, 10)
    store.drop(7)


def test_generations_are_apart_and_can_be_dropped(store: VectorStore) -> None:
    store.add(1, ids(1, 20), unit(20))
    store.add(2, ids(11, 30), unit(20, seed=1))
    assert {1, 2} <= store.generations()
    store.drop(1)
    assert 1 not in store.generations()
    assert store.count(1) == 0
    assert store.ids(2).tolist() == ids(11, 30).tolist()
    store.add(1, ids(1, 5), unit(5))
    assert store.count(1) == 5


def test_what_is_added_again_takes_the_place_of_what_stood_there(store: VectorStore) -> None:
    first, second = unit(20), unit(20, seed=1)
    store.add(1, ids(1, 20), first)
    store.add(1, ids(11, 20), second[10:])
    assert store.count(1) == 20
    found, cosines = store.nearest(1, second[15], 1)
    assert found.tolist() == [16]
    assert cosines == pytest.approx([1], abs=1e-4)


def test_a_range_is_removed_with_both_its_ends(store: VectorStore) -> None:
    store.add(1, ids(100, 299), unit(200))
    store.remove(1, 150, 160)
    store.remove(1, 150, 160)
    store.remove(1, 290, 90_000)
    left = [*range(100, 150), *range(161, 290)]
    assert store.ids(1).tolist() == left
    assert store.count(1) == len(left)
    assert sorted(store.nearest(1, unit(1)[0], 500)[0].tolist()) == left


def test_what_was_added_and_removed_is_kept(
    store: VectorStore, name: str, folder: Path, server: StoreServer | None
) -> None:
    vectors = unit(300)
    store.add(1, ids(1, 250), vectors[:250])
    store.add(1, ids(251, 300), vectors[250:])
    store.add(2, ids(1, 5), vectors[:5])
    store.remove(1, 10, 19)
    before = store.nearest(1, vectors[0], 20)
    store.close()
    store.close()  # once more does no harm
    again = make(name, server)
    again.open(folder)
    assert again.ids(1).tolist() == [*range(1, 10), *range(20, 301)]
    assert again.count(2) == 5
    assert np.array_equal(again.nearest(1, vectors[0], 20)[0], before[0])
    again.close()


def test_opened_again_it_adds_to_what_it_has(
    store: VectorStore, name: str, folder: Path, server: StoreServer | None
) -> None:
    vectors = unit(30)
    store.add(1, ids(1, 20), vectors[:20])
    store.close()
    again = make(name, server)
    again.open(folder)
    again.add(1, ids(21, 30), vectors[20:])  # the first thing that it is asked to do
    assert again.count(1) == 30
    assert again.nearest(1, vectors[4], 1)[0].tolist() == [5]
    again.close()


def test_generations_may_differ_in_their_dimension(store: VectorStore, name: str) -> None:
    store.add(1, ids(1, 20), unit(20))
    shorter = np.ascontiguousarray(unit(20)[:, :3])
    if name in ONE_DIMENSION:
        with pytest.raises(StorageError, match="dimension"):
            store.add(2, ids(1, 20), shorter)
        return
    store.add(2, ids(1, 20), shorter)
    assert store.nearest(1, unit(20)[3], 1)[0].tolist() == [4]
    assert len(store.nearest(2, unit(20)[3, :3], 30)[0]) == 20


WRITES = """
import sys, numpy as np
from pathlib import Path
from explorer.stores import STORES, StoreServer, make
from tests.stores.numpy_file import NumpyFileStore
STORES["numpy_file"] = NumpyFileStore
name, folder, *place = sys.argv[1:]
store = make(name, StoreServer(*place, lambda _: None) if place else None)
store.open(Path(folder))
vectors = np.random.default_rng(0).normal(size=(100_000, 64)).astype(np.float32)
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
for start in range(0, 100_000, 100):
    store.add(1, np.arange(start, start + 100), vectors[start : start + 100])
    store.remove(1, start, start + 9)
    print(start, flush=True)
"""


def test_killed_while_it_writes_it_has_what_it_said_or_counts_less(
    name: str, folder: Path, server: StoreServer | None
) -> None:
    """What a verb wrote before it returned is there. The index counts, and fills again what has less."""
    place = [] if server is None else [server.address, server.space]
    command = [sys.executable, "-c", WRITES, name, str(folder), *place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= 300:
                break
        process.kill()
        said = [int(line), *map(int, process.stdout.read().split())][-1]
    store = make(name, server)
    store.open(folder)
    found = store.ids(1)
    expected = np.array([one for one in range(said + 100) if one % 100 >= 10])
    assert np.isin(expected, found).all()
    assert store.count(1) == len(found) <= len(expected) + 100, "at most one batch more, which was under way"
    nearest, _ = store.nearest(1, unit(1)[0], 50)
    assert np.isin(nearest, found).all()
    store.close()


def test_it_leaves_the_file_of_the_index_alone(store: VectorStore, name: str, folder: Path) -> None:
    (folder / "sequence").write_text("of the index")
    store.add(1, ids(1, 5), unit(5))
    store.close()
    store.open(folder)
    store.drop(1)
    assert (folder / "sequence").read_text() == "of the index"


def test_its_name_is_that_of_a_folder_which_holds_nothing_else(name: str, catalog: Catalog) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert name not in [path.name for path in catalog.folder.iterdir()], "a library has this folder already"


# ---- inside the index


@pytest.fixture
def index(catalog: Catalog, name: str, server: StoreServer | None) -> Iterator[VectorIndex]:
    index = VectorIndex(catalog, name, server)
    yield index
    index.close()


def test_it_follows_what_is_added_and_removed(index: VectorIndex, catalog: Catalog) -> None:
    first = add(catalog, "the first. " * 30, "first.txt")
    add(catalog, "the second. " * 30, "second.txt")
    assert index.follow() == catalog.changes.last()
    assert agrees(index, catalog)
    catalog.documents.remove([first])
    index.follow()
    assert agrees(index, catalog)
    assert index.count(live(catalog)) == len(catalog.chunks.ids())
    found, scores = index.nearest(live(catalog), vector("a query"), 10_000)
    stored, vectors = catalog.embeddings.matrix()
    assert sorted(found.tolist()) == stored.tolist()
    assert scores == pytest.approx(np.sort(vectors @ vector("a query"))[::-1], abs=1e-4)


def test_one_that_was_begun_goes_on_where_it_was(
    index: VectorIndex,
    catalog: Catalog,
    name: str,
    server: StoreServer | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add(catalog, "the first. " * 30, "first.txt")
    index.follow()
    index.close()
    add(catalog, "the second. " * 30, "second.txt")
    again = VectorIndex(catalog, name, server)
    asked: list[int] = []
    after = catalog.changes.after
    monkeypatch.setattr(catalog.changes, "after", lambda *of: asked.append(of[0]) or after(*of))
    again.follow()
    assert asked[0] > 0, "it began anew"
    assert agrees(again, catalog)
    again.close()


def delete_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def empty_files(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "sequence":
            path.write_bytes(b"")


def garble_files(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "sequence":
            path.write_bytes(b"not what it was " * 1000)


def lose_sequence(folder: Path) -> None:
    (folder / "sequence").unlink()


def edit(folder: Path, **values: object) -> None:
    stored = json.loads((folder / "sequence").read_text())
    (folder / "sequence").write_text(json.dumps({**stored, **values}))


def be_of_another_library(folder: Path) -> None:
    edit(folder, library="another")


def be_of_another_layout(folder: Path) -> None:
    edit(folder, layout=0)


def be_ahead(folder: Path) -> None:
    edit(folder, sequence=999)


def be_behind(folder: Path) -> None:
    edit(folder, sequence=0)


@pytest.mark.parametrize(
    "harm",
    [
        delete_folder,
        empty_files,
        garble_files,
        lose_sequence,
        be_of_another_library,
        be_of_another_layout,
        be_ahead,
        be_behind,
    ],
)
def test_one_that_is_harmed_is_made_whole(
    index: VectorIndex, catalog: Catalog, name: str, harm: Callable[[Path], None]
) -> None:
    gone = add(catalog, "gone soon. " * 30, "gone.txt")
    add(catalog, "some words that stay. " * 30, "stays.txt")
    index.follow()
    catalog.documents.remove([gone])
    index.follow()
    index.close()
    harm(catalog.folder / name)
    assert index.follow() == catalog.changes.last()
    assert agrees(index, catalog)
    assert index.nearest(live(catalog), vector("x"), 3)[0].size == 3


@pytest.mark.parametrize("verb", ["add", "remove", "generations", "drop", "count"])
def test_a_verb_that_fails_has_the_folder_deleted_and_filled_again(
    index: VectorIndex, catalog: Catalog, name: str, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = add(catalog, "gone soon. " * 30, "gone.txt")
    index.follow()
    index._store.add(
        99, ids(1, 3), np.stack([vector(text) for text in "abc"])
    )  # of a generation that is gone
    index.close()
    catalog.documents.remove([gone])
    add(catalog, "some words that stay. " * 30, "stays.txt")
    of_before = catalog.folder / name / "of-before"
    of_before.write_text("deleted with the folder")
    monkeypatch.setattr(index._store, verb, failing_once(index._store, verb, monkeypatch))
    assert index.follow() == catalog.changes.last()
    assert not of_before.exists()
    assert agrees(index, catalog)
    assert 99 not in index._store.generations()


@pytest.mark.parametrize("verb", ["nearest", "ids", "count"])
def test_a_question_that_fails_has_it_filled_again_by_the_next_look(
    index: VectorIndex, catalog: Catalog, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(catalog, "some words that stay. " * 30, "stays.txt")
    index.follow()
    of_the_query = (vector("x"), 3) if verb == "nearest" else ()
    monkeypatch.setattr(index._store, verb, failing_once(index._store, verb, monkeypatch))
    with pytest.raises(StorageError, match="damaged; it is being filled again"):
        getattr(index, verb)(live(catalog), *of_the_query)
    assert not index.is_there()
    index.follow()
    assert agrees(index, catalog)


@pytest.mark.parametrize("verb", ["open", "add"])
def test_a_store_that_always_fails_is_filled_again_once_a_while(
    index: VectorIndex, catalog: Catalog, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(catalog, "some words that stay. " * 30, "stays.txt")

    def fails(*_: object) -> None:
        raise StorageError("No room on the disk.")

    with monkeypatch.context() as full:
        full.setattr(index._store, verb, fails)
        with pytest.raises(StorageError, match=r"cannot be written \(No room on the disk"):
            index.follow()
        with pytest.raises(StorageError, match="cannot be written at the moment"):
            index.follow()
    assert index.rebuild() == catalog.changes.last()
    assert agrees(index, catalog)


def failing_once(store: VectorStore, verb: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """In place of the verb: raises the error that a store is likeliest to raise, and is gone then."""
    works = getattr(store, verb)

    def fails(*_: object) -> None:
        monkeypatch.setattr(store, verb, works)
        raise StorageError("The store cannot be read.")

    return fails


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
    assert index._store.generations() == {building.id}, "what the old one had is dropped"


# ---- the table


def test_the_usual_store_is_in_the_table() -> None:
    assert settings.Settings.model_fields["store"].default in STORES


def test_a_store_that_is_not_there_is_named_with_those_that_are(catalog: Catalog) -> None:
    with pytest.raises(SettingError, match=r"store \('chrome'\).*Known are: chroma, .*numpy_file"):
        VectorIndex(catalog, "chrome")


def test_another_store_is_filled_from_the_catalogue_and_the_first_is_gone(catalog: Catalog) -> None:
    add(catalog, "some words that stay. " * 30, "stays.txt")
    for name, other in (("chroma", "numpy_file"), ("numpy_file", "chroma")):
        index = VectorIndex(catalog, name)
        assert index.follow() == catalog.changes.last()
        assert agrees(index, catalog)
        index.close()
        assert (catalog.folder / name / "sequence").exists()
        assert not (catalog.folder / other).exists(), "vectors of removed documents would stay there"


def test_only_the_index_of_another_store_is_deleted(catalog: Catalog) -> None:
    for folder in ("numpy_file", "notes"):
        (catalog.folder / folder).mkdir()
        (catalog.folder / folder / "mine.txt").write_text("something of mine")
    (catalog.folder / "notes" / "sequence").write_text("{}")
    index = VectorIndex(catalog, "chroma")
    index.follow()
    index.close()
    for folder in ("numpy_file", "notes"):
        assert (catalog.folder / folder / "mine.txt").exists()
