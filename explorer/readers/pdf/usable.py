"""Whether a PDF page can be read by its text, or is blank, a picture, or letters that mean nothing."""

from __future__ import annotations

import ctypes
import re
from typing import Any

from pypdfium2 import raw

from explorer.readers.pdf.pdfium import Lack

FEW = 30
"""A page that is mostly an image and has fewer characters counts as a scan with a stamp on it."""
MOSTLY = 0.5
"""A page is mostly an image if that covers at least this share of it."""
SOME = 0.02
"""An image may hold text if it covers at least this share of a page without any."""
PATHS = 20
"""With at least this many strokes and shapes on a page without text, letters may have become outlines."""
GARBAGE = 0.3
"""The text of a page is garbage if more than this share of its characters have no meaning."""
MOST_OBJECTS = 2_000

_MEANINGLESS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]|[\udb80-\udbff][\udc00-\udfff]")
_PICTURES = (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM)
_TEXTUAL = re.compile(r"\S")
_LEFT, _RIGHT, _BOTTOM, _TOP = (ctypes.c_float() for _ in range(4))


def lack(page: Any, text: Any, characters: str) -> Lack:
    """Why the text of a page cannot be used. Only pages with little or strange text take time."""
    inked = len(_TEXTUAL.findall(characters)) if len(characters) < 10 * FEW else len(characters)
    if inked == 0:
        covered, paths = _drawn(page)
        return "picture" if covered >= SOME or paths >= PATHS else "blank"
    if len(_MEANINGLESS.findall(characters)) > GARBAGE * inked or _is_unmapped(text, characters):
        return "garbage"
    if inked < FEW and _drawn(page)[0] >= MOSTLY:
        return "picture"
    return "nothing"


def _is_unmapped(text: Any, characters: str) -> bool:
    """Whether the fonts do not say which letters most of the page's glyphs are."""
    sampled = range(0, len(characters), max(len(characters) // 24, 1))
    told = [
        raw.FPDFText_HasUnicodeMapError(text, index) for index in sampled if not characters[index].isspace()
    ]
    unmapped: int = sum(each == 1 for each in told)
    return unmapped * 2 > len(told)


def _drawn(page: Any) -> tuple[float, int]:
    """The share of the page that its largest image covers, and how many paths and shadings there are."""
    area = max(raw.FPDF_GetPageWidthF(page) * raw.FPDF_GetPageHeightF(page), 1.0)
    covered, paths = 0.0, 0
    for number in range(min(raw.FPDFPage_CountObjects(page), MOST_OBJECTS)):
        thing = raw.FPDFPage_GetObject(page, number)
        kind = raw.FPDFPageObj_GetType(thing)
        if kind in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING):
            paths += 1
        elif kind in _PICTURES and raw.FPDFPageObj_GetBounds(thing, _LEFT, _BOTTOM, _RIGHT, _TOP):
            covered = max(covered, (_RIGHT.value - _LEFT.value) * (_TOP.value - _BOTTOM.value) / area)
    return covered, paths
