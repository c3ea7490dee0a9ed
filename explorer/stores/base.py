"""What a vector store is, and the table of those there are: one module each, imported when it is made.

A store keeps vectors and finds the nearest. Whatever else an index needs stands once, in
`explorer.stores.index`. `tests/stores/test_contract.py` shows what each store of the table must do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from explorer.errors import SettingError
from explorer.settings import variable
from explorer.stores.server import StoreServer

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors


class VectorStore(Protocol):
    """Vectors of length 1 by the ids of their chunks, in a folder, apart for each generation.

    One verb is called at a time, and between `open` and `close` only. A generation that was never named
    before is an empty one. Whatever a verb raises counts as damage: the index deletes the folder (of a
    server: the library's collections), opens the store again and fills it from the catalogue. StoreAway alone
    says that the vectors may be as they were: then it is tried again later.
    """

    @property
    def layout(self) -> int:
        """Counts up when the store keeps its vectors in another way: then older folders are filled anew."""

    def open(self, folder: Path) -> None:
        """Make ready what the folder holds, or begin in an empty one. The file `sequence` there belongs to
        the index.

        Raises:
            StorageError: what lies there must not be opened; it is deleted, and the store opened once more.
        """

    def close(self) -> None:
        """Let go of all files; does nothing where the store is not open."""

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        """Keep vectors (n, dimension) under ids (n,), n ≤ 250, in place of those that had these ids.

        They are on disk when this returns. It should take at most .2 s: a question may have to wait for it.
        """

    def remove(self, generation: int, first: int, last: int) -> None:
        """Forget the vectors with ids from `first` to `last`, both included; many of them may not exist."""

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        """The k nearest to a vector (dimension,), best first: ids (n,) int64, cosines (n,) float32, n ≤ k;
        k is 1 or more."""

    def ids(self, generation: int) -> Ids:
        """All ids of a generation, ascending (n,) int64."""

    def count(self, generation: int) -> int:
        """How many vectors a generation has."""

    def generations(self) -> set[int]:
        """The generations that take room; empty ones may be among them."""

    def drop(self, generation: int) -> None:
        """Forget a generation with all its vectors."""


def _chroma() -> VectorStore:
    from explorer.stores.chroma import ChromaStore

    return ChromaStore()


def _faiss() -> VectorStore:
    from explorer.stores.faiss import FaissStore

    return FaissStore()


def _lancedb() -> VectorStore:
    from explorer.stores.lancedb import LancedbStore

    return LancedbStore()


def _milvus() -> VectorStore:
    from explorer.stores.milvus import MilvusStore

    return MilvusStore()


def _qdrant() -> VectorStore:
    from explorer.stores.qdrant import QdrantStore

    return QdrantStore()


def _chroma_server(server: StoreServer) -> VectorStore:
    from explorer.stores.served.chroma import ChromaServerStore

    return ChromaServerStore(server)


def _milvus_server(server: StoreServer) -> VectorStore:
    from explorer.stores.milvus import MilvusStore

    return MilvusStore(server)


def _pgvector(server: StoreServer) -> VectorStore:
    from explorer.stores.served.pgvector import PgvectorStore

    return PgvectorStore(server)


def _pinecone(server: StoreServer) -> VectorStore:
    from explorer.stores.served.pinecone import PineconeStore

    return PineconeStore(server)


def _qdrant_server(server: StoreServer) -> VectorStore:
    from explorer.stores.served.qdrant import QdrantServerStore

    return QdrantServerStore(server)


def _weaviate(server: StoreServer) -> VectorStore:
    from explorer.stores.served.weaviate import WeaviateStore

    return WeaviateStore(server)


STORES: dict[str, Callable[[], VectorStore]] = {
    "chroma": _chroma,
    "faiss": _faiss,
    "lancedb": _lancedb,
    "milvus": _milvus,
    "qdrant": _qdrant,
}
"""Stores inside the library's folder, by the name that the setting `store` gives, which is also the name of
their folder there. Each but Chroma needs the extra of its name; without it the factory raises
SettingError."""
SERVED: dict[str, Callable[[StoreServer], VectorStore]] = {
    "chroma_server": _chroma_server,
    "milvus_server": _milvus_server,
    "pgvector": _pgvector,
    "pinecone": _pinecone,
    "qdrant_server": _qdrant_server,
    "weaviate": _weaviate,
}
"""Stores that a server holds, at the address of the setting `store_url`. In the folder of their name only the
index's note stands."""
NONE = "none"
"""The name of no store: every passage is compared, from the catalogue."""


def names() -> list[str]:
    """All that the setting `store` may be."""
    return [*STORES, *SERVED, NONE]


def require(name: str) -> None:
    """Does nothing if there is a store of that name, or it is "none"; else raises SettingError, which lists
    them all."""
    if name not in names():
        raise SettingError(
            f"The setting store ({name!r}) is not valid: there is no such vector store. "
            f"Known are: {', '.join(names())}."
        )


def check(name: str, address: str | None) -> None:
    """Does nothing where a store can be had: it is known, its extra is installed, and it has an address if a
    server holds it; whether that one answers is not asked. Raises SettingError."""
    require(name)
    if name != NONE:
        make(name, StoreServer(address, "", lambda _: None) if address else None)


def make(name: str, server: StoreServer | None = None) -> VectorStore:
    """The store of that name, not open yet. Raises SettingError."""
    require(name)
    if name in SERVED:
        if server is None:
            raise SettingError(
                f"The vector store {name} is a server's, and no address is set. Give it in Settings, or in "
                f"{variable('store_url')}."
            )
        return SERVED[name](server)
    if name == NONE:
        raise SettingError("There is no vector store of the name none.")
    return STORES[name]()
