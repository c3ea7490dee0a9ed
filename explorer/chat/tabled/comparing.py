"""Comparisons: of figures, of documents, as a whole or on what is asked of them, and of what they tell of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.chat import tabled
from explorer.chat.composing import Composition
from explorer.figures.labels import words_of
from explorer.figures.periods import periods_in
from explorer.questions import Understood, sides_of
from explorer.questions.question import of_part
from explorer.types import Document, Scope

if TYPE_CHECKING:
    from explorer.chat.by_rule import ByRule

PASSAGES = 12
"""Passages that are looked through for an answer, and whose documents' tables are."""
_MOST_QUOTES = 2
"""Of each thing; one that begins with its name stands for itself."""
_ARTICLE = re.compile(r"^(?:the|an?|our|their)\s+", re.IGNORECASE)
_TAIL = re.compile(
    r"\s+(?:in terms of|with (?:regard|respect) to|regarding|concerning|as to|when it comes to)\s+"
    r"(?P<aspect>.+)$",
    re.IGNORECASE,
)


def figures_beside(rule: ByRule, told: Composition, asked: Sequence[Understood], scope: Scope | None) -> bool:
    """Add a table with a column for each of those that are compared; False where none has a figure."""
    sides: list[Sequence[tabled.FoundFigure]] = []
    for one in asked:
        hits = rule.retriever.search(one.complete, PASSAGES, "hybrid", rule.within(one, scope))
        is_inside = rule.out_of_scope(one, scope) is None
        span = rule.catalog.documents.span
        sides.append(tabled.ranked(one.complete, one, hits, rule.tables_of, span) if is_inside else ())
        told.hits.extend(hits)
    found = tabled.chosen(sides)
    known = [one for one in found if one is not None]
    are_lines = len({one.named[:1] for one in asked}) == 1
    if not known or (are_lines and len(known) < len(found)):
        return False
    told.support = max(told.support, *(one.support for one in known))
    columns = [
        tabled.named(one) if one and are_lines else one.document.name if one else _shortly(each)
        for one, each in zip(found, asked, strict=True)
    ]
    told.say(tabled.table(columns, found, lambda one: tabled.cited(told, one, rule.catalog.documents.span)))
    return True


def _shortly(question: Understood) -> str:
    return question.named[0].document.name if question.named else question.complete


def documents_in_words(
    rule: ByRule, question: Understood, asked: Sequence[Understood], scope: Scope | None
) -> Composition | None:
    """A table of quotes with a column for each document that is compared; None where it has a figure to
    tell, or nothing to quote."""
    entities = [one.named for one in asked]
    documents = {one[0].document.id for one in entities if one}
    if len(documents) < len(asked) or len(asked) > tabled.MOST_SIDES:
        return None
    told = Composition()
    words = "" if question.compared else tabled.aspect(question.complete, entities)
    if words:
        sides = [Composition() for _ in asked]
        for side, one in zip(sides, asked, strict=True):
            rule.part(side, replace(one, topic=words), scope, is_brief=True)
            told.hits.extend(side.hits)
            told.support = max(told.support, side.support)
        answered = [side for side in sides if side.pieces]
        if not answered or not all(side.is_quotes for side in answered):
            return None
        names = [one[0].document.name for one in entities]
        tabled.table_of_quotes(told, words, names, sides)
        return told
    inside = {one.id for one in rule.documents(scope)}
    if any(one[0].document.id not in inside for one in entities):
        return None
    shown = [_compared(rule, one[0].document) for one in entities]
    told.support = 1.0
    return told if tabled.in_short(told, shown, rule.retriever.encode_sentences) else None


def _compared(rule: ByRule, document: Document) -> tabled.ComparedDocument:
    chunks = rule.catalog.chunks.of_document(document.id)
    vectors = rule.retriever.vectors_of(np.array([chunk.id for chunk in chunks], np.int64))
    return tabled.ComparedDocument(document, chunks, vectors)


def rows_of_things(rule: ByRule, question: Understood, scope: Scope | None) -> Composition | None:
    """A table with a column for each of two things that are no documents, of the rows that tables of the
    documents found have of both; None where no such two are compared, or no table has them."""
    compared = _things(question)
    if compared is None or rule.out_of_scope(question, scope) is not None:
        return None
    names, aspect = compared
    told = Composition(support=1.0)
    told.hits = rule.retriever.search(question.complete, PASSAGES, "hybrid", rule.within(question, scope))
    inside = {one.id for one in rule.documents(scope)}
    documents = [one for one in tabled.documents_of(question, told.hits) if one.id in inside]
    tables = [(one, table) for one in documents for table in rule.tables_of(one.id)[: tabled.MOST_TABLES]]
    span = rule.catalog.documents.span
    return told if tabled.rows_beside(told, names, aspect, tables, span) else None


def things_in_words(rule: ByRule, question: Understood, scope: Scope | None) -> Composition | None:
    """A table with a column for each of two things that are no documents, of what is quoted of each; None
    where no such two are compared, or one of them is not told of."""
    compared = _things(question)
    if compared is None:
        return None
    names, aspect = compared
    told = Composition()
    sides = [_of_thing(rule, question, name, aspect, scope) for name in names]
    if not all(side.citations for side in sides):
        return None
    for side in sides:
        told.hits.extend(side.hits)
        told.support = max(told.support, side.support)
    tabled.table_of_quotes(told, aspect, names, sides)
    return told


def _things(question: Understood) -> tuple[tuple[str, str], str] | None:
    """The two things that a question compares, and in what: ("FAISS", "Chroma"), "memory"; None where it
    compares documents as a whole, or periods."""
    sides = sides_of(question.complete)
    if sides is None or periods_in(question.complete) or question.compared:
        return None
    first, second = (_ARTICLE.sub("", side) for side in sides)
    tail = _TAIL.search(second)
    return (first, second[: tail.start()] if tail else second), tail["aspect"] if tail else ""


def _of_thing(rule: ByRule, question: Understood, name: str, aspect: str, scope: Scope | None) -> Composition:
    """What documents say of a thing, in sentences that name it."""
    asked = f"What is said of {name} about {aspect}?" if aspect else f"What is {name}?"
    side, words = Composition(), frozenset(words_of(name))
    if not words:
        return side
    one = replace(of_part(question, asked, rule.names), topic=f"{name} {aspect}".strip())
    rule.part(side, replace(one, wants_words=True), scope, is_brief=True)
    found = [one for one in side.citations if words <= frozenset(words_of(one.text))]
    defining = [one for one in found if one.text.casefold().startswith(name.casefold())]
    side.citations = (defining or found)[:_MOST_QUOTES]
    return side
