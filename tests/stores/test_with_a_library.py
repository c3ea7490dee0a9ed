"""A library whose vectors a server holds: filled, asked, away, repaired, and cleared with the library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import Library, libraries
from explorer.worker import log
from tests.folders import RENT, WHALES, eventually, write
from tests.stores.served.qdrant_server import QdrantServer

KEY = "canary-key-4711"


@pytest.fixture
def server() -> Iterator[QdrantServer]:
    server = QdrantServer()
    yield server
    server.close()


@pytest.fixture
def library(tmp_path: Path, server: QdrantServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "library"))
    monkeypatch.setenv("EXPLORER_STORE", "qdrant_server")
    monkeypatch.setenv("EXPLORER_STORE_URL", server.address)
    monkeypatch.setenv("EXPLORER_STORE_KEY", KEY)
    server.key = KEY
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path / "files", whales_md=WHALES, rent_txt=RENT))
        yield library


def held(server: QdrantServer) -> int:
    return sum(len(one.rows) for one in server.collections.values())


def test_it_is_filled_asked_compared_mended_and_emptied(library: Library, server: QdrantServer) -> None:
    report = library.doctor()
    assert report.ok and report.counts["index_vectors"] == library.counts().chunks == held(server)
    vector = library._client.encode(["sea animals"], "query")[0]
    found = library._client.nearest(vector, 3)
    assert found is not None and len(found[0]) > 0
    (address,) = library.upkeep.addresses()
    assert (address.address, address.origin, address.is_this_machine) == (server.address, "environment", True)
    eventually(lambda: library.upkeep.addresses()[0].octets > 1000)
    sent = b"".join(one.text for one in server.asked)
    assert not any(word.encode() in sent for word in WHALES.split() if len(word) > 4)
    for one in server.collections.values():
        one.rows.clear()
    assert not library.doctor().ok
    assert library.doctor(repair=True).ok
    assert held(server) == library.counts().chunks
    erased = library.upkeep.erase(library.name)
    assert (erased.is_gone, erased.left, held(server), server.collections) == (True, (), 0, {})


def test_a_server_that_is_down_is_told_once_and_search_goes_on(
    library: Library, server: QdrantServer
) -> None:
    library._client.sync()
    expected = [hit.chunk.id for hit in library.search("whales", 3, "hybrid")]
    server.close()
    vector = library._client.encode(["sea animals"], "query")[0]
    for _ in range(4):
        assert library._client.nearest(vector, 3) is None
    assert [hit.chunk.id for hit in library.search("whales", 3, "hybrid")] == expected
    assert library.search("whales", 3, "keyword")
    report = library.doctor()
    assert [one for one in report.problems if server.address in one and "cannot be reached" in one]
    state = library.upkeep.store()
    assert state is not None and state.problem is not None and server.address in state.problem
    said = log.path(library.folder).read_text()
    assert said.count("cannot follow") == 1 and KEY not in said
    with Library(library.folder) as again:
        assert [hit.chunk.id for hit in again.search("whales", 3, "hybrid")] == expected


def test_a_library_that_is_deleted_leaves_nothing_there(library: Library, server: QdrantServer) -> None:
    library._client.sync()
    assert held(server) == library.counts().chunks
    folder, name = library.folder, library.name
    library.close()
    assert libraries.delete(folder, name) == ()
    assert server.collections == {}


def test_one_that_cannot_be_cleared_is_deleted_and_the_server_named(
    library: Library, server: QdrantServer
) -> None:
    library._client.sync()
    folder, name = library.folder, library.name
    library.close()
    server.close()
    (line,) = libraries.delete(folder, name)
    assert server.address in line and "explorer_" in line and KEY not in line
    assert not folder.exists()
