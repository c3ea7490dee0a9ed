"""Headings of a PDF: the lines that its outline points at, or else the lines that look like headings.

A line looks like a heading if it stands alone, is short, and is set larger than the text or in bold. Levels
follow size, then capitals. No PDF library is used here: the outline is given as entries.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.readers.pdf import facts
from explorer.readers.pdf.clean_text import Written
from explorer.readers.pdf.ordering import Row
from explorer.readers.pdf.pdfium import OutlineEntry
from explorer.readers.reading import Heading, ReadPage, scrubbed

LARGER = 1.12
"""Font height of a heading as a multiple of the text's."""
LONGEST = 120
"""A heading has at most this many characters."""
MOST_ROWS = 3
"""A heading has at most this many rows; more of them in one style are a paragraph in bold."""
CLOSE = 1.25
"""The rows of a heading are at most this many font heights apart."""
LEVELS = 6
SELDOM = 0.015
"""A style makes no level of its own if a smaller share of the headings has it."""
TOO_MANY = 0.3
"""If bold rows are a larger share of all rows, they are no headings: that is how the document is set."""

_NUMBERS = re.compile(r"(?<![^\W\d_])[\d][\d,.%]*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NO_HEADING = re.compile(
    r"[,;:]$|[^\W\d_]{3,}\.$|\b(?:and|or|of|the|a|to|in|for|by|with)$|^\(|^[•●▪◦–*-]\s|[•●▪]|\d,\d{3}|\$\s*\d"
)
"""A sentence's end or middle, an item of a list, an amount."""

Style = tuple[float, bool, bool]
"""Font height in half points, bold, capitals."""


def from_outline(
    entries: Sequence[OutlineEntry], pages: Sequence[ReadPage], written: Sequence[Written]
) -> Iterator[Heading]:
    """The outline's entries at the lines that they point at, in the outline's order."""
    starts = _starts(pages)
    for entry in entries:
        if entry.page < len(pages):
            near = _line_at(written[entry.page], entry.y)
            offset = facts.place(pages[entry.page].text, entry.title, near)
            yield Heading(starts[entry.page] + offset, entry.level, scrubbed(entry.title))


def from_fonts(pages: Sequence[ReadPage], written: Sequence[Written]) -> list[Heading]:
    """Lines that look like headings, by rising start."""
    usual, bold_is_usual = _usual(written)
    if not usual:
        return []
    rows = sum(len(page.rows) for page in written)
    found = [
        (start + offset, text, style)
        for start, page, made in zip(_starts(pages), pages, written, strict=False)
        for offset, text, style in _on_page(page.text, made, usual, bold_is_usual)
    ]
    bold_only = [style for _, _, style in found if style[0] < usual * LARGER]
    if len(bold_only) > TOO_MANY * rows:
        found = [each for each in found if each[2][0] >= usual * LARGER]
    level = _levels([style for _, _, style in found])
    return [Heading(start, level[style], text) for start, text, style in found]


def _levels(styles: Sequence[Style]) -> dict[Style, int]:
    """The level of each style, by rank. What is set once only (a cover) makes no rank of its own."""
    uses = Counter(styles)
    ranked = sorted(uses, key=lambda style: (-style[0], not style[2], not style[1]))
    levels = {}
    level = 0
    for style in ranked:
        if level == 0 or uses[style] >= max(2, SELDOM * len(styles)):
            level += 1
        levels[style] = min(level, LEVELS)
    return levels


def _starts(pages: Sequence[ReadPage]) -> list[int]:
    starts = [0]
    for page in pages:
        starts.append(starts[-1] + len(page.text))
    return starts


def _line_at(written: Written, y: float | None) -> int:
    """The offset of the highest row that is not above `y` (counted from the page's bottom); 0 without any."""
    if y is None:
        return 0
    downwards = sorted(
        ((offset, row[0].top) for offset, row in written.rows if not row[0].turn), key=lambda start: start[1]
    )
    return next((offset for offset, top in downwards if top >= -y - 2.0), 0)


