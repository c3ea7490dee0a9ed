"""The worker's embedding models: loaded once, shared by ingestion and queries; a query never waits long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from explorer.errors import ModelError
from explorer.settings import Settings, resolve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.catalog import Model
    from explorer.embedding import EmbeddingModel
    from explorer.embedding.reranker import Reranker

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
    """The models of one library, loaded when they are first needed. Safe to use from many threads.

    A model is asked for by name, as the settings have it, or as the catalogue's record of one: then it has to
    be what the stored vectors were made with, in their precision.
    """

    def __init__(
        self,
        settings: Callable[[], Settings] = resolve,
        key_of: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """`key_of` gives the key of an embedding server's address."""
        self._settings = settings
        self._key_of = key_of
        self._models: dict[tuple[str, str | None, int | None], EmbeddingModel] = {}
        self._reranker: Reranker | None = None
        self._loading = threading.Lock()
        self._turns = Turns()
        self.computed = 0
        """Embeddings of passages since the start."""

    def model(self, wanted: str | Model, tokens: int | None = None) -> EmbeddingModel:
        """The model, loaded if need be (seconds).

        `tokens`: how many a server's model is taken to read; the settings' number without. It decides where
        texts are cut, not their vectors.

        Raises:
            ModelError: it cannot be loaded, or its files are others than those of the stored vectors.
        """
        if isinstance(wanted, str):
            return self._load(wanted, None, tokens)
        model = self._load(wanted.name, wanted.precision, tokens)
        if wanted.fingerprint and not model.is_remote and model.fingerprint != wanted.fingerprint:
            raise ModelError(
                f"The files of the model {wanted.name} were replaced since the documents were embedded with "
                "it: the two cannot be compared. Redo all documents in Settings, or put the old files back."
            )
        return model

    def _load(self, name: str, precision: str | None, tokens: int | None) -> EmbeddingModel:
        from explorer import embedding

        reads = (tokens or self._settings().embed_tokens) if embedding.is_server(name) else None
        key = (name, precision, reads)
        with self._loading:
            model = self._models.pop(key, None)
            if model is None or model.has_changed():
                while len(self._models) >= _KEPT:
                    self._models.pop(next(iter(self._models)))
                model = embedding.load(name, precision, tokens=reads, key_of=self._key_of)
            self._models[key] = model
            return model

    def queries(self, wanted: str | Model, texts: Sequence[str]) -> Vectors:
        """Embeddings of queries, (n, dimension) float32, before any batch that waits."""
        import numpy as np

        model = self.model(wanted)
        with nullcontext() if model.is_remote else self._turns.query():
            return np.stack([np.ravel(model.encode_query(text)) for text in texts]).astype(np.float32)

    def passages(
        self,
        wanted: str | Model,
        texts: Sequence[str],
        *,
        is_urgent: bool = False,
        check: Callable[[], None] | None = None,
    ) -> Vectors:
        """Embeddings of passages, (n, dimension) float32; queries go in between.

        What `check` raises ends it, also while a server is waited for.
        """
        import numpy as np

        from explorer.embedding.base import go_on

        model = self.model(wanted)
        parts: list[Vectors] = []
        for start in range(0, max(len(texts), 1), model.texts_at_once):
            turn = self._turns.query() if is_urgent else self._turns.batch()
            with nullcontext() if model.is_remote else turn:
                parts.append(model.encode(texts[start : start + model.texts_at_once], check or go_on))
            self.computed += len(parts[-1])
        return np.concatenate(parts)

    def rerank(self, query: str, texts: Sequence[str]) -> Vectors | None:
        """How well each text answers the query, (n,) float32; None where the settings name no reranker.

        Raises ModelError.
        """
        reranker = self.reranker()
        if reranker is None:
            return None
        with self._turns.query():
            return reranker.scores(query, texts)

    def reranker(self) -> Reranker | None:
        """The reranker that the settings name, loaded if need be (seconds). Raises ModelError."""
        name = self._settings().reranker
        with self._loading:
            if name is None:
                self._reranker = None
            elif self._reranker is None or self._reranker.name != name or self._reranker.has_changed():
                from explorer.embedding import reranker

                self._reranker = reranker.load(name)
            return self._reranker
