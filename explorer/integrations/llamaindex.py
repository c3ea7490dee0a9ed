"""The library inside LlamaIndex (llama-index-core 0.14): a retriever."""

from __future__ import annotations

from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from explorer.integrations.places import PlacesInApp
from explorer.library import Library
from explorer.types import Mode, Scope


class LibraryNodeRetriever(BaseRetriever):  # type: ignore[misc]
    """Passages of a library, best first, as LlamaIndex's nodes; `metadata` as `LibraryRetriever`'s.

    What goes wrong is raised as ExplorerError.
    """

    def __init__(
        self,
        library: Library,
        scope: Scope | None = None,
        mode: Mode = "hybrid",
        k: int = 8,
        app: str = "http://localhost:8501",
        **options: Any,
    ) -> None:
        self._library = library
        self._scope = scope
        self._mode: Mode = mode
        self._k = k
        self._places = PlacesInApp(library, app)
        super().__init__(**options)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._library.search(query_bundle.query_str, self._k, self._mode, self._scope)
        return [
            NodeWithScore(
                node=TextNode(text=hit.passage.text, metadata=self._places.metadata(hit)), score=hit.score
            )
            for hit in hits
        ]
