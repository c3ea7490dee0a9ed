"""What one retrieval found, with what it worked out on the way, so that nobody works it out a second time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from explorer.arrays import Vectors
from explorer.search import highlights
from explorer.search.chunk_view import NOTHING, Amount
from explorer.search.query import Alternatives, Query
from explorer.search.understanding import literal
from explorer.search.understanding.mending import Mending
from explorer.types import Hit

BESIDE = 0.5
"""What a place in a question's second list of hits counts, against one in its first."""
_TOP = 5
"""Added to each place: the larger, the less the first ones count more than those behind them."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a library was searched, and what was not: outside of the scope, or inside it and left out
    by what the query says (`-word`, `name:`, `tag:`)."""

    searched: Amount = NOTHING
    outside: Amount = NOTHING
    filtered: Amount = NOTHING


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
    searched: str = ""
    """What was looked for: the query as it was typed, or mended."""
    mendings: tuple[Mending, ...] = ()
    """Words that the library does not have, and those that were looked for in their place."""
    missing: tuple[str, ...] = ()
    """Quotations that stand nowhere in the scope, or nowhere together: the hits come near. Where only exact
    words were looked for and nothing was found, the words and quotations that stand nowhere as typed."""
    meant: str = ""
    """The query as it was likely meant, where only exact words were looked for and some stand nowhere."""
    is_literal: bool = False
    """Whether the words were looked for exactly as they were typed."""
    also: frozenset[str] = frozenset()
    """Other terms that count for words of the query, such as compounds that hold one."""
    extent: Extent = field(default_factory=Extent)
    """How much was searched, and what was left out."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know before reading the hits, in sentences."""
        said = [f"Showing results for “{self.searched}”."] if self.mendings else []
        if self.is_literal:
            if self.missing:
                stand = "stand" if len(self.missing) > 1 else "stands"
                said.append(f"{_listed(self.missing)} {stand} nowhere in these documents, written so.")
            if self.meant:
                said.append(f"Did you mean “{self.meant}”?")
        elif self.missing:
            quoted, several = _listed(self.missing), len(self.missing) > 1
            stand = "do not stand together anywhere" if several else "stands nowhere"
            near = "; showing what comes near" if self.hits else ""
            said.append(f"{quoted} {stand} in these documents{near}.")
        return tuple(said)

    def marks(self, text: str, language: str | None = None) -> list[tuple[int, int]]:
        """The character ranges of `text` that match what was looked for; sorted, disjoint."""
        if self.is_literal:
            return literal.spans(self.query, text)
        return highlights.marks(self.searched, text, language, self.also)

    def held(self, texts: Iterable[str], language: str | None = None) -> tuple[int, int]:
        """How many words of the query these texts hold together, in any form, and how many it has; (0, 0)
        where it asks for beginnings of words too, which are not counted."""
        if self.query.has_beginnings or self.query.prefixes:
            return 0, 0
        return highlights.held(self.query, texts, language)


def beside(first: Retrieved, second: Retrieved, k: int) -> Retrieved:
    """What `first` found, with the k best hits of both: each counts by its places in the two lists, those of
    the second half (reciprocal rank fusion, Cormack, Clarke and Büttcher, 2009). All else is that of the
    first."""
    counted: dict[int, float] = {}
    hits: dict[int, Hit] = {}
    for weight, found in ((1.0, first), (BESIDE, second)):
        for place, hit in enumerate(found.hits, 1):
            counted[hit.chunk.id] = counted.get(hit.chunk.id, 0.0) + weight / (_TOP + place)
            hits.setdefault(hit.chunk.id, hit)
    best = sorted(counted, key=lambda chunk_id: -counted[chunk_id])[:k]
    return replace(first, hits=[replace(hits[one], rank=rank) for rank, one in enumerate(best, 1)])


def _listed(quotations: Sequence[str]) -> str:
    *others, last = (f"“{one}”" for one in quotations)
    return f"{', '.join(others)} and {last}" if others else last
