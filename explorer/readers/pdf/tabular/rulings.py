"""Rules on a page → the grids that they make: where columns and rows end, and which cells are one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Edges = tuple[float, float, float, float]
"""Left, top, right and bottom of a thin shape, as shown (y down)."""
Bar = tuple[float, float, float]
"""A line: where it stands across its direction, where it begins and where it ends."""

SNAP = 2.5
"""Points: lines that stand closer are one: both sides of a thick one, and those of cells side by side."""
TOUCH = 3.0
"""Points that may be between the end of a line and the one that it meets."""
MOST_PAIRS = 40_000
"""Lines across times lines down of a page that are looked at; more are those of a drawing."""
MOST_CELLS = 4_000


@dataclass(slots=True)
class RuledGrid:
    """Edges of columns and rows, rising, and the first (row, column) of the merged cell that each is in."""

    xs: list[float]
    ys: list[float]
    owners: list[list[tuple[int, int]]]

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """The first (row, column) of the cell at a place; None outside."""
        row, column = bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1
        if 0 <= row < len(self.ys) - 1 and 0 <= column < len(self.xs) - 1:
            return self.owners[row][column]
        return None


def sides(edges: Edges) -> Iterator[Edges]:
    """The four sides of a rectangle."""
    left, top, right, bottom = edges
    yield from ((left, top, right, top), (left, bottom, right, bottom))
    yield from ((left, top, left, bottom), (right, top, right, bottom))


def grids(rules: Sequence[Edges]) -> list[RuledGrid]:
    """The grids of at least two columns and two rows that rules make."""
    across, down = [], []
    for left, top, right, bottom in rules:
        if right - left >= bottom - top:
            across.append(((top + bottom) / 2, left, right))
        else:
            down.append(((left + right) / 2, top, bottom))
    if not down or len(across) < 2:
        return []
    across, down = _merged(across), _merged(down)
    if not down or len(across) < 2 or len(across) * len(down) > MOST_PAIRS:
        return []
    return [grid for part in _connected(across, down) if (grid := _grid(*part))]


def _merged(bars: list[Bar]) -> list[Bar]:
    """The bars, those that go on in each other or lie on each other as one."""
    found: list[Bar] = []
    for group in _near(sorted(bars)):
        place = sum(bar[0] for bar in group) / len(group)
        held: Bar | None = None
        for _, start, end in sorted(group, key=lambda bar: bar[1]):
            if held and start <= held[2] + TOUCH:
                held = (place, held[1], max(held[2], end))
                continue
            if held:
                found.append(held)
            held = (place, start, end)
        if held:
            found.append(held)
    return [bar for bar in found if bar[2] - bar[1] > TOUCH]


def _near(bars: Sequence[Bar]) -> Iterator[list[Bar]]:
    held: list[Bar] = []
    for bar in bars:
        if held and bar[0] - held[0][0] > SNAP:
            yield held
            held = []
        held.append(bar)
    if held:
        yield held


def _connected(across: list[Bar], down: list[Bar]) -> Iterator[tuple[list[Bar], list[Bar]]]:
    """The bars that meet each other, straight or by others: across, and down."""
    meets = [[other for other, bar in enumerate(down) if _meet(each, bar)] for each in across]
    part_of = list(range(len(down)))

    def part(place: int) -> int:
        while part_of[place] != place:
            part_of[place] = part_of[part_of[place]]
            place = part_of[place]
        return place

    for met in meets:
        for other in met[1:]:
            part_of[part(other)] = part(met[0])
    parts: dict[int, tuple[list[Bar], list[Bar]]] = {}
    for place, bar in enumerate(down):
        parts.setdefault(part(place), ([], []))[1].append(bar)
    for each, met in zip(across, meets, strict=True):
        if met:
            parts[part(met[0])][0].append(each)
    yield from parts.values()


def _meet(across: Bar, down: Bar) -> bool:
    y, left, right = across
    x, top, bottom = down
    return left - TOUCH <= x <= right + TOUCH and top - TOUCH <= y <= bottom + TOUCH


def _grid(across: list[Bar], down: list[Bar]) -> RuledGrid | None:
    if not across:
        return None
    xs = _places([bar[0] for bar in down], min(bar[1] for bar in across), max(bar[2] for bar in across))
    ys = _places([bar[0] for bar in across], min(bar[1] for bar in down), max(bar[2] for bar in down))
    if len(xs) < 3 or len(ys) < 3 or (len(xs) - 1) * (len(ys) - 1) > MOST_CELLS:
        return None
    return RuledGrid(xs, ys, _owners(xs, ys, across, down))


def _places(lines: list[float], first: float, last: float) -> list[float]:
    """Where columns or rows end: at lines, and where the lines that cross them end."""
    found: list[float] = []
    for place in sorted(lines):
        if not found or place - found[-1] > SNAP:
            found.append(place)
    return [
        *([first] if found[0] - first > TOUCH else []), *found, *([last] if last - found[-1] > TOUCH else []),
    ]  # fmt: skip


def _owners(
    xs: list[float], ys: list[float], across: list[Bar], down: list[Bar]
) -> list[list[tuple[int, int]]]:
    """The first cell of each group of cells with no line between them."""
    wide, high = len(xs) - 1, len(ys) - 1
    owners = [[(row, column) for column in range(wide)] for row in range(high)]
    has_left = _walls(xs, [(one + other) / 2 for one, other in pairwise(ys)], down)
    has_top = _walls(ys, [(one + other) / 2 for one, other in pairwise(xs)], across)
    for row in range(high):
        for column in range(wide):
            if column and (column, row) not in has_left:
                owners[row][column] = owners[row][column - 1]
            elif row and (row, column) not in has_top:
                owners[row][column] = owners[row - 1][column]
    return owners


def _walls(edges: list[float], middles: list[float], bars: list[Bar]) -> set[tuple[int, int]]:
    """(number of an edge, number of a middle) where a line runs along the edge beside the middle."""
    found: set[tuple[int, int]] = set()
    for place, start, end in bars:
        edge = min(range(len(edges)), key=lambda number: abs(edges[number] - place))
        found.update((edge, number) for number, middle in enumerate(middles) if start <= middle <= end)
    return found
