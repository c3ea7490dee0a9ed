"""The little of PDFium that is needed, through pypdfium2's raw functions, where speed matters.

Coordinates of lines are in points of the page as it is shown: x to the right, y down, rotation applied. They
serve to order and join lines only; boxes for marking come from `pages.py`.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
from pypdfium2 import raw

from explorer.errors import PasswordNeeded, ReadError
from explorer.readers.bidi import RIGHT_TO_LEFT, Mark, is_right_to_left
from explorer.readers.reading import Source

HYPHEN = "\ufffe"
"""How PDFium gives a hyphen at the end of a line; it leaves out the line break after it."""
_BREAK = re.compile(f"\r\n|[\r\n\x0b\x0c\u2028\u2029]|(?<={HYPHEN})")
_AFTER_LETTERS = re.compile(r"(?:[^\W\d_]{3}|[\uac00-\ud7a3\u3040-\u30ff\u4e00-\u9fff]{2})(?=\d)")
"""A footnote's mark follows a word; after fewer letters it may be an exponent (m², cm³)."""
_MAX_OUTLINE_DEPTH = 12


@dataclass(slots=True)
class Line:
    """A line of PDFium's stream: characters `first <= i < last` of the page, and where they stand.

    `baseline` and `height` (of the font) are of its first character. `upright` is False for text that does
    not run from left to right on the page as shown.
    """

    first: int
    last: int
    left: float
    top: float
    right: float
    bottom: float
    baseline: float
    height: float
    upright: bool = True


@dataclass(frozen=True, slots=True)
class PageText:
    """The characters of a page as PDFium streams them (one per index) and its lines that are not blank."""

    characters: str
    lines: list[Line]
    from_right: bool = False
    """Whether the page is read from right to left."""
    marks: dict[int, Mark] = field(default_factory=dict)
    """Where each character of lines with right-to-left text stands, by its index."""
    raised: frozenset[int] = frozenset()
    """Digits set higher than the letter before them: marks of footnotes."""


def open_pdf(source: Source) -> pypdfium2.PdfDocument:
    """Opens a PDF. Raises PasswordNeeded for a missing or wrong password, PdfiumError where it is damaged.

    A file that is protected with an empty password opens without one.
    """
    try:
        return pypdfium2.PdfDocument(source.path, password=source.password)
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise password_needed(source) from error
        if error.err_code == raw.FPDF_ERR_SECURITY:
            raise ReadError(f"{source.shown} is protected in a way that cannot be opened.") from error
        raise


def password_needed(source: Source) -> PasswordNeeded:
    """The error for a protected file: no password, or a wrong one."""
    if source.password:
        return PasswordNeeded(f"That is not the password of {source.shown}: enter its password.")
    return PasswordNeeded(f"{source.shown} is protected: enter its password.")


def page_text(document: pypdfium2.PdfDocument, index: int) -> PageText:
    """Characters and lines of a page (from 0). Raises PdfiumError when the page cannot be loaded."""
    page = raw.FPDF_LoadPage(document, index)
    if not page:
        raise pypdfium2.PdfiumError(f"page {index + 1} cannot be loaded")
    try:
        text, rotation = load_text(page)
        if not text:
            raise pypdfium2.PdfiumError(f"the text of page {index + 1} cannot be loaded")
        try:
            characters = _characters(text)
            lines = list(_lines(text, characters, rotation))
            raised = _raised(text, characters)
            if not RIGHT_TO_LEFT.search(characters):
                return PageText(characters, lines, raised=raised)
            marks = dict(_marks(text, characters, lines, rotation))
            return PageText(characters, lines, is_right_to_left(characters), marks, raised)
        finally:
            raw.FPDFText_ClosePage(text)
    finally:
        raw.FPDF_ClosePage(page)


def load_text(page: Any) -> tuple[Any, int]:
    """The text of a loaded page, and the rotation (quarter turns) that its reading order goes by.

    PDFium streams lines in the order in which the page as shown is read, also where it is shown lying on its
    side; there the lines come last first. Such pages are read as they would stand upright.
    """
    rotation = raw.FPDFPage_GetRotation(page)
    text = raw.FPDFText_LoadPage(page)
    if not text or rotation % 2 == 0 or not _lies_on_its_side(text):
        return text, rotation
    raw.FPDFText_ClosePage(text)
    raw.FPDFPage_SetRotation(page, 0)
    text = raw.FPDFText_LoadPage(page)
    raw.FPDFPage_SetRotation(page, rotation)
    return text, 0


