"""The viewer: one component that shows a passage where it stands, beside Search, Chat, Map and Documents.

The page's address says what is open (`?document=…&page=…&span=a-b`): it survives a reload, works in a new
tab, and nothing else has to be kept. A page is written as

    with viewer.beside():
        ...

and anything on it opens a passage with `open_passage`, in a callback.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from explorer.errors import ExplorerError, NotFound
from explorer.readers import has_images
from explorer.types import Document, Page, Scope
from ui import pictures, scope, state
from ui.component import asset, sent
from ui.wording import figure

if TYPE_CHECKING:
    from explorer import Library

KEY = "viewer"
SEARCH_PAGE = "pages/search.py"
SEARCH_FIELD = "question"
"""Session: the Search page's field, while that page is shown."""
_PARAMETERS = ("document", "page", "span", "part")
MOVED = "viewer_moved"
"""Session: whether the whole page has to run after what happened in a fragment."""
_SERIAL = "viewer_serial"
_ENLARGED = "viewer_enlarged"
"""Session: what the viewer said of the picture that was opened a moment ago."""
_TO_SEARCH = "viewer_to_search"
_SPAN = re.compile(r"(\d{1,12})-(\d{1,12})")
_ID = re.compile(r"[0-9a-f]{16}")

PART_CHARACTERS = 40_000
"""Characters of a part: longer pages (a book as one text file) are shown in parts of about this length."""
IMAGE_WIDTH = 1200
"""Pixels: sharp on two fifths of a large screen, and some hundreds of kilobytes a page."""


@dataclass(frozen=True, slots=True)
class PageAddress:
    """What the page's address asks for. `start == end` marks nothing; `part` counts from 1; 0 is unset."""

    document: str
    page: int
    start: int = 0
    end: int = 0
    part: int = 0

    @property
    def has_span(self) -> bool:
        return self.end > self.start

    def parameters(self) -> dict[str, str]:
        parameters = {"document": self.document, "page": str(self.page)}
        if self.has_span:
            parameters["span"] = f"{self.start}-{self.end}"
        if self.part:
            parameters["part"] = str(self.part)
        return parameters

    def query(self) -> str:
        """The address as a link has it, with its question mark."""
        return "?" + urlencode(self.parameters())


class AddressError(ExplorerError):
    """An address that names no passage; the message is for the reader of the page."""


def open_passage(document_id: str, page: int = 1, start: int = 0, end: int = 0) -> None:
    """Opens a passage in the viewer of the current page; called in a callback, or followed by a rerun."""
    _go(PageAddress(document_id, page, start, end))


def close() -> None:
    """Closes the viewer."""
    st.session_state[MOVED] = True
    for name in _PARAMETERS:
        if name in st.query_params:
            del st.query_params[name]


def open_from(key: str, event: str = "open") -> None:
    """Opens what a component's link asks for, in its callback; `event` carries document, page, start, end."""
    value: Any = (st.session_state.get(key) or {}).get(event)
    try:
        address = PageAddress(
            str(value["document"]), int(value["page"]), int(value.get("start", 0)), int(value.get("end", 0))
        )
    except (TypeError, KeyError, ValueError):
        return  # a trigger without a value: nothing was clicked
    _go(address)


def address() -> PageAddress | None:
    """What the address asks for; None if nothing. Raises AddressError with a message for the page."""
    parameters = st.query_params
    if "document" not in parameters:
        return None
    document = parameters["document"]
    if not _ID.fullmatch(document):
        raise AddressError(f"This address names a document that cannot exist: “{_short(document)}”.")
    page = _number("page", parameters.get("page", "1"))
    part = _number("part", parameters["part"]) if "part" in parameters else 0
    span = parameters.get("span")
    if span is None:
        return PageAddress(document, page, part=part)
    match = _SPAN.fullmatch(span)
    if not match or int(match[1]) >= int(match[2]):
        raise AddressError(
            f"This address has a span that cannot be read: “{_short(span)}”. A span is two character "
            "positions, the smaller first, such as 1200-1460."
        )
    return PageAddress(document, page, int(match[1]), int(match[2]), part)


