"""The library inside LangChain: a retriever, its chunks as a text splitter, its readers as a loader.

Made for langchain-core 1.8 and langchain-text-splitters 1.1, and for chains of langchain-classic.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document as LangchainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_text_splitters import TextSplitter
from pydantic import ConfigDict

from explorer import chunking, embedding
from explorer.integrations.places import PlacesInApp
from explorer.library import Library
from explorer.readers.process.pool import ReaderPool
from explorer.types import Mode, Page, Scope

if TYPE_CHECKING:
    from explorer.embedding import EmbeddingModel


class LibraryRetriever(BaseRetriever):  # type: ignore[misc]
    """Passages of a library, best first, as LangChain's documents.

    Their `metadata` holds `document` (its id), `source` (the file's name), `title`, `page`, `start`, `end`,
    `headings`, `score` and `link` into the app. What goes wrong is raised as ExplorerError.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    scope: Scope | None = None
    mode: Mode = "hybrid"
    k: int = 8
    app: str = "http://localhost:8501"

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain gives it
    ) -> list[LangchainDocument]:
        places = PlacesInApp(self.library, self.app)
        hits = self.library.search(query, self.k, self.mode, self.scope)
        return [LangchainDocument(hit.passage.text, metadata=places.metadata(hit)) for hit in hits]


class ExplorerTextSplitter(TextSplitter):  # type: ignore[misc]
    """Cuts text where it pauses, as the app does: at headings, paragraphs and sentences, near a length."""

    def __init__(self, tokens: int = chunking.TARGET_TOKENS, **options: Any) -> None:
        """`tokens`: the length that is aimed at, in tokens of the bundled model; a chunk has at most 1.4
        times as many. Chunks do not overlap. `split_text` raises ValueError where it is below 8."""
        super().__init__(chunk_size=tokens, chunk_overlap=0, **options)
        self._tokens = tokens

    def split_text(self, text: str) -> list[str]:
        """The chunks in order; all characters but white space between them are in one."""
        spans = chunking.split(
            text,
            [Page(1, 0, len(text))],
            [],
            count=_bundled().count_tokens,
            target_tokens=self._tokens,
            max_tokens=2 * self._tokens,
        )
        return [text[span.start : span.end] for span in spans]


class ExplorerLoader(BaseLoader):  # type: ignore[misc]
    """Reads files of every kind that the app reads, in a process of their own: a document for each page.

    `metadata` holds `source` (the path), `page`, `title`, `author`, `language`, `date` and `warnings`. Files
    in archives and mails are left out. Raises ReadError, which names the file and says why.
    """

    def __init__(self, paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> None:
        self._paths = [paths] if isinstance(paths, str | os.PathLike) else list(paths)

    def lazy_load(self) -> Iterator[LangchainDocument]:
        """The pages that have text, file after file."""
        pool = ReaderPool(1)
        try:
            for path in map(Path, self._paths):
                reading = pool.read(path, path.name)
                about = {
                    "source": str(path),
                    "title": reading.title,
                    "author": reading.author,
                    "language": reading.language,
                    "date": reading.date.isoformat() if reading.date else None,
                    "warnings": list(reading.warnings),
                }
                for page in reading.text_pages:
                    if page.text.strip():
                        yield LangchainDocument(page.text.strip(), metadata={**about, "page": page.number})
        finally:
            pool.close()


@lru_cache(maxsize=1)
def _bundled() -> EmbeddingModel:
    return embedding.load(embedding.DEFAULT_MODEL)
