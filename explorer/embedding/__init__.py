"""Text → vectors: `load(name)` gives an `EmbeddingModel`, bundled, from a folder or the hub's cache, or a
server's. `embedders.py` has the table of what can load one.

Only `server/` touches the network: it asks the address that a person set. Nothing here runs code that comes
with a model, or opens a pickle. Importing this package loads neither numpy nor torch.
"""

from __future__ import annotations

from explorer.embedding.base import EmbeddingModel
from explorer.embedding.bert.precision import openvino_problem
from explorer.embedding.cache_key import embedding_key
from explorer.embedding.chunk_text import chunk_room, longest_chunk
from explorer.embedding.loaded import LoadedModels
from explorer.embedding.offered import OfferedHere, OfferedModel, offered
from explorer.embedding.options import ModelOptions, Pooling, Precision, join_options, split_options
from explorer.embedding.places import DEFAULT_MODEL
from explorer.embedding.registry import OFFLINE, choose_for, examine, identify, is_remote, load
from explorer.embedding.server.model import server_fingerprint
from explorer.embedding.windows import mean_of_windows, texts_to_embed

__all__ = [
    "DEFAULT_MODEL",
    "OFFLINE",
    "EmbeddingModel",
    "LoadedModels",
    "ModelOptions",
    "OfferedHere",
    "OfferedModel",
    "Pooling",
    "Precision",
    "choose_for",
    "chunk_room",
    "embedding_key",
    "examine",
    "identify",
    "is_remote",
    "join_options",
    "load",
    "longest_chunk",
    "mean_of_windows",
    "offered",
    "openvino_problem",
    "server_fingerprint",
    "split_options",
    "texts_to_embed",
]
