"""Answers without a language model: which way a question is answered, by what it asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.chat import about_library, prose, summaries, support, tabled
from explorer.chat.composing import Composition, plain
from explorer.chat.languages.across import AcrossLanguages, LanguageScale
from explorer.chat.sections import named_section, printed_section, topic
from explorer.chat.tabled import comparing, labelled
from explorer.chat.tabled.comparing import PASSAGES
from explorer.chat.weighing.kinship import Kinship
from explorer.chat.weighing.speaking import Speaker
from explorer.figures.main_statements import lines_asked
from explorer.questions import DocumentNames, Kind, Named, Understood
from explorer.questions.languages import is_foreign
from explorer.questions.plainly import plainly
from explorer.questions.question import of_part
from explorer.questions.speakers import speaker_of
from explorer.search.retrieved import Retrieved, beside
from explorer.types import Chunk, Document, Scope

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.search.retriever import Retriever

GREETING = "Ask something about your documents: a fact, a figure, a summary, or what the library holds."
_ABOUT_PASSAGES = 40
_MOST_SUMMARIZED = 4
_THESE = re.compile(
    r"\b(?:these|those|selected|all|both)\b.{0,20}\b(?:documents|files|texts|papers|reports)\b|\b(?:selection|everything)\b|"
    r"\bthe (?:documents|files)\b",
    re.IGNORECASE,
)
_OF_TABLES = frozenset({Kind.FIGURE, Kind.COMPARISON, Kind.FACT, Kind.LIST, Kind.DEFINITION})


@dataclass(frozen=True)
class ByRule:
    """Answers from one catalogue."""

    catalog: Catalog
    retriever: Retriever
    tables_of: tabled.TablesOf
    names: DocumentNames
    across: AcrossLanguages
    kinship: Kinship

    def answer(self, question: Understood, scope: Scope | None) -> Composition:
        """The answer; without a piece where the documents do not hold it, with the nearest passages."""
        about = (
            about_library.answer(question, self.shelf(scope))
            if question.kind is Kind.LIBRARY
            else self._summary(question, scope)
            if question.kind is Kind.SUMMARY
            else None
        )
        if about is not None:
            about.support = 1.0
            return about
        return self._facts(question, scope)

    # ---- about documents

    def shelf(self, scope: Scope | None) -> about_library.Shelf:
        """What is known of the documents in the scope beside their text."""
        documents = self.documents(scope)

        def subjects() -> Sequence[tuple[str, Sequence[Document]]]:
            from explorer.chat.subjects import grouped

            return grouped(documents, self.catalog, self.retriever)

        return about_library.Shelf(
            documents=documents,
            find=lambda words: self.retriever.search(words, _ABOUT_PASSAGES, "hybrid", scope),
            subjects=subjects,
        )

    def documents(self, scope: Scope | None) -> list[Document]:
        """Those in the scope."""
        if scope is None or scope.is_everything:
            return self.catalog.documents.list()
        return self.catalog.documents.list(self.catalog.documents.in_scope(scope))

    # ---- summaries

    def _summary(self, question: Understood, scope: Scope | None) -> Composition | None:
        told = Composition()
        these = self.documents(scope) if _is_of_these(question) else []
        if len(these) > _MOST_SUMMARIZED:
            return about_library.overview(told, self.shelf(scope))
        for document in (documents := these or self.summarized(question, scope)):
            chosen, heading = self.section(question, document, scope)
            vectors = self.retriever.vectors_of(np.array([chunk.id for chunk in chosen], np.int64))
            title = len(told.pieces)
            told.say(f"**{plain(document.name)}**{f' · {plain(heading)}' if heading else ''}")
            material = summaries.Material(chosen, vectors)
            is_brief = len(documents) > 1 or re.search(r"\babout\W*$", question.complete, re.IGNORECASE)
            lines, further = (summaries.BRIEF, 0) if is_brief else (summaries.LINES, summaries.FURTHER)
            if not summaries.summarize(
                told, document, material, self.retriever.encode_sentences, lines=lines, further=further
            ):
                del told.pieces[title:]
        return told if told.pieces else None

    def section(
        self, question: Understood, document: Document, scope: Scope | None
    ) -> tuple[Sequence[Chunk], str]:
        """What a question wants summed up of a document, in its order, and the heading above it; all of the
        document and "" where it names no section."""
        chunks = self.catalog.chunks.of_document(document.id)
        chosen = (
            named_section(question, document, chunks)
            or printed_section(question, chunks, self.catalog.documents.text(document.id))
            or self._nearest_section(question, chunks, scope)
            or chunks
        )
        is_part = list(chosen) != list(chunks) and chosen[0].headings
        return chosen, chosen[0].headings[-1] if is_part else ""

    def summarized(self, question: Understood, scope: Scope | None) -> list[Document]:
        """The document that a question names best, or all that it names where it says so; else the one that
        search finds first."""
        if not question.named:
            return [
                hit.document for hit in self.retriever.search(topic(question.complete), 1, "hybrid", scope)
            ]
        named = sorted(question.named, key=lambda one: -one.score)
        return [one.document for one in (named[:_MOST_SUMMARIZED] if question.is_of_several else named[:1])]

    def _nearest_section(
        self, question: Understood, chunks: Sequence[Chunk], scope: Scope | None
    ) -> list[Chunk]:
        """The section that search finds, where the question speaks of one that no heading names."""
        if not re.search(
            r"\b(?:section|chapter|part|passage|paragraph|abschnitt|kapitel)\b",
            question.complete,
            re.IGNORECASE,
        ):
            return []
        within = replace(scope or Scope(), documents=[chunks[0].document_id])
        hits = self.retriever.search(topic(question.complete), 2, "hybrid", within)
        if not hits:
            return []
        path = hits[0].chunk.headings
        if path:
            return [chunk for chunk in chunks if chunk.headings == path]
        return sorted((hit.chunk for hit in hits), key=lambda chunk: chunk.start)

    # ---- facts and figures

    def _facts(self, question: Understood, scope: Scope | None) -> Composition:
        told = Composition()
        asked = self.asked(question)
        if question.kind is Kind.COMPARISON and (rows := comparing.rows_of_things(self, question, scope)):
            return rows
        if question.kind is Kind.COMPARISON and len(asked) > 1:
            if comparing.figures_beside(self, told, asked, scope):
                return told
            if words := comparing.documents_in_words(self, question, asked, scope):
                return words
        if question.kind is Kind.COMPARISON and (words := comparing.things_in_words(self, question, scope)):
            return words
        reasons = [self.part(told, one, scope, is_brief=len(asked) > 1) for one in asked]
        if None not in reasons:
            told.refused = reasons[0]
            return told
        for one, reason in zip(asked, reasons, strict=True):
            if reason is not None:
                told.say(f"{support.BEGINS}{plain(one.complete)}")
        return told

    def asked(self, question: Understood) -> list[Understood]:
        """The questions that one holds: its parts, or itself of each of the companies that it compares."""
        if len(question.parts) > 1:
            return [of_part(question, part, self.names) for part in question.parts]
        entities = question.compared or self.names.entities(question.complete)
        if question.kind is Kind.COMPARISON and len(entities) > 1:
            return [
                replace(question, text=asked, complete=asked, named=tuple(one))
                for one in entities
                if (asked := _of_one(question.complete, one, entities))
            ]
        (part,) = question.parts
        lines = tabled.two_things(part) if question.kind is Kind.COMPARISON else lines_asked(part)
        if lines:
            return [replace(question, text=one, complete=one) for one in lines]
        return [replace(question, text=question.text if question.is_follow_up else part, complete=part)]

    def part(
        self, told: Composition, question: Understood, scope: Scope | None, *, is_brief: bool
    ) -> support.Reason | None:
        """Add the answer to one question; where there is none, why."""
        outside = self.out_of_scope(question, scope)
        retrieved = self._retrieved(question, scope)
        told.hits.extend(retrieved.hits)
        other = support.other_years(question, self.catalog.documents.text)
        if other is not None:
            return other
        may_be_told = question.kind in _OF_TABLES and not question.wants_words and outside is None
        if may_be_told and retrieved.hits:
            figure = tabled.find(
                question.complete, question, retrieved.hits, self.tables_of, self.catalog.documents.span
            )
            if figure is not None:
                told.support = max(told.support, figure.support)
                tabled.tell(told, figure, self.catalog.documents.span, is_brief=is_brief)
                return None
            row = tabled.row_for(question.complete, question, retrieved.hits, self.tables_of)
            if row is not None:
                told.support = 1.0
                tabled.tell_row(told, row, self.catalog.documents.span)
                return None
        if may_be_told and _tell_labelled(self, told, question, retrieved):
            return None
        found = _quoted(self, question, retrieved)
        if found is None or found.signs.support < support.SUPPORTED:
            found = self._abroad(question, retrieved) or found
        signs = found.signs if found else None
        if signs is not None:
            told.support = max(told.support, signs.support)
        if found is None or found.signs.support < support.SUPPORTED:
            return outside or support.lacking(question.complete, signs)
        for one in found.quotes:
            told.quote(one.document.id, one.page, one.span.start, one.span.end, one.span.text)
        for document in found.unnamed:
            told.say(f"{plain(document.name)} does not say who speaks.")
        return None

    def _abroad(self, question: Understood, retrieved: Retrieved) -> prose.NearestQuotes | None:
        """The nearest quotes of passages in another language than the question's; None where there are none,
        or the model doesn't read several languages."""
        hits = [hit for hit in retrieved.hits if is_foreign(question.complete, hit.document.language)]
        scale = self.across.scale() if hits else None
        if scale is None:
            return None
        return _quoted(self, question, replace(retrieved, hits=hits), scale)

    def _retrieved(self, question: Understood, scope: Scope | None) -> Retrieved:
        """The best passages; of a follow-up those of the completed question and of the typed one."""
        within = self.within(question, scope)
        found = self.retriever.retrieve(question.topic or question.complete, PASSAGES, "hybrid", within)
        if not question.typed_beside:
            return found
        typed = self.retriever.retrieve(question.typed_beside, PASSAGES, "hybrid", within)
        return beside(found, typed, PASSAGES)

    def out_of_scope(self, question: Understood, scope: Scope | None) -> support.Reason | None:
        """Where a question surely names documents and the scope has none of them."""
        if scope is None or scope.is_everything or not question.is_sure_of_documents:
            return None
        inside = set(self.catalog.documents.in_scope(scope))
        named = [one.document for one in question.named if one.is_sure]
        return None if any(one.id in inside for one in named) else support.out_of_scope(named)

    def within(self, question: Understood, scope: Scope | None) -> Scope | None:
        """The scope, narrowed to the documents that the question surely names."""
        if not question.is_sure_of_documents:
            return scope
        ids = [one.document.id for one in question.named]
        if scope is None or scope.documents is None:
            return replace(scope or Scope(), documents=ids)
        kept = [one for one in ids if one in set(scope.documents)]
        return replace(scope, documents=kept) if kept else scope


