"""What is written on a PDF page besides its text: the contents of form fields, and people's notes.

A field's content and a text box stand where they are seen, in the row of their label. A note (a comment, the
words behind a highlight) is set aside at the end of its page. Neither has characters of the page behind it,
so neither is marked on the page's image. Files hang on pages and documents, too: see `attachments`.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
from pypdfium2 import raw

from explorer.readers import registry
from explorer.readers.pdf import pdfium
from explorer.readers.pdf.ordering import OVERLAP
from explorer.readers.pdf.pdfium import Line, PdfPage
from explorer.readers.reading import scrubbed

MOST_NOTES = 5_000
"""At most this many annotations of a page are looked at."""
MOST_CHARACTERS = 100_000
"""At most this many characters of a field or note are kept."""
_LETTERS = re.compile(r"\(((?:\\.|[^\\()])*)\)\s*(?:Tj|')")
_ESCAPED = re.compile(r"\\([()\\])")
_UNSEEN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
_PASSWORD = 1 << 13
_WRITTEN = frozenset((raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX))
_TICKED = frozenset((raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON))
_NO_NOTES = frozenset((raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP, raw.FPDF_ANNOT_WIDGET))
_EDGES = raw.FS_RECTF()


def added(document: pypdfium2.PdfDocument, page: Any, rotation: int, made: PdfPage) -> PdfPage:
    """The page with what is written on it, which is added to `made`."""
    count = min(raw.FPDFPage_GetAnnotCount(page), MOST_NOTES)
    for number in range(count):
        note = raw.FPDFPage_GetAnnot(page, number)
        if not note:
            continue
        try:
            _add(document, note, rotation, made)
        finally:
            raw.FPDFPage_CloseAnnot(note)
    return made


def _add(document: pypdfium2.PdfDocument, note: Any, rotation: int, made: PdfPage) -> None:
    kind = raw.FPDFAnnot_GetSubtype(note)
    if kind == raw.FPDF_ANNOT_LINK or raw.FPDFAnnot_GetFlags(note) & _UNSEEN:
        return
    if kind == raw.FPDF_ANNOT_WIDGET:
        words = _field(document, note)
    else:
        words = (
            ""
            if kind in _NO_NOTES
            else _string(lambda *to: raw.FPDFAnnot_GetStringValue(note, b"Contents", *to))
        )
    if not words.strip() or not raw.FPDFAnnot_GetRect(note, _EDGES):
        return
    place = pdfium.shown(_EDGES.left, _EDGES.bottom, _EDGES.right, _EDGES.top, rotation)
    aside = kind not in (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT)
    new = _written(made, words, place, aside)
    where = len(made.lines) if aside else _beside(made.lines, new[0])
    made.lines[where:where] = new


def _field(document: pypdfium2.PdfDocument, note: Any) -> str:
    """A field's content, "[x]" for a tick; "" for buttons, signatures and passwords."""
    form = document.formenv
    kind = raw.FPDFAnnot_GetFormFieldType(form, note) if form else raw.FPDF_FORMFIELD_UNKNOWN
    if kind in (-1, raw.FPDF_FORMFIELD_UNKNOWN):
        return _formless(note)
    if kind in _TICKED:
        return _tick(note)
    if kind not in _WRITTEN or raw.FPDFAnnot_GetFormFieldFlags(form, note) & _PASSWORD:
        return ""
    return _string(lambda *to: raw.FPDFAnnot_GetFormFieldValue(form, note, *to))


def _tick(note: Any) -> str:
    state = _value(note, b"AS")
    return "[x]" if state not in ("", "Off") else ""


def _value(note: Any, key: bytes) -> str:
    return _string(lambda *to: raw.FPDFAnnot_GetStringValue(note, key, *to))


def _formless(note: Any) -> str:
    """The content of a field whose form is lost, as that of a page cut out of a form: its value, else what
    its appearance shows."""
    kind = _value(note, b"FT")
    if kind == "Btn" or (not kind and raw.FPDFAnnot_HasKey(note, b"AS")):
        return _tick(note)
    flags = ctypes.c_float()
    if raw.FPDFAnnot_GetNumberValue(note, b"Ff", flags) and int(flags.value) & _PASSWORD:
        return ""
    return "" if kind == "Sig" else _value(note, b"V") or _shown(note)


