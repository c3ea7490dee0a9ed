"""Text → chunks: spans of about a wanted number of tokens that end where the text itself pauses.

The chunker is the one measured in the retrieval study behind this project: units are lines and sentences,
never across a page, and dynamic programming picks the breaks with the lowest sum, over all chunks, of
(length/target - 1)² (times 1.2 when short) + .05 + the cost of the break.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from explorer.chunking.above import ColumnsAbove, HeadingsAbove, TableLike
from explorer.chunking.regions import PageLike, Region, regions_of
from explorer.chunking.units import INSIDE, PARAGRAPH, Unit, units_of, weigh
from explorer.types import HeadingLike

TARGET_TOKENS = 115
"""Default length of a chunk: on Cranfield, filings and the chunking corpora 100 to 150 do about equally well
in ranking, and shorter chunks mark their place more exactly."""

LONGEST = 1.4
"""No chunk is longer than this many times the target."""

_CHUNK_COST = 0.05
_SHORT = 1.2
_BEFORE_HEADING = -0.1
"""A little better than the end of a paragraph: sections part where lengths allow, small ones still join."""
_FINEST = 30
"""Units are joined until about this many make a chunk, which bounds the work on text of one-letter lines."""

_KEPT = 0.5
_NEAR = 0.3
"""A chunk that stood in the earlier version of a document costs `_KEPT` less where it has the target's
length, and ever less of that up to a deviation of `_NEAR`, where it costs what any other does. Without the
bonus, a changed paragraph moved the breaks of up to eight chunks after it; without its end, chunks got
shorter with each of many edits."""


Count = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Span:
    """One chunk: `text[start:end]`, the pages it stands on and the headings above it, outermost first.

    In a chunk from within a table, its column names are the last of the headings.
    """

    start: int
    end: int
    page: int
    end_page: int
    headings: tuple[str, ...] = ()


def split(
    text: str,
    pages: Sequence[PageLike],
    headings: Sequence[HeadingLike],
    *,
    count: Count,
    target_tokens: int,
    max_tokens: int,
    tables: Sequence[TableLike] = (),
    asides: Sequence[tuple[int, int]] = (),
    left_out: Sequence[tuple[int, int]] = (),
    before: Collection[str] = (),
) -> list[Span]:
    """Cuts a document into chunks.

    `pages` partition `text`; a chunk never crosses from one to the next. `headings`, `tables` and `asides`
    may come in any order. `count` returns the number of tokens of each text, special tokens not included.
    Chunks aim at `target_tokens` and have at most `min(1.4 × target_tokens, max_tokens)` tokens, counted on
    the chunk as a whole. Chunks are ordered, not empty, and neither start nor end with whitespace.

    Every character that is not whitespace lies in exactly one chunk, but for what is `left_out` and for an
    aside that says what an earlier one said, page numbers apart: these lie in none. No chunk joins an aside
    with anything else, nor gives it a heading. The row of a table is cut only where it is too long by itself.

    `before`: the texts of the chunks of the version that this one replaces. They are kept where they still
    stand, so that little has to be embedded anew.

    Raises ValueError where a limit is below 8 tokens.
    """
    limit = min(int(target_tokens * LONGEST), max_tokens)
    if limit < 8:
        raise ValueError(f"chunks need room for at least 8 tokens, not {limit}")
    target = min(target_tokens, limit)
    path, columns = HeadingsAbove(headings), ColumnsAbove(text, tables)
    regions = regions_of(text, pages, asides, left_out)
    units = [unit for region in regions for unit in units_of(text, region.start, region.end, columns.rows)]
    weighed = weigh(text, _mark_headings(units, path.starts), count, limit)
    is_known = _known_in(text, before)
    chunks: list[tuple[Region, list[Unit]]] = []
    for region, inside in _by_region(regions, weighed):
        wanted = limit if region.is_aside else target  # few chunks will do for what is seldom looked for
        best = _best_parts(_join_tiny(inside, target), wanted, limit, is_known)
        chunks += [(region, part) for part in best]
    spans = []
    for region, chunk in _cut_what_is_too_long(text, chunks, count, limit):
        start, end = chunk[0].start, chunk[-1].end
        above = (() if region.is_aside else path.above(chunk)) + columns.above(start, end)
        spans.append(Span(start, end, region.page, region.page, above))
    return spans


def _known_in(text: str, before: Collection[str]) -> Callable[[int, int], bool]:
    """A function that tells of a span of `text` whether it was a chunk of the earlier version."""
    known = frozenset(before)
    return (lambda start, end: text[start:end] in known) if known else (lambda _start, _end: False)


def _by_region(regions: Sequence[Region], units: Sequence[Unit]) -> Iterator[tuple[Region, Sequence[Unit]]]:
    """Each region with the units that lie in it; both are in order."""
    position = 0
    for region in regions:
        first = position
        while position < len(units) and units[position].start < region.end:
            position += 1
        yield region, units[first:position]


def _best_parts(
    units: Sequence[Unit], target: int, limit: int, is_known: Callable[[int, int], bool]
) -> list[list[Unit]]:
    """The units of one page, grouped at the lowest cost; spans that are known cost less.

    Shortest path over break positions: `best[j]` is the cost of the first j units. What comes before
    position i is looked back at only while the units between fit the limit, so this takes linear time.
    """
    n = len(units)
    sums = [0]
    for unit in units:
        sums.append(sums[-1] + unit.weight)
    best = [0.0] * (n + 1)
    came_from = [0] * (n + 1)
    for j in range(1, n + 1):
        at = sums[j]
        i = j - 1
        low = float("inf")
        source = i
        while i >= 0 and (at - sums[i] <= limit or i == j - 1):
            deviation = (at - sums[i]) / target - 1.0
            cost = best[i] + deviation * deviation * (_SHORT if deviation < 0 else 1.0)
            if abs(deviation) < _NEAR and is_known(units[i].start, units[j - 1].end):
                cost -= _KEPT * (1 - (deviation / _NEAR) ** 2)
            if cost < low:
                low, source = cost, i
            i -= 1
        best[j] = low + _CHUNK_COST + (units[j - 1].cost if j < n else 0.0)
        came_from[j] = source
    parts: list[list[Unit]] = []
    j = n
    while j > 0:
        parts.append(list(units[came_from[j] : j]))
        j = came_from[j]
    parts.reverse()
    return parts


def _join_tiny(units: Sequence[Unit], target: int) -> list[Unit]:
    smallest = target // _FINEST
    joined: list[Unit] = []
    for unit in units:
        last = joined[-1] if joined else None
        may_join = last and last.cost > PARAGRAPH and not (last.heading or unit.heading)
        if last and may_join and last.weight + unit.weight <= smallest:
            joined[-1] = replace(last, end=unit.end, cost=unit.cost, weight=last.weight + unit.weight)
        else:
            joined.append(unit)
    return joined


def _cut_what_is_too_long(
    text: str, chunks: list[tuple[Region, list[Unit]]], count: Count, limit: int
) -> list[tuple[Region, list[Unit]]]:
    """Halves chunks that have more tokens as a whole than their units have one by one.

    WordPiece adds up, since units part at spaces; other tokenizers, and cuts inside a word, may not.
    """
    counts = count([text[units[0].start : units[-1].end] for _, units in chunks])
    whole: list[tuple[Region, list[Unit]]] = []
    for (region, units), tokens in zip(chunks, counts, strict=True):
        if tokens <= limit or len(units) == 1:
            whole.append((region, units))
            continue
        middle = len(units) // 2
        halves = [(region, units[:middle]), (region, units[middle:])]
        whole += _cut_what_is_too_long(text, halves, count, limit)
    return whole


def _mark_headings(units: list[Unit], starts: Sequence[int]) -> list[Unit]:
    """The units, those marked that hold the start of a heading: a break comes rather before them than
    after."""
    marked: list[Unit] = []
    for unit in units:
        at = bisect_right(starts, unit.end - 1)
        is_heading = at > 0 and starts[at - 1] >= unit.start
        if is_heading and marked and not marked[-1].heading:
            marked[-1] = replace(marked[-1], cost=min(marked[-1].cost, _BEFORE_HEADING))
        marked.append(replace(unit, heading=True, cost=INSIDE) if is_heading else unit)
    return marked
