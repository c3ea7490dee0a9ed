"""Words that are drawn twice, a little apart: a label's shadow or outline, bold type of the poor man's kind.

PDFium leaves out what is drawn twice at the very same place. A little farther off its stream has each letter,
each word or the whole line once more. Of letters that lie upon each other only the first is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

from explorer.readers.pdf.bidi import RIGHT_TO_LEFT
from explorer.readers.pdf.layout.glyphs import NOTHING, Glyph, glyphs, rejoin

ACROSS = 0.75
"""A shadow stands aside by less than this share of its letter's width; a double letter, by all of it."""
UP = 0.25
"""It stands higher or lower by less than this many font heights."""
LEAST = 2
"""One letter alone upon another may be chance."""


def mended(text: Any, characters: str, rotation: int) -> str:
    """The page's characters without the shadows of others."""
    pairs = (*_repeated_lines(characters), *_doubled_words(characters))
    if not any(_is_upon(text, characters, *pair, rotation) for pair in pairs):
        return characters
    found = list(glyphs(text, characters, 0, len(characters), rotation))
    found = [each for each in found if not RIGHT_TO_LEFT.match(each.text)]  # long strokes overlap there
    shadows = set(_shadows(found))
    if len(shadows) < LEAST:
        return characters
    marks = list(characters)
    kept = [each for each in found if each.index not in shadows]
    for one, other in pairwise(kept):
        if any(index in shadows for index in range(one.index + 1, other.index)):
            rejoin(marks, one, other)
    for index in shadows:
        if marks[index] == characters[index]:
            marks[index] = NOTHING
    return "".join(marks)


def _repeated_lines(characters: str) -> Iterator[tuple[int, int]]:
    """Where a line and the same line after it begin."""
    start, before = 0, ""
    for line in characters.splitlines(keepends=True):
        if line == before and len(line) > 4:
            yield start - len(line), start
        start, before = start + len(line), line


def _doubled_words(characters: str) -> Iterator[tuple[int, int]]:
    """Two equal letters of each word that looks as if it were drawn twice: "MMoorriinn", "ofof"."""
    for word in set(characters.split()):
        if step := _doubling(word):
            start = characters.index(word)
            yield start, start + step


@lru_cache(maxsize=50_000)
def _doubling(word: str) -> int:
    """How far apart two equal letters of a word stand that looks as if it were drawn twice; 0 for others."""
    half = len(word) // 2
    if half < 2 or not word[0].isalnum() or word.isdecimal():
        return 0
    if word[0] == word[1] and (word[2] == word[3] or word[1] == word[2]):
        return 1
    return half if word[:half] == word[half:] else 0


def _is_upon(text: Any, characters: str, one: int, other: int, rotation: int) -> bool:
    """Whether two characters of the page lie upon each other."""
    first = next(glyphs(text, characters, one, one + 1, rotation), None)
    second = next(glyphs(text, characters, other, other + 1, rotation), None)
    return first is not None and second is not None and _lies_upon(second, first)


def _shadows(found: list[Glyph]) -> Iterator[int]:
    """Indices of letters that lie upon the same letter before them."""
    standing: dict[tuple[str, int], list[Glyph]] = defaultdict(list)
    for each in found:
        band = round(each.baseline / max(each.height, 1.0))
        near = (other for step in (-1, 0, 1) for other in standing[each.text, band + step])
        if any(_lies_upon(each, other) for other in near):
            yield each.index
        else:
            standing[each.text, band].append(each)


def _lies_upon(one: Glyph, other: Glyph) -> bool:
    width = max(other.right - other.left, 0.01)
    return (
        abs(one.left - other.left) < ACROSS * width
        and abs(one.baseline - other.baseline) < UP * other.height
        and abs(one.height - other.height) < 0.2 * other.height
    )
