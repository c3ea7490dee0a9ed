"""What is asked about a model by its name: the row of the table that knows the name answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.embedding import embedders, tuned
from explorer.embedding.base import EmbeddingModel, WantedModel
from explorer.embedding.options import split_options
from explorer.embedding.places import DEFAULT_MODEL, find_checked
from explorer.embedding.words import names
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.embedding.base import Embedder, PrecisionChoice

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
"""Environment variables that keep the packages of Hugging Face from using the network."""


def load(
    name: str = DEFAULT_MODEL,
    precision: str | None = None,
    *,
    tokens: int | None = None,
    key_of: Callable[[str], str | None] = lambda _: None,
    tell: Callable[[str, int], None] = lambda _address, _octets: None,
    library: Path | None = None,
) -> EmbeddingModel:
    """The model of that name: the bundled one, a local folder, one in the Hugging Face cache, or a server's.

    `precision`: that of vectors it will be compared with; None for what suits this machine (`choose_for`).
    A server's model is named "MODEL at ADDRESS" and reads `tokens` tokens (512 if not given); `key_of` gives
    an address's key, `tell` is called with the address and the bytes of each request that went out.
    `library` is the folder of the library whose own vectors or model is meant ("word2vec:library",
    "tuned-1:library").

    Plain BERT models (all-MiniLM and many others) are ready to count tokens at once and load torch when
    they first encode or are told to `prepare`; all others are loaded by sentence-transformers, in seconds.
    Raises ModelError when there is none of that name, its files are damaged, or it could run code.
    """
    os.environ.update(OFFLINE)  # before anything imports huggingface_hub, which reads them once
    wanted = WantedModel(_in_library(name, library), precision, tokens, key_of, tell)
    for embedder in _embedders_of(name):
        model = embedder.load(wanted)
        if model is not None:
            return model
    raise _unknown(name)


def examine(name: str, library: Path | None = None) -> None:
    """Look at the model of that name without loading it. Raises ModelError where it could not be loaded.

    `library` as in `load`.
    """
    _embedder_of(name).examine(_in_library(name, library))


def identify(name: str, precision: str | None = None, library: Path | None = None) -> tuple[str, str]:
    """(precision, fingerprint) that `load` would give it, without loading it. Raises ModelError.

    `library` as in `load`.
    """
    return _embedder_of(name).identify(_in_library(name, library), precision)


def choose_for(name: str) -> PrecisionChoice:
    """In what the model of that name computes here, and why."""
    return _embedder_of(name).choose(name)


def is_remote(name: str) -> bool:
    """Whether a server computes the vectors of the model of that name."""
    return _embedder_of(name).is_remote


def folder_of(name: str, library: Path | None = None) -> Path:
    """The folder of safetensors behind a model's name, checked: what can be trained further, for example.

    `library` as in `load`. Raises ModelError: it is none, as a server's model or word vectors, it is missing,
    or it could run code.
    """
    from explorer.embedding.folder_embedder import FolderEmbedder

    if not isinstance(_embedder_of(name), FolderEmbedder):
        raise ModelError(
            f"{name} is no folder with a language model, so it cannot be trained further. Choose one in "
            f"Settings first, such as {DEFAULT_MODEL}."
        )
    return find_checked(split_options(_in_library(name, library))[0])


def _in_library(name: str, library: Path | None) -> str:
    """A name that says in which library it is, where it means something of a library's own."""
    return tuned.in_library(names.in_library(name, library), library)


def _embedders_of(name: str) -> Iterator[Embedder]:
    """The rows of the table that take the model of that name, in its order."""
    for make in embedders.EMBEDDERS.values():
        embedder = make()
        if embedder.takes(name):
            yield embedder


def _embedder_of(name: str) -> Embedder:
    """The first of them. Raises ModelError where there is none."""
    for embedder in _embedders_of(name):
        return embedder
    raise _unknown(name)


def _unknown(name: str) -> ModelError:
    known = ", ".join(embedders.EMBEDDERS)
    return ModelError(f"No embedder takes the model {name}; there are: {known}. Name another in Settings.")
