"""Text → vectors: `load(name)` gives an `EmbeddingModel`, bundled, from a folder or the hub's cache.

Nothing here touches the network, runs code that comes with a model, or opens a pickle.
"""

from __future__ import annotations

from explorer.embedding.base import EmbeddingModel, Vectors
from explorer.embedding.passages import chunk_room, embedded_text
from explorer.embedding.registry import DEFAULT_MODEL, load

__all__ = ["DEFAULT_MODEL", "EmbeddingModel", "Vectors", "chunk_room", "embedded_text", "load"]
