"""Plain BERT models with mean pooling, such as all-MiniLM-L6-v2, without slow imports."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.embedding import folder as folders
from explorer.embedding.base import WantedModel, computing, finite, go_on
from explorer.embedding.bert.description import WEIGHTS, describe
from explorer.embedding.bert.engine import Engine, batches, engine_for, telling
from explorer.embedding.bert.precision import choose, texts_at_once
from explorer.embedding.bert.weights import Header
from explorer.embedding.folder_embedder import FolderEmbedder
from explorer.embedding.options import split_options
from explorer.embedding.places import find_checked
from explorer.embedding.tokens import Tokens
from explorer.embedding.tuned import shown
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.arrays import Vectors
    from explorer.embedding.bert.by_numpy import SingleBert
    from explorer.embedding.bert.by_torch import BertConfig

_TEXTS_AT_ONCE = 4096
_SHORTEST = 16
"""A shorter text costs attention as much as one of this many tokens: see `by_openvino`."""


class BertEmbedder(FolderEmbedder):
    """Loads plain BERT models with mean pooling from a folder; leaves all others to the next embedder."""

    def load(self, wanted: WantedModel) -> FastModel | None:
        """The model, ready to count tokens; torch or OpenVINO are loaded once it encodes.

        None where it is no plain BERT, or options change what it does. Raises ModelError.
        """
        base, options = split_options(wanted.name)
        if options.change_what_it_does:
            return None
        precision = wanted.precision or self.choose(wanted.name).precision
        return FastModel.from_folder(shown(wanted.name), find_checked(base), precision)


class FastModel:
    """An `EmbeddingModel` on our own BERT: passages by OpenVINO or torch, questions by NumPy, at once."""

    def __init__(self, name: str, folder: Path, config: BertConfig, tokens: Tokens, precision: str) -> None:
        self.name = name
        self.dimension = config.dimension
        self.precision = precision
        self.max_tokens = tokens.max_tokens
        self.fingerprint = folders.fingerprint(folder, precision)
        self.texts_at_once = texts_at_once(precision)
        self.is_remote = False
        self._folder = folder
        self._weights = folder / WEIGHTS
        self._config = config
        self._tokens = tokens
        self._loaded: Engine | None = None
        self._single: SingleBert | None = None
        self._loading = threading.Lock()

    @classmethod
    def from_folder(cls, name: str, folder: Path, precision: str | None = None) -> FastModel | None:
        """The model in `folder`; None where it is of a kind that sentence-transformers has to load.

        Raises ModelError where its files are damaged or do not fit each other.
        """
        try:
            description = describe(folder)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            what = f"{type(error).__name__}: {error}"
            raise ModelError(
                f"The configuration of the model {name} is damaged ({what}). Copy its files again."
            ) from error
        if description is None:
            return None
        config, reads = description
        try:
            tokens = Tokens.from_folder(folder, reads)
        except Exception as error:  # the Rust tokenizer raises bare Exception for a broken file
            raise ModelError(f"The tokenizer of the model {name} cannot be read: {error}") from error
        if not _are_ours(folder / WEIGHTS, config, tokens):
            return None
        return cls(name, folder, config, tokens, precision or choose().precision)

    def has_changed(self) -> bool:
        """Whether the folder holds other files now."""
        return folders.fingerprint(self._folder, self.precision) != self.fingerprint

    def prepare(self) -> None:
        """Load OpenVINO or torch, and the weights. Raises ModelError."""
        self._engine()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not included."""
        return self._tokens.count(texts)

    def encode(self, texts: Sequence[str], check: Callable[[], None] = go_on) -> Vectors:
        """(n, dimension) float32, each row of length 1, in the order of `texts`. Raises ModelError."""
        import numpy as np

        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            check()
            end = start + _TEXTS_AT_ONCE
            self._encode(self._tokens.ids(texts[start:end]), vectors[start:end])
        return finite(vectors, f"model {self.name}")

    def _encode(self, ids: Sequence[Sequence[int]], vectors: Vectors) -> None:
        engine = self._engine()

        def work(batch: list[int]) -> None:
            vectors[batch] = engine.encode([ids[i] for i in batch])

        parts = batches([max(len(text), _SHORTEST) for text in ids], engine.threads)
        with computing(f"model {self.name}"):  # which fails without enough memory, for example
            for _ in engine.pool.map(work, parts):
                pass

    def encode_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1, computed in float32 without torch. Raises ModelError."""
        with self._loading:
            if self._single is None:
                from explorer.embedding.bert.by_numpy import SingleBert

                with telling(self._weights):
                    self._single = SingleBert(self._weights, self._config)
        with computing(f"model {self.name}"):
            vector = self._single.encode(self._tokens.ids([text])[0])
        return finite(vector, f"model {self.name}")

    def _engine(self) -> Engine:
        with self._loading:
            if self._loaded is None:
                with telling(self._weights):
                    self._loaded = engine_for(self._weights, self._config, self.precision)
            return self._loaded


def _are_ours(weights: Path, config: BertConfig, tokens: Tokens) -> bool:
    """Whether their numbers are of a kind that we read. Raises ModelError where they don't fit the rest."""
    with telling(weights):
        header = Header.read(weights)
        if header.is_readable:
            header.check(config, tokens.words)
        return header.is_readable
