"""The little of PDFium that is needed, through pypdfium2's raw functions, where speed matters.

Coordinates of lines are in points of the page as it is shown: x to the right, y down, rotation applied. They
serve to order and join lines only; boxes to mark passages come from `rendering.py`.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pypdfium2
from pypdfium2 import raw

from explorer.errors import PasswordNeeded, ReadError
from explorer.readers.pdf.bidi import Mark
from explorer.readers.pdf.pictures.region import PageRegion
from explorer.readers.reading import Source

if TYPE_CHECKING:
    from explorer.readers.pdf.tabular.grid import PageTable

HYPHEN = "\ufffe"
"""How PDFium gives a hyphen at the end of a line; it leaves out the line break after it."""
_MAX_OUTLINE_DEPTH = 12


Lack = Literal["nothing", "blank", "picture", "garbage"]
"""Why the text of a page cannot be used: "nothing" is wrong with it; the page is "blank"; it is mostly a
"picture", which may show text; its text is "garbage", letters that mean nothing. The last two are for OCR."""


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
    bold: bool = False
    """Known only where fonts were asked for."""
    turn: int = 0
    """Quarter turns (1 to 3) that the page would have to be turned by for the line to stand level. Such lines
    have their places on the page turned so: they are compared with each other only."""
    is_close: bool = False
    """Follows the line before it in its row without a space."""
    aside: bool = False
    """Stands in the file but is not of the page's subject: a note on it, or text that nobody sees."""


@dataclass(slots=True)
class PdfPage:
    """The characters of a page as PDFium streams them (one per index) and its lines that are not blank."""

    characters: str
    lines: list[Line]
    from_right: bool = False
    """Whether the page is read from right to left."""
    marks: dict[int, Mark] = field(default_factory=dict)
    """Where each character of lines with right-to-left text stands, by its index."""
    raised: frozenset[int] = frozenset()
    """Digits set higher than the letter before them: marks of footnotes."""
    lack: Lack = "nothing"
    hidden: bool = False
    """Whether some of its text is not to be seen."""
    is_vertical: bool = False
    """Whether most of it is written in columns from the top down: its lines stand in the order of reading."""
    rows: list[list[Line]] = field(default_factory=list)
    """The lines as rows in the order of reading."""
    tables: list[PageTable] = field(default_factory=list)
    pictures: tuple[PageRegion, ...] = ()


def open_pdf(source: Source) -> pypdfium2.PdfDocument:
    """Opens a PDF. Raises PasswordNeeded for a missing or wrong password, PdfiumError where it is damaged.

    A file that is protected with an empty password opens without one.
    """
    try:
        return pypdfium2.PdfDocument(source.content or source.path, password=source.password)
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise password_needed(source) from error
        if error.err_code == raw.FPDF_ERR_SECURITY:
            raise ReadError(f"{source.shown} is protected in a way that cannot be opened.") from error
        raise


def password_needed(source: Source) -> PasswordNeeded:
    """The error for a protected file, without a password or with a wrong one."""
    if source.password:
        return PasswordNeeded(f"That is not the password of {source.shown}: enter its password.")
    return PasswordNeeded(f"{source.shown} is protected: enter its password.")


def load_text(page: Any) -> tuple[Any, int]:
    """The text of a loaded page, and the rotation (quarter turns) that its reading order goes by.

    PDFium streams lines in the order in which the page as shown is read, also where it is shown lying on its
    side; there the lines come last first. Such pages, and those upside down, are read as they would stand
    upright.
    """
    rotation = raw.FPDFPage_GetRotation(page)
    text = raw.FPDFText_LoadPage(page)
    if not text or rotation == 0 or not _runs_level(text, rotation):
        return text, rotation
    if rotation == 2:
        return text, 0
    raw.FPDFText_ClosePage(text)
    raw.FPDFPage_SetRotation(page, 0)
    text = raw.FPDFText_LoadPage(page)
    raw.FPDFPage_SetRotation(page, rotation)
    return text, 0


def _runs_level(text: Any, rotation: int) -> bool:
    """Whether most characters run along the page's own x axis, which is not shown from left to right."""
    count = raw.FPDFText_CountChars(text)
    sampled = range(0, count, max(count // 40, 1))
    angles = [raw.FPDFText_GetCharAngle(text, index) for index in sampled]
    along = [math.cos(angle) for angle in angles if angle >= 0]
    level = sum(each > 0.87 or (each < -0.87 and rotation != 2) for each in along)
    return level * 2 > len(angles)


def page_label(document: pypdfium2.PdfDocument, index: int) -> str | None:
    """The label that is printed on the page (from 0); None if it is its number."""
    label = str(document.get_page_label(index)).strip()[:40]
    return label if label and label != str(index + 1) else None


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One entry of the outline. `page` counts from 0; `y` is in points from the page's bottom."""

    level: int
    title: str
    page: int
    y: float | None


def outline(document: pypdfium2.PdfDocument, limit: int) -> Iterator[OutlineEntry]:
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


def _entry(bookmark: Any) -> OutlineEntry | None:
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
    return OutlineEntry(bookmark.level + 1, title, page, y)


def inked(characters: str, first: int, last: int) -> Iterator[int]:
    """About five characters spread over the line, white space passed over."""
    length = last - first
    for part in range(1, 5):
        index = first + (length - 1) * part // 4
        while index > first and characters[index].isspace():
            index -= 1
        yield index


def quick(function: Any, result: Any, *arguments: Any) -> Any:
    """A function of PDFium without pypdfium2's conversion of what it is given: many calls are made."""
    address = ctypes.cast(function, ctypes.c_void_p).value or 0
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


_handle, _int = ctypes.c_void_p, ctypes.c_int
_char_box = quick(raw.FPDFText_GetCharBox, _int, _handle, _int, *([_handle] * 4))
_loose_box = quick(raw.FPDFText_GetLooseCharBox, _int, _handle, _int, _handle)
_LEFT, _RIGHT, _BOTTOM, _TOP = (ctypes.c_double() for _ in range(4))
_EDGES = tuple(ctypes.addressof(each) for each in (_LEFT, _RIGHT, _BOTTOM, _TOP))
_LOOSE = raw.FS_RECTF()
_LOOSE_AT = ctypes.addressof(_LOOSE)


def reach(text: Any, first: int, last: int, rotation: int) -> tuple[float, float]:
    """Left edge of one character and right edge of another, as shown, with the blank around their ink."""
    if not _loose_box(text, first, _LOOSE_AT):
        return 0.0, 0.0
    left = (_LOOSE.left, _LOOSE.bottom, -_LOOSE.right, -_LOOSE.top)[rotation]
    _loose_box(text, last, _LOOSE_AT)
    return left, (_LOOSE.right, _LOOSE.top, -_LOOSE.left, -_LOOSE.bottom)[rotation]


def box(text: Any, index: int, rotation: int) -> tuple[float, float, float, float] | None:
    """(left, top, right, bottom) as shown, or None for a character without ink."""
    if not _char_box(text, index, *_EDGES):
        return None
    left, right, bottom, top = _LEFT.value, _RIGHT.value, _BOTTOM.value, _TOP.value
    if left >= right and bottom >= top:
        return None
    if rotation == 0:
        return left, -top, right, -bottom
    return shown(left, bottom, right, top, rotation)


def shown(
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
