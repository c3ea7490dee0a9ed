"""Where pictures stand on a PDF page: images, those of one figure together, and drawings that have a caption.

An image that a program cut into strips is one picture, and so is what stands on top of each other. A drawing
of lines and curves is a picture where a caption stands beside it: without one it may be anything (a table's
rules, a frame). What covers nearly all of the page is its ground, or a scan, which is the page itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pypdfium2 import raw

from explorer.readers.pdf import painting, pdfium
from explorer.readers.pdf.painting import Edges, PageObjects
from explorer.readers.pdf.pdfium import Line, PdfPage
from explorer.readers.pdf.pictures import drawing
from explorer.readers.pdf.pictures.region import PageRegion, Place
from explorer.readers.pictures.captions import is_caption

MOST_REGIONS = 300
_LEAST_SIDE = 30.0
"""Points of the shorter side of a picture."""
_LEAST_SHARE = 0.004
"""Of the page, that a picture covers at least."""
_MOST_SHARE = 0.88
_JOINED = 4.0
"""Points between two images of one figure at most."""
_DRAWN_GAP = 12.0
"""Points between two shapes of one drawing at most."""
_LEAST_SHAPES = 8
"""Shapes in a drawing at least: fewer are rules and frames."""
BELOW, ABOVE = 60.0, 40.0
"""Points from a picture down, and up, to its caption at most."""
_TOUCH = 6.0
"""Points that a caption may reach into its picture's edge."""


def found(page: Any, held: PageObjects, made: PdfPage, rotation: int) -> tuple[PageRegion, ...]:
    """The pictures on a page (a handle), whose text is `made`, from its top. `held`: its objects."""
    captioned = [line for line in made.lines if is_caption(made.characters[line.first : line.last])]
    images: list[Edges] = []
    shapes: list[Edges] = []
    for kind, edges in painting.drawn(held, shapes=bool(captioned)):
        (images if kind == raw.FPDF_PAGEOBJ_IMAGE else shapes).append(edges)
    if not images and len(shapes) < _LEAST_SHAPES:
        return ()
    whole = painting.page_edges(page)
    figures = list(_figures(images, whole))
    regions = [_region(page, each, rotation) for each in figures]
    if len(shapes) >= _LEAST_SHAPES:
        near = [each for each in captioned if not any(one and is_beside(one.place, each) for one in regions)]
        regions += [
            _region(page, edges, rotation, is_drawing=True)
            for edges in _drawings(shapes, whole, figures)
            if any(is_beside(pdfium.shown(*edges, rotation), line) for line in near)
        ]
    return tuple(
        sorted((each for each in regions if each), key=lambda each: (each.place[1], each.place[0]))[
            :MOST_REGIONS
        ]
    )


def is_beside(place: Place, caption: Line) -> bool:
    """Whether a caption stands right below or above a picture."""
    left, top, right, bottom = place
    if caption.left > right or caption.right < left:
        return False
    return 0 <= caption.top - bottom + _TOUCH <= BELOW or 0 <= top - caption.bottom + _TOUCH <= ABOVE


def _region(page: Any, edges: Edges, rotation: int, *, is_drawing: bool = False) -> PageRegion | None:
    box = drawing.shown_box(page, edges)
    return PageRegion(box, pdfium.shown(*edges, rotation), is_drawing) if box else None


def _figures(images: Sequence[Edges], whole: Edges) -> Iterator[Edges]:
    inside = [cut for each in images if (cut := _within(each, whole)) and not _is_ground(cut, whole)]
    for edges, _ in _joined([(each, 1) for each in inside[: 4 * MOST_REGIONS]], _JOINED):
        if _is_large(edges, whole):
            yield edges


def _drawings(shapes: Sequence[Edges], whole: Edges, images: Sequence[Edges]) -> Iterator[Edges]:
    inside = [cut for each in shapes if (cut := _within(each, whole)) and not _is_ground(cut, whole)]
    for edges, count in _joined(_gathered(inside, whole), _DRAWN_GAP):
        if (
            count >= _LEAST_SHAPES
            and _is_large(edges, whole)
            and not any(_overlap(edges, each) for each in images)
        ):
            yield edges


def _joined(boxes: Sequence[tuple[Edges, int]], gap: float) -> list[tuple[Edges, int]]:
    """Boxes that touch or nearly do as one, with how many they are. At most some hundred are given."""
    groups: list[tuple[Edges, int]] = []
    for each in boxes:
        edges, count = each
        while near := [one for one in groups if _are_near(one[0], edges, gap)]:
            groups = [one for one in groups if one not in near]
            for other, held in near:
                edges, count = _around(edges, other), count + held
        groups.append((edges, count))
    return groups


def _gathered(shapes: Sequence[Edges], whole: Edges) -> list[tuple[Edges, int]]:
    """The same for thousands of shapes: those that begin in one cell of a grid are taken together first."""
    cells: dict[tuple[int, int], tuple[Edges, int]] = {}
    for each in shapes:
        key = (int((each[0] - whole[0]) / _DRAWN_GAP), int((each[1] - whole[1]) / _DRAWN_GAP))
        edges, count = cells.get(key, (each, 0))
        cells[key] = (_around(edges, each), count + 1)
    return list(cells.values())[: 4 * MOST_REGIONS]


def _within(edges: Edges, whole: Edges) -> Edges | None:
    left, bottom = max(edges[0], whole[0]), max(edges[1], whole[1])
    right, top = min(edges[2], whole[2]), min(edges[3], whole[3])
    return (left, bottom, right, top) if left < right and bottom < top else None


def _is_ground(edges: Edges, whole: Edges) -> bool:
    return _area(edges) > _MOST_SHARE * _area(whole)


def _is_large(edges: Edges, whole: Edges) -> bool:
    least = min(edges[2] - edges[0], edges[3] - edges[1])
    return (
        least >= _LEAST_SIDE and _area(edges) >= _LEAST_SHARE * _area(whole) and not _is_ground(edges, whole)
    )


def _area(edges: Edges) -> float:
    return max(edges[2] - edges[0], 0.0) * max(edges[3] - edges[1], 0.0)


def _are_near(one: Edges, other: Edges, gap: float) -> bool:
    return (
        one[0] - gap <= other[2]
        and other[0] - gap <= one[2]
        and one[1] - gap <= other[3]
        and other[1] - gap <= one[3]
    )


def _overlap(one: Edges, other: Edges) -> bool:
    return _are_near(one, other, 0.0)


def _around(one: Edges, other: Edges) -> Edges:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
