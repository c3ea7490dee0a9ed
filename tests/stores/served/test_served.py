"""What all stores do that a server holds (`explorer.stores.served.chroma`, `explorer.stores.served.pgvector`,
`explorer.stores.served.pinecone`, `explorer.stores.served.qdrant`, `explorer.stores.served.weaviate`), and
how the index goes on when the server does not; what any store does stands in test_contract.py."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest

from explorer.catalog import Catalog
from explorer.errors import SettingError, StorageError, StoreAway
from explorer.stores import SERVED, StoreServer, VectorIndex, VectorStore, leave_servers, make
from explorer.stores.served import chroma, pinecone, qdrant, weaviate
from explorer.stores.server import space_of
from tests.catalog.making import add, vector
from tests.stores.conftest import agrees, live
from tests.stores.served.recording import RecordingServer, Refused
from tests.stores.served.running import SPOKEN, Servers

SPOKEN_NAMES = [
    pytest.param(one, marks=pytest.mark.extras("pinecone")) if one == "pinecone" else one for one in SPOKEN
]
WITHOUT_EXTRAS = ["chroma_server", "qdrant_server", "weaviate"]


def unit(number: int, dimension: int = 16, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(number, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def server_of(address: str, folder: Path, key: str | None = None, library: str = "a library") -> StoreServer:
    return StoreServer(address, space_of(library, folder), lambda asked: key if asked == address else None)


def opened(name: str, server: StoreServer, folder: Path) -> VectorStore:
    store = make(name, server)
    store.open(folder)
    return store


@pytest.fixture(autouse=True)
def hasty(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pinecone's client tries four times, with pauses."""
    if name == "pinecone":
        monkeypatch.setattr("pinecone._internal.http_client._retry_sleep", lambda _seconds: None)


@pytest.fixture
def name() -> str:
    """Of tests that are about no store in particular."""
    return ""


@pytest.fixture
def spoken(name: str, servers: Servers) -> RecordingServer:
    found = servers.spoken(name)
    found.asked.clear()
    return found


# ---- what goes there


@pytest.mark.parametrize("name", SPOKEN_NAMES)
def test_long_vectors_go_in_requests_below_two_megabytes(
    name: str, spoken: RecordingServer, tmp_path: Path
) -> None:
    told: list[tuple[str, int]] = []
    server = StoreServer(
        spoken.address, space_of("long", tmp_path), lambda _: None, lambda *sent: told.append(sent)
    )
    store = opened(name, server, tmp_path)
    store.add(1, np.arange(250), unit(250, 1024))
    assert store.count(1) == 250
    sizes = [len(asked.text) for asked in spoken.asked]
    assert 2_000_000 > max(sizes) > 1_000_000
    assert {address for address, _ in told} == {spoken.address}
    sent = sum(octets for _, octets in told)
    assert sent == pytest.approx(sum(sizes), rel=0.3) if name == "pinecone" else sent == sum(sizes)
    store.close()


@pytest.mark.parametrize("name", SPOKEN_NAMES)
def test_ids_and_vectors_go_there_and_nothing_else(
    name: str, spoken: RecordingServer, catalog: Catalog
) -> None:
    add(catalog, "confidential words of a document. " * 30, "secret-name.txt")
    index = VectorIndex(catalog, name, server_of(spoken.address, catalog.folder))
    index.follow()
    assert agrees(index, catalog)
    index.nearest(live(catalog), vector("a confidential question"), 3)
    sent = b"".join(asked.text + asked.path.encode() + repr(asked.headers).encode() for asked in spoken.asked)
    assert len(sent) > 1000
    for word in (b"confidential", b"secret-name", b"document.", b"question"):
        assert word not in sent
    index.close()


@pytest.mark.parametrize("name", SPOKEN_NAMES)
def test_the_key_goes_along_and_into_no_message(
    name: str, spoken: RecordingServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with spoken.guarded("canary-key"):
        store = opened(name, server_of(spoken.address, tmp_path, "canary-key"), tmp_path)
        store.add(1, np.arange(3), unit(3, 8))
        assert store.count(1) == 3
        spoken.failing = [Refused(400, {"message": "your canary-key is not enough"})]
        with pytest.raises(StorageError) as refused:
            store.count(1)
        store.close()
        with pytest.raises(StoreAway) as lacking:
            opened(name, server_of(spoken.address, tmp_path, "another"), tmp_path)
    assert "•••" in str(refused.value) and spoken.address in str(lacking.value)
    assert "canary-key" not in str(refused.value) + repr(server_of(spoken.address, tmp_path, "canary-key"))
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("explorer")]
    assert "canary-key" not in "".join(ours)