def _lies_on_its_side(text: Any) -> bool:
    """Whether most characters run along the page's own x axis, which is shown going up or down."""
    count = raw.FPDFText_CountChars(text)
    sampled = range(0, count, max(count // 40, 1))
    angles = [raw.FPDFText_GetCharAngle(text, index) for index in sampled]
    level = sum(abs(math.sin(angle)) < 0.5 for angle in angles if angle >= 0)
    return level * 2 > len(angles)


def page_label(document: pypdfium2.PdfDocument, index: int) -> str | None:
    """What is printed on the page, where it differs from its number."""
    label = str(document.get_page_label(index)).strip()[:40]
    return label if label and label != str(index + 1) else None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the outline. `page` counts from 0; `y` is in points from the page's bottom."""

    level: int
    title: str
    page: int
    y: float | None


def outline(document: pypdfium2.PdfDocument, limit: int) -> Iterator[Entry]:
    """At most `limit` entries that point at a page, in the outline's order, level from 1.

    A damaged outline may refer to itself: each entry is visited once.
    """
    seen = 0
    try:
        for bookmark in document.get_toc(max_depth=_MAX_OUTLINE_DEPTH):
            seen += 1
            if seen > limit:
                return
            entry = _entry(bookmark)
            if entry is not None:
                yield entry
    except (pypdfium2.PdfiumError, ValueError, RecursionError):
        return  # what was read so far is still good


def _entry(bookmark: Any) -> Entry | None:
    title = " ".join(bookmark.get_title().replace("\x00", " ").split())[:300]
    target = bookmark.get_dest()
    page = target.get_index() if target is not None else None
    if not title or page is None:
        return None
    view, numbers = target.get_view()
    y = None
    if view == raw.PDFDEST_VIEW_XYZ and len(numbers) > 1:
        y = numbers[1]
    elif view in (raw.PDFDEST_VIEW_FITH, raw.PDFDEST_VIEW_FITBH) and numbers:
        y = numbers[0]
    return Entry(bookmark.level + 1, title, page, y)


def _characters(text: Any) -> str:
    """One character an index. The quick call leaves out some odd ones; then each is asked for."""
    count = max(raw.FPDFText_CountChars(text), 0)
    if count == 0:
        return ""
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    units = raw.FPDFText_GetText(text, 0, count, buffer)
    quick = bytes(buffer)[: 2 * max(units - 1, 0)].decode("utf-16-le", "surrogatepass")
    if len(quick) == count:
        return quick.replace("\x02", HYPHEN)
    codes = (raw.FPDFText_GetUnicode(text, index) for index in range(count))
    return "".join(chr(code) if 0 < code < 0x110000 else " " for code in codes).replace("\x02", HYPHEN)


def _lines(text: Any, characters: str, rotation: int) -> Iterator[Line]:
    first = 0
    for found in _BREAK.finditer(characters):
        if line := _line(text, characters, first, found.start(), rotation):
            yield line
        first = found.end()
    if line := _line(text, characters, first, len(characters), rotation):
        yield line


def _line(text: Any, characters: str, first: int, last: int, rotation: int) -> Line | None:
    """Its place from a few characters: asking for every box would take as long as all the rest."""
    while first < last and characters[first].isspace():
        first += 1
    while first < last and characters[last - 1].isspace():
        last -= 1
    if first == last:
        return None
    sampled = sorted({first, *_inked(characters, first, last)})
    boxes = [box for index in sampled if (box := _box(text, index, rotation))]
    if not boxes:
        return Line(first, last, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, upright=False)
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    baseline, height = _font_place(text, first, rotation)
    upright = len(boxes) == 1 or bottom - top < 3 * max(height, 1.0) or bottom - top < right - left
    return Line(first, last, left, top, right, bottom, baseline, height, upright)


def _marks(text: Any, characters: str, lines: list[Line], rotation: int) -> Iterator[tuple[int, Mark]]:
    """Every character of lines that run from the right, and of their neighbours on a page that does."""
    whole = is_right_to_left(characters)
    for line in lines:
        if not line.upright or not (whole or RIGHT_TO_LEFT.search(characters, line.first, line.last)):
            continue
        for index in range(line.first, line.last):
            if raw.FPDFText_IsGenerated(text, index) == 1:
                continue
            if raw.FPDFText_GetLooseCharBox(text, index, _LOOSE):
                box = _shown(_LOOSE.left, _LOOSE.bottom, _LOOSE.right, _LOOSE.top, rotation)
                yield index, Mark(characters[index], index, box[0], box[2], box[3] - box[1])


def _raised(text: Any, characters: str) -> frozenset[int]:
    """Digits after a letter that stand on a higher baseline than it."""
    found = []
    for match in _AFTER_LETTERS.finditer(characters):
        digit = match.end()
        raw.FPDFText_GetCharOrigin(text, digit - 1, _LEFT, _BOTTOM)
        raw.FPDFText_GetCharOrigin(text, digit, _RIGHT, _TOP)
        if _TOP.value == _BOTTOM.value or not raw.FPDFText_GetLooseCharBox(text, digit - 1, _LOOSE):
            continue
        height = _LOOSE.top - _LOOSE.bottom
        if _TOP.value - _BOTTOM.value > 0.15 * height and abs(_RIGHT.value - _LEFT.value) < 3 * height:
            found.append(digit)
    return frozenset(found)


def _inked(characters: str, first: int, last: int) -> Iterator[int]:
    """About five characters spread over the line, white space passed over."""
    length = last - first
    for part in range(1, 5):
        index = first + (length - 1) * part // 4
        while index > first and characters[index].isspace():
            index -= 1
        yield index


_LEFT, _RIGHT, _BOTTOM, _TOP = (ctypes.c_double() for _ in range(4))
_LOOSE = raw.FS_RECTF()


def _box(text: Any, index: int, rotation: int) -> tuple[float, float, float, float] | None:
    """(left, top, right, bottom) as shown, or None for a character without ink."""
    if not raw.FPDFText_GetCharBox(text, index, _LEFT, _RIGHT, _BOTTOM, _TOP):
        return None
    left, right, bottom, top = _LEFT.value, _RIGHT.value, _BOTTOM.value, _TOP.value
    if left >= right and bottom >= top:
        return None
    return _shown(left, bottom, right, top, rotation)


def _font_place(text: Any, index: int, rotation: int) -> tuple[float, float]:
    """Baseline (y as shown) of a character, and the height of its font."""
    raw.FPDFText_GetCharOrigin(text, index, _LEFT, _TOP)
    x, y = _LEFT.value, _TOP.value
    baseline = (-y, x, y, -x)[rotation % 4]
    if not raw.FPDFText_GetLooseCharBox(text, index, _LOOSE):
        return baseline, 0.0
    _, top, _, bottom = _shown(_LOOSE.left, _LOOSE.bottom, _LOOSE.right, _LOOSE.top, rotation)
    return baseline, bottom - top


def _shown(
    left: float, bottom: float, right: float, top: float, rotation: int
) -> tuple[float, float, float, float]:
    """A rectangle of the page's own space as (left, top, right, bottom) of the page as shown, y down."""
    if rotation % 4 == 0:
        return left, -top, right, -bottom
    if rotation % 4 == 1:
        return bottom, left, top, right
    if rotation % 4 == 2:
        return -right, bottom, -left, top
    return -top, -right, -bottom, -left


def language(document: pypdfium2.PdfDocument) -> str:
    """The language that the document declares, or an empty string."""
    call = getattr(raw, "FPDFCatalog_GetLanguage", None)
    if call is None:  # PDFium before 2025
        return ""
    units = call(document, None, 0)
    buffer = (ctypes.c_ushort * max(units, 1))()
    call(document, buffer, units)
    return bytes(buffer)[: max(units - 2, 0)].decode("utf-16-le", "replace")
