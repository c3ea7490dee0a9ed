"""The table of embedders: each loads one kind of embedding models.

To add one, write a module with a class that does what `explorer.embedding.base.Embedder` says, a factory
below that imports it, and a row above those that would take its models otherwise. docs/embedding.md has the
steps; tests/embedding/test_contract.py holds each row to what the rest of the program relies on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.embedding.base import Embedder


def _server() -> Embedder:
    from explorer.embedding.server.model import ServerEmbedder

    return ServerEmbedder()


def _words() -> Embedder:
    from explorer.embedding.words.model import WordsEmbedder

    return WordsEmbedder()


def _use() -> Embedder:
    from explorer.embedding.universal_sentence_encoder import UseEmbedder

    return UseEmbedder()


def _saved_model() -> Embedder:
    from explorer.embedding.saved_model.model import SavedModelEmbedder

    return SavedModelEmbedder()


def _static() -> Embedder:
    from explorer.embedding.static.model import StaticEmbedder

    return StaticEmbedder()


def _bert() -> Embedder:
    from explorer.embedding.bert.model import BertEmbedder

    return BertEmbedder()


def _sentence_transformers() -> Embedder:
    from explorer.embedding.sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder()


EMBEDDERS: dict[str, Callable[[], Embedder]] = {
    "server": _server,
    "words": _words,
    "use": _use,
    "savedmodel": _saved_model,
    "static": _static,
    "bert": _bert,
    "sentence-transformers": _sentence_transformers,
}
"""By name, a factory that imports the embedder's module only when it is asked. They are asked in this order:
the first one that takes a model's name answers for it, and the first whose `load` gives a model loads it."""
