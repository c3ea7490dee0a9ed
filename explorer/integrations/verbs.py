"""What other programs can ask of a library: the same verbs for MCP and for HTTP.

Each is a method whose parameters are plain values with a description, from which both make their schemas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from explorer.claims.checking import check
from explorer.errors import NotFound
from explorer.integrations.places import PlacesInApp
from explorer.integrations.results import (
    AnswerResult,
    AnswerSource,
    ChangeResult,
    CheckedSentence,
    DocumentList,
    SearchResult,
    TableResult,
    TextResult,
)
from explorer.types import Document, Mode, Scope

if TYPE_CHECKING:
    from explorer.chat.answers import Answer
    from explorer.library import Library

LONGEST_READ = 20_000
"""Characters that `read` gives at once."""
EVIDENCE = 8
"""Passages that `check` looks for where a claim names none."""

Names = Annotated[
    list[str] | None, Field(description="Only in these documents, by id or file name; all where left out.")
]
Tags = Annotated[list[str] | None, Field(description="Only in documents with one of these tags.")]
Kinds = Annotated[list[str] | None, Field(description='Only in documents of these kinds, such as "pdf".')]
Count = Annotated[int, Field(ge=1, le=50, description="How many at most.")]
Boxes = Annotated[bool, Field(description="Also say where it stands on the page's image; slower.")]


def _named_words(document: Document) -> str:
    """A document's name and title as a sentence before its passages: whom they are of often stands there
    alone ("3M_2022_10K.pdf")."""
    words = re.findall(r"[^\W_]+", f"{document.name} {document.title or ''}")
    return f"{' '.join(words)}.\n"


class Verbs:
    """Asks one library. `app` is the address at which the app runs, for links."""

    def __init__(self, library: Library, app: str = "http://localhost:8501") -> None:
        self._library = library
        self._places = PlacesInApp(library, app)

    # ---- reading

    def search(
        self,
        query: Annotated[str, Field(min_length=1, description="What to look for, in plain words.")],
        *,
        k: Count = 8,
        mode: Annotated[Mode, Field(description="By meaning, by words, or both.")] = "hybrid",
        documents: Names = None,
        tags: Tags = None,
        kinds: Kinds = None,
        boxes: Boxes = False,
    ) -> SearchResult:
        """Find the passages that fit a query best, each with its document, page and span."""
        found = self._library.find(query, k, mode, self._scope(documents, tags, kinds))
        passages = tuple(self._places.passage(hit, with_boxes=boxes) for hit in found.hits)
        return SearchResult(passages=passages, notices=tuple(found.notices))

    def ask(
        self,
        question: Annotated[str, Field(min_length=1, description="A question in plain words.")],
        documents: Names = None,
        tags: Tags = None,
        kinds: Kinds = None,
    ) -> AnswerResult:
        """Answer a question from the documents, with sources, each sentence checked against them. `found` is
        false where they do not answer it."""
        answer = self._library.ask(question, self._scope(documents, tags, kinds))
        if not answer.found:
            nearest = tuple(self._places.passage(hit) for hit in answer.hits)
            return AnswerResult(text=answer.text, found=False, nearest=nearest)
        sources = tuple(
            AnswerSource(
                number=one.number,
                text=one.text,
                place=self._places.place(one.document_id, one.page, one.start, one.end),
            )
            for one in answer.citations
        )
        return AnswerResult(text=answer.text, found=True, sources=sources, sentences=self._checked(answer))

    def read(
        self,
        document: Annotated[str, Field(description="Id or file name of the document.")],
        page: Annotated[int | None, Field(ge=1, description="This page alone.")] = None,
        start: Annotated[int, Field(ge=0, description="First character, where no page is given.")] = 0,
        end: Annotated[int | None, Field(ge=0, description="Where to stop; the end where left out.")] = None,
    ) -> TextResult:
        """Read a document's text, a page of it, or a span; at most 20,000 characters at once."""
        found = self._named(document)
        pages = self._library.pages(found.id)
        if page is not None:
            if page > len(pages):
                raise NotFound(f"{found.name} has {len(pages)} pages, so none of number {page}.")
            start, end = pages[page - 1].start, pages[page - 1].end
        last = pages[-1].end if pages else 0
        wanted = last if end is None else min(end, last)
        stop = max(start, min(wanted, start + LONGEST_READ))
        at = next((one.number for one in pages if one.start <= start < one.end), 1)
        place = self._places.place(found.id, at, start, stop)
        text = self._library.span(found.id, start, stop)
        return TextResult(text=text, place=place, next=stop if stop < wanted else None)

    def check(
        self,
        claim: Annotated[str, Field(min_length=1, description="A statement to check, one sentence or more.")],
        documents: Names = None,
    ) -> CheckedSentence:
        """Whether the documents support a claim: "supported", "partly", "contradicted" or "not found", with
        the words that decide it."""
        hits = self._library.search(claim, EVIDENCE, "hybrid", self._scope(documents, None, None))
        heads = [_named_words(hit.document) for hit in hits]
        texts = [head + hit.passage.text for head, hit in zip(heads, hits, strict=True)]
        found = check(claim, texts)
        evidence = []
        for span in found.spans:
            hit, skip = hits[span.passage], len(heads[span.passage])
            start, end = (hit.passage.start + max(at - skip, 0) for at in (span.start, span.end))
            if end > start:  # else it lies in the document's name
                evidence.append(self._places.place(hit.document.id, hit.passage.page, start, end))
        return CheckedSentence(
            text=claim, verdict=found.verdict, score=round(found.score, 3), evidence=tuple(evidence)
        )

    def tables(
        self,
        document: Annotated[str, Field(description="Id or file name of the document.")],
        page: Annotated[int | None, Field(ge=1, description="Only those on this page.")] = None,
    ) -> list[TableResult]:
        """The tables of a document, cell by cell, as printed."""
        found = self._named(document)
        return [
            TableResult(
                number=one.number,
                title=one.title,
                unit=one.unit,
                header_rows=one.header_rows,
                rows=one.rows,
                place=self._places.place(found.id, one.page, one.start, one.end),
            )
            for one in self._library.tables(found.id, page)
        ]

    def documents(
        self,
        name: Annotated[str | None, Field(description="Only those whose name or title holds this.")] = None,
        tags: Tags = None,
        kinds: Kinds = None,
        limit: Annotated[int, Field(ge=1, le=1000, description="How many at most.")] = 100,
    ) -> DocumentList:
        """List the documents of the library, newest first."""
        wanted = {tag.casefold() for tag in tags or ()}
        fitting = [
            one
            for one in self._library.documents()
            if (not name or name.casefold() in f"{one.name}\n{one.title or ''}".casefold())
            and (not kinds or one.kind in kinds)
            and (not wanted or wanted & {tag.casefold() for tag in one.tags})
        ]
        listed = tuple(self._places.document(one) for one in fitting[:limit])
        return DocumentList(total=len(fitting), documents=listed)

    # ---- changing

    def add(
        self,
        paths: Annotated[list[str], Field(min_length=1, description="Files or folders on this machine.")],
    ) -> ChangeResult:
        """Add files to the library, and wait until they can be searched."""
        outcomes = self._library.add(paths)
        return ChangeResult(done=tuple(f"{one.name}: {one.error or one.status}" for one in outcomes))

    def remove(
        self, documents: Annotated[list[str], Field(min_length=1, description="Ids or file names.")]
    ) -> ChangeResult:
        """Put documents into the bin, from where a person can restore them for some days."""
        chosen = [self._named(one) for one in documents]
        self._library.bin([one.id for one in chosen])
        return ChangeResult(done=tuple(f"{one.name}: in the bin" for one in chosen))

    def tag(
        self,
        documents: Annotated[list[str], Field(min_length=1, description="Ids or file names.")],
        add: Annotated[list[str], Field(description="Tags to give.")] = [],  # noqa: B006 - never changed
        remove: Annotated[list[str], Field(description="Tags to take away.")] = [],  # noqa: B006
    ) -> ChangeResult:
        """Give tags to documents, and take tags away."""
        chosen = [self._named(one) for one in documents]
        self._library.tag([one.id for one in chosen], add, remove)
        now = [self._library.document(one.id) for one in chosen]
        return ChangeResult(done=tuple(f"{one.name}: {', '.join(one.tags) or 'no tags'}" for one in now))

    # ---- for all

    def of_reading(self) -> Sequence[Callable[..., Any]]:
        """The verbs that change nothing."""
        return self.search, self.ask, self.read, self.check, self.tables, self.documents

    def of_changing(self) -> Sequence[Callable[..., Any]]:
        """The verbs that change the library."""
        return self.add, self.remove, self.tag

    def _scope(
        self, documents: list[str] | None, tags: list[str] | None, kinds: list[str] | None
    ) -> Scope | None:
        if documents is None and tags is None and kinds is None:
            return None
        ids = None if documents is None else [self._named(one).id for one in documents]
        return Scope(documents=ids, tags=tags, kinds=kinds)

    def _named(self, wanted: str) -> Document:
        found = [one for one in self._library.documents() if wanted in (one.id, one.name)]
        if not found:
            raise NotFound(f"There is no document named {wanted!r} in this library; `documents` lists them.")
        if len(found) > 1:
            ids = ", ".join(one.id for one in found)
            raise NotFound(f"{len(found)} documents are named {wanted!r}. Give one by its id: {ids}.")
        return found[0]

    def _checked(self, answer: Answer) -> tuple[CheckedSentence, ...]:
        return tuple(
            CheckedSentence(
                text=answer.text[one.start : one.end],
                verdict=one.verdict,
                score=round(one.score, 3),
                evidence=tuple(
                    self._places.place(span.document_id, span.page, span.start, span.end)
                    for span in one.spans
                    if span.document_id is not None
                ),
            )
            for one in answer.checks
        )
