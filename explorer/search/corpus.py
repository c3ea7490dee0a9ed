"""All that is known of a library's words at one moment: postings of its chunks, of their headings and of the
names of its documents. They follow the catalogue."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import Mask, Rows
from explorer.search import ranking
from explorer.search.across_chunks import Surroundings
from explorer.search.bm25 import Index, PostingsFollower
from explorer.search.chunk_view import View
from explorer.search.query import Forms, Phrase
from explorer.words import folding, terms

if TYPE_CHECKING:
    from explorer.catalog import Catalog

_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Names, tags and languages of the documents of a view, row i for `table.documents[i]`."""

    revision: int
    index: Index
    folded: tuple[str, ...]
    tags: tuple[tuple[str, ...], ...]
    languages: tuple[str, ...]
    """The most frequent first."""
    spoken: NDArray[np.int32]
    """(documents,): which of (none, *languages) each is in."""


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """All that is known of the library's words at one moment."""

    view: View
    index: Index
    headings: Index
    """Postings of the headings above chunks: of the chunks where `ChunkTable.has_headings` is True."""
    names: Names
    surroundings: tuple[Surroundings, ...]
    """What stands around each chunk, by the reaches of `ranking.SURROUNDINGS`."""

    def spread(self, of_document: NDArray[_T]) -> NDArray[_T]:
        """(n,): for each chunk, the value that its document has in `of_document` (documents,)."""
        return of_document[self.view.table.document_index]

    def forms(self, forms: Forms) -> Iterator[tuple[Phrase, Mask | None]]:
        """Each form with the rows of the documents whose words take it, None for all: what one language's
        stemmer makes of a word may be another word in another's."""
        spoken = self.names.spoken
        for form in dict.fromkeys(forms):
            is_of = np.isin(spoken, [i for i, other in enumerate(forms) if other == form])
            if is_of.any():
                yield form, None if is_of.all() else self.spread(is_of)


class CorpusFollower:
    """Follows one catalogue. Safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._postings, self._headings = PostingsFollower(), PostingsFollower()
        self._corpus: Corpus | None = None
        self._lock = threading.Lock()

    def now(self) -> Corpus:
        """The library as it is now; what has changed since the last call is read."""
        catalog = self._catalog
        sequence, revision = catalog.changes.last(), catalog.documents.revision()
        with self._lock:
            known = self._corpus
            if known is None or known.view.sequence != sequence:
                view = View(sequence, catalog.chunks.table())
                index = self._postings.follow(view.ids, catalog.chunks.term_rows)
                headings = self._headings.follow(view.ids[view.table.has_headings], self._heading_rows)
                around = tuple(
                    Surroundings(view.joined, index.lengths, reach) for reach in ranking.SURROUNDINGS
                )
                known = Corpus(view, index, headings, self._names(view, revision), around)
            elif known.names.revision != revision:
                known = replace(known, names=self._names(known.view, revision))
            self._corpus = known
            return known

    def _heading_rows(self, ids: Rows) -> list[tuple[int, str]]:
        paths = self._catalog.chunks.heading_paths(ids)
        return [(number, _heading_row(path, language)) for number, path, language in paths]

    def _names(self, view: View, revision: int) -> Names:
        documents = {one.id: one for one in self._catalog.documents.list()}
        rows = self._catalog.chunks.name_rows()
        ordered = [documents.get(document) for document in view.table.documents]
        numbers = np.arange(len(ordered))
        index = PostingsFollower().follow(
            numbers, lambda wanted: [(int(i), rows.get(view.table.documents[i], "")) for i in wanted]
        )
        counted = Counter(one.language for one in ordered if one and one.language)
        known = [language for language, _ in counted.most_common()]
        numbered = {language: i for i, language in enumerate((None, *known))}
        return Names(
            revision,
            index,
            tuple(folding.fold_name(one.name) if one else "" for one in ordered),
            tuple(tuple(map(folding.fold, one.tags)) if one else () for one in ordered),
            tuple(known),
            np.array([numbered.get(one.language if one else None, 0) for one in ordered], np.int32),
        )


@lru_cache(maxsize=10_000)
def _heading_row(path: tuple[str, ...], language: str | None) -> str:
    """Chunks of a section share their headings: cut into terms once."""
    return " ".join(terms.row(" ".join(path), language))
