"""The worker's embedding models: loaded once, shared by ingestion and queries; a query never waits long."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.embedding import EmbeddingModel

    Vectors = NDArray[np.float32]

_KEPT = 2
"""The model of the live index and the one of an index that is being built."""


class Turns:
    """Who may compute: one at a time, and a waiting query goes before the next batch of an ingestion."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._is_busy = False
        self._queries = 0

    @contextmanager
    def query(self) -> Iterator[None]:
        """Wait for the batch that runs now, no longer."""
        with self._condition:
            self._queries += 1
            self._condition.wait_for(lambda: not self._is_busy)
            self._queries -= 1
            self._is_busy = True
        try:
            yield
        finally:
            self._end()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Wait until nothing runs and no query waits."""
        with self._condition:
            self._condition.wait_for(lambda: not self._is_busy and not self._queries)
            self._is_busy = True
        try:
            yield
        finally:
            self._end()

    def _end(self) -> None:
        with self._condition:
            self._is_busy = False
            self._condition.notify_all()


class Encoder:
    """Embedding models by name. Safe to use from many threads."""

    def __init__(self) -> None:
        self._models: dict[str, EmbeddingModel] = {}
        self._loading = threading.Lock()
        self._turns = Turns()

    def model(self, name: str) -> EmbeddingModel:
        """The model of that name, loaded if need be (seconds).

        Raises:
            ModelError: it cannot be loaded.
        """
        with self._loading:
            model = self._models.pop(name, None)
            if model is None:
                from explorer import embedding

                while len(self._models) >= _KEPT:
                    self._models.pop(next(iter(self._models)))
                model = embedding.load(name)
            self._models[name] = model
            return model

    def queries(self, name: str, texts: Sequence[str]) -> Vectors:
        """Embeddings of queries, (n, dimension) float32, before any batch that waits."""
        import numpy as np

        model = self.model(name)
        with self._turns.query():
            return np.stack([np.ravel(model.encode_query(text)) for text in texts]).astype(np.float32)

    def passages(self, name: str, texts: Sequence[str], *, is_urgent: bool = False) -> Vectors:
        """Embeddings of passages, (n, dimension) float32. Give few at once: a query waits for all of them."""
        model = self.model(name)
        with self._turns.query() if is_urgent else self._turns.batch():
            return model.encode(texts)
