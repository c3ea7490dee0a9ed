"""Text by OCR for pages of a PDF whose own text cannot be used. OCR is loaded when a page needs it."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pypdfium2 import raw

from explorer.readers.ocr import engine, recognised
from explorer.readers.ocr.recognised import Recognised, RecognisedPages
from explorer.readers.reading import ReadPage, Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pypdfium2 import PdfDocument

DOTS_PER_INCH = 150
LEAST_SIDE = 1_600
"""The longer side of a page has at least this many pixels: small pages hold small print."""
MOST_PIXELS = 16_000_000


def read_anew(
    source: Source, document: PdfDocument, pages: tuple[ReadPage, ...], indexes: Sequence[int]
) -> tuple[tuple[ReadPage, ...], RecognisedPages]:
    """All pages, those of `indexes` (from 0) with the text of OCR if it is longer, and what OCR found.

    Raises ReadError for too much text.
    """
    own = {index: _letters(pages[index].text) for index in indexes}
    found = recognise(source, document, indexes, own)
    anew = {index: each for index, each in found.pages.items() if each.text}
    changed = list(pages)
    for index, each in anew.items():
        last = index + 1 == len(pages)
        changed[index] = recognised.page(index + 1, each, is_last=last, label=pages[index].label)
    return tuple(changed), RecognisedPages(anew, found.warnings)


def _letters(text: str) -> int:
    """How many characters of a page's own text mean something."""
    return sum(mark.isalnum() for mark in text)


def recognise(
    source: Source, document: PdfDocument, indexes: Sequence[int], own: Mapping[int, int] | None = None
) -> RecognisedPages:
    """What OCR found on pages (from 0), taken in order until their share of the time is over.

    A page whose `own` letters are not outnumbered by the characters that OCR finds is left out. Raises
    ReadError for too much text.
    """
    found: dict[int, Recognised] = {}
    characters = done = 0
    end = time.monotonic() + recognised.TIME_SHARE * source.limits.seconds
    for index in indexes:
        if time.monotonic() > end:
            break
        done += 1
        source.on_page(done, len(indexes))
        pixels = _pixels(document, index)
        if pixels is not None:
            page = engine.recognise(pixels, source.limits.ocr_models)
            if not own or own[index] == 0 or len(page.text) > own[index]:
                found[index] = page
            characters += len(page.text)
            source.check_characters(characters)
    left = len(indexes) - done
    said = list(recognised.warnings(list(found.values()), len(document), source.limits.ocr_models))
    if left:
        said.append(recognised.overdue(left, len(document), source.limits.seconds))
    return RecognisedPages(found, tuple(said))


def _pixels(document: PdfDocument, index: int) -> NDArray[np.uint8] | None:
    """The pixels of a page (height, width, 3), blue first; None for a damaged page."""
    page = raw.FPDF_LoadPage(document, index)
    if not page:
        return None
    try:
        return _drawn(page)
    finally:
        raw.FPDF_ClosePage(page)


def _drawn(page: Any) -> NDArray[np.uint8] | None:
    import numpy as np

    wide, high = max(raw.FPDF_GetPageWidthF(page), 1.0), max(raw.FPDF_GetPageHeightF(page), 1.0)
    scale = max(DOTS_PER_INCH / 72, LEAST_SIDE / max(wide, high))
    scale = min(scale, (MOST_PIXELS / (wide * high)) ** 0.5)
    width, height = max(int(wide * scale), 1), max(int(high * scale), 1)
    bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGR, None, 0)
    if not bitmap:
        return None
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, raw.FPDF_ANNOT)
        stride = raw.FPDFBitmap_GetStride(bitmap)
        octets = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * height)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    rows = np.frombuffer(octets, np.uint8).reshape(height, stride)[:, : width * 3]
    return np.ascontiguousarray(rows.reshape(height, width, 3))
