"""What is kept of a question and its answer beside their words: its reading, its sources, their checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class QuestionReading:
    """How a question was understood, or how a person had it understood instead."""

    kind: str | None = None
    """One of the kinds of `explorer.questions.Kind`; None: by the question's words."""
    documents: tuple[str, ...] = ()
    """Ids of the documents that it is about; none: those that its words name."""
    periods: tuple[str, ...] = ()
    """The years, quarters or days that it is about, as one writes them; none: those of its words."""
    complete: str = ""
    """A follow-up's question with what it leaves out; "" for one that stands alone."""
    is_chosen: bool = False
    """Whether a person chose it; else the program understood it so."""
    is_written: bool = False
    """Whether a language model wrote the complete question."""


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What an answer was made from, in numbers."""

    passages: int
    documents: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Passages that were found and for which there was no room, counted by the ids of their documents."""


@dataclass(frozen=True, slots=True)
class SpanRef:
    """A span that an answer cites or was made from, without its words.

    `document_id` is None once the document was removed. `digest` is the SHA-256 of the words as they were:
    text that was read anew may have moved.
    """

    number: int
    document_id: str | None
    page: int
    start: int
    end: int
    digest: bytes | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class SentenceCheck:
    """What became of the sentence `[start, end)` of an answer's text. `spans`: where documents decide it."""

    start: int
    end: int
    verdict: Literal["supported", "partly", "contradicted", "not found"]
    score: float
    spans: tuple[SpanRef, ...]
