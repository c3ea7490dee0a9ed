"""Text → chunks: spans of about a wanted number of tokens that end where the text itself pauses.

The chunker is the one measured in the retrieval study behind this project: units are lines and sentences,
never across a page, and dynamic programming picks the breaks with the lowest sum, over all chunks, of
(length/target - 1)² (times 1.2 when short) + .05 + the cost of the break.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from explorer.chunking.units import INSIDE, PARAGRAPH, Unit, units_of, weigh

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

Count = Callable[[Sequence[str]], list[int]]


class PageLike(Protocol):
    """A page: `text[start:end]`."""

    @property
    def number(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class HeadingLike(Protocol):
    """A heading that begins at `start`; level 1 is the highest."""

    @property
    def start(self) -> int: ...
    @property
    def level(self) -> int: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Span:
    """One chunk: `text[start:end]`, the pages it stands on and the headings above it, outermost first."""

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
) -> list[Span]:
    """Cuts a document into chunks.

    `pages` partition `text`; a chunk never crosses from one to the next. `headings` may come in any order.
    `count` returns the number of tokens of each text, special tokens not included. Chunks aim at
    `target_tokens` and have at most `min(1.4 × target_tokens, max_tokens)` tokens, counted on the chunk as a
    whole. Every character that is not whitespace lies in exactly one chunk; chunks are ordered, not empty,
    and neither start nor end with whitespace. Raises ValueError where a limit is below 8 tokens.
    """
    limit = min(int(target_tokens * LONGEST), max_tokens)
    if limit < 8:
        raise ValueError(f"chunks need room for at least 8 tokens, not {limit}")
    target = min(target_tokens, limit)
    path = _Headings(headings)
    paged = [_mark_headings(units_of(text, page.start, page.end), path.starts) for page in pages]
    weighed = weigh(text, [unit for units in paged for unit in units], count, limit)
    chunks: list[tuple[PageLike, list[Unit]]] = []
    position = 0
    for page in pages:
        first = position
        while position < len(weighed) and weighed[position].start < page.end:
            position += 1
        units = _join_tiny(weighed[first:position], target)
        chunks += [(page, part) for part in _best_parts(units, target, limit)]
    whole = _cut_what_is_too_long(text, chunks, count, limit)
    return [
        Span(units[0].start, units[-1].end, page.number, page.number, path.above(units))
        for page, units in whole
    ]


def _best_parts(units: Sequence[Unit], target: int, limit: int) -> list[list[Unit]]:
    """The units of one page, grouped at the lowest cost.

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
    text: str, chunks: list[tuple[PageLike, list[Unit]]], count: Count, limit: int
) -> list[tuple[PageLike, list[Unit]]]:
    """Halves chunks that have more tokens as a whole than their units have one by one.

    WordPiece adds up, since units part at spaces; other tokenizers, and cuts inside a word, may not.
    """
    counts = count([text[units[0].start : units[-1].end] for _, units in chunks])
    whole: list[tuple[PageLike, list[Unit]]] = []
    for (page, units), tokens in zip(chunks, counts, strict=True):
        if tokens <= limit or len(units) == 1:
            whole.append((page, units))
            continue
        middle = len(units) // 2
        halves = [(page, units[:middle]), (page, units[middle:])]
        whole += _cut_what_is_too_long(text, halves, count, limit)
    return whole


def _mark_headings(units: list[Unit], starts: Sequence[int]) -> list[Unit]:
    """Units that hold the start of a heading; a break comes rather before them than after them."""
    marked: list[Unit] = []
    for unit in units:
        at = bisect_right(starts, unit.end - 1)
        is_heading = at > 0 and starts[at - 1] >= unit.start
        if is_heading and marked and not marked[-1].heading:
            marked[-1] = replace(marked[-1], cost=min(marked[-1].cost, _BEFORE_HEADING))
        marked.append(replace(unit, heading=True, cost=INSIDE) if is_heading else unit)
    return marked


class _Headings:
    """Which headings stand above a place of the text."""

    def __init__(self, headings: Sequence[HeadingLike]) -> None:
        self.starts: list[int] = []
        self._paths: list[tuple[str, ...]] = []
        open_: list[HeadingLike] = []
        for heading in sorted(headings, key=lambda heading: heading.start):
            open_ = [*(above for above in open_ if above.level < heading.level), heading]
            self.starts.append(heading.start)
            self._paths.append(tuple(above.text for above in open_))

    def above(self, units: Sequence[Unit]) -> tuple[str, ...]:
        """What all sections of a chunk share; a heading line counts only in a chunk of nothing else."""
        if not self.starts:
            return ()
        body = [unit for unit in units if not unit.heading] or units
        first, *others = dict.fromkeys(self._at(unit.end - 1) for unit in body)
        shared = len(first)
        for other in others:
            same = (a == b for a, b in zip(first, other, strict=False))
            shared = min(shared, next((n for n, equal in enumerate(same) if not equal), len(other)))
        return first[:shared]

    def _at(self, offset: int) -> tuple[str, ...]:
        position = bisect_right(self.starts, offset)
        return self._paths[position - 1] if position else ()
