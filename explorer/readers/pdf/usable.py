"""Whether a PDF page can be read by its text, or is blank, a picture, or letters that mean nothing."""

from __future__ import annotations

import ctypes
import re
from typing import Any

from pypdfium2 import raw

from explorer.readers.pdf.pdfium import Lack

FEW = 30
"""A page with fewer characters than this that is mostly an image is taken for a scan with a stamp on it."""
MOSTLY = 0.5
"""Share of the page that an image covers, for that."""
SOME = 0.02
"""Share of a page without any text that an image covers so that it may hold some."""
PATHS = 20
"""Strokes and shapes on a page without text: letters may have been turned into outlines."""
GARBAGE = 0.3
"""Share of characters without meaning from which the text of a page is garbage."""
MOST_OBJECTS = 2_000

_MEANINGLESS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]|[\udb80-\udbff][\udc00-\udfff]")
_PICTURES = (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM)
_TEXTUAL = re.compile(r"\S")
_LEFT, _RIGHT, _BOTTOM, _TOP = (ctypes.c_float() for _ in range(4))


def lack(page: Any, text: Any, characters: str) -> Lack:
    """What the page lacks. Only pages with little or strange text cost more than a look at it."""
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
    """Whether the fonts do not say which letters their glyphs are, and what came out looks like no text."""
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
