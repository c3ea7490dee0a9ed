"""Documents compared in their own words: a column for each, a row for what is asked of all of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.arrays import Floats
from explorer.chat.composing import Composition, in_table, plain
from explorer.chat.sentences import Sentence, in_one_line
from explorer.chat.summaries import Material, best, short
from explorer.chat.tabled.side_by_side import NOT_STATED
from explorer.questions import Named
from explorer.types import Chunk, Document
from explorer.words.folding import fold
from explorer.words.stop_words import STOP_WORDS

MOST_SIDES = 4
"""Columns that still can be read."""
MOST_HEADINGS = 4
"""Rows for headings that all documents have."""
IN_SHORT = "In short"
_LINES = 3
"""Sentences of each document where no heading is shared ..."""
_LINES_ABOVE = 1
"""... and where rows of shared headings follow."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ENDING = re.compile(r"(?<=\w)\.[^\W\d_]\w{1,4}\b")
"""Of the name of a file."""
_TITLE = 0.8
"""A heading above at least four fifths of a document's passages is its title."""
_COMPARING = re.compile(
    r"compar\w*|contrast\w*|differ\w*|versus|vs|between|similar\w*|common|both|vergleich\w*|please|terms",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ComparedDocument:
    """A document that is compared: its passages in their order."""

    document: Document
    chunks: Sequence[Chunk]
    vectors: Floats
    """(n, dimension): the passages' embeddings."""

    def below(self, heading: str) -> Material:
        """The passages below a heading, as `_headings` compares them."""
        rows = [row for row, one in enumerate(self.chunks) if heading in map(_compared, one.headings)]
        return Material([self.chunks[row] for row in rows], self.vectors[rows])


def aspect(question: str, entities: Sequence[Sequence[Named]]) -> str:
    """What a comparison asks of those that it names: "queens" of "compare the bees and the chess on queens";
    "" where it asks for nothing but that they are compared."""
    names = {word for group in entities for one in group for word in one.words}
    words = [
        word
        for word in _WORD.findall(_ENDING.sub("", question))
        if fold(word) not in names and not _COMPARING.fullmatch(word)
    ]
    while words and fold(words[0]) in STOP_WORDS:
        words.pop(0)
    while words and fold(words[-1]) in STOP_WORDS:
        words.pop()
    return " ".join(words)


def table_of_quotes(
    told: Composition, asked: str, names: Sequence[str], sides: Sequence[Composition]
) -> None:
    """Add one row: what each side's answer quotes, cited anew in `told`; a side without a quote has not said
    it. `asked`: what is compared. `names`: what the sides are called; two documents may have the same."""
    cells = [
        " ".join(
            f"“{plain(in_one_line(one.text))}” "
            f"{told.cite(one.document_id, one.page, one.start, one.end, one.text)}"
            for one in side.citations
        )
        for side in sides
    ]
    told.say(_beside(names, [(asked, cells)]))


def in_short(
    told: Composition, sides: Sequence[ComparedDocument], encode: Callable[[Sequence[str]], Floats]
) -> bool:
    """Add what says most of each document, then of each heading that all of them have; False where one of
    them has no sentence to quote. `encode`: (n, dimension) for n sentences."""
    headings = _headings(sides)
    lines = _LINES_ABOVE if headings else _LINES
    first = [best(Material(side.chunks, side.vectors), encode, lines) for side in sides]
    if not all(first):
        return False
    rows = [(IN_SHORT, first)]
    rows += [
        (name, [best(side.below(compared), encode, 1) for side in sides])
        for compared, name in headings.items()
    ]
    shown = [
        (name, [_quoted(told, side.document, found) for side, found in zip(sides, cells, strict=True)])
        for name, cells in rows
        if any(cells)
    ]
    told.say(_beside([side.document.name for side in sides], shown))
    return True


def _quoted(told: Composition, document: Document, found: Sequence[tuple[Chunk, Sentence]]) -> str:
    return " ".join(
        f"“{plain(short(span.text))}” {told.cite(document.id, chunk.page, span.start, span.end, span.text)}"
        for chunk, span in found
    )


def _headings(sides: Sequence[ComparedDocument]) -> dict[str, str]:
    """The headings that stand in all documents, as they are compared, with how the first writes them; those
    above most of a document aside."""
    of_sides = []
    for side in sides:
        held = Counter(_compared(name) for chunk in side.chunks for name in chunk.headings)
        of_sides.append({name for name, times in held.items() if times < _TITLE * len(side.chunks)})
    shared = set.intersection(*of_sides) - {""}
    written = {_compared(name): name for chunk in reversed(sides[0].chunks) for name in chunk.headings}
    ordered = dict.fromkeys(
        _compared(name) for chunk in sides[0].chunks for name in chunk.headings if _compared(name) in shared
    )
    return {name: written[name] for name in [*ordered][:MOST_HEADINGS]}


def _compared(heading: str) -> str:
    """A heading without its number and marks: "2. Risk Factors" is "Risk factors"."""
    return " ".join(word for word in _WORD.findall(fold(heading)) if not word.isdigit())


def _beside(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    filled = [[plain(name), *(cell or NOT_STATED for cell in cells)] for name, cells in rows]
    return in_table(["", *map(plain, columns)], filled)
