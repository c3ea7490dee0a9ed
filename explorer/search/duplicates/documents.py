"""Documents of which nearly all stands in another one too: versions, copies in another format, forms.

Documents are compared by the distinct terms of their passages. MinHash (Broder, "On the resemblance and
containment of documents", 1997) finds pairs that are likely alike without comparing all with all; the share
of words that they have in common, each as often as it stands there, decides. It rests on the postings that
search keeps anyway, so that nothing is stored and what comes and goes is known at once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import Floats, Integers, Rows
from explorer.search.corpus import Corpus
from explorer.types import Alike

if TYPE_CHECKING:
    from explorer.catalog import Catalog

SAME = 0.85
"""The share of words from which on documents are nearly the same."""
_LEAST = 12
"""Distinct terms that a document must have: less than that is alike by chance."""
_BANDS = 12
_ROWS = 3
"""Hashes in a band. Of pairs with .85 in common, 1 in 50,000 is missed (1 - .85³ to the power 12)."""
_PRIME = np.uint64(2_305_843_009_213_693_951)


@dataclass(frozen=True, slots=True, eq=False)
class _Bags:
    """The terms of documents: `documents[i]` has `terms[starts[i]:starts[i + 1]]`, ascending, each as often
    as `counts` says."""

    documents: Rows
    starts: Rows
    terms: Integers
    counts: Floats

    def of(self, at: int) -> slice:
        return slice(int(self.starts[at]), int(self.starts[at + 1]))


class AlikeFollower:
    """Follows one catalogue. Safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._known: tuple[Corpus, list[tuple[list[str], float]]] | None = None

    def of(self, corpus: Corpus) -> list[Alike]:
        """The documents that are nearly the same as others, in groups: the one added first stands first in
        each, and the largest group comes first."""
        with self._lock:
            if self._known is None or self._known[0].view is not corpus.view:
                self._known = (corpus, _groups(corpus))
            groups = self._known[1]
        known = {one.id: one for one in self._catalog.documents.list({d for ids, _ in groups for d in ids})}
        found = [
            Alike(tuple(sorted((known[one] for one in ids if one in known), key=lambda d: d.added_at)), share)
            for ids, share in groups
        ]
        return sorted((one for one in found if len(one.documents) > 1), key=lambda one: -len(one.documents))


def _groups(corpus: Corpus) -> list[tuple[list[str], float]]:
    """Ids of documents that are alike, and the least share that one of them has in common with the first."""
    bags = _bags(corpus)
    leader = np.arange(len(bags.documents))
    least = np.ones(len(bags.documents))
    compared: set[tuple[int, int]] = set()
    for one, other in _likely(bags):
        first = int(leader[one])
        if leader[other] != other or first == other or (first, other) in compared:
            continue
        compared.add((first, other))
        share = _share(bags, first, other)
        if share >= SAME:
            leader[leader == other] = first
            least[first] = min(least[first], share)
    names = corpus.view.table.documents
    return [
        ([names[bags.documents[at]] for at in np.flatnonzero(leader == first).tolist()], float(least[first]))
        for first in np.flatnonzero(np.bincount(leader, minlength=len(leader)) > 1).tolist()
    ]


def _bags(corpus: Corpus) -> _Bags:
    """The terms of every document that has enough of them."""
    # One number for each posting: the document above, the term, and how often it stands there. Sorting these
    # takes a third of the time of ordering two arrays.
    keys = [np.empty(0, np.int64)]
    of_row = corpus.view.table.document_index.astype(np.int64)
    for segment, mapped in corpus.index.parts:
        rows = mapped[segment.rows]
        alive = rows >= 0
        terms = np.repeat(segment.terms, np.diff(segment.starts))[alive].astype(np.int64)
        keys.append((of_row[rows[alive]] << 40) | (terms << 8) | segment.counts[alive])
    every = np.sort(np.concatenate(keys))
    often = (every & 255).astype(np.float32)
    every >>= 8
    first = np.flatnonzero(np.diff(every, prepend=-1))
    sums = np.add.reduceat(often, first) if len(first) else often
    every = every[first]
    documents, starts = np.unique(every >> 32, return_index=True)
    sizes = np.diff(np.append(starts, len(every)))
    kept = sizes >= _LEAST
    inside = np.repeat(kept, sizes)
    return _Bags(
        documents[kept],
        np.concatenate([[0], np.cumsum(sizes[kept])]),
        every[inside] & 0xFFFFFFFF,
        sums[inside],
    )


def _likely(bags: _Bags) -> Iterator[tuple[int, int]]:
    """Pairs of documents that share a band of hashes: each with the first that does, and with the one before
    it."""
    if len(bags.documents) < 2:
        return
    random = np.random.default_rng(0)
    numbers = np.arange(int(bags.terms.max()) + 1, dtype=np.uint64)
    for _ in range(_BANDS):
        band = np.zeros(len(bags.documents), np.uint64)
        for _ in range(_ROWS):
            hashed = _mixed(numbers + random.integers(1 << 32, 1 << 61, dtype=np.uint64))
            least = np.minimum.reduceat(hashed[bags.terms], bags.starts[:-1])
            band = _mixed(band * _PRIME + least)
        order = np.argsort(band, kind="stable")
        starts = np.flatnonzero(np.diff(band[order], prepend=band[order[0]] + np.uint64(1)))
        for start, end in pairwise([*starts.tolist(), len(order)]):
            same = order[start:end].tolist()
            for before, at in pairwise(same):
                yield same[0], at
                yield before, at


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Values with their bits mixed (the finaliser of MurmurHash3, by Appleby)."""
    values = values ^ (values >> np.uint64(33))
    values = values * np.uint64(0xFF51AFD7ED558CCD)
    return values ^ (values >> np.uint64(33))


def _share(bags: _Bags, one: int, other: int) -> float:
    """Of all words of both, the share that both have: 0 to 1."""
    here, there = bags.of(one), bags.of(other)
    _, ours, theirs = np.intersect1d(
        bags.terms[here], bags.terms[there], assume_unique=True, return_indices=True
    )
    both = float(np.minimum(bags.counts[here][ours], bags.counts[there][theirs]).sum())
    either = float(bags.counts[here].sum() + bags.counts[there].sum()) - both
    return both / either if either else 0.0
