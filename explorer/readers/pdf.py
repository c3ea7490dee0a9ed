"""PDF: text by PDFium in its stream order, with lines joined; outline, labels and metadata.

PDFium gives the outline, page labels and metadata in the same pass, at a fraction of what opening the file
once more with pypdf costs (1.9 s for the structure of 12 filings). pypdf is the second try, for files that
PDFium refuses; its text has no boxes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import pypdfium2

from explorer.readers import furniture, layout, pdf_facts, pdf_second, pdfium
from explorer.readers.ordering import in_order, join_rows
from explorer.readers.reading import Heading, Reading, ReadPage, Source, scrubbed
from explorer.readers.runs import encode

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")


def read(source: Source) -> Reading:
    """Reads a PDF.

    Raises PasswordNeeded for a missing or wrong password; ReadError for a file that neither library opens,
    one with too many pages, or one without any text.
    """
    try:
        document = pdfium.open_pdf(source)
    except pypdfium2.PdfiumError as refused:
        return pdf_second.read(source, str(refused))
    try:
        return _read(source, document)
    finally:
        document.close()


def _read(source: Source, document: PdfDocument) -> Reading:
    count = len(document)
    pdf_facts.check_pages(source, count)
    texts, unreadable = _page_texts(source, document, count)
    known: set[str] = set()
    if any(pdfium.HYPHEN in page.characters for page in texts):
        for page in texts:
            known |= layout.words(page.characters)
    rows = [in_order(join_rows(page.lines)) for page in texts]
    parts = furniture.set_aside([(page.characters, each) for page, each in zip(texts, rows, strict=True)])

    def keep(head: str, tail: str) -> bool:
        return layout.keep_hyphen(known, head, tail)

    written = [layout.write(page, keep, each) for page, each in zip(texts, parts, strict=True)]
    pages = tuple(_page(document, index, each, index + 1 < count) for index, each in enumerate(written))
    headings, cut = _headings(source, document, pages, written)
    return Reading(
        kind="pdf",
        text_pages=pages,
        title=_field(document, "Title"),
        author=_field(document, "Author"),
        language=_language(document),
        date=_day(document),
        headings=headings,
        asides=tuple(_asides(pages, written)),
        warnings=pdf_facts.page_warnings(source, pages, unreadable) + cut,
    )


def _page_texts(source: Source, document: PdfDocument, count: int) -> tuple[list[pdfium.PageText], int]:
    texts: list[pdfium.PageText] = []
    unreadable = characters = 0
    for index in range(count):
        source.on_page(index + 1, count)
        try:
            text = pdfium.page_text(document, index)
        except pypdfium2.PdfiumError:
            unreadable += 1
            text = pdfium.PageText("", [])
        characters += len(text.characters)
        source.check_characters(characters)
        texts.append(text)
    return texts, unreadable


def _page(document: PdfDocument, index: int, written: layout.Written, has_next: bool) -> ReadPage:
    text = scrubbed(written.text)
    if text and has_next:
        text += pdf_facts.PAGE_BREAK
    return ReadPage(index + 1, text, pdfium.page_label(document, index), encode(written.runs))


def _asides(pages: Sequence[ReadPage], written: Sequence[layout.Written]) -> Iterator[tuple[int, int]]:
    start = 0
    for page, each in zip(pages, written, strict=True):
        yield from ((start + first, start + last) for first, last in each.asides)
        start += len(page.text)


def _field(document: PdfDocument, key: str) -> str | None:
    return pdf_facts.telling(document.get_metadata_value(key))


def _day(document: PdfDocument) -> date | None:
    days = (pdf_facts.day(document.get_metadata_value(key)) for key in ("CreationDate", "ModDate"))
    return next(filter(None, days), None)


def _language(document: PdfDocument) -> str | None:
    declared = pdfium.language(document)
    return declared.lower() if _LANGUAGE.match(declared) else None


def _headings(
    source: Source,
    document: PdfDocument,
    pages: Sequence[ReadPage],
    written: Sequence[layout.Written],
) -> tuple[tuple[Heading, ...], tuple[str, ...]]:
    """The outline's entries at the lines that they point at, and a warning if there are too many."""
    starts = [0]
    for page in pages:
        starts.append(starts[-1] + len(page.text))
    limit = source.limits.headings
    found = []
    for entry in pdfium.outline(document, limit + 1):
        if entry.page < len(pages):
            near = _line_at(written[entry.page], entry.y)
            offset = pdf_facts.place(pages[entry.page].text, entry.title, near)
            found.append(Heading(starts[entry.page] + offset, entry.level, scrubbed(entry.title)))
    cut = (f"Only the first {limit:,} entries of the outline are kept.",) if len(found) > limit else ()
    return tuple(sorted(found[:limit], key=lambda heading: heading.start)), cut


def _line_at(written: layout.Written, y: float | None) -> int:
    """Offset of the first row at or below a height above the page's bottom."""
    if y is None:
        return 0
    return next((offset for offset, top in _downwards(written) if top >= -y - 2.0), 0)


def _downwards(written: layout.Written) -> Iterator[tuple[int, float]]:
    yield from sorted(written.line_starts, key=lambda start: start[1])
