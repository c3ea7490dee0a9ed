"""One page of a PDF: its characters and where its lines stand, what is written on it, and what it lacks."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

import pypdfium2
from pypdfium2 import raw

from explorer.readers.pdf import covered, hidden, notes, painting, pdfium, usable
from explorer.readers.pdf.bidi import RIGHT_TO_LEFT, Mark, is_right_to_left
from explorer.readers.pdf.layout import overdrawn, spacing, turned, vertical
from explorer.readers.pdf.layout.arranged import rows_of
from explorer.readers.pdf.layout.glyphs import trimmed
from explorer.readers.pdf.painting import Painted
from explorer.readers.pdf.pdfium import Line, PdfPage
from explorer.readers.pdf.pictures.finding import found as found_pictures
from explorer.readers.pdf.tabular import finding, scattered
from explorer.readers.pdf.tabular.words import Words

_BREAK = re.compile(f"\r\n|[\r\n\x0b\x0c\u2028\u2029]|(?<={pdfium.HYPHEN})")
_WORD_START = re.compile(r"\s(?=\S)")
MORE_THAN_A_ROW = 1.6
"""Height of a line, in font heights, from which it is looked at word by word."""
ROW_STEP = 0.6
"""Step of the baseline from one word to the next, in font heights, that ends a row."""
_AFTER_LETTERS = re.compile(r"(?:[^\W\d_]{3}|[\uac00-\ud7a3\u3040-\u30ff\u4e00-\u9fff]{2})(?=\d)")
"""The mark of a footnote follows a word; behind fewer letters a digit may be an exponent (m², cm³)."""


def read_page(
    document: pypdfium2.PdfDocument, index: int, *, fonts: bool = False, has_layers: bool = False
) -> PdfPage:
    """Characters and lines of a page (from 0), with the text of its fields and of the notes on it.

    `fonts`: find out which lines are bold. `has_layers`: the document may have some that are off.

    Raises PdfiumError when the page cannot be loaded.
    """
    page = raw.FPDF_LoadPage(document, index)
    if not page:
        raise pypdfium2.PdfiumError(f"page {index + 1} cannot be loaded")
    try:
        text, rotation = pdfium.load_text(page)
        if not text:
            raise pypdfium2.PdfiumError(f"the text of page {index + 1} cannot be loaded")
        objects = painting.PageObjects(page)
        painted = painting.painted(page, objects, whole=has_layers)
        try:
            made = _read(page, text, rotation, painted, has_layers)
            made.pictures = found_pictures(page, objects, made, rotation)
            if fonts:
                _mark_bold(text, made)
            own = len(made.characters)
            made = notes.added(document, page, rotation, made)
            if not (made.marks or made.is_vertical):
                made.lines = scattered.in_order(made.lines)
            made.rows = rows_of(made)
            if not (made.marks or made.is_vertical):
                words = Words(text, made.characters, rotation, own)
                made.rows, made.tables = finding.found(made.characters, made.rows, words, painted, rotation)
            return made
        finally:
            raw.FPDFText_ClosePage(text)
    finally:
        raw.FPDF_ClosePage(page)


def _read(page: Any, text: Any, rotation: int, painted: Painted, has_layers: bool) -> PdfPage:
    characters = overdrawn.mended(text, _characters(text), rotation)
    lines = list(_lines(text, characters, 0, len(characters), rotation))
    if turned.any_of(text, lines, rotation):
        characters, lines = _with_turned(text, characters, rotation)
    characters = spacing.mended(text, characters, lines, rotation)
    is_hiding = hidden.mark(page, text, characters, lines, rotation)
    is_hiding |= covered.mark(page, text, characters, lines, rotation, painted, has_layers=has_layers)
    lines = [_level(text, characters, line, rotation) if line.turn else line for line in lines]
    level = partial(_line, text, characters, rotation=rotation)
    downwards = vertical.arranged(text, characters, lines, rotation, level)
    if downwards:
        characters, lines = downwards.characters, [line for row in downwards.rows for line in row]
    made = PdfPage(
        characters,
        lines,
        rows=downwards.rows if downwards else [],
        is_vertical=downwards is not None,
        raised=_raised(text, characters),
        lack=usable.lack(page, text, characters),
        hidden=is_hiding,
    )
    if RIGHT_TO_LEFT.search(characters):
        made.marks.update(_marks(text, characters, lines, rotation))
        made.from_right = is_right_to_left(characters)
    return made


def _mark_bold(text: Any, made: PdfPage) -> None:
    """Marks as bold the lines that are bold at both ends."""
    for line in made.lines:
        line.bold = _is_bold(text, line.first) and _is_bold(text, line.last - 1)


def _is_bold(text: Any, index: int) -> bool:
    length = _font_info(text, index, _NAME_AT, len(_NAME), _FLAGS_AT)
    return bool(_FLAGS.value & _FORCE_BOLD) or _is_bold_name(_NAME.raw[: min(length, len(_NAME))])


@lru_cache(maxsize=1_000)
def _is_bold_name(name: bytes) -> bool:
    return _BOLD.search(name) is not None


def _characters(text: Any) -> str:
    """One character for each index. If the quick call leaves out odd ones, each is asked for by itself."""
    count = max(raw.FPDFText_CountChars(text), 0)
    if count == 0:
        return ""
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    units = raw.FPDFText_GetText(text, 0, count, buffer)
    quick = bytes(buffer)[: 2 * max(units - 1, 0)].decode("utf-16-le", "surrogatepass")
    if len(quick) == count:
        return quick.replace("\x02", pdfium.HYPHEN)
    codes = (raw.FPDFText_GetUnicode(text, index) for index in range(count))
    return "".join(chr(code) if 0 < code < 0x110000 else " " for code in codes).replace("\x02", pdfium.HYPHEN)


def _lines(text: Any, characters: str, first: int, last: int, rotation: int) -> Iterator[Line]:
    for found in _BREAK.finditer(characters, first, last):
        yield from _parts(text, characters, first, found.start(), rotation)
        first = found.end()
    yield from _parts(text, characters, first, last, rotation)


def _with_turned(text: Any, characters: str, rotation: int) -> tuple[str, list[Line]]:
    """The characters and lines of a page on which some words do not stand level."""
    marks = list(characters)
    stretches = list(turned.stretches(text, characters, rotation))
    spans = [span for first, last, turn in stretches if turn
             for span in turned.spans(text, marks, first, last, (rotation + turn) % 4)]  # fmt: skip
    mended = "".join(marks)
    lines: list[Line] = []
    for first, last, turn in stretches:
        if not turn:
            lines += _lines(text, mended, first, last, rotation)
            continue
        for start, end in spans:
            if first <= start < last and (line := _line(text, mended, start, end, rotation)):
                lines.append(replace(line, turn=turn, upright=False))
    return mended, lines


def _level(text: Any, characters: str, line: Line, rotation: int) -> Line:
    """A turned line as it stands where the page is turned for it to be read."""
    made = _line(text, characters, line.first, line.last, (rotation + line.turn) % 4)
    return replace(made, turn=line.turn, aside=line.aside) if made else line


def _parts(text: Any, characters: str, first: int, last: int, rotation: int) -> Iterator[Line]:
    """One of PDFium's lines, cut into several if it runs over more than one row, which happens at bullets."""
    line = _line(text, characters, first, last, rotation)
    if line is None:
        return
    if line.bottom - line.top < MORE_THAN_A_ROW * line.height or line.height <= 0:
        yield line
        return
    if cells := _stacked(text, characters, line, rotation):
        yield from cells
        return
    begin, before = line.first, line.baseline
    for found in _WORD_START.finditer(characters, line.first + 1, line.last):
        baseline, _ = _font_place(text, found.end(), rotation)
        if abs(baseline - before) > ROW_STEP * line.height:
            if part := _line(text, characters, begin, found.start() + 1, rotation):
                yield part
            begin = found.end()
        before = baseline
    if part := _line(text, characters, begin, line.last, rotation):
        yield part


