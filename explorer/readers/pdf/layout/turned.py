"""Words that are turned by 90, 180 or 270 degrees on a page whose other words stand level.

PDFium has a space or a line end wherever a turned string ends, and its places say nothing about rows. So the
characters of such stretches are looked at as if the page lay turned, and joined to cells anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from pypdfium2 import raw

from explorer.readers.pdf.layout.glyphs import cells, glyphs, rejoin
from explorer.readers.pdf.pdfium import Line

CELL_GAP = 1.0
"""A gap wider than this many font heights parts two cells of a row."""
_QUARTER = math.pi / 2
_CLOSE = 0.06
"""In radians: text that is turned by another angle, as watermarks are, is left as it comes."""


def any_of(text: Any, lines: Sequence[Line], rotation: int) -> bool:
    """Whether a line of the page begins with a character that is turned."""
    return any(turn_of(text, line.first, rotation) for line in lines)


def turn_of(text: Any, index: int, rotation: int) -> int:
    """The quarter turns of the page, clockwise, after which a character stands level; 0 if it does so now."""
    angle = raw.FPDFText_GetCharAngle(text, index)
    if angle <= 0 and not rotation:
        return 0
    quarters = round(angle / _QUARTER)
    return (-quarters - rotation) % 4 if abs(angle - quarters * _QUARTER) < _CLOSE else 0


def stretches(text: Any, characters: str, rotation: int) -> Iterator[tuple[int, int, int]]:
    """(first, last, turn) of the stretches of a page whose characters are turned alike."""
    first = turn = 0
    for index, character in enumerate(characters):
        if character.isspace() or raw.FPDFText_IsGenerated(text, index) == 1:
            continue
        here = turn_of(text, index, rotation)
        if here != turn:
            if index > first:
                yield first, index, turn
            first, turn = index, here
    if first < len(characters):
        yield first, len(characters), turn


def spans(text: Any, marks: list[str], first: int, last: int, rotation: int) -> Iterator[tuple[int, int]]:
    """Where the cells of a turned stretch begin and end; their made-up spaces are corrected in `marks`."""
    found = list(glyphs(text, marks, first, last, rotation))
    for cell in cells(found, CELL_GAP):
        for one, other in pairwise(cell):
            rejoin(marks, one, other)
        yield cell[0].index, cell[-1].index + 1
