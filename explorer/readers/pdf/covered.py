"""Text that is painted on a PDF page and yet not seen: clipped away, painted over, or on a layer that is off.

Where a word may be hidden so, the page is drawn with it and without it: what changes nothing is not seen.
So shapes that let it through, and layers that are on, hide nothing. The text of a scanned page, which lies
below the page's picture, counts as seen.
"""

from __future__ import annotations

import ctypes
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pypdfium2 import raw

from explorer.readers.pdf import painting, pdfium
from explorer.readers.pdf.painting import Cover, Edges, Painted
from explorer.readers.pdf.pdfium import Line

MOST_LINES = 4_000
_CLIPPED_SHARE = 0.25
"""A line with less than this within its clip may be hidden. (The end of a cell's text is cut off often.)"""
_COVERED_SHARE = 0.9
_CHANGED_SHARE = 0.04
"""Share of a letter's box that its ink has at least."""
_CHANGED = 16
"""Least difference of a pixel's colour, of 255."""
_PIXELS = 1_200
_SAMPLES = 6

_UNSEEN_MODES = frozenset((raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP))
_WORD = re.compile(r"\S+")
_LEFT, _RIGHT, _BOTTOM, _TOP = (ctypes.c_double() for _ in range(4))
_X, _Y = ctypes.c_int(), ctypes.c_int()


def mark(  # noqa: PLR0917
    page: Any,
    text: Any,
    characters: str,
    lines: list[Line],
    rotation: int,
    painted: Painted,
    *,
    has_layers: bool,
) -> bool:
    """Sets aside what is not to be seen, and returns whether there is any.

    A line of which some words are hidden becomes several in `lines`.
    """
    if not lines:
        return False
    looking = _Looking(page, text, characters, lines[:MOST_LINES], rotation, painted, has_layers)
    doubtful = looking.doubtful()
    hidden = looking.unseen(doubtful) if doubtful else []
    if not hidden:
        return False
    by_line: dict[int, list[Line]] = {}
    for part, line in hidden:
        by_line.setdefault(id(line), []).append(part)
    lines[:] = [each for line in lines for each in looking.apart(line, by_line.get(id(line), []))]
    return True


