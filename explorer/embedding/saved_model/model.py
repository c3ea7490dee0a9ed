"""Google's Universal Sentence Encoder, or another encoder, as TensorFlow's SavedModel (extra `savedmodel`).

Cer and others: Universal Sentence Encoder (2018). The folder is a program (its graph may read and write
files), so it is opened in a process without network, and only by a name that says it is trusted: see `names`.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from explorer import extras
from explorer.embedding.base import PrecisionChoice, WantedModel, computing, finite, go_on
from explorer.embedding.saved_model.names import PREFIX, trusted
from explorer.embedding.saved_model.process import SavedModelProcess
from explorer.embedding.tokens import encodable
from explorer.embedding.words.texts import count_pieces, cut
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.arrays import Vectors


class SavedModelEmbedder:
    """Loads folders by names that begin with "savedmodel:"."""

    is_remote = False

    def takes(self, name: str) -> bool:
        """Whether the name begins so."""
        return name.startswith(PREFIX)

    def examine(self, name: str) -> None:
        """Raises ModelError where there is no such folder, nobody confirmed it, or the extra is missing."""
        trusted(name)
        extras.require("savedmodel")

    def choose(self, name: str) -> PrecisionChoice:  # noqa: ARG002
        """Always float32."""
        return PrecisionChoice("float32", "cpu", "TensorFlow computes with what the folder says")

    def identify(self, name: str, precision: str | None) -> tuple[str, str]:  # noqa: ARG002
        """("float32", fingerprint of all the folder's files). Raises ModelError."""
        return "float32", trusted(name).fingerprint

    def load(self, wanted: WantedModel) -> SavedModel:
        """The model, its process started and asked once (seconds). Raises ModelError."""
        self.examine(wanted.name)
        return SavedModel(wanted.name)


class SavedModel:
    """An `EmbeddingModel` on a SavedModel in a process of its own. One thread at a time computes."""

    precision = "float32"
    max_tokens = 256
    """Our limit, not the model's: it reads all of a text, but the mean of many words says little."""
    texts_at_once = 32
    is_remote = False

    def __init__(self, name: str) -> None:
        """Raises ModelError: it cannot be opened, or is no encoder of texts."""
        folder = trusted(name)
        self.name = name
        self.fingerprint = folder.fingerprint
        self._turn = threading.Lock()
        self._process = SavedModelProcess(folder.path)
        self._end = weakref.finalize(self, self._process.end)
        try:
            self.dimension = self._computed(["text"]).shape[1]
        except ModelError:
            self._end()
            raise

    def has_changed(self) -> bool:
        """Whether the folder holds other files now, or the process has ended: load it again."""
        try:
            return not self._process.is_running or trusted(self.name).fingerprint != self.fingerprint
        except ModelError:
            return True

    def prepare(self) -> None:
        """Nothing: it is loaded when it is made."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, about as such models count them."""
        return [count_pieces(text) for text in texts]

    def encode(self, texts: Sequence[str], check: Callable[[], None] = go_on) -> Vectors:
        """(n, dimension) float32, each row of length 1, in the order of `texts`; zeros for a text for which
        the model gives nothing, such as an empty one. Raises ModelError."""
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), np.float32)
        check()
        return self._computed(texts)

    def encode_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1: a question is a text like any other. Raises ModelError."""
        first: Vectors = self._computed([text])[0]
        return first

    def _computed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        what = f"model {self.name}"
        given = [cut(encodable(text), self.max_tokens) for text in texts]
        with self._turn, computing(what):
            rows = self._process.rows(given)
        # A text of nothing has no direction: some of these models would still give it one.
        rows = np.where([[bool(text.strip())] for text in given], finite(rows, what), np.float32(0))
        vectors: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        return vectors.astype(np.float32)