def _stacked(text: Any, characters: str, line: Line, rotation: int) -> list[Line]:
    """Characters below each other, which PDFium takes for vertical writing: a column of single digits."""
    words = characters[line.first : line.last]
    if line.right - line.left > MORE_THAN_A_ROW * line.height or not words.isascii() or not words.isalnum():
        return []
    parts = [_line(text, characters, index, index + 1, rotation) for index in range(line.first, line.last)]
    cells = [part for part in parts if part]
    is_down = all(other.baseline - one.baseline > ROW_STEP * line.height for one, other in pairwise(cells))
    is_level = all(raw.FPDFText_GetCharAngle(text, each.first) == 0 for each in cells)
    return cells if is_down and is_level and not rotation else []


def _line(text: Any, characters: str, first: int, last: int, rotation: int) -> Line | None:
    """A line, placed by a few characters: to ask for every box would double the time. None if blank."""
    first, last = trimmed(characters, first, last)
    if first == last:
        return None
    sampled = sorted({first, *pdfium.inked(characters, first, last)})
    boxes = [box for index in sampled if (box := pdfium.box(text, index, rotation))]
    if not boxes:
        return Line(first, last, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, upright=False)
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    left, top, right, bottom = min(lefts), min(tops), max(rights), max(bottoms)
    baseline, height = _font_place(text, first, rotation)
    upright = len(boxes) == 1 or bottom - top < 3 * max(height, 1.0) or bottom - top < right - left
    return Line(first, last, left, top, right, bottom, baseline, height, upright)


