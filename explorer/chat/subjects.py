"""The documents of a library in groups that are about the same, each with the words that set it apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer.arrays import Floats
from explorer.types import Document

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.search.retriever import Retriever

MOST_GROUPS = 8
PASSAGES = 24
"""Passages of a document that stand for it, spread over it."""


def grouped(
    documents: Sequence[Document], catalog: Catalog, retriever: Retriever
) -> list[tuple[str, list[Document]]]:
    """(name, documents) of each group, the largest first."""
    from explorer.maps.labels import label

    samples = [_sample(document, catalog, retriever) for document in documents]
    numbers = _groups(np.stack([vector for _, vector in samples]))
    texts: dict[int, list[str]] = {}
    members: dict[int, list[Document]] = {}
    for document, (words, _), number in zip(documents, samples, numbers, strict=True):
        texts.setdefault(number, []).extend(words)
        members.setdefault(number, []).append(document)
    names = label(texts)
    return sorted(((names[number], members[number]) for number in members), key=lambda one: -len(one[1]))


def _sample(document: Document, catalog: Catalog, retriever: Retriever) -> tuple[list[str], Floats]:
    """Some passages of a document and their mean embedding (d,)."""
    chunks = catalog.chunks.of_document(document.id)
    chosen = chunks[:: max(1, len(chunks) // PASSAGES)][:PASSAGES]
    vectors = retriever.vectors_of(np.array([chunk.id for chunk in chosen], np.int64))
    mean = vectors.mean(axis=0)
    return [chunk.text for chunk in chosen], np.asarray(
        mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32
    )


def _groups(vectors: Floats) -> list[int]:
    """The group of each document, by average linkage of cosines."""
    if len(vectors) < 3:
        return [0] * len(vectors)
    from sklearn.cluster import AgglomerativeClustering  # type: ignore[import-untyped]

    near = AgglomerativeClustering(
        n_clusters=None, distance_threshold=0.62, metric="cosine", linkage="average"
    )
    found = near.fit_predict(vectors)
    if len(set(found)) > MOST_GROUPS:
        near = AgglomerativeClustering(n_clusters=MOST_GROUPS, metric="cosine", linkage="average")
        found = near.fit_predict(vectors)
    return [int(number) for number in found]
