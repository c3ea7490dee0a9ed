"""What a vector store is, and the table of those there are: one module each, imported when it is made.

A store keeps vectors and finds the nearest. Whatever else an index needs stands once, in
`explorer.stores.index`. `tests/stores/test_contract.py` shows what each store of the table must do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from explorer.errors import SettingError

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors


class VectorStore(Protocol):
    """Vectors of length 1 by the ids of their chunks, in a folder, apart for each generation.

    One verb is called at a time, and between `open` and `close` only. A generation that was never named
    before is an empty one. Whatever a verb raises counts as damage: the index deletes the folder, opens the
    store again and fills it from the catalogue.
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


STORES: dict[str, Callable[[], VectorStore]] = {
    "chroma": _chroma,
    "faiss": _faiss,
    "lancedb": _lancedb,
    "milvus": _milvus,
    "qdrant": _qdrant,
}
"""By the name that the setting `store` gives, which is also the name of the folder inside a library. Each but
Chroma needs the extra of its name; without it the factory raises SettingError."""


def require(name: str) -> None:
    """Does nothing if the table has a store of that name; else raises SettingError, which lists them all."""
    if name not in STORES:
        raise SettingError(
            f"The setting store ({name!r}) is not valid: there is no such vector store. "
            f"Known are: {', '.join(STORES)}."
        )


def make(name: str) -> VectorStore:
    """The store of that name, not open yet. Raises SettingError."""
    require(name)
    return STORES[name]()
