"""Answers put together by rule: statements with the numbers of the passages that they rest on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explorer.chat.sentences import in_one_line
from explorer.types import Citation, Hit

if TYPE_CHECKING:
    from explorer.chat.support import Reason

_MARKS = re.compile(r"[\\`*\[\]<>#|~]|(?<![^\W_])_|_(?![^\W_])")
"""What marks something up; an underscore within a word does not."""


@dataclass
class Composition:
    """An answer in the making: Markdown, and a citation for each `[n]` in it."""

    pieces: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    """The passages that it was made from."""
    support: float = 0.0
    """How far the documents support it, 0 to 1, also where that is too little to answer."""
    refused: Reason | None = None
    """Why it has no piece."""
    _quotes: int = 0

    def cite(self, document_id: str, page: int, start: int, end: int, text: str) -> str:
        """The mark of a span, such as "[2]"; the same span has the same number throughout."""
        for one in self.citations:
            if (one.document_id, one.start, one.end) == (document_id, start, end):
                return f"[{one.number}]"
        number = len(self.citations) + 1
        self.citations.append(Citation(number, document_id, page, start, end, text))
        return f"[{number}]"

    def say(self, text: str) -> None:
        """Add a paragraph, a list or a table."""
        self.pieces.append(text)

    def quote(self, document_id: str, page: int, start: int, end: int, text: str) -> None:
        """Add words of a document as they stand there."""
        mark = self.cite(document_id, page, start, end, text)
        self.say(f"“{in_one_line(text)}” {mark}")
        self._quotes += 1

    @property
    def is_quotes(self) -> bool:
        """Whether it is made of quotes alone, so that its text can be made from its citations."""
        return self._quotes == len(self.pieces) == len(self.citations) > 0

    @property
    def text(self) -> str:
        return "\n\n".join(self.pieces)


def plain(text: str) -> str:
    """Words of a document as they may stand in Markdown: one line, nothing in them marks anything up."""
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))


def in_table(head: Sequence[str], rows: Sequence[Sequence[str]], side: str = "left") -> str:
    """A table in Markdown, of cells that are Markdown themselves. `side`: on which all columns but the first
    stand, "left" for words and "right" for figures."""
    lines = [head, ["---", *["---:" if side == "right" else "---"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def listed(names: Sequence[str], most: int = 12) -> str:
    """ "A, B and C", or with how many more there are."""
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most:,} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def counted(number: int, noun: str) -> str:
    """ "1 page", "1,204 pages"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
