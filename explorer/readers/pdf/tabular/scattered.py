"""Lines that a program drew in no order at all → from the top, those of one height from the left."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from explorer.readers.pdf.ordering import beside
from explorer.readers.pdf.pdfium import Line

LEAST_RISES = 3
LEAST_SHARE = 0.25
"""At least this share of the steps from line to line leads up the page; in columns, one step of each does."""
MOST_NATURAL = 0.5
"""At most this share of the steps leads to the same height or to the next one below."""
MOST_LINES = 4_000


def in_order(lines: list[Line]) -> list[Line]:
    """The lines of a page, those of a stretch that jumps up and down sorted by height and from the left.

    Columns, cards and notes in the margin, each drawn from its top to its end, keep the order of drawing.
    """
    if not LEAST_RISES < len(lines) <= MOST_LINES:
        return lines
    rises = sum(_rises(one, other) for one, other in pairwise(lines))
    if rises < LEAST_RISES:
        return lines
    level = [place for place, line in enumerate(lines) if line.upright and not line.turn and not line.aside]
    heights = _heights([lines[place] for place in level])
    steps = [other - one for one, other in pairwise(heights)]
    jumps = [place for place, step in enumerate(steps) if step not in (0, 1)]
    if not jumps:
        return lines
    first, last = jumps[0], jumps[-1] + 1
    within = steps[first:last]
    rises = sum(step < 0 for step in within)
    natural = sum(step in (0, 1) for step in within)
    if rises < LEAST_RISES or rises < LEAST_SHARE * len(within) or natural > MOST_NATURAL * len(within):
        return lines
    reach = range(min(heights[first : last + 1]), max(heights[first : last + 1]) + 1)
    while first and heights[first - 1] in reach:
        first -= 1
    while last + 1 < len(heights) and heights[last + 1] in reach:
        last += 1
    held = sorted(range(first, last + 1), key=lambda place: (heights[place], lines[level[place]].left))
    made = list(lines)
    for place, origin in zip(range(first, last + 1), held, strict=True):
        made[level[place]] = lines[level[origin]]
    return made


def _rises(one: Line, other: Line) -> bool:
    return other.bottom <= one.top


def _heights(lines: Sequence[Line]) -> list[int]:
    """At which of the page's heights each line stands, from 0 at the top."""
    found = [0] * len(lines)
    count = -1
    first: Line | None = None
    for place in sorted(range(len(lines)), key=lambda place: lines[place].baseline):
        if first is None or not beside(first, lines[place]):
            count, first = count + 1, lines[place]
        found[place] = count
    return found