class _Looking:
    def __init__(  # noqa: PLR0917
        self,
        page: Any,
        text: Any,
        characters: str,
        lines: Sequence[Line],
        rotation: int,
        painted: Painted,
        has_layers: bool,
    ) -> None:
        self._page, self._text, self._characters = page, text, characters
        self._lines, self._rotation, self._has_layers = lines, rotation, has_layers
        self._at = painting.address(text)
        self._painted = painted

    def doubtful(self) -> list[tuple[Line, Line]]:
        """What may be hidden, each with the line that it is, or is a part of."""
        found = []
        covers = [(each, self._shown(each.edges)) for each in self._painted.covers]
        orders = [each.order for each in self._painted.covers]
        for line in self._lines:
            each = painting.text_object(self._at, line.first)
            if line.aside or not each or line.right <= line.left:
                continue
            if self._is_clipped(line, each) or (self._has_layers and self._is_optional(each)):
                found.append((line, line))
                continue
            later = covers[bisect_left(orders, self._painted.order(each)) :] if covers else []
            if over := [cover for cover in later if _touches(cover[1], line)]:
                found += [(part, line) for part in self._under(line, over)]
        return found

    def _shown(self, edges: Edges) -> Edges:
        """Edges as left, top, right and bottom, as lines have them."""
        return pdfium.shown(*edges, self._rotation)

    def _is_clipped(self, line: Line, each: int) -> bool:
        edges = painting.clip(each)
        if edges is None:
            return False
        left, top, right, bottom = self._shown(edges)
        wide = min(right, line.right) - max(left, line.left)
        high = min(bottom, line.bottom) - max(top, line.top)
        whole = (line.right - line.left) * (line.bottom - line.top)
        return max(wide, 0.0) * max(high, 0.0) < _CLIPPED_SHARE * whole

    def _is_optional(self, each: int) -> bool:
        return each in self._painted.within_forms or painting.is_optional(each)

    def _under(self, line: Line, covers: Sequence[tuple[Cover, Edges]]) -> Iterator[Line]:
        """The parts of a line whose words lie below something that is painted later."""
        first = last = -1
        for word in _WORD.finditer(self._characters, line.first, line.last):
            if self._is_under(word.start(), word.end(), covers):
                first, last = (word.start() if first < 0 else first), word.end()
            elif first >= 0:
                yield replace(line, first=first, last=last)
                first = -1
        if first >= 0:
            yield line if self._is_all(line, first, last) else replace(line, first=first, last=last)

    def _is_all(self, line: Line, first: int, last: int) -> bool:
        rest = self._characters[line.first : first] + self._characters[last : line.last]
        return not rest.strip()

    def _is_under(self, first: int, last: int, covers: Sequence[tuple[Cover, Edges]]) -> bool:
        each = painting.text_object(self._at, first)
        order = self._painted.order(each)
        ends = [pdfium.box(self._text, index, self._rotation) for index in (first, last - 1)]
        boxes = [box for box in ends if box]
        if not each or not boxes:
            return False
        left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
        right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
        whole = max(right - left, 0.1) * max(bottom - top, 0.1)
        is_inner = each in self._painted.within_forms
        for cover, edges in covers:
            if cover.order < order or (cover.order == order and not is_inner):
                continue
            wide = min(edges[2], right) - max(edges[0], left)
            high = min(edges[3], bottom) - max(edges[1], top)
            if wide > 0 and high > 0 and wide * high >= _COVERED_SHARE * whole:
                return True
        return False

    def unseen(self, doubtful: Sequence[tuple[Line, Line]]) -> list[tuple[Line, Line]]:
        """Those whose absence changes nothing on the drawn page."""
        samples = [list(self._samples(part)) for part, _ in doubtful]
        objects = {painting.text_object(self._at, index) for each in samples for index in each}
        before = _drawn(self._page)
        for each in objects:
            painting.activate(each, 0)
        try:
            after = _drawn(self._page)
        finally:
            for each in objects:
                painting.activate(each, 1)
        if before is None or after is None:
            return []
        changed = (abs(before - after) >= _CHANGED).any(axis=2)
        return [
            pair
            for pair, sampled in zip(doubtful, samples, strict=True)
            if sampled and not any(self._has_changed(changed, index) for index in sampled)
        ]

    def apart(self, line: Line, parts: Sequence[Line]) -> Iterator[Line]:
        """The line, with the parts of it that are hidden by themselves, set aside."""
        start = line.first
        for part in parts:
            yield from self._piece(line, start, part.first, aside=line.aside)
            yield from self._piece(line, part.first, part.last, aside=True)
            start = part.last
        yield from self._piece(line, start, line.last, aside=line.aside)

    def _piece(self, line: Line, first: int, last: int, *, aside: bool) -> Iterator[Line]:
        """Characters of a line as a line of their own, unless they are blank."""
        while first < last and self._characters[first].isspace():
            first += 1
        while first < last and self._characters[last - 1].isspace():
            last -= 1
        if (first, last) == (line.first, line.last):
            line.aside = aside
            yield line
        elif first < last:
            ends = (pdfium.box(self._text, index, self._rotation) for index in (first, last - 1))
            boxes = [box for box in ends if box] or [(line.left, line.top, line.right, line.bottom)]
            left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
            yield replace(line, first=first, last=last, left=left, right=right, aside=aside)

    def _samples(self, part: Line) -> Iterator[int]:
        """Some characters that are painted at all, spread over a part of a line."""
        inked = [n for n in range(part.first, part.last) if not self._characters[n].isspace()]
        for index in inked[:: max(len(inked) // _SAMPLES, 1)]:
            glyphs = raw.FPDFText_GetTextObject(self._text, index)
            if glyphs and raw.FPDFTextObj_GetTextRenderMode(glyphs) not in _UNSEEN_MODES:
                yield index

    def _has_changed(self, changed: Any, index: int) -> bool:
        if not raw.FPDFText_GetCharBox(self._text, index, _LEFT, _RIGHT, _BOTTOM, _TOP):
            return False
        corners = []
        high, wide = changed.shape
        for x, y in ((_LEFT.value, _TOP.value), (_RIGHT.value, _BOTTOM.value)):
            raw.FPDF_PageToDevice(self._page, 0, 0, wide, high, 0, x, y, _X, _Y)
            corners.append((_X.value, _Y.value))
        (one_x, one_y), (other_x, other_y) = corners
        left, right = max(min(one_x, other_x), 0), max(one_x, other_x) + 1
        top, bottom = max(min(one_y, other_y), 0), max(one_y, other_y) + 1
        place = changed[top:bottom, left:right]
        return bool(place.size) and float(place.mean()) >= _CHANGED_SHARE


def _touches(edges: Edges, line: Line) -> bool:
    left, top, right, bottom = edges
    return left < line.right and right > line.left and top < line.bottom and bottom > line.top


def _drawn(page: Any) -> Any | None:
    """A page's pixels (height, width, 4) as signed numbers, or None where it cannot be drawn."""
    import numpy as np

    wide, high = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
    scale = min(2.0, _PIXELS / max(wide, high, 1.0))
    width, height = max(int(wide * scale), 1), max(int(high * scale), 1)
    bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGRx, None, 0)
    if not bitmap:
        return None
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, 0)
        stride = raw.FPDFBitmap_GetStride(bitmap)
        octets = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * height)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    return (
        np.frombuffer(octets, np.uint8)
        .reshape(height, stride)[:, : width * 4]
        .reshape(height, width, 4)
        .astype(np.int16)
    )
