"""The catalogue: everything a library knows, in one SQLite file."""

from explorer.catalog.catalog import FILE_NAME, Catalog
from explorer.catalog.chunks import scope_json
from explorer.catalog.embeddings import MissingEmbeddings
from explorer.catalog.records import (
    Change,
    Check,
    ChunkTable,
    Conversation,
    Counts,
    Generation,
    Message,
    Model,
    NewChunk,
    NewDocument,
    Removed,
    SpanRef,
    Stored,
    StoredHeading,
    StoredLayout,
    Task,
)

__all__ = [
    "FILE_NAME",
    "Catalog",
    "Change",
    "Check",
    "ChunkTable",
    "Conversation",
    "Counts",
    "Generation",
    "Message",
    "MissingEmbeddings",
    "Model",
    "NewChunk",
    "NewDocument",
    "Removed",
    "SpanRef",
    "Stored",
    "StoredHeading",
    "StoredLayout",
    "Task",
    "scope_json",
]