def _shown(note: Any) -> str:
    """The words of a field's appearance, as programs that fill in forms write them: strings of letters."""
    drawing = _string(lambda *to: raw.FPDFAnnot_GetAP(note, raw.FPDF_ANNOT_APPEARANCEMODE_NORMAL, *to))
    strings = (_ESCAPED.sub(r"\1", found[1]) for found in _LETTERS.finditer(drawing))
    return "\n".join(each for each in strings if each.strip() and each.isprintable())


def _written(made: PdfPage, words: str, place: tuple[float, float, float, float], aside: bool) -> list[Line]:
    """New lines for some words, one below the other within `place`; adds them to the page's characters."""
    left, top, right, bottom = place
    rows = [" ".join(row.split()) for row in words.splitlines()]
    rows = [row for row in rows if row]
    high = min((bottom - top) / max(len(rows), 1), 14.0)
    lines = []
    for number, row in enumerate(rows):
        first = len(made.characters) + 1
        made.characters += "\n" + row
        low = top + (number + 1) * high if len(rows) > 1 else bottom
        upper = low - high if len(rows) > 1 else top
        lines.append(
            Line(first, first + len(row), left, upper, right, low, low - 0.2 * high, high, aside=aside)
        )
    return lines


def _beside(lines: list[Line], new: Line) -> int:
    """Where to put a line in: behind the one that it stands beside, else behind the last one above it."""
    above = 0
    for place, line in enumerate(lines, 1):
        if line.turn:
            continue
        lower = min(line.bottom - line.top, new.bottom - new.top)
        shared = min(line.bottom, new.bottom) - max(line.top, new.top)
        if shared > OVERLAP * lower and line.left <= new.left and not line.aside:
            above = place
            break
        if line.bottom <= new.top + lower and not line.aside:
            above = place
    while above < len(lines) and _same_row(lines[above - 1], lines[above]) and lines[above].left <= new.left:
        above += 1
    return above


def _same_row(one: Line, other: Line) -> bool:
    if one.turn != other.turn:
        return False
    lower = min(one.bottom - one.top, other.bottom - other.top)
    return min(one.bottom, other.bottom) - max(one.top, other.top) > OVERLAP * lower


def _string(call: Callable[..., int]) -> str:
    """The string of one of PDFium's calls, which is asked for the length first, in bytes of UTF-16."""
    size = min(call(None, 0), 2 * MOST_CHARACTERS)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    call(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return scrubbed(bytes(buffer)[: size - 2].decode("utf-16-le", "replace")).replace("\x00", " ")


def attachments(document: pypdfium2.PdfDocument, most: int) -> Iterator[tuple[str, bytes | None]]:
    """Names and contents of the files that hang on the document; None for one that cannot be opened.

    A PDF may protect its attachments only. PDFium gives their protected bytes then, which no reader can use.
    """
    is_protected = raw.FPDF_GetSecurityHandlerRevision(document) >= 0
    for number in range(min(max(raw.FPDFDoc_GetAttachmentCount(document), 0), most)):
        file = raw.FPDFDoc_GetAttachment(document, number)
        if not file:
            continue
        name = (
            _string(lambda *to, file=file: raw.FPDFAttachment_GetName(file, *to))
            or f"attachment {number + 1}"
        )
        content = _content(file)
        if content and is_protected and not registry.is_readable(name, content[: registry.HEAD_BYTES]):
            content = None
        yield name, content


def _content(file: Any) -> bytes | None:
    size = ctypes.c_ulong()
    if not raw.FPDFAttachment_GetFile(file, None, 0, size) or not size.value:
        return None
    buffer = ctypes.create_string_buffer(size.value)
    if not raw.FPDFAttachment_GetFile(file, buffer, size.value, size):
        return None
    return buffer.raw[: size.value]
