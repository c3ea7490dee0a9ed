"""What one retrieval found, with what it worked out on the way, so that nobody works it out a second time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from explorer.arrays import Vectors
from explorer.search.bm25 import Index
from explorer.search.query import Alternatives, Query
from explorer.types import Hit
from explorer.words.terms import CODE


@dataclass(frozen=True, eq=False)
class Retrieved:
    """The hits of one query, and the query as it was understood. All parts may be empty."""

    hits: Sequence[Hit] = ()
    """Best first."""
    query: Query = field(default_factory=Query)
    vector: Vectors | None = None
    """(dimension,): the query as the live model embeds it; None where nothing was compared by meaning."""
    index: Index | None = None
    """The words of the library at the moment of the search; None where it wasn't looked into."""

    @cached_property
    def term_weights(self) -> dict[Alternatives, float]:
        """How much each word of the query tells, 0 to 1: its inverse document frequency over all chunks.

        A word is given as the terms that stand for it. Worked out when it is first asked for: a search that
        only shows its hits has no use for it.
        """
        index = self.index
        if index is None:
            return {}
        total = max(len(index), 1)
        return {
            word: float(np.log1p(total / (len(index.rows(word)) + 0.5)) / np.log1p(2 * total))
            for word in self.query.words
            if not word[0].startswith(CODE)
        }
