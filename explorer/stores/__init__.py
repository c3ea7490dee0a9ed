"""Vector indexes that follow the catalogue: the index and its thread, and the stores it may stand in."""

from explorer.stores.base import NONE, SERVED, STORES, VectorStore, check, make, names, require
from explorer.stores.folder import dead_vectors, filled, in_use, leave_servers
from explorer.stores.follower import IndexFollower
from explorer.stores.index import VectorIndex
from explorer.stores.library_index import LibraryIndex, StoreChoice, StoreState
from explorer.stores.server import StoreServer

__all__ = [
    "NONE",
    "SERVED",
    "STORES",
    "IndexFollower",
    "LibraryIndex",
    "StoreChoice",
    "StoreServer",
    "StoreState",
    "VectorIndex",
    "VectorStore",
    "check",
    "dead_vectors",
    "filled",
    "in_use",
    "leave_servers",
    "make",
    "names",
    "require",
]
