"""A question as a person chose to have it understood: of other documents, another time, as another kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from explorer.figures.periods import periods_in
from explorer.questions.kinds import Kind
from explorer.questions.names import DocumentNames, Named, words_of_name
from explorer.questions.parts import parts_of
from explorer.questions.question import Understood, known_of
from explorer.types import Document, QuestionReading
from explorer.words.folding import fold

QUOTE = "quote"
"""Beside the kinds of `Kind`: words of the documents are wanted, no cells of their tables."""


def reading_of(question: Understood) -> QuestionReading:
    """What was understood, as it is kept with the answer."""
    return QuestionReading(
        QUOTE if question.wants_words else str(question.kind),
        tuple(one.document.id for one in question.named) if question.is_sure_of_documents else (),
        tuple(question.complete[one.start : one.end] for one in periods_in(question.complete)),
        question.complete if question.is_follow_up else "",
        question.is_chosen,
        question.is_written,
    )


def as_chosen(question: Understood, reading: QuestionReading, names: DocumentNames) -> Understood:
    """The question with what `reading` says in place of what its words do. Documents that are gone, and kinds
    that are unknown, change nothing."""
    complete = in_periods(question.complete, reading.periods)
    named = question.named
    chosen = [one for one in names.documents if one.id in set(reading.documents)]
    if chosen:
        said = frozenset(word for one in question.named for word in one.words)
        is_named_so = {one.document.id for one in question.named} >= {one.id for one in chosen}
        complete = complete if is_named_so else _without(complete, said)
        named = tuple(Named(one, 1.0, 1.0, said, is_sure=True) for one in chosen)
    kind = next((one for one in Kind if one == reading.kind), question.kind)
    return replace(
        question,
        complete=complete,
        kind=Kind.FACT if reading.kind == QUOTE else kind,
        named=named,
        periods=tuple(dict.fromkeys(one.period for one in periods_in(complete))),
        parts=parts_of(complete, known_of(names)),
        wants_words=reading.kind == QUOTE,
        compared=() if chosen else question.compared,
        is_chosen=True,
    )


def in_periods(question: str, periods: Sequence[str]) -> str:
    """The question with these periods in place of its own, one after the other; further ones are added."""
    own = periods_in(question)
    result, at = [], 0
    for one, period in zip(own, periods, strict=False):
        result += [question[at : one.start], period]
        at = one.end
    text = "".join([*result, question[at:]])
    further = periods[len(own) :]
    return f"{text.rstrip('?!. ')} in {' and '.join(further)}?" if further else text


def alike(documents: Iterable[Document], document: Document, most: int) -> list[Document]:
    """Those that are named most like a document, at most `most`, itself not among them: a company's reports
    of other years before other companies' of the same year."""
    others = [one for one in documents if one.id != document.id]
    own = words_of_name(document)
    count = Counter(word for one in others for word in words_of_name(one))
    first = next(iter(own), "")

    def shared(one: Document) -> tuple[bool, float]:
        words = words_of_name(one)
        return next(iter(words), "") == first, sum(1 / count[word] for word in words if word in own)

    ranked = sorted((one for one in others if shared(one)[1]), key=lambda one: (*shared(one), one.name))
    return ranked[::-1][:most]


def _without(question: str, words: frozenset[str]) -> str:
    pieces = [piece for piece in re.split(r"(\W+)", question) if fold(piece) not in words or piece.isdigit()]
    return re.sub(r"\s{2,}", " ", re.sub(r"\s+['’]s\b", "", "".join(pieces))).strip()
