"""Columns of characters on a page of a PDF: where they stand, and in which order they are read.

PDFium says nothing of the direction of writing, and gives columns in the order in which they were drawn, or
in reverse. So the places of the characters tell: those that stand one below the other, as close as they are
wide, are a column.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pypdfium2 import raw

from explorer.readers.pdf import pdfium
from explorer.readers.pdf.layout import turned
from explorer.readers.pdf.layout.glyphs import NOTHING
from explorer.readers.pdf.pdfium import Line

TURN = 3
"""Quarter turns of the page after which its columns are lines from the top down."""
TIGHT = 1.4
"""Characters of a column follow each other within this many of their widths; cells of a table are farther."""
LEAST, LEAST_COLUMN = 12, 5
"""So many characters in columns, and in the longest, make a page that is written downwards."""
MANY = 20
"""So many different characters are text; of short texts, fewer are enough. Columns of marks have few."""
RUBY = 0.65
"""Characters of less than this share of the usual width are how others are read."""
ACROSS = 1.7
"""A level word wider than this many characters is no number within a column."""
GAP = 1.5
"""A gap of more than this many characters ends a stretch of a column."""
BAND = 1.0
"""A blank of this many characters' height across the page parts two tiers of columns."""
MOST = 20_000
"""Pages with more characters, and..."""
MOST_COLUMNS = 300
"""...with more columns stay as they were drawn: books have some 20 columns of 50 characters."""

_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe4f\uff01-\uff60]")


@dataclass(frozen=True, slots=True)
class UprightGlyph:
    """A character with its place on the page as shown, y down, and how wide it is."""

    index: int
    text: str
    left: float
    top: float
    right: float
    bottom: float
    turn: int
    size: float

    @property
    def is_wide(self) -> bool:
        return self.turn == 0 and _WIDE.match(self.text) is not None

    @property
    def center(self) -> float:
        return (self.left + self.right) / 2


@dataclass(slots=True)
class Stretch:
    """Characters of a column without a wide gap, from the top down."""

    column: float
    """The middle of its column."""
    glyphs: list[UprightGlyph]
    ruby: list[UprightGlyph] = field(default_factory=list)

    @property
    def top(self) -> float:
        return self.glyphs[0].top

    @property
    def bottom(self) -> float:
        return self.glyphs[-1].bottom

    @property
    def right(self) -> float:
        return max(each.right for each in self.glyphs)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a page."""

    regions: list[list[Stretch]]
    """Their stretches, tier by tier in the order of reading."""
    size: float
    """The usual width of a character."""
    taken: set[int]
    """The indices of their characters, ruby included."""
    left: set[int]
    """The indices of all other characters that can be seen."""


def columns(text: Any, characters: str, lines: Sequence[Line], rotation: int) -> Columns | None:
    """The columns of a page if most of it is written downwards; None for all others."""
    if not _may_be(characters, lines):
        return None
    aside = {index for line in lines if line.aside for index in range(line.first, line.last)}
    glyphs = [each for each in _glyphs(text, characters, rotation) if each.index not in aside]
    chains = [chain for chain in _chains(glyphs) if len(chain) > 1]
    if not _is_downwards(glyphs, chains):
        return None
    size = statistics.median(each.size for chain in chains for each in chain if each.is_wide)
    stretches = _stretches(glyphs, chains, size)
    if not 2 <= len(stretches) <= MOST_COLUMNS:
        return None
    taken = _with_ruby(stretches, glyphs, size)
    left = {each.index for each in glyphs} - taken
    return Columns(list(regions(stretches, size)), size, taken, left)


def _may_be(characters: str, lines: Sequence[Line]) -> bool:
    """Whether fewer than half of the page's wide characters stand in level lines: a quick first look."""
    if len(characters) > MOST:
        return False
    total = len(_WIDE.findall(characters))
    if total < LEAST:
        return False
    level = sum(
        len(_WIDE.findall(characters, line.first, line.last))
        for line in lines
        if line.turn == 0 and line.right - line.left > 1.5 * (line.bottom - line.top)
    )
    return 2 * level < total


