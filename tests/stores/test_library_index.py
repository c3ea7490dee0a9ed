"""explorer.stores.library_index: another store is filled beside the one in use, and then takes its place; or
none does (explorer.stores.exact)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explorer.catalog import Catalog
from explorer.errors import StorageError
from explorer.stores import LibraryIndex, StoreChoice
from explorer.stores import library_index as module
from explorer.stores.server import space_of
from tests.catalog.making import add, vector
from tests.stores.conftest import live
from tests.stores.numpy_file import NumpyFileStore
from tests.stores.served.qdrant_server import QdrantServer
from tests.stores.served.running import Servers


class Wanted:
    """What the settings name."""

    def __init__(self, name: str, address: str | None = None) -> None:
        self.choice = StoreChoice.of(name, address)

    def __call__(self) -> StoreChoice:
        return self.choice

    def become(self, name: str, address: str | None = None) -> None:
        self.choice = StoreChoice.of(name, address)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RETRY_SECONDS", 0.0)


@pytest.fixture
def catalog(catalog: Catalog) -> Catalog:
    for name in ("first", "second", "third"):
        add(catalog, f"words of the {name}. " * 30, f"{name}.txt")
    return catalog


@pytest.fixture
def wanted() -> Wanted:
    return Wanted("chroma")


@pytest.fixture
def index(catalog: Catalog, wanted: Wanted) -> Iterator[LibraryIndex]:
    index = LibraryIndex(catalog, wanted)
    index.follow()
    yield index
    index.close()


def whole(index: LibraryIndex, catalog: Catalog) -> bool:
    found = index.nearest(live(catalog), vector("x"), 3)
    assert found is not None
    return index.ids(live(catalog)).tolist() == catalog.chunks.ids().tolist() and len(found[0]) == 3


def test_the_earlier_store_serves_until_the_other_one_is_whole(
    index: LibraryIndex, catalog: Catalog, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted.become("numpy_file")
    seen = []

    def added(self: NumpyFileStore, *batch: object) -> None:
        seen.append((index.state, whole(index, catalog), (catalog.folder / "chroma").is_dir()))
        kept(self, *batch)

    kept = NumpyFileStore.add
    monkeypatch.setattr(NumpyFileStore, "add", added)
    assert index.is_due()
    index.follow()
    assert len(seen) >= 3
    assert all(is_whole and is_there for _, is_whole, is_there in seen)
    assert [state.now.name for state, *_ in seen] == ["chroma"] * len(seen)
    assert {state.coming for state, *_ in seen} == {StoreChoice("numpy_file")}
    shares = [state.done / state.total for state, *_ in seen]
    assert shares == sorted(shares) and 0 <= shares[0] < shares[-1] < 1
    assert (index.state.now, index.state.coming) == (StoreChoice("numpy_file"), None)
    assert whole(index, catalog) and not index.is_due()
    assert not (catalog.folder / "chroma").exists()


def test_what_comes_meanwhile_is_in_both(
    index: LibraryIndex, catalog: Catalog, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted.become("numpy_file")
    kept = NumpyFileStore.add

    def added(self: NumpyFileStore, *batch: object) -> None:
        monkeypatch.setattr(NumpyFileStore, "add", kept)
        kept(self, *batch)
        catalog.documents.remove([catalog.documents.list()[0].id])
        add(catalog, "words of the fourth. " * 30, "fourth.txt")

    monkeypatch.setattr(NumpyFileStore, "add", added)
    index.follow()
    assert index.state.coming is not None, "it paused, for the one in use to take that in first"
    index.follow()
    assert index.state.now.name == "numpy_file"
    assert whole(index, catalog)


def test_gone_back_meanwhile_it_stays_and_what_was_begun_is_deleted(
    index: LibraryIndex, catalog: Catalog, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted.become("numpy_file")
    kept = NumpyFileStore.add

    def added(self: NumpyFileStore, *batch: object) -> None:
        kept(self, *batch)
        wanted.become("chroma")

    monkeypatch.setattr(NumpyFileStore, "add", added)
    index.follow()
    assert (catalog.folder / "numpy_file").exists()
    index.follow()
    assert (index.state.now, index.state.coming) == (StoreChoice("chroma"), None)
    assert not (catalog.folder / "numpy_file").exists()
    assert whole(index, catalog) and not index.is_due()


def test_one_that_cannot_be_filled_is_told_and_tried_again_while_the_other_serves(
    index: LibraryIndex, catalog: Catalog, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError("No space left on device")

    wanted.become("numpy_file")
    with monkeypatch.context() as full:
        full.setattr(NumpyFileStore, "add", fails)
        for _ in range(2):
            assert index.follow() == catalog.changes.last()
            assert index.state.problem is not None
            assert whole(index, catalog)
        assert index.state.now.name == "chroma"
    monkeypatch.setattr("explorer.stores.index._RETRY_SECONDS", 0.0)
    index.follow()
    assert (index.state.now.name, index.state.problem) == ("numpy_file", None)
    assert whole(index, catalog)


def test_a_new_start_with_another_name_goes_on_with_the_filled_one_too(
    index: LibraryIndex, catalog: Catalog
) -> None:
    index.close()
    again = LibraryIndex(catalog, Wanted("numpy_file"))
    assert again.state.now.name == "chroma"
    again.follow()
    assert again.state.now.name == "numpy_file"
    assert whole(again, catalog)
    assert not (catalog.folder / "chroma").exists()
    again.close()


def test_a_store_that_cannot_be_had_is_told_and_all_is_compared(
    catalog: Catalog, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted.become("qdrant_server", None)
    index = LibraryIndex(catalog, wanted)
    assert index.follow() == catalog.changes.last()
    assert index.nearest(live(catalog), vector("x"), 3) is None
    assert index.state.problem is not None and "EXPLORER_STORE_URL" in index.state.problem
    for verb in (lambda: index.ids(live(catalog)), lambda: index.count(live(catalog)), index.rebuild):
        with pytest.raises(StorageError, match="EXPLORER_STORE_URL"):
            verb()
    index.close()


def test_none_compares_all_and_keeps_no_store(index: LibraryIndex, catalog: Catalog, wanted: Wanted) -> None:
    wanted.become("none")
    index.follow()
    assert not (catalog.folder / "chroma").exists()
    assert index.state.now == StoreChoice("none")
    assert index.nearest(live(catalog), vector("x"), 3) is None
    assert index.ids(live(catalog)).tolist() == catalog.chunks.ids().tolist()
    assert index.count(live(catalog)) == len(catalog.chunks.ids())
    assert index.rebuild() == index.sequence == catalog.changes.last()
    assert index.is_there() and not index.is_due() and index.dead == 0
    wanted.become("chroma")
    index.follow()
    assert index.state.now == StoreChoice("chroma")
    assert whole(index, catalog)


def test_started_with_none_the_earlier_store_goes(index: LibraryIndex, catalog: Catalog) -> None:
    index.close()
    again = LibraryIndex(catalog, Wanted("none"))
    assert again.is_due(), "else nobody follows while nothing is added"
    again.follow()
    assert not (catalog.folder / "chroma").exists()
    assert not again.is_due()
    again.close()


# ---- to a server and back


def held(server: QdrantServer, catalog: Catalog) -> list[int]:
    """How many vectors of this library the server has, by collection."""
    space = space_of(catalog.library_id, catalog.folder)
    return [len(one.rows) for name, one in server.collections.items() if name.startswith(space)]


def test_to_a_server_and_back_nothing_stays_there(
    index: LibraryIndex, catalog: Catalog, wanted: Wanted, servers: Servers
) -> None:
    server = servers.spoken("qdrant_server")
    assert isinstance(server, QdrantServer)
    wanted.become("qdrant_server", server.address)
    index.follow()
    assert index.state.now == StoreChoice("qdrant_server", server.address)
    assert whole(index, catalog) and not (catalog.folder / "chroma").exists()
    assert held(server, catalog) == [len(catalog.chunks.ids())]
    wanted.become("chroma")
    index.follow()
    assert whole(index, catalog)
    assert held(server, catalog) == []
    assert [path.name for path in catalog.folder.iterdir() if path.name in ("chroma", "qdrant_server")] == [
        "chroma"
    ]


def test_from_a_server_that_is_down_there_is_a_way_to_another_store(
    catalog: Catalog, wanted: Wanted, caplog: pytest.LogCaptureFixture
) -> None:
    server = QdrantServer()
    wanted.become("qdrant_server", server.address)
    index = LibraryIndex(catalog, wanted)
    index.follow()
    server.close()
    add(catalog, "words of the fourth. " * 30, "fourth.txt")
    with pytest.raises(StorageError, match="cannot be reached"):
        index.follow()
    wanted.become("chroma")
    assert index.follow() == catalog.changes.last()
    assert whole(index, catalog)
    assert (catalog.folder / "qdrant_server" / "sequence").exists(), "it says what is still there"
    assert "which is no longer used, stays" in caplog.text
    index.close()


def test_another_address_of_the_same_kind_is_filled_anew(
    catalog: Catalog, wanted: Wanted, servers: Servers
) -> None:
    first, other = servers.spoken("qdrant_server"), QdrantServer()
    assert isinstance(first, QdrantServer)
    wanted.become("qdrant_server", first.address)
    index = LibraryIndex(catalog, wanted)
    index.follow()
    wanted.become("qdrant_server", other.address)
    assert index.is_due()
    index.follow()
    assert (held(first, catalog), len(held(other, catalog))) == ([], 1)
    assert whole(index, catalog)
    index.close()
    other.close()
