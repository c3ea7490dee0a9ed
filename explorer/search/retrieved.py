"""What one retrieval found, with what it worked out on the way, so that nobody works it out a second time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from explorer.arrays import Vectors
from explorer.search.query import Alternatives, Query
from explorer.types import Hit


@dataclass(frozen=True, eq=False)
class Retrieved:
    """The hits of one query, and the query as it was understood. All parts may be empty.

    It may be kept while an answer streams: it holds nothing of the index that was searched.
    """

    hits: Sequence[Hit] = ()
    """Best first."""
    query: Query = field(default_factory=Query)
    vector: Vectors | None = None
    """(dimension,): the query as the live model embeds it; None where nothing was compared by meaning."""
    term_weights: Mapping[Alternatives, float] = field(default_factory=dict)
    """How much each word of the query tells, 0 to 1: its inverse document frequency over all chunks. A word
    is given as the terms that stand for it."""
