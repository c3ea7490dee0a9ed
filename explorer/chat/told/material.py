"""What a language model is given for a question, by what it asks: the best first, more than fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TypeVar

import numpy as np

from explorer.chat.by_rule import ByRule
from explorer.chat.composing import Composition, counted
from explorer.chat.summaries import centrality
from explorer.chat.told.budget import TokenBudget, tokens
from explorer.chat.told.citations import CITED
from explorer.chat.told.given import Given, distinct, passage
from explorer.chat.told.table_rows import rows_for
from explorer.questions import Kind, Understood
from explorer.types import Chunk, Document, Hit, Passage, Scope

_T = TypeVar("_T", Given, Hit)
FEWEST, MOST = 8, 24
"""Passages that are looked for, by how many there is room for."""
_PASSAGE = 250
"""Tokens of a passage, about, with what stands around it."""
_CENTRAL = 4
"""Central passages of each document that is compared."""
_WIDEST = 1_200
"""Characters of passages that are joined: more would be cited as one place."""
_GAP = 40
"""Characters between two chunks that follow each other: line ends and page furniture."""
_OF_TABLES = frozenset({Kind.FIGURE, Kind.COMPARISON, Kind.FACT, Kind.LIST, Kind.YES_NO})


@dataclass(frozen=True)
class Gathering:
    """Looks for what is given, in one catalogue, within a scope."""

    rule: ByRule
    scope: Scope | None
    budget: TokenBudget

    def _inside(self, question: Understood) -> Understood:
        """The question with those of its documents that are in the scope: nothing of others is given."""
        if self.scope is None or self.scope.is_everything:
            return question
        ids = self.rule.catalog.documents.in_scope(self.scope)
        return replace(question, named=tuple(one for one in question.named if one.document.id in ids))

    def chunks(self, document: Document, chosen: Sequence[Chunk] | None = None) -> list[Chunk]:
        """The passages of a document that are in the scope, of those that are `chosen`."""
        found = self.rule.catalog.chunks.of_document(document.id) if chosen is None else chosen
        ids = self.rule.catalog.chunks.in_scope(self.scope)
        allowed = None if ids is None else frozenset(ids.tolist())
        return [chunk for chunk in found if allowed is None or chunk.id in allowed]

    def of_question(self, question: Understood) -> list[Given]:
        """Passages, and rows of tables where such may answer. For a follow-up as it was typed is searched in
        turns with the completed question."""
        question = self._inside(question)
        number = min(max(self.budget.prompt // _PASSAGE, FEWEST), MOST)
        search, within = self.rule.retriever.search, self.rule.within(question, self.scope)
        hits = search(question.complete, number, "hybrid", within)
        tables = self._tables(question, hits)
        if question.typed_beside:
            hits = _in_turns(search(question.typed_beside, number, "hybrid", within), hits)
        return distinct([*tables, *map(passage, hits)])

    def of_comparison(self, question: Understood) -> list[Given]:
        """For each of those that are compared, in turns: its rows of tables and passages, and where whole
        documents are compared, what says most of each."""
        asked = self.rule.asked(question)
        if len(asked) > 1:
            each = [self.of_question(one) for one in asked]
        else:
            each = [self.of_question(question)]
            if question.is_sure_of_documents:
                named = self._inside(question).named[:_CENTRAL]
                each += [self._central(one.document) for one in named]
        return distinct(_in_turns(*each))

    def of_library(self, told: Composition) -> list[Given]:
        """What the program answered by rule, the documents that it speaks of and the passages that it shows,
        then what is known of all others."""
        said = CITED.sub("", told.text).replace("*", "").replace("\\", "")
        lines = [Given(line.strip("- ")) for line in said.splitlines() if line.strip("- ")]
        documents = self.rule.documents(self.scope)
        spoken = {one.document_id for one in told.citations}
        facts = [known(one) for one in sorted(documents, key=lambda one: one.id not in spoken)]
        total = f"The library holds {counted(len(documents), 'document')}."
        return [*lines, Given(total), *facts[: len(spoken)], *map(passage, told.hits), *facts[len(spoken) :]]

    def _tables(self, question: Understood, hits: Sequence[Hit]) -> list[Given]:
        if question.kind not in _OF_TABLES or not hits:
            return []
        return rows_for(question.complete, question, hits, self.rule.tables_of, self.rule.catalog)

    def _central(self, document: Document) -> list[Given]:
        chunks = self.chunks(document)
        return [passage(hit) for hit in self.central(document, chunks, _CENTRAL * _PASSAGE, 0)]

    def central(self, document: Document, chunks: Sequence[Chunk], room: int, frame: int) -> list[Hit]:
        """The most central of some passages of a document for which there is room, each with `frame` tokens
        around it, in their order; neighbours are joined. All, where there is room for all."""
        sizes = [tokens(chunk.text) for chunk in chunks]

        def cost_of(places: Sequence[int]) -> int:
            return sum(sizes[place] for place in places) + frame * len(list(_runs(chunks, places)))

        kept = list(range(len(chunks)))
        if cost_of(kept) > room:
            ids = np.array([chunk.id for chunk in chunks], np.int64)
            order = np.argsort(-centrality(self.rule.retriever.vectors_of(ids)), kind="stable").tolist()
            kept = []
            for place in order:
                more = sorted([*kept, place])
                cost = cost_of(more)
                if cost <= room:
                    kept = more
                if room - cost < frame:
                    break
        return [self._joined(document, run) for run in _runs(chunks, kept)]

    def _joined(self, document: Document, chunks: Sequence[Chunk]) -> Hit:
        first, last = chunks[0], chunks[-1]
        text = self.rule.catalog.documents.span(document.id, first.start, last.end)
        whole = replace(first, end=last.end, end_page=last.end_page, text=text)
        return Hit(1, 1.0, whole, document, Passage(first.page, last.end_page, first.start, last.end, text))

    def widened(self, given: Sequence[Given], room: int) -> list[Given]:
        """The passages widened to their whole sections, the best first, as far as there is room."""
        wide: list[Given] = []
        for place, one in enumerate(given):
            if one.hit is not None and not one.is_table and one.hit.chunk.headings:
                section = self._section(one.hit)
                cost = tokens(section.text) - tokens(one.text)
                is_apart = not any(_overlap(section, other) for other in (*wide, *given[place + 1 :]))
                if 0 < cost <= room and is_apart:
                    room -= cost
                    wide.append(section)
                    continue
            wide.append(one)
        return wide

    def _section(self, hit: Hit) -> Given:
        chunks = self.chunks(hit.document)
        at = next((n for n, chunk in enumerate(chunks) if chunk.id == hit.chunk.id), None)
        if at is None:
            return passage(hit)
        first = last = at
        while first and _follow(chunks[first - 1], chunks[first]):
            first -= 1
        while last + 1 < len(chunks) and _follow(chunks[last], chunks[last + 1]):
            last += 1
        start = min(chunks[first].start, hit.passage.start)
        end = max(chunks[last].end, hit.passage.end)
        text = self.rule.catalog.documents.span(hit.document.id, start, end)
        pages = min(chunks[first].page, hit.passage.page), max(chunks[last].end_page, hit.passage.end_page)
        return Given(text, replace(hit, passage=Passage(*pages, start, end, text)))


def known(document: Document) -> Given:
    """What the catalogue knows of a document, in a line."""
    kind = document.kind.upper() if len(document.kind) <= 5 else document.kind
    said = [kind, counted(document.pages, "page")]
    said += [f"title “{document.title}”"] if document.title else []
    said += [f"by {document.author}"] if document.author else []
    said += [f"dated {document.date:%Y-%m-%d}"] if document.date else []
    said += [f"language {document.language}"] if document.language else []
    said += [f"tags {', '.join(document.tags)}"] if document.tags else []
    said.append(f"added {document.added_at:%Y-%m-%d}")
    return Given(f"{document.name}: {', '.join(said)}", document=document)


def _in_turns(*lists: Sequence[_T]) -> list[_T]:
    return [one for turn in zip_longest(*lists) for one in turn if one is not None]


def _runs(chunks: Sequence[Chunk], places: Sequence[int]) -> Iterator[list[Chunk]]:
    """The chunks at these places, those together that follow each other below one heading, up to a length."""
    run: list[Chunk] = []
    last = -1
    for place in places:
        chunk = chunks[place]
        joins = bool(run) and place == last + 1 and _follow(run[-1], chunk)
        if joins and chunk.end - run[0].start <= _WIDEST:
            run.append(chunk)
        else:
            if run:
                yield run
            run = [chunk]
        last = place
    if run:
        yield run


def _follow(one: Chunk, other: Chunk) -> bool:
    """Whether a chunk follows another below the same heading, with nothing out of the scope between them."""
    return one.headings == other.headings and other.start - one.end <= _GAP


def _overlap(one: Given, other: Given) -> bool:
    mine, others = one.place, other.place
    if mine is None or others is None or mine[0] != others[0]:
        return False
    return mine[1] < others[2] and others[1] < mine[2]
