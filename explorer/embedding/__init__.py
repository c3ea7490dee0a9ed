"""Text → vectors: `load(name)` gives an `EmbeddingModel`, bundled, from a folder or the hub's cache, or a
server's.

Nothing here touches the network but `server.py`, which asks the address that a person set; nothing runs code
that comes with a model, or opens a pickle.
"""

from __future__ import annotations

from explorer.embedding.base import EmbeddingModel, Vectors
from explorer.embedding.passages import chunk_room, longest_chunk
from explorer.embedding.precision import openvino_problem
from explorer.embedding.registry import DEFAULT_MODEL, choose_for, examine, identify, load
from explorer.embedding.server import is_server
from explorer.embedding.windows import digest, encode, windows

__all__ = [
    "DEFAULT_MODEL",
    "EmbeddingModel",
    "Vectors",
    "choose_for",
    "chunk_room",
    "digest",
    "encode",
    "examine",
    "identify",
    "is_server",
    "load",
    "longest_chunk",
    "openvino_problem",
    "windows",
]
