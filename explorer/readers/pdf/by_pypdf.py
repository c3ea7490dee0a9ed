"""The second try for PDFs that PDFium refuses: pypdf mends some damage that PDFium does not."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly
from explorer.readers.pdf import facts, pdfium
from explorer.readers.reading import Heading, Reading, ReadPage, Source, scrubbed

if TYPE_CHECKING:
    from pypdf import PdfReader

log = logging.getLogger("explorer.readers")


def read(source: Source, refused: str) -> Reading:
    """Reads a PDF with pypdf, without boxes. `refused` is what PDFium said, for the log.

    Raises PasswordNeeded and ReadError, like `pdf.reader.read`.
    """
    log.info("PDFium refused %s (%s); trying pypdf", source.shown, refused)
    try:
        reader = _open(source)
        count = len(reader.pages)
    except ReadError:
        raise
    except Exception as error:  # a damaged file raises anything at all here
        raise ReadError(f"{source.shown} could not be read: the PDF is damaged.") from error
    facts.check_pages(source, count)
    pages, unreadable = _pages(source, reader, count)
    info: Any = reader.metadata or {}
    said = "The PDF is damaged; its text was read in a simpler way and pages cannot be marked."
    out = Assembly(source, warnings=[said, *facts.page_warnings(source, pages, unreadable)])
    for page in pages:
        out.add_page(page.text)
    out.headings += _headings(reader, pages, source.limits.headings)
    return out.reading(
        "pdf",
        title=_field(info, "/Title"),
        author=_field(info, "/Author"),
        date=facts.day(str(info.get("/CreationDate") or "")),
    )


def _open(source: Source) -> PdfReader:
    from pypdf import PasswordType, PdfReader

    reader = PdfReader(source.path if source.content is None else io.BytesIO(source.content))
    if reader.is_encrypted and reader.decrypt(source.password or "") == PasswordType.NOT_DECRYPTED:
        raise pdfium.password_needed(source)
    return reader


def _pages(source: Source, reader: PdfReader, count: int) -> tuple[list[ReadPage], int]:
    pages: list[ReadPage] = []
    unreadable = characters = 0
    for index in range(count):
        source.on_page(index + 1, count)
        try:
            text = scrubbed(reader.pages[index].extract_text()).replace("\x00", " ").strip()
        except Exception as error:  # noqa: BLE001  one damaged page does not cost the others
            log.info("page %d of %s: %s", index + 1, source.shown, error)
            unreadable += 1
            text = ""
        characters += len(text)
        source.check_characters(characters)
        pages.append(ReadPage(index + 1, text + facts.PAGE_BREAK if text and index + 1 < count else text))
    return pages, unreadable


def _field(info: Any, key: str) -> str | None:
    return facts.telling(str(info.get(key) or ""))


def _headings(reader: PdfReader, pages: list[ReadPage], limit: int) -> Iterator[Heading]:
    starts = [0]
    for page in pages:
        starts.append(starts[-1] + len(page.text))
    try:
        entries = list(_flat(reader, reader.outline, 1))[:limit]
    except Exception as error:  # noqa: BLE001  an outline is a help, not a need
        log.info("the outline cannot be read: %s", error)
        return
    for level, title, index in sorted(entries, key=lambda entry: entry[2]):
        if 0 <= index < len(pages):
            yield Heading(starts[index] + facts.place(pages[index].text, title, 0), level, title)


def _flat(reader: PdfReader, entries: Any, level: int) -> Iterator[tuple[int, str, int]]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _flat(reader, entry, level + 1)
        elif title := " ".join(scrubbed(str(entry.title)).split()):
            index = reader.get_destination_page_number(entry)
            yield level, title[:300], -1 if index is None else index