def _quoted(
    rule: ByRule, question: Understood, retrieved: Retrieved, scale: LanguageScale | None = None
) -> prose.NearestQuotes | None:
    """The quotes of the passages that come nearest; with a `scale`, of such in another language."""
    if retrieved.mendings and not scale:  # with the words that the library has in place of those mistyped
        question = of_part(question, retrieved.searched, rule.names)
    asked = question.complete if scale else question.topic or question.complete
    name = speaker_of(asked)
    return prose.choose(
        asked,
        retrieved,
        rule.retriever.encode_sentences,
        rule.kinship.nearness,
        question.named,
        scale=scale,
        is_topic=bool(question.topic),
        speaker=Speaker(name, rule.catalog.documents.span) if name else None,
    )


def _tell_labelled(rule: ByRule, told: Composition, question: Understood, retrieved: Retrieved) -> bool:
    """Add what forms say by name of what is asked; False where none does."""
    documents = list({hit.document.id: hit.document for hit in retrieved.hits}.values())
    found = labelled.find(question, documents, rule.catalog.documents.text)
    if found:
        told.support = 1.0
        labelled.tell(told, found, rule.catalog.documents.text, rule.catalog.documents.pages)
    return bool(found)


def _is_of_these(question: Understood) -> bool:
    """Whether all documents that are searched are to be summed up."""
    return not question.named and _THESE.search(question.complete) is not None


def _of_one(question: str, own: Sequence[Named], entities: Sequence[Sequence[Named]]) -> str:
    """A comparison as the question of one of those that it compares."""
    others = {word for group in entities if group is not own for one in group for word in one.words}
    text = plainly(question, others - {word for one in own for word in one.words})
    text = re.sub(r"^\W*compare\s+(?:the\s+)?", "What was the ", text, flags=re.IGNORECASE)
    return re.sub(r"\b(?:and|or|versus|vs\.?|with|to)\s*(?=[.?!,]|$)|(?<=\bof )and\b", "", text).strip()
