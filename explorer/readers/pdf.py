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

from explorer.errors import ReadError
from explorer.readers import layout, pdfium
from explorer.readers.reading import Heading, Reading, ReadPage, Source, scrubbed
from explorer.readers.runs import encode

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

PAGE_BREAK = "\n\n"
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")
_UNTOLD = frozenset(("", "untitled", "anonymous", "unknown", "unspecified", "none", "null", "document1"))
_PROGRAM = re.compile(r"^Microsoft (?:Word|PowerPoint|Excel) - ")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")


def read(source: Source) -> Reading:
    """Reads a PDF.

    Raises PasswordNeeded for a missing or wrong password; ReadError for a file that neither library opens,
    one with too many pages, or one without any text.
    """
    try:
        document = pdfium.open_pdf(source)
    except pypdfium2.PdfiumError as refused:
        from explorer.readers import pdf_second

        return pdf_second.read(source, str(refused))
    try:
        return _read(source, document)
    finally:
        document.close()


def page_warnings(source: Source, pages: Sequence[ReadPage], unreadable: int) -> tuple[str, ...]:
    """What to say of pages without text. Raises ReadError when no page has any."""
    count = len(pages)
    blank = sum(not page.text.strip() for page in pages) - unreadable
    if blank + unreadable == count:
        if unreadable == count:
            raise ReadError(f"{source.shown} could not be read: its pages are damaged.")
        of_pages = "its only page has none" if count == 1 else f"none of its {count:,} pages has any"
        raise ReadError(f"No text found in {source.shown}: {of_pages}. It may be a scan, made of images.")
    warnings = []
    if blank:
        warnings.append(f"No text found on {blank:,} of {count:,} pages.")
    if unreadable:
        warnings.append(f"{unreadable:,} of {count:,} pages are damaged and could not be read.")
    return tuple(warnings)


def check_pages(source: Source, count: int) -> None:
    """Raises ReadError for a document without pages or with more than the limit."""
    if count < 1:
        raise ReadError(f"{source.shown} has no pages.")
    if count > source.limits.pages:
        raise ReadError(f"{source.shown} has {count:,} pages; the limit is {source.limits.pages:,}.")


def day(value: str) -> date | None:
    """A PDF date such as "D:20230208163000+01'00'" as a day; None where it is none."""
    found = _DATE.match(value.strip())
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def telling(value: str) -> str | None:
    """A metadata field's words, or None for what programs write when nobody filled it in."""
    words = _PROGRAM.sub("", " ".join(scrubbed(value).replace("\x00", " ").split()))[:500]
    if words.lower().strip("() ") in _UNTOLD or not any(mark.isalpha() for mark in words):
        return None
    return words


def _read(source: Source, document: PdfDocument) -> Reading:
    count = len(document)
    check_pages(source, count)
    texts, unreadable = _page_texts(source, document, count)
    known: set[str] = set()
    if any(pdfium.HYPHEN in page.characters for page in texts):
        for page in texts:
            known |= layout.words(page.characters)
    written = [layout.write(page, lambda head, tail: layout.keep_hyphen(known, head, tail)) for page in texts]
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
        warnings=page_warnings(source, pages, unreadable) + cut,
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
        text += PAGE_BREAK
    return ReadPage(index + 1, text, pdfium.page_label(document, index), encode(written.runs))


def _field(document: PdfDocument, key: str) -> str | None:
    return telling(document.get_metadata_value(key))


def _day(document: PdfDocument) -> date | None:
    return day(document.get_metadata_value("CreationDate")) or day(document.get_metadata_value("ModDate"))


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
            offset = place(pages[entry.page].text, entry.title, _line_at(written[entry.page], entry.y))
            found.append(Heading(starts[entry.page] + offset, entry.level, scrubbed(entry.title)))
    cut = (f"Only the first {limit:,} entries of the outline are kept.",) if len(found) > limit else ()
    return tuple(sorted(found[:limit], key=lambda heading: heading.start)), cut


def place(text: str, title: str, near: int) -> int:
    """Where the line begins that holds `title`: the one nearest to `near` if it occurs more than once.

    Only runs of white space and case may differ; without a match, `near`.
    """
    words = title.split()
    pattern = r"\s+".join(re.escape(word) for word in words)
    places = [text.rfind("\n", 0, found.start()) + 1 for found in re.finditer(pattern, text, re.I)]
    at_line_start = [each for each in places if text[each:].lstrip().lower().startswith(words[0].lower())]
    return min(at_line_start or places, key=lambda each: abs(each - near), default=near)


def _line_at(written: layout.Written, y: float | None) -> int:
    """Offset of the first row at or below a height above the page's bottom."""
    if y is None:
        return 0
    return next((offset for offset, top in _downwards(written) if top >= -y - 2.0), 0)


def _downwards(written: layout.Written) -> Iterator[tuple[int, float]]:
    yield from sorted(written.line_starts, key=lambda start: start[1])
