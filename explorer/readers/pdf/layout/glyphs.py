"""Characters of a page with the place where each stands, and how they join to words."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pypdfium2 import raw

from explorer.readers.pdf import pdfium

NOTHING = "\u200b"
"""Stands where a character of PDFium's stream is left out, so that all others keep their index."""
WORD_GAP = 0.15
"""A gap wider than this many font heights is a space, even if the file has none there."""
ROW_STEP = 0.5
"""A step of the baseline of more than this many font heights ends a row."""
_X, _Y = ctypes.c_double(), ctypes.c_double()
_LOOSE = raw.FS_RECTF()


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character that is drawn: its index on the page, and where it stands as seen in reading direction."""

    index: int
    text: str
    left: float
    right: float
    baseline: float
    height: float


def glyphs(text: Any, characters: Sequence[str], first: int, last: int, rotation: int) -> Iterator[Glyph]:
    """The drawn characters of `first <= i < last`; `rotation` makes their words stand level."""
    for index in range(first, last):
        character = characters[index]
        if character.isspace() or character == NOTHING or raw.FPDFText_IsGenerated(text, index) == 1:
            continue
        if not raw.FPDFText_GetLooseCharBox(text, index, _LOOSE):
            continue
        raw.FPDFText_GetCharOrigin(text, index, _X, _Y)
        baseline = (-_Y.value, _X.value, _Y.value, -_X.value)[rotation % 4]
        left, top, right, bottom = pdfium.shown(
            _LOOSE.left, _LOOSE.bottom, _LOOSE.right, _LOOSE.top, rotation
        )
        yield Glyph(index, character, left, right, baseline, bottom - top)


def ends_row(one: Glyph, other: Glyph) -> bool:
    """Whether the second glyph stands in another row than the first, or before it."""
    height = max(one.height, other.height)
    return abs(other.baseline - one.baseline) > ROW_STEP * height or other.right < one.left


def rejoin(marks: list[str], one: Glyph, other: Glyph) -> None:
    """Makes what stands between two neighbours a line end, a space or nothing, by the gap between them."""
    between = range(one.index + 1, other.index)
    for index in between:
        marks[index] = NOTHING
    if not between:
        return
    if ends_row(one, other):
        marks[between[0]] = "\n"
    elif other.left - one.right > WORD_GAP * max(one.height, other.height):
        marks[between[0]] = " "


def cells(found: Sequence[Glyph], most_gap: float) -> Iterator[tuple[Glyph, ...]]:
    """Glyphs in their order, cut where a row ends or a gap is wider than `most_gap` font heights."""
    held: list[Glyph] = []
    for each in found:
        if held and (
            ends_row(held[-1], each)
            or each.left - held[-1].right > most_gap * max(held[-1].height, each.height)
        ):
            yield tuple(held)
            held = []
        held.append(each)
    if held:
        yield tuple(held)


def trimmed(characters: str, first: int, last: int) -> tuple[int, int]:
    """The span without the blanks and left-out characters at its ends."""
    while first < last and (characters[first].isspace() or characters[first] == NOTHING):
        first += 1
    while first < last and (characters[last - 1].isspace() or characters[last - 1] == NOTHING):
        last -= 1
    return first, last
