"""The part of `Library` that finds: passages for a query or like one, documents that are alike, pictures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

from explorer.types import Alike, Hit, Mode, Scope
from explorer.words import in_text

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.page_images import PageImages
    from explorer.pictures import PictureSearch
    from explorer.search.retrieved import Retrieved
    from explorer.search.retriever import Retriever
    from explorer.search.standing import Standing, Standings
    from explorer.settings import Settings
    from explorer.worker.client import WorkerClient


class Finding(ABC):
    """What a library finds. `Library` is the one that there is."""

    _catalog: Catalog
    _client: WorkerClient
    _images: PageImages

    @property
    @abstractmethod
    def settings(self) -> Settings:
        """The settings that hold."""

    def search(
        self,
        query: str,
        k: int = 10,
        mode: Mode = "hybrid",
        scope: Scope | None = None,
        *,
        exact: bool = False,
        fold: bool = True,
    ) -> list[Hit]:
        """The k best hits inside the scope, best first: by meaning ("semantic"), words ("keyword") or both;
        with `exact`, what holds all words as they are typed. What says nearly the same as a better hit stands
        under it (`Hit.also`), or with `fold=False` has a place of its own. Raises ExplorerError: the mode is
        none of these, or the model or the worker cannot answer."""
        return list(self.find(query, k, mode, scope, exact=exact, fold=fold).hits)

    def find(
        self,
        query: str,
        k: int = 10,
        mode: Mode = "hybrid",
        scope: Scope | None = None,
        *,
        exact: bool = False,
        mend: bool = True,
        fold: bool = True,
    ) -> Retrieved:
        """What `search` finds and raises, with how the query was understood: `hits`, `notices` in sentences,
        `mendings` of words that the library does not have (none without `mend`), `missing` quotations."""
        return self._retriever.retrieve(query, k, mode, scope, exact=exact, mend=mend, fold=fold)

    def explain(
        self,
        query: str,
        document_id: str,
        page: int,
        mode: Mode = "hybrid",
        scope: Scope | None = None,
        *,
        k: int = 10,
        exact: bool = False,
        mend: bool = True,
    ) -> Standing:
        """Where the best passage of a page stands among all that a search for k hits compares, with its
        score and signals, what comes right before it and which words it lacks; or why it is left out. Raises
        NotFound: the document or the page is not there; else what `search` raises."""
        return self._standings.of(
            document_id, page, query, k=k, mode=mode, scope=scope, exact=exact, mend=mend
        )

    def similar(self, chunk_id: int, k: int = 10, scope: Scope | None = None) -> list[Hit]:
        """The k hits inside the scope nearest to a chunk by meaning, itself left out. Raises NotFound."""
        return self._retriever.similar(chunk_id, k, scope)

    def find_in(self, document_id: str, words: str) -> list[tuple[int, int]]:
        """Where words stand in a document's text, side by side, their letter case and the blanks between them
        aside: spans `text[start:end]` in order, at most 2,000. Raises NotFound."""
        return in_text.places(self._catalog.documents.text(document_id), words)

    def near_duplicates(self) -> list[Alike]:
        """Documents that are nearly the same as others, in groups, as the library is now; the largest group
        first."""
        return self._retriever.alike()

    @cached_property
    def picture_search(self) -> PictureSearch:
        """Pictures by what they look like: `search`, `like`, `places`, `state`, `stop`, `go_on`."""
        from explorer.pictures import PictureSearch

        return PictureSearch(self._catalog, self._client, lambda: self.settings, self._images.pixels)

    @cached_property
    def _standings(self) -> Standings:
        from explorer.search.standing import Standings

        return Standings(self._catalog, self._retriever)

    @cached_property
    def _retriever(self) -> Retriever:
        from explorer.search.reranked import RerankingRetriever

        return RerankingRetriever(self._catalog, self._client, lambda: self.settings)
