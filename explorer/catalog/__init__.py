"""The catalogue: everything a library knows, in one SQLite file."""

from explorer.catalog.catalog import FILE_NAME, Catalog
from explorer.catalog.chunks import scope_json, scope_of
from explorer.catalog.embeddings import MissingEmbeddings
from explorer.catalog.forgetting import FORGOTTEN
from explorer.catalog.records import (
    Change,
    Check,
    ChunkTable,
    Generation,
    Model,
    NewChunk,
    NewDocument,
    Removed,
    Stored,
    StoredHeading,
    StoredLayout,
    Task,
)

__all__ = [
    "FILE_NAME",
    "FORGOTTEN",
    "Catalog",
    "Change",
    "Check",
    "ChunkTable",
    "Generation",
    "MissingEmbeddings",
    "Model",
    "NewChunk",
    "NewDocument",
    "Removed",
    "Stored",
    "StoredHeading",
    "StoredLayout",
    "Task",
    "scope_json",
    "scope_of",
]
