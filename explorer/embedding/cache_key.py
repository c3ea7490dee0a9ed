"""The key under which an embedding is kept, so that the same text is never computed twice.

Beside it stand the model, the model's files and the precision: `explorer/catalog/embeddings.py` keeps them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def embedding_key(texts: Sequence[str]) -> bytes:
    """32 bytes, the key of a chunk's embedding: SHA-256 of the texts that are embedded for it."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).digest()
