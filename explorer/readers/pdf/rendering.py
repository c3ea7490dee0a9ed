"""A page of a PDF as an image, and the boxes of a passage on it. Runs in the child.

Boxes go through `FPDF_PageToDevice`, which takes crop boxes and rotation into account; boxes with y merely
flipped would miss the ink on such pages. The characters of a line are merged into one box.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

import pypdfium2
from pypdfium2 import raw

from explorer.errors import ReadError
from explorer.readers.pdf import pdfium
from explorer.readers.reading import Source
from explorer.types import Box, PageImage

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MIN_WIDTH = 50
MAX_WIDTH = 4_000
MAX_HEIGHT = 8_000
MAX_BOXES = 2_000
_DEVICE = 1_000_000
"""Width and height of the device that boxes are computed for; they are given as fractions of it."""
_PADDING = 0.12
"""Margin of a box as a share of the line's height, so that a mark does not touch the letters."""
_GAP = 3.0
"""A gap wider than this many line heights ends a box (the cells of a table, two columns)."""
_LINE_OVERLAP = 0.5

Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom; y down."""

_kept: tuple[tuple[str, int, int, str | None], PdfDocument] | None = None
"""The document drawn last stays open: turning pages opens each file once."""


def draw(source: Source, page: int, ranges: Sequence[tuple[int, int]], width: int) -> PageImage:
    """Page `page` (from 1) about `width` pixels wide, with boxes around ranges of its characters.

    Raises PasswordNeeded, or ReadError for a damaged file, a page that is not there or cannot be drawn.
    """
    with opened_page(source, page) as handle:
        size = _pixels(source, handle, width)
        return PageImage(_png(source, handle, size), *size, tuple(_boxes(handle, ranges)))


@contextmanager
def opened_page(source: Source, page: int) -> Iterator[Any]:
    """The handle of a page (from 1) of a document that stays open. Raises what `draw` raises."""
    document = _open(source)
    if not 1 <= page <= len(document):
        raise ReadError(f"{source.shown} has no page {page:,}: it has {len(document):,}.")
    handle = raw.FPDF_LoadPage(document, page - 1)
    if not handle:
        raise ReadError(f"Page {page:,} of {source.shown} is damaged and cannot be shown.")
    try:
        yield handle
    finally:
        raw.FPDF_ClosePage(handle)


def _open(source: Source) -> PdfDocument:
    global _kept  # noqa: PLW0603  one document a child
    stat = source.path.stat()
    key = (str(source.path), stat.st_mtime_ns, stat.st_size, source.password)
    if _kept is not None:
        if _kept[0] == key:
            return _kept[1]
        _kept[1].close()
        _kept = None
    try:
        document = pdfium.open_pdf(source)
    except pypdfium2.PdfiumError as error:
        raise ReadError(f"The pages of {source.shown} cannot be shown: the PDF is damaged.") from error
    _kept = (key, document)
    return document


def _pixels(source: Source, page: Any, width: int) -> tuple[int, int]:
    """Width and height of the image, within all bounds, in the page's proportions."""
    points_wide = max(raw.FPDF_GetPageWidthF(page), 1.0)
    points_high = max(raw.FPDF_GetPageHeightF(page), 1.0)
    ratio = points_high / points_wide
    wide = min(max(width, MIN_WIDTH), MAX_WIDTH, MAX_HEIGHT / ratio, (source.limits.pixels / ratio) ** 0.5)
    return max(int(wide), 1), max(min(round(wide * ratio), MAX_HEIGHT), 1)


def _png(source: Source, page: Any, size: tuple[int, int]) -> bytes:
    from PIL import Image

    wide, high = size
    bitmap = raw.FPDFBitmap_CreateEx(wide, high, raw.FPDFBitmap_BGR, None, 0)
    if not bitmap:
        raise ReadError(f"{source.shown} needs too much memory to be shown.")
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, wide, high, 0xFFFFFFFF)
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, wide, high, 0, raw.FPDF_ANNOT | raw.FPDF_LCD_TEXT)
        stride = raw.FPDFBitmap_GetStride(bitmap)
        pixels = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * high)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    out = io.BytesIO()
    Image.frombuffer("RGB", size, pixels, "raw", "BGR", stride, 1).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _boxes(page: Any, ranges: Sequence[tuple[int, int]]) -> Iterator[Box]:
    if not ranges:
        return
    text, _ = pdfium.load_text(page)
    if not text:
        return
    try:
        count = raw.FPDFText_CountChars(text)
        characters = (
            rectangle
            for first, last in ranges
            for index in range(max(first, 0), min(last, count))
            if (rectangle := _ink(page, text, index))
        )
        wide, high = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
        for line in islice(merge(characters), MAX_BOXES):
            box = _padded(line, wide, high)
            if box.left < box.right and box.top < box.bottom:  # else it lies beyond the crop box
                yield box
    finally:
        raw.FPDFText_ClosePage(text)