def _marks(text: Any, characters: str, lines: list[Line], rotation: int) -> Iterator[tuple[int, Mark]]:
    """(index, character) of lines that run from the right, and of all lines on a page that does."""
    whole = is_right_to_left(characters)
    for line in lines:
        if not line.upright or not (whole or RIGHT_TO_LEFT.search(characters, line.first, line.last)):
            continue
        for index in range(line.first, line.last):
            if raw.FPDFText_IsGenerated(text, index) == 1:
                continue
            if raw.FPDFText_GetLooseCharBox(text, index, _LOOSE):
                box = pdfium.shown(_LOOSE.left, _LOOSE.bottom, _LOOSE.right, _LOOSE.top, rotation)
                yield index, Mark(characters[index], index, box[0], box[2], box[3] - box[1])


def _raised(text: Any, characters: str) -> frozenset[int]:
    """Indices of digits behind a letter that stand on a higher baseline than the letter."""
    found = []
    for match in _AFTER_LETTERS.finditer(characters):
        digit = match.end()
        _origin(text, digit - 1, _LEFT_AT, _BOTTOM_AT)
        _origin(text, digit, _RIGHT_AT, _TOP_AT)
        if _TOP.value == _BOTTOM.value or not _loose_box(text, digit - 1, _LOOSE_AT):
            continue
        height = _LOOSE.top - _LOOSE.bottom
        if _TOP.value - _BOTTOM.value > 0.15 * height and abs(_RIGHT.value - _LEFT.value) < 3 * height:
            found.append(digit)
    return frozenset(found)


_LEFT, _RIGHT, _BOTTOM, _TOP = (ctypes.c_double() for _ in range(4))
_LOOSE = raw.FS_RECTF()
_LEFT_AT, _RIGHT_AT, _BOTTOM_AT, _TOP_AT = map(ctypes.addressof, (_LEFT, _RIGHT, _BOTTOM, _TOP))
_LOOSE_AT = ctypes.addressof(_LOOSE)
_origin = pdfium.quick(
    raw.FPDFText_GetCharOrigin, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, *([ctypes.c_void_p] * 2)
)
_loose_box = pdfium.quick(
    raw.FPDFText_GetLooseCharBox, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p
)
_NAME = ctypes.create_string_buffer(200)
_FLAGS = ctypes.c_int()
_NAME_AT, _FLAGS_AT = ctypes.addressof(_NAME), ctypes.addressof(_FLAGS)
_font_info = pdfium.quick(
    raw.FPDFText_GetFontInfo,
    ctypes.c_ulong,
    *(ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p),
)
_FORCE_BOLD = 1 << 18
_BOLD = re.compile(rb"bold|black|heavy|semib|demi|medi(?![a-z])|cmbx|sfbx", re.I)


def _font_place(text: Any, index: int, rotation: int) -> tuple[float, float]:
    """Baseline (y as shown) of a character, and the height of its font."""
    _origin(text, index, _LEFT_AT, _TOP_AT)
    x, y = _LEFT.value, _TOP.value
    baseline = (-y, x, y, -x)[rotation % 4]
    if not _loose_box(text, index, _LOOSE_AT):
        return baseline, 0.0
    _, top, _, bottom = pdfium.shown(_LOOSE.left, _LOOSE.bottom, _LOOSE.right, _LOOSE.top, rotation)
    return baseline, bottom - top
