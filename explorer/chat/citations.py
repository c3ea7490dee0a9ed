"""The `[n]` of a language model's answer, turned into citations while it streams."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from explorer.types import Citation, Hit

CITED = re.compile(r"[\[【]\s*(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)\s*[\]】]")
_OPEN = re.compile(r"[\[【][\d\s,;–-]{0,24}$")


@dataclass
class CitationStream:
    """Turns the model's `[n]` into the numbers of citations while the text streams by.

    Numbers are given anew in the order of their first use, unknown ones are dropped, `[1, 3]` becomes
    `[1][3]`. A piece is held back only while it may be the beginning of a citation.
    """

    hits: Sequence[Hit]
    _held: str = ""
    _numbers: dict[int, int] = field(default_factory=dict)

    def feed(self, piece: str) -> str:
        """The text that is certain after this piece; may be empty."""
        text = self._held + piece
        unfinished = _OPEN.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self._held = text[cut:]
        return self._resolved(text[:cut])

    def finish(self) -> str:
        """What was still held back."""
        held, self._held = self._held, ""
        return held

    @property
    def citations(self) -> tuple[Citation, ...]:
        """One for each number in the text so far, in order."""
        return tuple(_citation(new, self.hits[old - 1]) for old, new in self._numbers.items())

    def _resolved(self, text: str) -> str:
        return CITED.sub(lambda match: "".join(self._mark(n) for n in _numbers_in(match.group(1))), text)

    def _mark(self, number: int) -> str:
        if not 1 <= number <= len(self.hits):
            return ""
        return f"[{self._numbers.setdefault(number, len(self._numbers) + 1)}]"


def _numbers_in(inside: str) -> list[int]:
    numbers: list[int] = []
    for part in re.split(r"\s*[,;]\s*", inside):
        first, *rest = (int(number) for number in re.split(r"\s*[–-]\s*", part))
        last = rest[-1] if rest else first
        numbers += range(first, last + 1) if first <= last <= first + 20 else [first, last]
    return numbers


def _citation(number: int, hit: Hit) -> Citation:
    return Citation(
        number=number,
        document_id=hit.document.id,
        page=hit.passage.page,
        start=hit.passage.start,
        end=hit.passage.end,
        text=hit.passage.text,
    )
