"""What both ways of reading a PDF share: limits, dates, titles, and warnings about pages without text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from explorer.errors import ReadError
from explorer.readers.limits import variable
from explorer.readers.ocr.recognised import OFF, known
from explorer.readers.reading import ReadPage, Source, scrubbed

PAGE_BREAK = "\n\n"
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")
_UNTOLD = frozenset(("", "untitled", "anonymous", "unknown", "unspecified", "none", "null", "document1"))
_PROGRAM = re.compile(r"^Microsoft (?:Word|PowerPoint|Excel) - ")


def page_warnings(source: Source, pages: Sequence[ReadPage], unreadable: int) -> tuple[str, ...]:
    """The warnings about pages without text. Raises ReadError when no page has any."""
    count = len(pages)
    blank = sum(not page.text.strip() for page in pages) - unreadable
    if blank + unreadable == count:
        if unreadable == count:
            raise ReadError(f"{source.shown} could not be read: its pages are damaged.")
        of_pages = "its only page has none" if count == 1 else f"none of its {count:,} pages has any"
        if source.limits.ocr:
            models = source.limits.ocr_models
            raise ReadError(f"No text found in {source.shown}: {of_pages}, also by OCR. {known(models)}")
        raise ReadError(
            f"No text found in {source.shown}: {of_pages}, and {OFF}. If it is a scan, switch OCR on in "
            "Settings under Reading and try again."
        )
    warnings = []
    if blank:
        off = "" if source.limits.ocr else f"; {OFF}"
        warnings.append(f"No text found on {blank:,} of {count:,} pages{off}.")
    if unreadable:
        warnings.append(f"{unreadable:,} of {count:,} pages are damaged and could not be read.")
    return tuple(warnings)


def check_pages(source: Source, count: int) -> None:
    """Raises ReadError for a document without pages or with more than the limit."""
    if count < 1:
        raise ReadError(f"{source.shown} has no pages.")
    if count > source.limits.pages:
        raise ReadError(
            f"{source.shown} has {count:,} pages; the limit is {source.limits.pages:,}. Split it, or "
            f"raise {variable('pages')}."
        )


def day(value: str) -> date | None:
    """The day of a PDF's date such as "D:20230208163000+01'00'"; None where it is no date."""
    found = _DATE.match(value.strip())
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def telling(value: str) -> str | None:
    """A metadata field's words; None for what programs write into a field that nobody filled in."""
    words = _PROGRAM.sub("", " ".join(scrubbed(value).replace("\x00", " ").split()))[:500]
    if words.lower().strip("() ") in _UNTOLD or not any(mark.isalpha() for mark in words):
        return None
    return words


def place(text: str, title: str, near: int) -> int:
    """The offset of the line that holds `title`, of several the one nearest to `near`; without any, `near`.

    White space and case may differ.
    """
    words = title.split()
    pattern = r"\s+".join(re.escape(word) for word in words)
    places = [text.rfind("\n", 0, found.start()) + 1 for found in re.finditer(pattern, text, re.I)]
    at_line_start = [each for each in places if text[each:].lstrip().lower().startswith(words[0].lower())]
    return min(at_line_start or places, key=lambda each: abs(each - near), default=near)
