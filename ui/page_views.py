"""What the viewer shows of a page: its image with the words on it, or its text, and what is marked there."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.errors import ExplorerError
from explorer.types import Page
from ui import pictures, rich
from ui.inside import Inside
from ui.passage import PageAddress

if TYPE_CHECKING:
    from explorer import Library

PART_CHARACTERS = 40_000
"""Characters of a part: longer pages (a book as one text file) are shown in parts of about this length."""
WIDTHS = (1200, 1600, 2400, 3200, 4000)
"""Pixels of a page's image: the first is sharp on half of a large screen and has some hundreds of kilobytes;
the others are drawn when the page is shown larger."""
_DIGITS = 4
"""Of a word's place, in shares of the page: a third of a pixel at the largest."""


def image(library: Library, wanted: PageAddress, page: Page, inside: Inside, width: int) -> dict[str, Any]:
    """A page as an image, its words over it; where it cannot be drawn, its text."""
    span = (wanted.start, wanted.end) if wanted.has_span else (None, None)
    try:
        draw = _rendered if width == WIDTHS[0] else _enlarged
        drawn = draw(library, _version(library), wanted.document, page.number, span, width)
        tiles = pictures.on_page(library, wanted.document, page.number)
        words = _words(library, _version(library), wanted.document, page)
        found, now = inside.within(page.start, page.end)
        return {"page": page.number, "pictures": tiles, "words": words, "found": found, "now": now} | drawn
    except ExplorerError as error:
        text = text_of(library, wanted, (page.start, page.end), inside)
        return text | {"note": f"The page cannot be drawn ({error}). This is its text."}


def text_of(library: Library, wanted: PageAddress, shown: tuple[int, int], inside: Inside) -> dict[str, Any]:
    """The characters `shown` of a document's text, the passage and what was found marked, the pictures at
    their places."""
    start, end = shown
    text = library.span(wanted.document, start, end)
    marks = [(wanted.start - start, wanted.end - start)] if wanted.has_span else []
    found, now = inside.within(start, end)
    marked = rich.Marks(
        marks,
        [(first - start, last - start) for first, last in found],
        (now[0] - start, now[1] - start) if now else None,
    )
    return pictures.with_text(library, wanted.document, text, start, marked)


def parts_of(library: Library, document_id: str, page: Page) -> list[tuple[int, int]]:
    """The spans in which a page's text is shown; one where it is short."""
    return _parts(library, _version(library), document_id, page)


def in_parts(
    library: Library, wanted: PageAddress, parts: list[tuple[int, int]], inside: Inside
) -> dict[str, Any]:
    """The part that an address asks for, and how many there are."""
    if wanted.part:
        index = min(wanted.part, len(parts)) - 1
    else:
        index = max((i for i, (start, _) in enumerate(parts) if start <= wanted.start), default=0)
    last = index
    if wanted.has_span and parts[index][0] <= wanted.start < parts[index][1] < wanted.end:
        last = min(index + 1, len(parts) - 1)
    return {
        "unit": "part",
        "name": "part",
        "number": index + 1,
        "count": len(parts),
        "note": "",
        "views": [text_of(library, wanted, part, inside) for part in parts[index : last + 1]],
    }


def _version(library: Library) -> tuple[str, int]:
    """What tells the cached pages of this library, as it is now, from all others."""
    return str(library.folder), library.revision


@st.cache_data(show_spinner=False, max_entries=64)
def _rendered(
    _library: Library,
    version: tuple[str, int],  # noqa: ARG001 - tells one cached page from another
    document_id: str,
    page: int,
    span: tuple[int, int] | tuple[None, None],
    width: int,
) -> dict[str, Any]:
    """A page at the first of the WIDTHS."""
    return _drawn(_library, document_id, page, span, width)


@st.cache_data(show_spinner=False, max_entries=8)
def _enlarged(
    _library: Library,
    version: tuple[str, int],  # noqa: ARG001 - tells one cached page from another
    document_id: str,
    page: int,
    span: tuple[int, int] | tuple[None, None],
    width: int,
) -> dict[str, Any]:
    """A page at a larger width, of which few are kept: one may have several megabytes."""
    return _drawn(_library, document_id, page, span, width)


def _drawn(
    library: Library,
    document_id: str,
    page: int,
    span: tuple[int, int] | tuple[None, None],
    width: int,
) -> dict[str, Any]:
    """A drawn page as the component takes it, its image in a data address, which needs no fetching."""
    start, end = span
    image = library.page_image(document_id, page, start, end, width=width)
    return {
        "width": image.width,
        "height": image.height,
        "source": "data:image/png;base64," + base64.b64encode(image.png).decode(),
        "boxes": [[box.left, box.top, box.right, box.bottom] for box in image.boxes],
    }


@st.cache_data(show_spinner=False, max_entries=64)
def _words(
    _library: Library,
    version: tuple[str, int],  # noqa: ARG001 - tells one cached page from another
    document_id: str,
    page: Page,
) -> list[list[Any]]:
    """The words of a page: [start, end, text, left, top, right, bottom], in whose text the blank behind it is
    one sign, or a line end."""
    text = _library.span(document_id, page.start, page.end)
    placed = _library.page_words(document_id, page.number)
    ends = [*(word.start for word in placed[1:]), page.end]
    shown = []
    for word, following in zip(placed, ends, strict=True):
        said = rich.clean(text[word.start - page.start : word.end - page.start])
        gap = text[word.end - page.start : following - page.start]
        blank = "\n" if "\n" in gap else gap[:1] and " "
        edges = (word.box.left, word.box.top, word.box.right, word.box.bottom)
        shown.append([word.start, word.end, said + blank, *(round(edge, _DIGITS) for edge in edges)])
    return shown


@st.cache_data(show_spinner=False, max_entries=64)
def _parts(
    _library: Library,
    version: tuple[str, int],  # noqa: ARG001 - tells one cached page from another
    document_id: str,
    page: Page,
) -> list[tuple[int, int]]:
    return _cut(page, partial(_library.span, document_id))


def _cut(page: Page, read: Callable[[int, int], str]) -> list[tuple[int, int]]:
    """A page cut at line ends into spans of about PART_CHARACTERS; together they are the page.

    `read` gives the text from one offset to another; only where a cut may fall is it read.
    """
    parts = []
    start = page.start
    while page.end - start > PART_CHARACTERS * 1.25:
        middle, limit = start + PART_CHARACTERS // 2, start + PART_CHARACTERS
        cut = read(middle, limit).rfind("\n")
        end = middle + cut + 1 if cut >= 0 else limit
        parts.append((start, end))
        start = end
    return [*parts, (start, page.end)]