def _glyphs(text: Any, characters: str, rotation: int) -> Iterator[UprightGlyph]:
    box = raw.FS_RECTF()
    for index, character in enumerate(characters):
        if character.isspace() or character == NOTHING or raw.FPDFText_IsGenerated(text, index) == 1:
            continue
        if not raw.FPDFText_GetLooseCharBox(text, index, box):
            continue
        left, top, right, bottom = pdfium.shown(box.left, box.bottom, box.right, box.top, rotation)
        turn = turned.turn_of(text, index, rotation)
        narrow = 0.85 * (right - left if turn % 2 else bottom - top)
        is_wide = turn == 0 and _WIDE.match(character)
        yield UprightGlyph(
            index, character, left, top, right, bottom, turn, right - left if is_wide else narrow
        )


def _chains(glyphs: Sequence[UprightGlyph]) -> Iterator[list[UprightGlyph]]:
    """Characters that were drawn one after the other and stand one below the other."""
    chain: list[UprightGlyph] = []
    for each in glyphs:
        if chain and _is_below(chain[-1], each):
            chain.append(each)
            continue
        if chain:
            yield chain
        chain = [each] if each.is_wide or each.turn == TURN else []
    if chain:
        yield chain


def _is_below(one: UprightGlyph, other: UprightGlyph) -> bool:
    size = max(one.size, other.size)
    if min(one.size, other.size) < 0.75 * size or abs(one.center - other.center) > 0.5 * size:
        return False
    if one.turn == other.turn == TURN:
        return -0.3 * size < other.top - one.bottom < size
    return one.is_wide and other.is_wide and 0.5 * size < other.bottom - one.bottom <= TIGHT * size


def _is_downwards(glyphs: Sequence[UprightGlyph], chains: Sequence[Sequence[UprightGlyph]]) -> bool:
    """Whether most of the page's wide characters stand in columns, and these are text."""
    within = [each.text for chain in chains if len(chain) > 2 for each in chain if each.is_wide]
    if len(within) < LEAST or max(map(len, chains)) < LEAST_COLUMN:
        return False
    wide = sum(each.is_wide for each in glyphs)
    return 2 * len(within) >= wide and len(set(within)) >= min(0.4 * len(within), MANY)


def _stretches(
    glyphs: Sequence[UprightGlyph], chains: Sequence[Sequence[UprightGlyph]], size: float
) -> list[Stretch]:
    """The stretches of all columns, numbers and words within them included, without ruby."""
    body = [chain for chain in chains if statistics.median(each.size for each in chain) > RUBY * size]
    seeds = {each.index for chain in body for each in chain}
    across = _across([each for each in glyphs if each.index not in seeds], size)
    seeds |= {each.index for each in _lone(glyphs, body, across, size)}
    free = [
        each
        for each in glyphs
        if each.index in seeds or (each.index not in across and not _is_small(each, size))
    ]
    found = []
    for column, members in _columns(free, seeds, size):
        for stretch in _cut(members, size):
            if any(each.index in seeds for each in stretch):
                found.append(Stretch(column, stretch))
    return found


def _is_small(each: UprightGlyph, size: float) -> bool:
    return each.is_wide and each.size <= RUBY * size


def _across(glyphs: Sequence[UprightGlyph], size: float) -> set[int]:
    """The characters of level words that are too wide to stand in a column."""
    found: set[int] = set()
    word: list[UprightGlyph] = []
    for each in [*glyphs, None]:
        if each is not None and word and _is_level(word[-1], each):
            word.append(each)
            continue
        if word and word[-1].right - word[0].left > ACROSS * size:
            found |= {one.index for one in word}
        word = [each] if each is not None else []
    return found


def _is_level(one: UprightGlyph, other: UprightGlyph) -> bool:
    size = max(one.size, other.size)
    return (
        one.turn == other.turn == 0
        and abs(one.bottom - other.bottom) < 0.3 * size
        and other.left > one.left
        and other.left - one.right < 0.7 * size
    )


def _lone(
    glyphs: Sequence[UprightGlyph], body: Sequence[Sequence[UprightGlyph]], across: set[int], size: float
) -> Iterator[UprightGlyph]:
    """Characters that are a column by themselves: the last of a paragraph, say."""
    within = [each for chain in body for each in chain]
    left, right = min(each.left for each in within), max(each.right for each in within)
    top, bottom = min(each.top for each in within), max(each.bottom for each in within)
    reach = 3 * size
    for each in glyphs:
        is_usual = each.is_wide and 0.8 * size < each.size < 1.25 * size and each.index not in across
        is_within = left - reach < each.left and each.right < right + reach
        if is_usual and is_within and top - 0.5 * size < each.top and each.bottom < bottom + 0.5 * size:
            yield each


