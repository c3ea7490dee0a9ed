"""What was read → what will be stored: chunks, their keyword terms, the texts to embed, their embeddings."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from explorer import chunking
from explorer.catalog.records import NewChunk, NewDocument, NewTable
from explorer.embedding import embedding_key, longest_chunk, texts_to_embed
from explorer.errors import ReadError
from explorer.ingestion.waiting import Prepared
from explorer.readers import tables
from explorer.types import Page
from explorer.words.terms import row

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from explorer.catalog.records import Generation, Task
    from explorer.embedding import EmbeddingModel
    from explorer.readers.reading import Reading


_LONGEST_TITLE = 200
"""Characters that a title has at most."""
_SHORTEST_TITLE = 8
"""Letters that a title has at least."""


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
    """What was read as a document that only lacks its embeddings, cut into chunks by the generation's recipe.

    `before`: the texts of the chunks in the version that this file replaces. `check` raises to stop.

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


def name_terms(name: str, language: str | None) -> list[str]:
    """What keyword search knows a document of this name by."""
    return row(PurePath(name).stem, language)


def first_line(reading: Reading) -> tuple[str, ...]:
    """The title that a plain text seems to begin with: one line before a blank one; () where there is none.

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
        tables=[
            NewTable(table.start, table.end, table.header_rows, table.apart)
            for table in tables.that_say_something(reading)
        ],
        pictures=reading.pictures,
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
