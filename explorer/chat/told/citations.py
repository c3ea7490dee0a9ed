"""The `[n]` of a language model's answer, turned into citations while it streams."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from explorer.chat.told.given import Given
from explorer.chat.told.literal import LiteralStream
from explorer.types import Citation

CITED = re.compile(r"[\[【]\s*(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)\s*[\]】]")
_OPEN = re.compile(r"[\[【][\d\s,;–-]{0,24}$")


@dataclass
class CitationStream:
    """Turns the model's `[n]` into the numbers of citations while the text streams by.

    Numbers are given anew in the order of their first use, one for each place; unknown ones are dropped, and
    those of what has no place in a document. `[1, 3]` becomes `[1][3]`. Code and mathematics stay as they
    are: nothing there is a citation. A piece is held back only while it may be the beginning of any of these.
    `sources` may grow while it streams.
    """

    sources: Sequence[Given]
    _held: str = ""
    _literal: LiteralStream = field(default_factory=LiteralStream)
    _citations: dict[tuple[str, int, int], Citation] = field(default_factory=dict)
    _own: bool = False

    def feed(self, piece: str) -> str:
        """The text that is certain after this piece; may be empty."""
        return "".join(self._told(text, is_literal) for text, is_literal in self._literal.feed(piece))

    def finish(self) -> str:
        """What was still held back."""
        rest = self._literal.feed("", is_last=True)
        told = "".join(self._told(text, is_literal) for text, is_literal in rest)
        held, self._held = self._held, ""
        return told + held

    def _told(self, piece: str, is_literal: bool) -> str:
        if is_literal:
            held, self._held = self._held, ""
            return held + piece
        text = self._held + piece
        unfinished = _OPEN.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self._held = text[cut:]
        return self._resolved(text[:cut])

    @property
    def citations(self) -> tuple[Citation, ...]:
        """One for each number in the text so far, in order."""
        return tuple(self._citations.values())

    @property
    def has_source(self) -> bool:
        """Whether the text so far names anything that it rests on, if only what the program knows."""
        return self._own or bool(self._citations)

    def _resolved(self, text: str) -> str:
        return CITED.sub(lambda match: "".join(self._mark(n) for n in numbers_in(match.group(1))), text)

    def _mark(self, number: int) -> str:
        if not 1 <= number <= len(self.sources):
            return ""
        source = self.sources[number - 1]
        citation = source.citation(len(self._citations) + 1)
        if source.place is None or citation is None:
            self._own = True
            return ""
        return f"[{self._citations.setdefault(source.place, citation).number}]"


def numbers_in(inside: str) -> list[int]:
    """The numbers that stand in one pair of brackets: "1, 3–5" names four."""
    numbers: list[int] = []
    for part in re.split(r"\s*[,;]\s*", inside):
        first, *rest = (int(number) for number in re.split(r"\s*[–-]\s*", part))
        last = rest[-1] if rest else first
        numbers += range(first, last + 1) if first <= last <= first + 20 else [first, last]
    return numbers
