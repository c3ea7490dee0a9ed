"""What was read → what will be stored: chunks, their keyword terms, the texts to embed, their embeddings."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from explorer import chunking, embedding
from explorer.catalog.records import NewChunk, NewDocument
from explorer.embedding import embedding_key, longest_chunk, texts_to_embed
from explorer.errors import ReadError
from explorer.types import Page
from explorer.words.terms import row

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from explorer.catalog import Catalog
    from explorer.catalog.records import Generation, Model, Task
    from explorer.embedding import EmbeddingModel, Vectors
    from explorer.embedding.loaded import LoadedModels
    from explorer.readers.reading import Reading


_COMMIT = 64
"""Embeddings in one transaction: what a kill can cost."""
TOGETHER = 128
"""Texts of several small documents that are embedded at once: what a server gets in one go, and seconds of
work for a processor."""
_SMALL = 32
"""Texts of a document that may share; a larger one goes alone and shows how far it is."""
_DOCUMENTS = 32
_LONGEST_TITLE = 200
_SHORTEST_TITLE = 8
"""Characters, and letters among them."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that only lacks its embeddings: `texts` are those to embed, by their SHA-256.

    Of a chunk that is longer than the model reads, they are its windows.
    """

    task: Task
    generation: Generation
    document: NewDocument
    texts: dict[bytes, tuple[str, ...]]

    @property
    def size(self) -> int:
        """How many texts are to be embedded, windows counted."""
        return sum(map(len, self.texts.values()))


class Waiting:
    """The documents on their way from the thread that reads to the one that embeds.

    One waits, or as many small ones as are embedded together. While a large one is embedded only one waits,
    since each that does has been begun, which a dying process counts against it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._documents: list[Prepared] = []
        self._is_small_work = True

    def put(self, document: Prepared, timeout: float) -> bool:
        """False when there was no room in time."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._has_room(document), timeout):
                return False
            self._documents.append(document)
            self._changed.notify_all()
            return True

    def take(self, timeout: float = 0.0) -> list[Prepared]:
        """The next document, with those behind it that may be embedded with it; nothing if none came."""
        with self._changed:
            self._is_small_work = True
            self._changed.wait_for(lambda: self._documents, timeout)
            number = 0
            while number < len(self._documents) and _fit(self._documents[: number + 1]):
                number += 1
            taken = self._documents[: max(number, 1)]
            del self._documents[: len(taken)]
            self._is_small_work = _fit(taken)
            self._changed.notify_all()
            return taken

    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._documents

    def _has_room(self, document: Prepared) -> bool:
        together = [*self._documents, document]
        return not self._documents or (self._is_small_work and _fit(together))


def _fit(documents: Sequence[Prepared]) -> bool:
    """Whether these may be embedded together: few and small ones, of one index."""
    sizes = [document.size for document in documents]
    return (
        len(sizes) <= _DOCUMENTS
        and max(sizes, default=0) <= _SMALL
        and sum(sizes) <= TOGETHER
        and len({document.generation.id for document in documents}) <= 1
    )


def prepare(
    task: Task,
    sha256: str,
    size: int,
    reading: Reading,
    *,
    generation: Generation,
    model: EmbeddingModel,
    before: Collection[str] = (),
    check: Callable[[], None] = lambda: None,
) -> Prepared:
    """Cut what was read into chunks, by the generation's recipe. `check` raises to stop.

    `before`: the chunks' texts in the version that this file replaces.

    Raises:
        ReadError: there is no text to search.
    """
    target_tokens = int(generation.recipe["chunk_tokens"])
    spans = chunking.split(
        reading.text,
        _pages(reading),
        reading.headings,
        count=model.count_tokens,
        target_tokens=target_tokens,
        max_tokens=longest_chunk(model, target_tokens),
        tables=reading.tables,
        asides=reading.asides,
        left_out=reading.addresses,
        before=before,
    )
    if not spans:
        raise ReadError(f"{task.job.name} has no text that could be searched. {_why_empty(reading)}")
    check()
    stem = PurePath(task.job.name).stem
    named = name_terms(task.job.name, reading.language)
    title = first_line(reading)
    texts: dict[bytes, tuple[str, ...]] = {}
    chunks = []
    for number, span in enumerate(spans):
        if number % 200 == 0:
            check()
        body = reading.text[span.start : span.end]
        embedded = texts_to_embed(stem, (*title, *span.headings), body, model)
        key = embedding_key(embedded)
        texts[key] = embedded
        place = (span.start, span.end, span.page, span.end_page)
        chunks.append(NewChunk(*place, key, span.headings, named, row(body, reading.language)))
    return Prepared(task, generation, _document(task, sha256, size, reading, chunks), texts)


def lacks_embeddings(catalog: Catalog, prepared: Prepared) -> bool:
    """Whether a model is still needed for a document."""
    known = catalog.embeddings.known(prepared.generation.model.id, prepared.texts)
    return len(known) < len(prepared.texts)


def embed_missing(
    catalog: Catalog,
    encoder: LoadedModels,
    model: Model,
    texts: Mapping[bytes, tuple[str, ...]],
    wanted: Sequence[bytes],
    *,
    show: Callable[[int], None],
    check: Callable[[], None],
) -> None:
    """Embed those of `texts` that are `wanted` and have no embedding yet, and keep them batch by batch.

    `show` is told how many are left. What it or `check` raises ends the work; raises ModelError too.
    """
    import numpy as np

    known = catalog.embeddings.known(model.id, wanted)
    # Texts of like length together: that spares a model most of its padding.
    missing = sorted((sha for sha in wanted if sha not in known), key=lambda sha: sum(map(len, texts[sha])))
    if not missing:
        return
    left = len(missing)
    show(left)
    encode = partial(encoder.passages, model, check=check)
    at_once = encoder.model(model).texts_at_once
    commit = max(_COMMIT, at_once)
    for start in range(0, len(missing), commit):
        batch = missing[start : start + commit]
        vectors: list[Vectors] = []
        for first in range(0, len(batch), at_once):
            part = [texts[sha] for sha in batch[first : first + at_once]]
            vectors.append(embedding.mean_of_windows(part, encode))
            left -= len(part)
            show(left)
        catalog.embeddings.put(model.id, batch, np.concatenate(vectors))


def name_terms(name: str, language: str | None) -> list[str]:
    """What keyword search knows a document of this name by."""
    return row(PurePath(name).stem, language)


def first_line(reading: Reading) -> tuple[str, ...]:
    """The title that a plain text seems to begin with, none where it doesn't: one line before a blank one.

    Every chunk is embedded with it: on Cranfield, whose abstracts stand below their titles, that lifts
    nDCG@10 from .427 to .437.
    """
    if reading.kind != "text" or reading.headings:
        return ()
    line, _, rest = reading.text.lstrip()[: _LONGEST_TITLE + 2].partition("\n\n")
    line = line.strip()
    has_words = sum(map(str.isalpha, line)) >= _SHORTEST_TITLE
    if not rest or "\n" in line or not has_words or line[-1] in ",:;!?":
        return ()
    return (line,)


def _document(task: Task, sha256: str, size: int, reading: Reading, chunks: list[NewChunk]) -> NewDocument:
    return NewDocument(
        sha256=sha256,
        name=task.job.name,
        size=size,
        kind=reading.kind,
        pages=reading.text_pages,
        chunks=chunks,
        source=task.source,
        part_of=task.job.part_of,
        title=reading.title,
        author=reading.author,
        language=reading.language,
        date=reading.date,
        headings=reading.headings,
        warnings=reading.warnings,
    )


def _pages(reading: Reading) -> list[Page]:
    pages, start = [], 0
    for page in reading.text_pages:
        pages.append(Page(page.number, start, start + len(page.text), page.label))
        start += len(page.text)
    return pages


def _why_empty(reading: Reading) -> str:
    if reading.kind == "pdf":
        return "Its pages are probably pictures of text: have them recognised, then add it again."
    return "Check that the file is not empty."
