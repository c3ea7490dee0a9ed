"""A question as it was understood: what is asked, of which documents and periods, in one part or several."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from explorer.figures.periods import Period, periods_in
from explorer.questions.followups import Known, completed, may_stand_alone
from explorer.questions.kinds import Kind, asks_why, kind_of
from explorer.questions.names import DocumentNames, Named
from explorer.questions.parts import parts_of
from explorer.questions.telling import compared, told_of
from explorer.words.folding import fold


@dataclass(frozen=True, slots=True)
class Understood:
    """What a person asks."""

    text: str
    """As it was typed."""
    complete: str
    """With what a follow-up leaves out."""
    kind: Kind
    named: tuple[Named, ...]
    """The documents that it names, the best first."""
    periods: tuple[Period, ...]
    parts: tuple[str, ...]
    """The questions that it holds; itself alone where it is one."""
    topic: str = ""
    """What it asks documents about, without the words that ask for what they say: "parking" of "What does
    the lease say about parking?"; "" where it asks in another way."""
    wants_words: bool = False
    """Whether the answer is wanted in words of the documents, not from their tables."""
    compared: tuple[tuple[Named, ...], ...] = ()
    """The documents of each side that it compares as a whole; () where it compares something in them, or
    nothing."""
    is_chosen: bool = False
    """Whether a person chose to have it understood so."""
    is_written: bool = False
    """Whether a language model wrote the complete question."""

    @property
    def is_of_several(self) -> bool:
        """Whether it speaks of documents in the plural, or names several companies."""
        firsts = {frozenset(one.words) for one in self.named}
        return bool(
            re.search(
                r"\b(?:all|both|each|these|reports|documents|filings|files)\b",
                self.complete,
                re.IGNORECASE,
            )
        ) or (len(firsts) > 1 and " and " in self.complete)

    @property
    def is_follow_up(self) -> bool:
        """Whether it was completed from an earlier question."""
        return self.complete != " ".join(self.text.split())

    @property
    def typed_beside(self) -> str:
        """What is searched beside the completed question: a follow-up as it was typed; "" where there is no
        other question, or a person said what theirs means."""
        return self.text if self.is_follow_up and not self.is_chosen else ""

    @property
    def may_be_completed(self) -> bool:
        """Whether it leaves something out, or may, and no person said what."""
        return not self.is_chosen and (self.is_follow_up or not may_stand_alone(self.text))

    @property
    def may_stand_alone(self) -> bool:
        """Whether it was completed, and perhaps should not have been."""
        return self.is_follow_up and not self.is_chosen and may_stand_alone(self.text)

    @property
    def is_sure_of_documents(self) -> bool:
        """Whether it surely names documents."""
        return bool(self.named) and self.named[0].is_sure


def understand(question: str, before: str | None, names: DocumentNames) -> Understood:
    """What a question asks, after the one `before` it, which is complete itself; None where it is the first.

    By rule alone: the same question is always understood in the same way, in about a millisecond for a
    thousand documents.
    """
    return understood_as(question, completed(question, before, known_of(names)), names)


def understood_as(
    question: str, complete: str, names: DocumentNames, *, is_written: bool = False
) -> Understood:
    """What a question asks that says, with what it leaves out, what `complete` does."""
    told, whole = told_of(complete, names), compared(complete, names)
    return Understood(
        text=question,
        complete=complete,
        kind=kind_of(complete),
        named=tuple(one for side in whole for one in side)
        or (told and told.named)
        or tuple(names.named(complete)),
        periods=tuple(dict.fromkeys(one.period for one in periods_in(complete))),
        parts=parts_of(complete, known_of(names)),
        topic=told.topic if told else "",
        wants_words=asks_why(complete),
        compared=whole,
        is_written=is_written,
    )


def of_part(question: Understood, part: str, names: DocumentNames) -> Understood:
    """One of the questions that a question holds: of the documents that it names itself, else of those that
    the whole question does."""
    own = understood_as(part, part, names)
    named = own.named or question.named
    return replace(question, text=part, complete=part, named=named, topic=own.topic, compared=own.compared)


def known_of(names: DocumentNames) -> Known:
    """What follow-ups and lists of questions ask about names."""
    return Known(lambda text: _words(names, text), lambda text: _sure(names, text))


def _words(names: DocumentNames, text: str) -> frozenset[str]:
    """The words that surely name documents; where none does, those that may."""
    return frozenset(fold(word) for one in names.named(text) for word in one.words)


def _sure(names: DocumentNames, text: str) -> bool:
    return any(one.is_sure for one in names.named(text))
