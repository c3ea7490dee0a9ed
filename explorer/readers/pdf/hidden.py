"""Text of a PDF page that stands in the file but is not seen on the page.

It is invisible, in the paper's colour, tiny, or beyond the edge, and may have been put there for a machine to
read. Text that looks suspicious is compared with a drawing of the page: white letters on the dark head of a
table are seen, and the invisible text of a scan lies on its picture. Other pages are not drawn.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdfium2 import raw

from explorer.readers.pdf import pdfium
from explorer.readers.pdf.pdfium import Line

TINY = 1.5
"""Letters of a smaller font, in points, cannot be read."""
PALE = 235
"""Letters whose red, green and blue are all at least this may be white on white."""
CONTRAST = 16
"""Least difference (of 255) between the lightest and the darkest pixel where letters are seen."""
MOST_LINES = 4_000
_PIXELS = 1_200

_UNSEEN_MODES = frozenset((raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP))
_RED, _GREEN, _BLUE, _ALPHA = (ctypes.c_uint() for _ in range(4))
_COLOUR_AT = tuple(map(ctypes.addressof, (_RED, _GREEN, _BLUE, _ALPHA)))
_handle, _int = ctypes.c_void_p, ctypes.c_int
_text_object = pdfium.quick(raw.FPDFText_GetTextObject, _handle, _handle, _int)
_render_mode = pdfium.quick(raw.FPDFTextObj_GetTextRenderMode, _int, _handle)
_fill_colour = pdfium.quick(raw.FPDFText_GetFillColor, _int, _handle, _int, *([_handle] * 4))
_EDGES = raw.FS_RECTF()
_LEFT, _RIGHT, _BOTTOM, _TOP = (ctypes.c_double() for _ in range(4))
_X, _Y = ctypes.c_int(), ctypes.c_int()


def mark(page: Any, text: Any, characters: str, lines: list[Line], rotation: int) -> bool:
    """Sets aside the lines that are not to be seen, and returns whether there are any."""
    edges = _edges(page, rotation) if lines else None
    beyond = [line for line in lines if _is_beyond(line, edges)]
    doubtful = [line for line in lines[:MOST_LINES] if _is_doubtful(text, characters, line)]
    unseen = _unseen(page, text, characters, doubtful) if doubtful else []
    for line in (*beyond, *unseen):
        line.aside = True
    return bool(beyond or unseen)


def _edges(page: Any, rotation: int) -> tuple[float, float, float, float] | None:
    """(left, top, right, bottom) of what is shown of the page, in the coordinates of lines, or None."""
    if not raw.FPDF_GetPageBoundingBox(page, _EDGES):
        return None
    return pdfium.shown(_EDGES.left, _EDGES.bottom, _EDGES.right, _EDGES.top, rotation)


def _is_beyond(line: Line, edges: tuple[float, float, float, float] | None) -> bool:
    if edges is None or line.right <= line.left:
        return False
    left, top, right, bottom = edges
    return line.right <= left or line.left >= right or line.bottom <= top or line.top >= bottom


def _is_doubtful(text: Any, characters: str, line: Line) -> bool:
    if 0 < line.height < TINY:
        return True
    for index in (line.first, (line.first + line.last) // 2):
        if characters[index].isspace():
            continue
        glyphs = _text_object(text, index)
        if glyphs and _render_mode(glyphs) in _UNSEEN_MODES:
            continue
        if not _fill_colour(text, index, *_COLOUR_AT):
            return False
        if _ALPHA.value > 255 - PALE and min(_RED.value, _GREEN.value, _BLUE.value) < PALE:
            return False
    return True


def _unseen(page: Any, text: Any, characters: str, lines: list[Line]) -> list[Line]:
    """Those of the lines that leave no mark on the drawn page."""
    unseen = [line for line in lines if 0 < line.height < TINY]
    drawn = _drawn(page) if len(unseen) < len(lines) else None
    if drawn is not None:
        rest = [line for line in lines if not 0 < line.height < TINY]
        unseen += [
            line for line in rest if not _leaves_ink(drawn, _places(page, text, characters, line, drawn))
        ]
    return unseen


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A page in shades of grey, a byte a pixel, rows `stride` bytes apart."""

    pixels: bytes
    stride: int
    wide: int
    high: int


def _drawn(page: Any) -> _Drawn | None:
    wide, high = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
    scale = min(1.0, _PIXELS / max(wide, high, 1.0))
    size = max(int(wide * scale), 1), max(int(high * scale), 1)
    bitmap = raw.FPDFBitmap_CreateEx(*size, raw.FPDFBitmap_Gray, None, 0)
    if not bitmap:
        return None
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, *size, 0xFFFFFFFF)
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, *size, 0, raw.FPDF_ANNOT | raw.FPDF_GRAYSCALE)
        stride = raw.FPDFBitmap_GetStride(bitmap)
        return _Drawn(ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * size[1]), stride, *size)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)


def _leaves_ink(drawn: _Drawn, places: Iterator[tuple[int, int, int, int]]) -> bool:
    """Whether anything but one even shade is drawn in any of the places; True if there are none."""
    looked = False
    for left, top, right, bottom in places:
        first, last = max(left - 1, 0), min(right + 2, drawn.wide)
        rows = range(max(top, 0), min(bottom + 1, drawn.high))
        shades = b"".join(drawn.pixels[y * drawn.stride + first : y * drawn.stride + last] for y in rows)
        if shades:
            looked = True
            if max(shades) - min(shades) >= CONTRAST:
                return True
    return not looked


def _places(
    page: Any, text: Any, characters: str, line: Line, drawn: _Drawn
) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, right and bottom of some of the line's characters, in pixels."""
    for index in sorted({line.first, *pdfium.inked(characters, line.first, line.last)}):
        if not raw.FPDFText_GetCharBox(text, index, _LEFT, _RIGHT, _BOTTOM, _TOP):
            continue
        corners = []
        for x, y in ((_LEFT.value, _TOP.value), (_RIGHT.value, _BOTTOM.value)):
            raw.FPDF_PageToDevice(page, 0, 0, drawn.wide, drawn.high, 0, x, y, _X, _Y)
            corners.append((_X.value, _Y.value))
        (one_x, one_y), (other_x, other_y) = corners
        yield min(one_x, other_x), min(one_y, other_y), max(one_x, other_x), max(one_y, other_y)