def follow() -> None:
    """In a fragment: runs the whole page once something was opened or closed from inside the fragment."""
    if MOVED in st.session_state:
        st.rerun()


@contextmanager
def beside() -> Iterator[None]:
    """Puts what is written inside it left, and the viewer right once something is open."""
    st.session_state.pop(MOVED, None)
    main, side = st.columns([3, 2], gap="medium")
    with main:
        yield
    with side:
        _show()


def _show() -> None:
    if st.session_state.pop(_TO_SEARCH, False) and SEARCH_FIELD not in st.session_state:
        st.switch_page(SEARCH_PAGE)
    try:
        wanted = address()
        data: dict[str, Any] = {"open": False} if wanted is None else _passage(wanted)
    except ExplorerError as error:
        wanted, data = None, {"open": True, "title": "This passage cannot be shown", "error": str(error)}
    if data["open"]:
        # The browser waits for an answer to each click; this number is one even where nothing else changes.
        data["serial"] = st.session_state.get(_SERIAL, 0)
        chosen = st.session_state.pop(_ENLARGED, None)
        data["enlarged"] = pictures.enlarged(state.library(), wanted.document, chosen) if wanted else None
    shown = sent(data)
    _component(key=KEY, data=shown, on_turn_change=_turned, on_close_change=close, on_enlarge_change=_enlarge)
    if wanted is not None and "error" not in data:
        _actions(state.library(), wanted.document)


def _actions(library: Library, document_id: str) -> None:
    """Draws the row under the page: buttons of Streamlit's own, since they leave the page or send a file."""
    document = library.document(document_id)
    with st.container(key="viewer-actions", horizontal=True):
        st.button(
            "Search here",
            icon=":material/search:",
            key="viewer-search",
            on_click=_search_here,
            args=(document,),
        )
        st.download_button(
            "Original",
            # Read when asked for, and from the disk: originals may have gigabytes.
            data=lambda: library.original(document_id).open("rb"),
            file_name=document.name,
            icon=":material/download:",
            on_click="ignore",
            key="viewer-original",
        )


def _search_here(document: Document) -> None:
    """Limits the scope and closes the viewer. The page changes in the next run: a callback may not do it."""
    scope.set_scope(Scope(documents=[document.id]), document.name)
    close()
    st.session_state[_TO_SEARCH] = True


def _passage(wanted: PageAddress) -> dict[str, Any]:
    """What the component draws for an address; raises ExplorerError."""
    library = state.library()
    try:
        document = library.document(wanted.document)
    except NotFound:
        raise AddressError(
            "The document of this address is not in this library: it was removed, or is in another library."
        ) from None
    pages = library.pages(document.id)
    if not 1 <= wanted.page <= len(pages):
        count = "one page" if len(pages) == 1 else f"{figure(len(pages))} pages"
        raise AddressError(f"“{document.name}” has {count}; there is no page {figure(wanted.page)}.")
    if wanted.has_span and wanted.start >= pages[-1].end:
        raise AddressError(
            f"“{document.name}” ends before the passage of this address starts ({figure(wanted.start)}); "
            "it may have been read anew since."
        )
    shown = _pages_of(wanted, pages)
    data = {
        "open": True,
        "title": document.name,
        "language": document.language,
        "document": document.id,
        "passage": f"{document.id} {wanted.start}-{wanted.end}",
        "at": wanted.query(),
    }
    if has_images(document.kind):
        views = [_image(library, wanted, page) for page in shown]
        return data | _turning(document, wanted, pages) | {"views": views}
    parts = _parts(library, _version(library), document.id, pages[wanted.page - 1])
    if len(parts) > 1:
        return data | _in_parts(library, wanted, parts)
    views = [_text(library, wanted, (page.start, page.end)) for page in shown]
    return data | _turning(document, wanted, pages) | {"views": views}


