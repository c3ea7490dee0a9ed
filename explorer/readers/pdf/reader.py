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
from pypdfium2 import raw

from explorer.readers.assembly import Assembly
from explorer.readers.containers import members
from explorer.readers.ocr.recognised import RecognisedPages
from explorer.readers.pdf import by_pypdf, clean_text, facts, furniture, notes, painting, pdfium, tables
from explorer.readers.pdf.headings import from_fonts, from_outline
from explorer.readers.pdf.offset_map import encode
from explorer.readers.pdf.page import read_page
from explorer.readers.pdf.pictures.drawing import picture  # noqa: F401  (asked for by registry)
from explorer.readers.pdf.pictures.kept import PagePictures
from explorer.readers.reading import Reading, ReadPage, Source, scrubbed

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")


def read(source: Source) -> Reading:
    """Reads a PDF.

    Raises PasswordNeeded for a missing or wrong password; ReadError for a file that neither library opens,
    one with too many pages, or one without any text. The files that hang on a PDF are handed on before its
    pages are read, and so even if reading fails.
    """
    try:
        document = pdfium.open_pdf(source)
    except pypdfium2.PdfiumError as refused:
        return by_pypdf.read(source, str(refused))
    try:
        return _read(source, document)
    finally:
        document.close()


def _read(source: Source, document: PdfDocument) -> Reading:
    if document.get_formtype() != raw.FORMTYPE_NONE:
        document.init_forms()
    count = len(document)
    facts.check_pages(source, count)
    hanging_on = _attachments(source, document)  # first: they are kept also where the pages fail
    entries = list(pdfium.outline(document, source.limits.headings + 1))
    texts, unreadable = _page_texts(source, document, count, fonts=not entries)
    written = _written(texts)
    pictures = PagePictures(source)
    pictures.place(document, texts, written)
    pages = tuple(
        _page(document, index, each, index + 1 < count, pictures.boxes.get(index, b""))
        for index, each in enumerate(written)
    )
    pages, read_anew = _recognised(source, document, pages, texts)
    for index in read_anew.pages:
        written[index] = clean_text.Written()
    out = Assembly(source)
    for page in pages:
        out.add_page(page.text, page.label, runs=page.runs, boxes=page.boxes)
    out.warnings += read_anew.warnings + facts.page_warnings(source, pages, unreadable)
    _add_headings(out, entries, pages, written)
    out.tables += tables.found(pages, texts, written)
    out.asides += _asides(pages, written)
    pictures.keep(out, pages, read_anew.pages)
    out.warnings += [*_hidden(texts), *_form(document), *hanging_on]
    return out.reading(
        "pdf",
        title=_field(document, "Title"),
        author=_field(document, "Author"),
        language=_language(document),
        date=_day(document),
    )


def _page_texts(
    source: Source, document: PdfDocument, count: int, *, fonts: bool
) -> tuple[list[pdfium.PdfPage], int]:
    """Every page, and how many of them are damaged. `PdfPage.lack` says which ones need OCR."""
    texts: list[pdfium.PdfPage] = []
    unreadable = characters = 0
    has_layers = painting.has_layers(source.path)
    for index in range(count):
        source.on_page(index + 1, count)
        try:
            text = read_page(document, index, fonts=fonts, has_layers=has_layers)
        except pypdfium2.PdfiumError:
            unreadable += 1
            text = pdfium.PdfPage("", [])
        characters += len(text.characters)
        source.check_characters(characters)
        texts.append(text)
    return texts, unreadable


def _written(texts: Sequence[pdfium.PdfPage]) -> list[clean_text.Written]:
    """The pages' texts in reading order, what repeats set aside, words broken over lines joined."""
    known: set[str] = set()
    if any(pdfium.HYPHEN in page.characters for page in texts):
        for page in texts:
            known |= clean_text.words(page.characters)

    def keep(head: str, tail: str) -> bool:
        return clean_text.keep_hyphen(known, head, tail)

    apart = furniture.set_aside([(page.characters, page.rows) for page in texts])
    return [clean_text.write(page, keep, each) for page, each in zip(texts, apart, strict=True)]


def _recognised(
    source: Source, document: PdfDocument, pages: tuple[ReadPage, ...], texts: Sequence[pdfium.PdfPage]
) -> tuple[tuple[ReadPage, ...], RecognisedPages]:
    """All pages, those whose own text cannot be used with that of OCR, and what OCR found."""
    wanted = [index for index, text in enumerate(texts) if text.lack in ("picture", "garbage")]
    if not wanted or not source.limits.ocr:
        return pages, RecognisedPages({}, ())
    from explorer.readers.pdf import by_ocr

    return by_ocr.read_anew(source, document, pages, wanted)


def _hidden(texts: Sequence[pdfium.PdfPage]) -> Iterator[str]:
    """A warning that counts the pages with text that is not to be seen."""
    count = sum(text.hidden for text in texts)
    if count:
        yield f"Text that cannot be seen stands on {count:,} of {len(texts):,} pages; it is set aside."


def _form(document: PdfDocument) -> Iterator[str]:
    """A warning about a form that is drawn by a program within the file: its pages show a stand-in."""
    if document.get_formtype() == raw.FORMTYPE_XFA_FULL:
        yield "Its form is an XFA form, of which only what the pages themselves show was read."


def _attachments(source: Source, document: PdfDocument) -> tuple[str, ...]:
    """Hands on the files that hang on the document. Returns warnings about those that cannot be read."""
    within = members.Parts(source)
    for name, content in notes.attachments(document, source.limits.members):
        if content is None:
            within.leave_out("protected or damaged", name)
        else:
            within.add(name, content)
    return within.warnings()


def _page(
    document: PdfDocument, index: int, written: clean_text.Written, has_next: bool, boxes: bytes
) -> ReadPage:
    text = scrubbed(written.text)
    if text and has_next:
        text += facts.PAGE_BREAK
    return ReadPage(index + 1, text, pdfium.page_label(document, index), encode(written.runs), boxes)


def _asides(pages: Sequence[ReadPage], written: Sequence[clean_text.Written]) -> Iterator[tuple[int, int]]:
    start = 0
    for page, each in zip(pages, written, strict=True):
        yield from ((start + first, start + last) for first, last in each.asides)
        start += len(page.text)


def _field(document: PdfDocument, key: str) -> str | None:
    return facts.telling(document.get_metadata_value(key))


def _day(document: PdfDocument) -> date | None:
    days = (facts.day(document.get_metadata_value(key)) for key in ("CreationDate", "ModDate"))
    return next(filter(None, days), None)


def _language(document: PdfDocument) -> str | None:
    declared = pdfium.language(document)
    return declared.lower() if _LANGUAGE.match(declared) else None


def _add_headings(
    out: Assembly,
    entries: Sequence[pdfium.OutlineEntry],
    pages: Sequence[ReadPage],
    written: Sequence[clean_text.Written],
) -> None:
    """Adds headings from the outline, else from the look of the lines."""
    if entries:
        found = list(from_outline(entries, pages, written))
        out.headings += out.keep_first(found, "entries of the outline")
    else:
        out.headings += out.keep_first(from_fonts(pages, written))
