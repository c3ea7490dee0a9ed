"""Retrieval whose first hits are read once more by a reranker, where the settings name one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from explorer.arrays import Floats
from explorer.embedding.reranker import RERANKED
from explorer.search.candidates import QueryEncoder
from explorer.search.retrieved import Retrieved
from explorer.search.retriever import Retriever
from explorer.types import Hit, Mode, Scope

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.settings import Settings


class Client(QueryEncoder, Protocol):
    """What reranking needs of the worker (`explorer.worker.client.WorkerClient`)."""

    def rerank(self, query: str, texts: Sequence[str]) -> Floats | None: ...


class RerankingRetriever(Retriever):
    """A `Retriever`; by meaning or in hybrid mode, a reranker has the last word on the first 50."""

    def __init__(self, catalog: Catalog, client: Client, settings: Callable[[], Settings]) -> None:
        super().__init__(catalog, client)
        self._client = client
        self._settings = settings

    def retrieve(
        self,
        query: str,
        k: int = 10,
        mode: Mode = "hybrid",
        scope: Scope | None = None,
        *,
        exact: bool = False,
        mend: bool = True,
        fold: bool = False,
    ) -> Retrieved:
        """What `Retriever.retrieve` finds, in the reranker's order. Raises ModelError too where the reranker
        cannot be loaded."""
        if mode == "keyword" or exact or self._settings().reranker is None:
            return super().retrieve(query, k, mode, scope, exact=exact, mend=mend, fold=fold)
        found = super().retrieve(query, max(k, RERANKED), mode, scope, mend=mend, fold=fold)
        hits, question = list(found.hits), found.query.text or query
        scores = self._client.rerank(question, [hit.chunk.text for hit in hits[:RERANKED]])
        if scores is not None and hits:
            hits = _ordered(hits, scores)
        return replace(found, hits=hits[: max(k, 0)])


def _ordered(hits: Sequence[Hit], read: Floats) -> list[Hit]:
    """The first hits in the order that the reranker's scores (n,) give them, then the rest unchanged.

    What matches exactly stays before the others. The hits keep the scores that the search gave, best first: a
    reranker's have no scale that would say whether anything fits.
    """
    exact = np.array([hit.is_exact for hit in hits[: len(read)]])
    order = np.lexsort((-read, ~exact)).tolist()
    scores = sorted((hit.score for hit in hits[: len(read)]), reverse=True)
    best = [
        replace(hits[at], rank=rank, score=score)
        for rank, (at, score) in enumerate(zip(order, scores, strict=True), 1)
    ]
    return best + list(hits[len(read) :])
