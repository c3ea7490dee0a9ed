"""The documents of a library in groups that are about the same, each with the words that set it apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer.arrays import Floats
from explorer.types import Document, Scope

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.search.retriever import Retriever

MOST_GROUPS = 8
MOSTLY = 0.6
"""A group is called as the subject of the map in which at least this share of its passages stands."""
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
    names = label(texts) | _chosen(members, catalog)
    return sorted(((names[number], members[number]) for number in members), key=lambda one: -len(one[1]))


def _chosen(members: Mapping[int, Sequence[Document]], catalog: Catalog) -> dict[int, str]:
    """The names that a person gave to subjects of the map, for the groups whose passages are mostly there."""
    layout = catalog.layouts.get()
    if layout is None or not any(one.is_renamed for one in layout.atlas.clusters):
        return {}
    found = []
    for number, documents in members.items():
        ids = catalog.chunks.in_scope(Scope(documents=[document.id for document in documents]))
        of = layout.atlas.cluster_ids[np.isin(layout.atlas.chunk_ids, [] if ids is None else ids)]
        for one in layout.atlas.clusters:
            inside = int((of == one.id).sum())
            if one.is_renamed and inside and inside >= MOSTLY * len(of):
                found.append((inside, number, one.label))
    names: dict[int, str] = {}
    for _, number, name in sorted(found, reverse=True):
        if name not in names.values():  # one subject may hold several groups: the largest has its name
            names.setdefault(number, name)
    return names


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