def _usual(written: Sequence[Written]) -> tuple[float, bool]:
    """The font height of most characters, and whether bold is usual (more than .4 of the characters)."""
    heights: Counter[float] = Counter()
    bold = whole = 0
    for page in written:
        for _, row in page.rows:
            for line in row:
                heights[_half(line.height)] += line.last - line.first
                whole += line.last - line.first
                bold += line.bold * (line.last - line.first)
    return (heights.most_common(1)[0][0] if heights else 0.0), bold > 0.4 * whole


def _half(height: float) -> float:
    return round(height * 2) / 2


@dataclass(frozen=True, slots=True)
class _TypesetRow:
    """A row of a page's subject, with all that tells a heading from ordinary text."""

    offset: int
    """Where it begins in the page's text."""
    baseline: float
    height: float
    line: str
    """Its words."""
    style: Style | None
    """How it is set, if it is set like a heading; None for ordinary text."""
    opens_block: bool
    """Whether it is the first row of the page, or there is a blank line above it."""


def _on_page(
    text: str, written: Written, usual: float, bold_is_usual: bool
) -> Iterator[tuple[int, str, Style]]:
    """(offset, words, style) of what looks like a heading on a page."""
    rows = _typeset_rows(text, written, usual, bold_is_usual)
    at = 0
    for block in _blocks(rows):
        end = at + len(block)
        above = rows[at - 1] if at else None
        below = rows[end].line if end < len(rows) else ""
        first, at = block[0], end
        # What stands out in the midst of a paragraph is emphasis; below a heading it may be a heading, too.
        is_alone = first.opens_block or (above is not None and above.style is not None)
        if first.style and is_alone and len(block) <= MOST_ROWS:
            title = " ".join(row.line for row in block)
            if _reads_like_one(title, below, is_larger=first.style[0] >= usual * LARGER):
                yield first.offset, title, first.style


def _typeset_rows(text: str, written: Written, usual: float, bold_is_usual: bool) -> list[_TypesetRow]:
    """The rows of a page without what is set aside, each with the words up to the next one."""
    aside = [range(start, end) for start, end in written.asides]
    rows = [(offset, row) for offset, row in written.rows if not any(offset in each for each in aside)]
    if not rows:
        return []
    text_end = next((each.start for each in aside if each.start > rows[-1][0]), len(text))
    ends = [*(offset for offset, _ in rows[1:]), text_end]
    found = []
    for (offset, row), end in zip(rows, ends, strict=True):
        line = " ".join(text[offset:end].split())
        style = _style(line, row, usual, bold_is_usual)
        opens_block = offset == 0 or text.endswith("\n\n", 0, offset)
        found.append(_TypesetRow(offset, row[0].baseline, row[0].height, line, style, opens_block))
    return found


def _blocks(rows: Sequence[_TypesetRow]) -> Iterator[list[_TypesetRow]]:
    """Rows in one style that follow each other as the rows of one heading do."""
    block: list[_TypesetRow] = []
    for row in rows:
        if block and not (row.style == block[0].style and _follows(block[-1], row)):
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _follows(above: _TypesetRow, below: _TypesetRow) -> bool:
    """Whether two rows of one style are one heading: there is no gap between them."""
    return not below.opens_block or 0 < below.baseline - above.baseline < CLOSE * below.height


def _style(line: str, row: Row, usual: float, bold_is_usual: bool) -> Style | None:
    """The style of a row that is set like a heading, or None."""
    if len(row) > 2 or not row[0].upright or row[0].turn:
        return None
    height = max(_half(each.height) for each in row)
    bold = all(each.bold for each in row)
    if height >= usual * LARGER or (bold and not bold_is_usual and height >= 0.9 * usual):
        return height, bold, line.isupper()
    return None


def _reads_like_one(title: str, below: str, *, is_larger: bool) -> bool:
    """Whether words are those of a heading, and in the size of the text no label above a row of figures."""
    if len(title) > LONGEST or not _WORD.search(title) or _NO_HEADING.search(title):
        return False
    if len(_NUMBERS.findall(title)) > 2 or sum(mark.isdigit() for mark in title) * 2 > len(title):
        return False
    return is_larger or len(_NUMBERS.findall(below)) < 2 or len(below) > LONGEST
