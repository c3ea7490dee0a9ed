"""Pages whose lines run down the page, from right to left, as Japanese and Chinese books are set.

Their columns get places on the page as it would lie turned, like those of turned words (`turned.py`), so that
paragraphs are told by indents and steps as elsewhere. How characters are read (ruby) stands beside them in
small ones, and comes behind the columns of its tier.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pypdfium2 import raw

from explorer.readers.pdf.layout.downwards import TURN, Columns, Stretch, UprightGlyph, columns, words
from explorer.readers.pdf.layout.glyphs import NOTHING
from explorer.readers.pdf.ordering import Row, in_order, join_rows
from explorer.readers.pdf.pdfium import Line

LineOf = Callable[[int, int], Line | None]
"""Makes a level line of the characters `first <= i < last`."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page that is written downwards."""

    characters: str
    """As before, without what PDFium made up between characters of a column."""
    rows: list[Row]
    """All its rows in the order of reading; columns have places as on the page turned by `TURN`."""


def arranged(
    text: Any, characters: str, lines: Sequence[Line], rotation: int, line_of: LineOf
) -> Found | None:
    """The rows of a page if most of it is written downwards; None for all others."""
    found = columns(text, characters, lines, rotation)
    if found is None:
        return None
    marks = list(characters)
    regions = [(group, _rows(text, marks, group)) for group in found.regions]
    rest = _rest(lines, found, line_of)
    return Found("".join(marks), _together(regions, rest, found.size))


def _rows(text: Any, marks: list[str], group: Sequence[Stretch]) -> list[Row]:
    """A row for each column of a group, and one for how its characters are read."""
    rows: list[Row] = []
    ruby: Row = []
    for column in sorted({stretch.column for stretch in group}, reverse=True):
        row: Row = []
        for stretch in sorted((each for each in group if each.column == column), key=lambda each: each.top):
            row += _lines(text, marks, stretch.glyphs, stretch.column)
            for word in words(sorted(stretch.ruby, key=lambda each: each.bottom)):
                ruby += _lines(text, marks, word, word[0].center)
        rows.append(row)
    return [*rows, ruby] if ruby else rows


def _lines(text: Any, marks: list[str], glyphs: Sequence[UprightGlyph], column: float) -> Iterator[Line]:
    """Lines for characters that follow each other without a space, one where PDFium has them in order."""
    height = statistics.median(
        [each.size for each in glyphs if each.is_wide] or [each.size for each in glyphs]
    )
    held: list[UprightGlyph] = []
    is_first = True
    for each in [*glyphs, None]:
        if each is not None and (not held or _follows(text, marks, held[-1], each)):
            held.append(each)
            continue
        yield Line(
            held[0].index,
            held[-1].index + 1,
            left=min(one.top for one in held),
            top=-max(one.right for one in held),
            right=max(one.bottom for one in held),
            bottom=-min(one.left for one in held),
            baseline=-column,
            height=height,
            upright=False,
            turn=TURN,
            is_close=not is_first,
        )
        is_first = False
        held = [each] if each is not None else []


def _follows(text: Any, marks: list[str], one: UprightGlyph, other: UprightGlyph) -> bool:
    """Whether a character follows another in PDFium's stream; what it made up between them goes."""
    between = range(one.index + 1, other.index)
    if other.index <= one.index or any(
        not (marks[each].isspace() or marks[each] == NOTHING) for each in between
    ):
        return False
    if one.is_wide or other.is_wide:
        for each in between:
            if raw.FPDFText_IsGenerated(text, each) == 1:
                marks[each] = NOTHING
    return True


def _rest(lines: Sequence[Line], found: Columns, line_of: LineOf) -> list[Line]:
    """The lines, or what is left of them, that are no columns."""
    kept: list[Line] = []
    for line in lines:
        indices = range(line.first, line.last)
        if not any(index in found.taken for index in indices):
            kept.append(line)
            continue
        within = [index for index in indices if index in found.left]
        parts: list[list[int]] = []
        for index in within:
            if parts and not any(one in found.taken for one in range(parts[-1][-1], index)):
                parts[-1].append(index)
            else:
                parts.append([index])
        kept += [made for part in parts if (made := line_of(part[0], part[-1] + 1))]
    return kept


def _together(
    regions: Sequence[tuple[Sequence[Stretch], list[Row]]], rest: Sequence[Line], size: float
) -> list[Row]:
    """All rows: level ones before the columns that they stand above, else behind them."""
    level = in_order(join_rows([line for line in rest if not line.aside]))
    out: list[Row] = []
    for group, rows in regions:
        top = min(stretch.top for stretch in group) + 0.5 * size
        above = [row for row in level if max(line.bottom for line in row) <= top]
        level = [row for row in level if row not in above]
        out += [*above, *rows]
    return [*out, *level, *([line] for line in rest if line.aside)]