@pytest.mark.parametrize("name", SPOKEN_NAMES)
def test_nothing_is_sent_where_it_leads_elsewhere(name: str, spoken: RecordingServer, tmp_path: Path) -> None:
    other = type(spoken)()
    store = opened(name, server_of(spoken.address, tmp_path, "canary-key"), tmp_path)
    store.add(1, np.arange(3), unit(3, 8))
    for verb in (lambda: store.count(1), lambda: store.add(1, np.arange(3), unit(3, 8))):
        spoken.failing = [Refused(307, None, {"location": f"{other.address}/elsewhere"})]
        with pytest.raises(StorageError):
            verb()
    assert other.asked == []
    other.close()
    store.close()


@pytest.mark.parametrize("name", SPOKEN_NAMES)
@pytest.mark.parametrize("status", [429, 500])
def test_a_server_that_fails_for_now_is_away(
    name: str, status: int, spoken: RecordingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(name, server_of(spoken.address, tmp_path), tmp_path)
    store.add(1, np.arange(3), unit(3, 8))
    spoken.failing = [Refused(status, {"message": "come back later"})] * (4 if name == "pinecone" else 1)
    with pytest.raises(StoreAway, match="come back later"):
        store.nearest(1, unit(1, 8)[0], 2)
    assert store.count(1) == 3
    store.close()


@pytest.mark.parametrize(
    ("address", "key", "reason"),
    [
        ("http://store.example:6333", "a key", "not encrypted"),
        ("https://store.example:6333", None, "no key"),
        ("https://store.example:6333", "schlüssel", "no key has"),
    ],
)
@pytest.mark.parametrize("name", WITHOUT_EXTRAS)
def test_another_machine_needs_https_and_a_key(
    name: str, address: str, key: str | None, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(StoreAway, match=reason):
        opened(name, server_of(address, tmp_path, key), tmp_path)


def test_without_an_address_it_says_what_to_set() -> None:
    for name in SERVED:
        with pytest.raises(SettingError, match="EXPLORER_STORE_URL"):
            make(name)


@pytest.mark.parametrize("name", SPOKEN_NAMES)
def test_many_are_listed_and_removed_page_by_page(
    name: str, spoken: RecordingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (qdrant, weaviate):
        monkeypatch.setattr(module, "_PAGE", 7)
    monkeypatch.setattr(pinecone, "_LISTED", 7)
    monkeypatch.setattr(pinecone, "_DELETED", 7)
    store = opened(name, server_of(spoken.address, tmp_path), tmp_path)
    store.add(1, np.arange(100, 150), unit(50, 8))
    assert store.ids(1).tolist() == list(range(100, 150))
    store.remove(1, 110, 139)
    assert store.ids(1).tolist() == [*range(100, 110), *range(140, 150)]
    store.close()


def test_chromas_collections_are_listed_page_by_page(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma, "_PAGE", 2)
    server = server_of(f"{servers.address('chroma_server')}/default_tenant/default_database", tmp_path)
    store = opened("chroma_server", server, tmp_path)
    for generation in range(1, 6):
        store.add(generation, np.arange(3), unit(3))
    assert store.generations() == {1, 2, 3, 4, 5}
    assert store.ids(4).tolist() == [0, 1, 2]
    store.remove(4, 0, 1)
    assert store.ids(4).tolist() == [2]
    store.close()


@pytest.mark.parametrize("name", SPOKEN_NAMES)
def test_two_libraries_on_one_server_never_mix(name: str, spoken: RecordingServer, tmp_path: Path) -> None:
    stores = [
        opened(name, server_of(spoken.address, tmp_path / place, library=library), tmp_path)
        for library, place in (("one", "a"), ("two", "a"), ("one", "a copy of it"))
    ]
    for number, store in enumerate(stores):
        store.add(1, np.arange(3 + number), unit(3 + number, 8))
    assert [store.count(1) for store in stores] == [3, 4, 5]
    stores[0].drop(1)
    assert [store.generations() for store in stores] == [set(), {1}, {1}]
    assert [store.count(1) for store in stores[1:]] == [4, 5]
    for store in stores:
        store.close()


# ---- inside the index


@pytest.fixture
def filled(catalog: Catalog) -> Catalog:
    for name in ("first", "second"):
        add(catalog, f"words of the {name}. " * 30, f"{name}.txt")
    return catalog


@pytest.mark.parametrize("name", SPOKEN_NAMES)
def test_a_server_that_is_down_is_no_damage(
    name: str, filled: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = SPOKEN[name]()
    index = VectorIndex(filled, name, server_of(server.address, filled.folder))
    index.follow()
    held = server.answer
    port = server._http.server_address[1]
    server.close()
    with pytest.raises(StoreAway, match=rf"127.0.0.1:{port}"):
        index.nearest(live(filled), vector("x"), 3)
    assert index.sequence == -1, "nobody asks it until it is opened again"
    for verb in (index.follow, index.rebuild):
        with pytest.raises(StoreAway, match=rf"127.0.0.1:{port}"):
            verb()
    assert index.is_there(), "what it holds is not thrown away"
    again = SPOKEN[name]()  # at another port: the address is made the same by hand
    again.answer = held  # type: ignore[method-assign]
    note = filled.folder / name / "sequence"
    note.write_text(note.read_text().replace(str(port), str(again._http.server_address[1])))
    back = VectorIndex(filled, name, server_of(again.address, filled.folder))
    assert back.follow() == filled.changes.last()
    assert agrees(back, filled)
    assert not [
        one for one in again.asked if "upsert" in one.path or "batch" in one.path or one.method == "PUT"
    ]
    back.close()
    again.close()


@pytest.mark.parametrize("name", SPOKEN_NAMES)
def test_another_server_is_noticed_filled_anew_and_the_first_one_cleared(
    name: str, spoken: RecordingServer, filled: Catalog
) -> None:
    server = server_of(spoken.address, filled.folder)
    index = VectorIndex(filled, name, server)
    index.follow()
    index.close()
    noted = json.loads((filled.folder / name / "sequence").read_text())
    assert noted["server"] == {"address": spoken.address, "space": server.space}
    other = SPOKEN[name]()
    moved = VectorIndex(filled, name, server_of(other.address, filled.folder))
    moved.follow()
    assert agrees(moved, filled)
    first = opened(name, server, filled.folder / name)
    assert first.generations() == set()
    first.close()
    moved.close()
    other.close()


@pytest.mark.parametrize("name", SPOKEN_NAMES)
def test_what_leaves_the_library_leaves_the_server(
    name: str, spoken: RecordingServer, filled: Catalog
) -> None:
    server = server_of(spoken.address, filled.folder)
    index = VectorIndex(filled, name, server)
    index.follow()
    index.close()
    assert leave_servers(filled.folder, lambda _: None) == ()
    assert not (filled.folder / name).exists()
    store = opened(name, server, filled.folder)
    assert store.generations() == set()
    store.close()


def test_a_server_that_cannot_be_cleared_is_named(filled: Catalog) -> None:
    server = SPOKEN["qdrant_server"]()
    index = VectorIndex(filled, "qdrant_server", server_of(server.address, filled.folder))
    index.follow()
    index.close()
    server.close()
    (problem,) = leave_servers(filled.folder, lambda _: None)
    space = space_of(filled.library_id, filled.folder)
    assert problem.startswith(f"{server.address} still holds vectors of this library")
    assert server_of(server.address, filled.folder).space in problem and space not in problem


@pytest.mark.parametrize("name", SPOKEN_NAMES)
def test_what_a_lying_server_says_is_sifted(
    name: str, spoken: RecordingServer, filled: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = VectorIndex(filled, name, server_of(spoken.address, filled.folder))
    index.follow()
    known = int(filled.chunks.ids()[0])
    lies = np.array([999_999, known, known, 7, -3]), np.array([9e9, 1, 1, np.nan, 0.5], np.float32)
    monkeypatch.setattr(index._store, "nearest", lambda *_: lies)
    found, cosines = index.nearest(live(filled), vector("x"), 3)
    assert found.tolist() == [999_999, known, -3]
    assert np.isfinite(cosines).all()
    index.close()
