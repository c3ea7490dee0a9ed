"""The worker's embedding models: loaded once, shared by ingestion and queries; a query never waits long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from explorer.embedding import registry
from explorer.embedding.base import go_on
from explorer.embedding.server.probe import PROBE_TEXT
from explorer.errors import ModelError
from explorer.settings import Settings, resolve

if TYPE_CHECKING:
    from explorer.arrays import Vectors
    from explorer.embedding.base import EmbeddingModel
    from explorer.embedding.reranker import Reranker


class StoredModel(Protocol):
    """What a library has written down about the model that made its vectors."""

    @property
    def name(self) -> str: ...
    @property
    def precision(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...


_KEPT = 2
"""Models that stay loaded: that of the live index, and that of an index being built."""


class Turns:
    """Who may compute: one at a time, and a waiting query goes before the next batch of an ingestion."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._is_busy = False
        self._queries = 0

    @contextmanager
    def query(self) -> Iterator[None]:
        """Wait for the batch that runs now, and no longer."""
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


class LoadedModels:
    """The models of one library, loaded when they are first needed. Safe to use from many threads.

    A model is asked for by its name in the settings, or by the catalogue's record of one. Asked for by a
    record, it has to be the model that made the stored vectors, in their precision.
    """

    def __init__(
        self,
        settings: Callable[[], Settings] = resolve,
        key_of: Callable[[str], str | None] = lambda _: None,
        recognise: Callable[[str, Vectors], str] = lambda name, _: registry.identify(name)[1],
        tell: Callable[[str, int], None] = lambda _address, _octets: None,
        library: Path | None = None,
    ) -> None:
        """`key_of` gives the key of an embedding server's address, `recognise` the fingerprint of a server's
        model by its name and its embedding of `PROBE_TEXT`. `tell` is called with the address and the bytes
        of each request to a server. `library` is the folder whose own word vectors a name may mean."""
        self._settings = settings
        self._library = library
        self._key_of = key_of
        self._recognise = recognise
        self._tell = tell
        self._behind: dict[str, str] = {}
        """The fingerprint of what was found behind each name of a server's model."""
        self._models: dict[tuple[str, str | None, int | None], EmbeddingModel] = {}
        self._reranker: Reranker | None = None
        self._loading = threading.Lock()
        self._turns = Turns()

    def model(self, wanted: str | StoredModel, tokens: int | None = None) -> EmbeddingModel:
        """The model, loaded if need be (seconds).

        `tokens`: how many a server's model is taken to read; None for the number in the settings. It decides
        where texts are cut, not their vectors.

        Raises:
            ModelError: it cannot be loaded, or its files are not those that made the stored vectors. What a
                server has is not asked here.
        """
        if isinstance(wanted, str):
            return self._load(wanted, None, tokens)
        model = self._load(wanted.name, wanted.precision, tokens)
        if wanted.fingerprint and not model.is_remote and model.fingerprint != wanted.fingerprint:
            raise ModelError(
                f"The files of the model {wanted.name} were replaced since the documents were embedded with "
                "it, or this version computes otherwise with them: the two cannot be compared. Redo all "
                "documents in Settings, or put the old files back."
            )
        return model

    def _load(self, name: str, precision: str | None, tokens: int | None) -> EmbeddingModel:
        reads = (tokens or self._settings().embed_tokens) if registry.is_remote(name) else None
        key = (name, precision, reads)
        with self._loading:
            model = self._models.pop(key, None)
            if model is None or model.has_changed():
                if model is not None:  # before anybody has the new one, whose vectors may have another length
                    self._behind.pop(name, None)
                while len(self._models) >= _KEPT:
                    self._models.pop(next(iter(self._models)))
                model = registry.load(
                    name,
                    precision,
                    tokens=reads,
                    key_of=self._key_of,
                    tell=self._tell,
                    library=self._library,
                )
            self._models[key] = model
            return model

    def fingerprint(
        self, model: EmbeddingModel, *, is_question: bool = False, check: Callable[[], None] = go_on
    ) -> str:
        """40 hex digits for what the model is: models with equal ones give equal vectors.

        The first time, a server is asked for one embedding, which tells what is behind the name. For a
        question that is soon given up, else it is tried patiently until `check` raises. Raises ModelError.
        """
        if not model.is_remote:
            return model.fingerprint
        found = self._behind.get(model.name)
        if found is None:
            probe = model.encode_query(PROBE_TEXT) if is_question else model.encode([PROBE_TEXT], check)[0]
            found = self._behind[model.name] = self._recognise(model.name, probe)
        return found

    def check(self, name: str) -> EmbeddingModel:
        """The model, ready to encode. A server is asked, with the patience for a question, what it has now.

        Raises ModelError.
        """
        with self._loading:  # what was known of a server's model, such as its dimension, may hold no longer
            self._behind.pop(name, None)
            stay = {key: one for key, one in self._models.items() if key[0] != name or not one.is_remote}
            self._models = stay
        model = self.model(name)
        if model.is_remote:
            self.fingerprint(model, is_question=True)
        else:
            model.prepare()
        return model

    def warm(self, wanted: str | StoredModel) -> None:
        """Load what the first query needs, or ask a server what it has. Raises ModelError."""
        model = self.model(wanted)
        if model.is_remote:
            self.fingerprint(model, is_question=True)
        else:
            self.queries(wanted, ["warm"])

    def _same(
        self, wanted: str | StoredModel, *, is_question: bool, check: Callable[[], None] = go_on
    ) -> EmbeddingModel:
        """The same as `model`, once a server was asked what it has. Raises ModelError also where that is
        another model than the one that made the stored vectors."""
        model = self.model(wanted)
        if isinstance(wanted, str) or not model.is_remote or not wanted.fingerprint:
            return model
        if self.fingerprint(model, is_question=is_question, check=check) != wanted.fingerprint:
            raise ModelError(
                f"{wanted.name} gives other vectors now than those that the documents were embedded with: "
                "another model has taken its place, and the two cannot be compared. Redo all documents in "
                "Settings, or put the old model back on the server. Search by words goes on."
            )
        return model

    @contextmanager
    def _noticing(self, model: EmbeddingModel) -> Iterator[None]:
        """Asks a server anew what it has once vectors of another length show that its model was replaced."""
        try:
            yield
        except ModelError:
            if model.is_remote and model.has_changed():
                with suppress(ModelError):  # what was wrong first is told; the next use asks again
                    self.check(model.name)
            raise

    def queries(self, wanted: str | StoredModel, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32 for n queries, which go before any batch that waits. Raises ModelError."""
        import numpy as np

        model = self._same(wanted, is_question=True)
        with nullcontext() if model.is_remote else self._turns.query(), self._noticing(model):
            return np.stack([np.ravel(model.encode_query(text)) for text in texts]).astype(np.float32)

    def passages(
        self,
        wanted: str | StoredModel,
        texts: Sequence[str],
        *,
        is_urgent: bool = False,
        check: Callable[[], None] = go_on,
    ) -> Vectors:
        """(n, dimension) float32 for n passages; queries go in between. Raises ModelError.

        What `check` raises ends the work, also while it waits for a server. `is_urgent` has the passages
        computed as soon as a query would be.
        """
        import numpy as np

        model = self._same(wanted, is_question=is_urgent, check=check)
        parts: list[Vectors] = []
        for start in range(0, max(len(texts), 1), model.texts_at_once):
            turn = self._turns.query() if is_urgent else self._turns.batch()
            with nullcontext() if model.is_remote else turn, self._noticing(model):
                parts.append(model.encode(texts[start : start + model.texts_at_once], check))
        return np.concatenate(parts)

    def rerank(self, query: str, texts: Sequence[str]) -> Vectors | None:
        """(n,) float32: how well each text answers the query; None where the settings name no reranker.

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
