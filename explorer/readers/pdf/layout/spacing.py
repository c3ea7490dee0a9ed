"""Words set with wide gaps between their letters: the spaces that PDFium sees there are none.

Within one string PDFium allows for letter spacing; but where a word is drawn in several strings, or letter by
letter, it takes each gap between them for a space. The gaps of the line itself tell which are within words.
Spaces that stand in the file stay.
"""

from __future__ import annotations

import ctypes
import re
import statistics
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from pypdfium2 import raw

from explorer.readers.pdf import pdfium
from explorer.readers.pdf.layout.glyphs import NOTHING, Glyph, glyphs
from explorer.readers.pdf.pdfium import Line

SPACED = 0.05
"""Letters are set apart if the usual gap between those of a word is at least this many font heights."""
LEAST_LETTERS = 5
"""Fewer single letters are no word."""
WIDEST = 0.8
"""Single letters farther apart than this many font heights are cells, not a word."""
JUMP = 0.25
"""Gaps between words are wider than those within by at least this many font heights."""

_SINGLE = re.compile(r"(?<!\S)[^\W\d_](?!\S)")
_LOOSE = raw.FS_RECTF()
_X, _Y = ctypes.c_double(), ctypes.c_double()
_handle, _int = ctypes.c_void_p, ctypes.c_int
_loose_box = pdfium.quick(raw.FPDFText_GetLooseCharBox, _int, _handle, _int, _handle)
_origin = pdfium.quick(raw.FPDFText_GetCharOrigin, _int, _handle, _int, _handle, _handle)

_Gap = tuple[float, int, bool]
"""Its width, the index of the glyph before it, and whether the file has a space there."""


def mended(text: Any, characters: str, lines: Sequence[Line], rotation: int) -> str:
    """The page's characters, those spaces within words that PDFium made up left out."""
    marks: list[str] | None = None
    for line in lines:
        if line.turn or not _is_doubtful(text, characters, line, rotation):
            continue
        found = list(glyphs(text, characters, line.first, line.last, rotation))
        for one, other in _within_words(text, found):
            marks = marks or list(characters)
            marks[one.index + 1 : other.index] = NOTHING * (other.index - one.index - 1)
    return "".join(marks) if marks else characters


def _is_doubtful(text: Any, characters: str, line: Line, rotation: int) -> bool:
    """Whether a line has many single letters, or a gap between its first two."""
    spaces = characters.count(" ", line.first, line.last)
    if not spaces:
        return False
    if 3 * spaces >= line.last - line.first:
        words = characters[line.first : line.last]
        single = len(_SINGLE.findall(words))
        if single >= LEAST_LETTERS and 2 * single > len(words.split()):
            return True
    start = line.first if characters[line.first + 1] != " " else line.first + 2
    if start + 1 >= line.last or characters[start + 1] == " ":
        return False
    if not _loose_box(text, start, ctypes.addressof(_LOOSE)):
        return False
    right = (_LOOSE.right, _LOOSE.top, -_LOOSE.left, -_LOOSE.bottom)[rotation % 4]
    _origin(text, start + 1, ctypes.addressof(_X), ctypes.addressof(_Y))
    left = (_X.value, _Y.value, -_X.value, -_Y.value)[rotation % 4]
    return bool(left - right >= SPACED * line.height)


def _within_words(text: Any, found: Sequence[Glyph]) -> Iterator[tuple[Glyph, Glyph]]:
    """Pairs of neighbours with a made-up space between them that belong to one word."""
    if len(found) < 3:
        return
    height = statistics.median(each.height for each in found)
    tight, made, real = [], [], []
    for one, other in pairwise(found):
        between = range(one.index + 1, other.index)
        gap = other.left - one.right
        if not between:
            tight.append(gap)
        elif all(raw.FPDFText_IsGenerated(text, index) == 1 for index in between):
            made.append((gap, one, other))
        else:
            real.append(gap)
    if not made:
        return
    if 3 * len(tight) >= len(made):
        usual = statistics.median(tight)
        widest = 1.15 * usual + 0.02 * height if usual >= SPACED * height else 0.0
    else:
        widest = _widest_of_letters(found, [gap for gap, _, _ in made] + tight, real)
    yield from ((one, other) for gap, one, other in made if 0 < gap <= widest)


def _widest_of_letters(found: Sequence[Glyph], gaps: Sequence[float], real: Sequence[float]) -> float:
    """The widest gap within a word, in a line that is drawn letter by letter; 0 if it is none."""
    height = statistics.median(each.height for each in found)
    letters = [each.text for each in found if each.text.isalpha()]
    if len(letters) < LEAST_LETTERS or 10 * len(letters) < 7 * len(found) or len(set(letters)) < 3:
        return 0.0
    if letters == sorted(letters):
        return 0.0  # the names of columns, the letters of an index
    if real:
        return min(0.75 * min(real), WIDEST * height)
    widths = sorted(gaps)
    jumps = [(other - one, one) for one, other in pairwise(widths) if one <= WIDEST * height]
    jump, below = max(jumps, default=(0.0, 0.0))
    if jump >= JUMP * height:
        return below
    return widths[-1] if widths[-1] <= WIDEST * height else 0.0