def _columns(
    glyphs: Sequence[UprightGlyph], seeds: set[int], size: float
) -> Iterator[tuple[float, list[UprightGlyph]]]:
    """(middle, characters) of each column, from the right; characters beside all columns are left out."""
    ordered = sorted((each for each in glyphs if each.index in seeds), key=lambda each: -each.center)
    middles: list[list[float]] = []
    for each in ordered:
        if middles and middles[-1][0] - each.center <= 0.5 * size:
            middles[-1].append(each.center)
        else:
            middles.append([each.center])
    if len(middles) > MOST_COLUMNS:
        return
    columns: dict[float, list[UprightGlyph]] = {statistics.median(each): [] for each in middles}
    for each in glyphs:
        nearest = min(columns, key=lambda middle: abs(middle - each.center))
        if abs(nearest - each.center) <= 0.6 * size:
            columns[nearest].append(each)
    yield from columns.items()


def _cut(members: list[UprightGlyph], size: float) -> Iterator[list[UprightGlyph]]:
    """The characters of a column from the top down, cut at wide gaps; digits side by side from the left."""
    held: list[UprightGlyph] = []
    for each in sorted(members, key=lambda one: (one.top + one.bottom) / 2):
        if held and each.top - max(one.bottom for one in held[-3:]) > GAP * size:
            yield held
            held = []
        place = len(held)
        while place and _is_beside(held[place - 1], each):
            place -= 1
        held.insert(place, each)
    if held:
        yield held


def _is_beside(one: UprightGlyph, other: UprightGlyph) -> bool:
    """Whether the second of two level characters of one height stands left of the first."""
    is_level = one.turn == other.turn == 0 and not (one.is_wide or other.is_wide)
    return is_level and abs(one.bottom - other.bottom) < 0.2 * one.size and other.left < one.left


def _with_ruby(stretches: Sequence[Stretch], glyphs: Sequence[UprightGlyph], size: float) -> set[int]:
    """The indices of all characters of columns, small ones beside them given to their stretch."""
    taken = {each.index for stretch in stretches for each in stretch.glyphs}
    for each in glyphs:
        if each.index in taken or not _is_small(each, size):
            continue
        beside = [
            stretch
            for stretch in stretches
            if -0.3 * size < each.left - stretch.right < 0.5 * size
            and stretch.top - size < each.top
            and each.bottom < stretch.bottom + size
        ]
        if beside:
            min(beside, key=lambda stretch: abs(each.left - stretch.right)).ruby.append(each)
            taken.add(each.index)
    return taken


def regions(stretches: Sequence[Stretch], size: float) -> Iterator[list[Stretch]]:
    """The stretches in groups in the order of reading, each without tiers, its columns from the right."""
    bands = _bands(stretches, size)
    if len(bands) > 1:
        for band in bands:
            yield from regions(band, size)
        return
    columns = sorted({stretch.column for stretch in stretches}, reverse=True)
    for count in range(1, len(columns) - 1):
        beyond = [stretch for stretch in stretches if stretch.column < columns[count - 1]]
        if len(_bands(beyond, size)) > 1:
            yield [stretch for stretch in stretches if stretch.column >= columns[count - 1]]
            yield from regions(beyond, size)
            return
    yield list(stretches)


def _bands(stretches: Sequence[Stretch], size: float) -> list[list[Stretch]]:
    """The stretches in tiers, from the top down; one where not each tier has several columns."""
    bands: list[list[Stretch]] = []
    end = 0.0
    for stretch in sorted(stretches, key=lambda each: each.top):
        if bands and stretch.top - end < BAND * size:
            bands[-1].append(stretch)
            end = max(end, stretch.bottom)
        else:
            bands.append([stretch])
            end = stretch.bottom
    if any(len({each.column for each in band}) < 2 for band in bands):
        return [list(stretches)]
    return bands


def words(ruby: Sequence[UprightGlyph]) -> Iterator[list[UprightGlyph]]:
    """Ruby in words: each stands beside what it belongs to."""
    word: list[UprightGlyph] = []
    for each in ruby:
        if word and each.top - word[-1].bottom > 0.6 * each.size:
            yield word
            word = []
        word.append(each)
    if word:
        yield word