def place(source: Source, page: int, words: Sequence[Sequence[tuple[int, int]]]) -> list[Box | None]:
    """The box around each word of page `page` (from 1), a word being its ranges of characters: as high as its
    font's lines are, so that words of a line are alike. None where it has no ink. A word that goes on in the
    next line has the box of its longer part. Raises what `draw` raises."""
    with opened_page(source, page) as handle:
        text, _ = pdfium.load_text(handle)
        if not text:
            return [None] * len(words)
        try:
            count = raw.FPDFText_CountChars(text)
            return [_around(handle, text, count, word) for word in words]
        finally:
            raw.FPDFText_ClosePage(text)


def _around(page: Any, text: Any, count: int, word: Sequence[tuple[int, int]]) -> Box | None:
    characters = (
        rectangle
        for first, last in word
        for index in range(max(first, 0), min(last, count))
        if (rectangle := _ink(page, text, index, is_loose=True))
    )
    lines = list(islice(merge(characters), MAX_BOXES))
    if not lines:
        return None
    left, top, right, bottom = max(lines, key=lambda line: line[2] - line[0])
    wide, high = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
    box = Box(*(min(max(x, 0.0), 1.0) for x in (left / wide, top / high, right / wide, bottom / high)))
    return box if box.left < box.right and box.top < box.bottom else None


def _padded(line: Rectangle, wide: float, high: float) -> Box:
    """A line as fractions of the page, a little larger than its ink, within the page."""
    extra = max(_PADDING * min(line[3] - line[1], line[2] - line[0]), 0.5)
    left, right = (min(max(x / wide, 0.0), 1.0) for x in (line[0] - extra, line[2] + extra))
    top, bottom = (min(max(y / high, 0.0), 1.0) for y in (line[1] - extra, line[3] + extra))
    return Box(left, top, right, bottom)


def merge(characters: Iterable[Rectangle]) -> Iterator[Rectangle]:
    """One rectangle for each line of some characters, whose rectangles come in the order of the text."""
    current: Rectangle | None = None
    for each in characters:
        if current is None:
            current = each
        elif _same_line(current, each):
            current = (
                min(current[0], each[0]),
                min(current[1], each[1]),
                max(current[2], each[2]),
                max(current[3], each[3]),
            )
        else:
            yield current
            current = each
    if current is not None:
        yield current


def _same_line(line: Rectangle, character: Rectangle) -> bool:
    heights = (line[3] - line[1], character[3] - character[1])
    overlap = min(line[3], character[3]) - max(line[1], character[1])
    if overlap < _LINE_OVERLAP * min(heights):
        return False
    gap = max(character[0] - line[2], line[0] - character[2])
    return gap < _GAP * max(heights)


_LEFT, _RIGHT, _BOTTOM, _TOP = (ctypes.c_double() for _ in range(4))
_X, _Y = ctypes.c_int(), ctypes.c_int()
_LOOSE = raw.FS_RECTF()


def _ink(page: Any, text: Any, index: int, *, is_loose: bool = False) -> Rectangle | None:
    """Where a character's ink lies, in points from the page's top left as shown; None for a blank. With
    `is_loose`, the place that its font keeps for it, where PDFium can tell."""
    if not raw.FPDFText_GetCharBox(text, index, _LEFT, _RIGHT, _BOTTOM, _TOP):
        return None
    if _LEFT.value >= _RIGHT.value or _BOTTOM.value >= _TOP.value:
        return None
    edges = (_LEFT.value, _TOP.value, _RIGHT.value, _BOTTOM.value)
    if is_loose and raw.FPDFText_GetLooseCharBox(text, index, _LOOSE) and _LOOSE.left < _LOOSE.right:
        edges = (_LOOSE.left, _LOOSE.top, _LOOSE.right, _LOOSE.bottom)
    wide, high = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
    corners = []
    for x, y in (edges[:2], edges[2:]):
        raw.FPDF_PageToDevice(page, 0, 0, _DEVICE, _DEVICE, 0, x, y, _X, _Y)
        corners.append((_X.value / _DEVICE * wide, _Y.value / _DEVICE * high))
    (one_x, one_y), (other_x, other_y) = corners
    return min(one_x, other_x), min(one_y, other_y), max(one_x, other_x), max(one_y, other_y)
