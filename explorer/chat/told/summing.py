"""Summaries in a language model's words: in one request where the text fits, else in parts that are joined.

Of each part the most central passages are given, as many as there is room for; the model notes what they say,
with the numbers of the passages, and makes one text of its notes, which keeps them.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from explorer.chat.finished import AnswerStep, Stream
from explorer.chat.model import Turn
from explorer.chat.summaries import in_parts
from explorer.chat.told.budget import TokenBudget, tokens
from explorer.chat.told.given import Given, passage
from explorer.chat.told.material import Gathering
from explorer.chat.told.prompt import NOT_FOUND, ModelRequest, joined_tokens, joining, request
from explorer.chat.told.speaking import Speaking
from explorer.chunking.units import units_of
from explorer.questions import Understood
from explorer.types import Chunk, Document

MOST_PARTS = 7
"""Parts that are read one after the other: each is a request."""
_AROUND = 700
"""Tokens of a request that are no passages: rules and question."""
_FRAME = 50
"""Tokens around a passage."""
_WITH_FRAMES = 1.2
"""How much longer a text is with what stands around its passages."""


@dataclass(frozen=True, slots=True)
class SummedPart:
    """A stretch of a document that is read in one request."""

    document: Document
    chunks: Sequence[Chunk]

    @property
    def size(self) -> int:
        """Tokens of its text."""
        return sum(tokens(chunk.text) for chunk in self.chunks)


@dataclass(frozen=True)
class Summing:
    """Sums up what a question names."""

    gathering: Gathering
    speaking: Speaking
    progress: AnswerStep

    def parts(self, question: Understood) -> list[SummedPart]:
        """What is read in turn: one part where all fits into one request, at most `MOST_PARTS` else; [] where
        there is nothing to sum up."""
        rule, scope = self.gathering.rule, self.gathering.scope
        wholes = []
        for document in rule.summarized(question, scope)[:MOST_PARTS]:
            chosen, _ = rule.section(question, document, scope)
            if chunks := self.gathering.chunks(document, chosen):
                wholes.append(SummedPart(document, chunks))
        total = sum(one.size for one in wholes)
        parts: list[SummedPart] = []
        for one in wholes:
            share = round((MOST_PARTS - len(wholes)) * one.size / max(total, 1))
            parts += _divided(one, min(1 + share, math.ceil(_WITH_FRAMES * one.size / self._room)))
        return parts

    @property
    def _room(self) -> int:
        return max(self.speaking.budget.prompt - _AROUND, _AROUND)

    def stream(self, question: Understood, parts: Sequence[SummedPart]) -> Stream:
        """The summary of `parts` as it arrives. Raises ExplorerError while it streams."""
        if len(parts) == 1 or sum(one.size for one in parts) <= self._room:
            sources = [given for one in parts for given in self._given(one)]
            is_told = yield from self.speaking.tell(self._words(question, sources))
        else:
            is_told = yield from self._joined(question, parts)
        if is_told:
            return self.speaking.finished()
        nothing = self.speaking.nothing()
        yield nothing.text
        return nothing

    def _joined(self, question: Understood, parts: Sequence[SummedPart]) -> Generator[str, None, bool]:
        notes: list[str] = []
        for number, part in enumerate(parts, 1):
            self.progress.step = f"Reading part {number} of {len(parts)}"
            yield ""
            note = ""
            for piece in self._words(_about_part(question), self._given(part)):
                note += piece
                yield ""  # whoever waits may stop it here
            if note.strip() and NOT_FOUND not in note:
                notes.append(note.strip())
        if not notes:
            return False
        self.progress.step = "Putting the parts together"
        yield ""

        def make(budget: TokenBudget) -> Sequence[Turn]:
            room = (budget.prompt - joined_tokens(question)) // len(notes)
            return joining(question, [_cut(note, room) for note in notes])

        told = yield from self.speaking.tell(self.speaking.ask_again(make))
        self.progress.step = ""
        if not told:  # the notes stand for themselves
            told = yield from self.speaking.tell(iter(["\n\n".join(notes)]))
        return told

    def _given(self, part: SummedPart) -> list[Given]:
        """The most central passages of a part, in its order; the others are noted to be left out."""
        hits = self.gathering.central(part.document, part.chunks, self._room, _FRAME)
        read = [(hit.passage.start, hit.passage.end) for hit in hits]
        for chunk in part.chunks:
            if not any(start <= chunk.start and chunk.end <= end for start, end in read):
                self.speaking.leave_out(part.document.id, chunk.start, chunk.end)
        return [passage(hit) for hit in hits]

    def _words(self, question: Understood, sources: Sequence[Given]) -> Iterator[str]:
        def make(budget: TokenBudget, first: int) -> ModelRequest:
            return request(question, sources, (), budget, first)

        yield from self.speaking.ask(make)


def _about_part(question: Understood) -> Understood:
    asked = (
        "In at most four statements, in the language of the words behind the last colon: what do these "
        f"passages say that belongs into an answer to this: {question.complete}"
    )
    return replace(question, text=asked, complete=asked)


def _divided(whole: SummedPart, number: int) -> list[SummedPart]:
    """The part in `number` of about the same size, along its headings where it has any."""
    if number < 2:
        return [whole]
    groups = [[whole.chunks[row] for row in rows] for rows in in_parts(whole.chunks, 4 * number)]
    sizes = [sum(tokens(chunk.text) for chunk in group) for group in groups]
    target = sum(sizes) / number
    parts: list[list[Chunk]] = [[]]
    filled = 0
    for group, size in zip(groups, sizes, strict=True):
        if parts[-1] and len(parts) < number and filled + size / 2 > target * len(parts):
            parts.append([])
        parts[-1] += group
        filled += size
    return [SummedPart(whole.document, part) for part in parts]


def _cut(note: str, room: int) -> str:
    """The first sentences of a note that fit."""
    if tokens(note) <= room:
        return note
    end = 0
    for unit in units_of(note, 0, len(note)):
        if tokens(note[: unit.end]) > room:
            break
        end = unit.end
    return note[:end]