def _pages_of(wanted: PageAddress, pages: list[Page]) -> list[Page]:
    """The page asked for, and the next one where the passage starts on the first and goes on."""
    page = pages[wanted.page - 1]
    starts_here = wanted.has_span and page.start <= wanted.start < page.end
    if starts_here and wanted.end > page.end and wanted.page < len(pages):
        return [page, pages[wanted.page]]
    return [page]


def page_label(kind: str, page: Page) -> str:
    """What a page is called beside its number: "printed iv" in a PDF, the name of a sheet or slide."""
    if not page.label or page.label == str(page.number):
        return ""
    return f"printed {page.label}" if kind == "pdf" else page.label


def _turning(document: Document, wanted: PageAddress, pages: list[Page]) -> dict[str, Any]:
    page = pages[wanted.page - 1]
    printed = page_label(document.kind, page)
    name = "page" if len(pages) > 1 else document.kind.upper()
    return {"unit": "page", "name": name, "number": page.number, "count": len(pages), "note": printed}


def _image(library: Library, wanted: PageAddress, page: Page) -> dict[str, Any]:
    span = (wanted.start, wanted.end) if wanted.has_span else (None, None)
    try:
        image = _rendered(library, _version(library), wanted.document, page.number, span)
        tiles = pictures.on_page(library, wanted.document, page.number)
        return {"page": page.number, "pictures": tiles} | image
    except ExplorerError as error:
        text = _text(library, wanted, (page.start, page.end))
        return text | {"note": f"The page cannot be drawn ({error}). This is its text."}


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
) -> dict[str, Any]:
    """A drawn page as the component takes it, its image in a data address, which needs no fetching."""
    start, end = span
    image = _library.page_image(document_id, page, start, end, width=IMAGE_WIDTH)
    return {
        "width": image.width,
        "height": image.height,
        "source": "data:image/png;base64," + base64.b64encode(image.png).decode(),
        "boxes": [[box.left, box.top, box.right, box.bottom] for box in image.boxes],
    }


def _text(library: Library, wanted: PageAddress, shown: tuple[int, int]) -> dict[str, Any]:
    """The characters `shown` of a document's text, the passage marked and the pictures at their places."""
    start, end = shown
    text = library.span(wanted.document, start, end)
    marks = [(wanted.start - start, wanted.end - start)] if wanted.has_span else []
    return pictures.with_text(library, wanted.document, text, start, marks)


def _enlarge() -> None:
    """Remembers, in the callback of its button, which picture was opened: the next run sends it in large."""
    st.session_state[_SERIAL] = st.session_state.get(_SERIAL, 0) + 1
    st.session_state[_ENLARGED] = (st.session_state.get(KEY) or {}).get("enlarge")


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


def _in_parts(library: Library, wanted: PageAddress, parts: list[tuple[int, int]]) -> dict[str, Any]:
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
        "views": [_text(library, wanted, part) for part in parts[index : last + 1]],
    }


def _turned() -> None:
    """Goes to the page that ‹ or › asked for. The span stays in the address, to be marked on the way back."""
    value: Any = (st.session_state.get(KEY) or {}).get("turn")
    try:
        at, unit, number = address(), value["unit"], int(value["number"])
    except (TypeError, KeyError, ValueError, AddressError):
        return
    if at is not None:
        _go(replace(at, part=number) if unit == "part" else replace(at, page=number, part=0))


def _go(to: PageAddress) -> None:
    st.session_state[MOVED] = True
    st.session_state[_SERIAL] = st.session_state.get(_SERIAL, 0) + 1
    parameters = to.parameters()
    for name in _PARAMETERS:
        if name not in parameters and name in st.query_params:
            del st.query_params[name]
    st.query_params.update(parameters)  # at once: one step for the browser's way back


def _number(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= 99_999_999:
        raise AddressError(f"This address has a {name} that is no number: “{_short(value)}”.")
    return int(value[:9])


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:39] + "…"


_component = st.components.v2.component(
    "explorer_viewer",
    js=asset("rich.js", "viewer.js"),
    css=asset("rich.css", "viewer.css"),
    isolate_styles=False,
)
