"""Vector indexes that follow the catalogue: the index and its thread, and the stores it may stand in."""

from explorer.stores.base import STORES, VectorStore, make, require
from explorer.stores.folder import dead_vectors, filled
from explorer.stores.follower import IndexFollower
from explorer.stores.index import VectorIndex

__all__ = [
    "STORES",
    "IndexFollower",
    "VectorIndex",
    "VectorStore",
    "dead_vectors",
    "filled",
    "make",
    "require",
]
