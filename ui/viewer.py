"""The viewer: one component that shows a passage where it stands, beside Search, Chat, Map and Documents.

The page's address says what is open (`ui.passage`): it survives a reload, works in a new tab, and nothing
else has to be kept. A page is written as

    with viewer.beside():
        ...

and anything on it opens a passage with `open_passage`, in a callback. In a window of its own, `alone` shows
nothing else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.errors import ExplorerError, NotFound
from explorer.readers import has_images
from explorer.types import Document, Page, Scope
from ui import address, inside, page_views, pictures, scope, state
from ui.component import asset, sent
from ui.passage import NAMES, AddressError, PageAddress, asked
from ui.wording import figure

if TYPE_CHECKING:
    from explorer import Library

KEY = "viewer"
SEARCH_PAGE = "pages/search.py"
ALONE_PAGE = "document"
"""The address of the page that shows a document alone."""
SEARCH_FIELD = "question"
"""Session: the Search page's field, while that page is shown."""
MOVED = "viewer_moved"
"""Session: whether the whole page has to run after what happened in a fragment."""
_SERIAL = "viewer_serial"
_ENLARGED = "viewer_enlarged"
"""Session: what the viewer said of the picture that was opened a moment ago."""
_CONTENTS = "viewer_contents"
"""Session: whether the table of contents was asked for a moment ago."""
_WIDTH = "viewer_width"
"""Session: how many pixels wide pages are drawn, while they are shown larger than usual."""
_TO_SEARCH = "viewer_to_search"
_HEADING = 200
"""Characters of a heading's line that are marked at most."""


def open_passage(document_id: str, page: int = 1, start: int = 0, end: int = 0) -> None:
    """Opens a passage in the viewer of the current page; called in a callback, or followed by a rerun."""
    _open(PageAddress(document_id, page, start, end))


def close() -> None:
    """Closes the viewer. That is counted: who goes back before it was drawn gets what the browser has, which
    has put it away already, and would not draw it again."""
    st.session_state[MOVED] = True
    _count()
    address.change(**dict.fromkeys(NAMES, ""))


def open_from(key: str, event: str = "open") -> None:
    """Opens what a component's link asks for, in its callback; `event` carries document, page, start, end."""
    value: Any = (st.session_state.get(key) or {}).get(event)
    try:
        passage = PageAddress(
            str(value["document"]), int(value["page"]), int(value.get("start", 0)), int(value.get("end", 0))
        )
    except (TypeError, KeyError, ValueError):
        return  # a trigger without a value: nothing was clicked
    _open(passage)


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


def alone() -> None:
    """Shows what the address asks for, and nothing beside it: the page of a window of its own."""
    st.session_state.pop(MOVED, None)
    if "document" not in st.query_params:
        st.title("Document", anchor=False)
        st.write(
            "Here a document is shown by itself. Open one on the Documents page, or a passage on Search."
        )
        return
    _show(is_alone=True)


def _show(*, is_alone: bool = False) -> None:
    if st.session_state.pop(_TO_SEARCH, False) and SEARCH_FIELD not in st.session_state:
        st.switch_page(SEARCH_PAGE)
    try:
        wanted = asked()
        data: dict[str, Any] = {"open": False} if wanted is None else _passage(wanted)
    except ExplorerError as error:
        wanted, data = None, {"open": True, "title": "This passage cannot be shown", "error": str(error)}
    if data["open"]:
        data |= _told(wanted, is_alone)
    _component(
        key=KEY,
        data=sent(data),
        on_turn_change=_turned,
        on_close_change=close,
        on_enlarge_change=_enlarge,
        on_find_change=_find,
        on_contents_change=_ask_contents,
        on_goto_change=_go_to,
        on_sharpen_change=_sharpen,
    )
    if wanted is not None and "error" not in data:
        _actions(state.library(), wanted.document)


def _told(wanted: PageAddress | None, is_alone: bool) -> dict[str, Any]:
    """What an open viewer is told beside its page: what it asked for a moment ago, and how it is shown."""
    # The browser waits for an answer to each click; this number is one even where nothing else changes.
    told: dict[str, Any] = {"serial": st.session_state.get(_SERIAL, 0), "alone": is_alone, "enlarged": None}
    chosen, is_asked = st.session_state.pop(_ENLARGED, None), st.session_state.pop(_CONTENTS, False)
    if wanted is None:
        return told
    library = state.library()
    told["enlarged"] = pictures.enlarged(library, wanted.document, chosen)
    told["find"] = inside.current(wanted.document).described()
    told["width"] = st.session_state.get(_WIDTH, page_views.WIDTHS[0])
    if is_asked:
        told["contents"] = inside.contents(library, wanted.document, library.pages(wanted.document))
    if not is_alone:
        told["window"] = ALONE_PAGE + wanted.query(library=library.folder.name)
    return told


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
    data = {
        "open": True,
        "title": document.name,
        "language": document.language,
        "document": document.id,
        "passage": f"{document.id} {wanted.start}-{wanted.end}",
        "at": wanted.query(),
    }
    return data | _views(library, document, wanted, pages)


def _views(library: Library, document: Document, wanted: PageAddress, pages: list[Page]) -> dict[str, Any]:
    """The page or part that is shown, and where it stands among the others."""
    marked = inside.current(document.id)
    shown = _pages_of(wanted, pages)
    if has_images(document.kind):
        width = st.session_state.get(_WIDTH, page_views.WIDTHS[0])
        views = [page_views.image(library, wanted, page, marked, width) for page in shown]
        return _turning(document, wanted, pages) | {"views": views}
    parts = page_views.parts_of(library, document.id, pages[wanted.page - 1])
    if len(parts) > 1:
        return page_views.in_parts(library, wanted, parts, marked)
    views = [page_views.text_of(library, wanted, (page.start, page.end), marked) for page in shown]
    return _turning(document, wanted, pages) | {"views": views}


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


def _said(event: str) -> Any:
    """What the component said a moment ago, in the callback of that event. It is answered in any case."""
    _count()
    return (st.session_state.get(KEY) or {}).get(event)


def _shown() -> PageAddress | None:
    """What the address asks for; None where that is nothing that can be shown."""
    try:
        return asked()
    except AddressError:
        return None


def _enlarge() -> None:
    """Remembers, in the callback of its button, which picture was opened: the next run sends it in large."""
    st.session_state[_ENLARGED] = _said("enlarge")


def _ask_contents() -> None:
    """Remembers that the table of contents was asked for."""
    st.session_state[_CONTENTS] = bool(_said("contents"))


def _turned() -> None:
    """Goes to the page that ‹ or › asked for. The span stays in the address, to be marked on the way back."""
    value, at = _said("turn"), _shown()
    try:
        unit, number = value["unit"], int(value["number"])
    except (TypeError, KeyError, ValueError):
        return
    _sharpen_to(value.get("width"))
    if at is not None:
        _go(replace(at, part=number) if unit == "part" else replace(at, page=number, part=0))


def _sharpen() -> None:
    """Draws the page at the pixels that its place on the screen has."""
    value = _said("sharpen")
    _sharpen_to(value.get("width") if isinstance(value, dict) else None)


def _sharpen_to(pixels: object) -> None:
    if isinstance(pixels, int | float):
        widths = page_views.WIDTHS
        st.session_state[_WIDTH] = next((width for width in widths if width >= pixels), widths[-1])


def _find() -> None:
    """Looks for words in the open document, and goes to the place of them that was asked for."""
    value, at = _said("find"), _shown()
    try:
        words, number = str(value["words"]), int(value["number"])
    except (TypeError, KeyError, ValueError):
        return
    if at is None:
        return
    library = state.library()
    pages = library.pages(at.document)
    begin = pages[at.page - 1].start if 1 <= at.page <= len(pages) else 0
    found = inside.look(library, at.document, words, number, begin)
    if found.now is not None:
        _go(_at_offset(library, at, pages, found.now[0]))


def _go_to() -> None:
    """Goes to a heading of the table of contents."""
    value, at = _said("goto"), _shown()
    try:
        start = max(int(value["start"]), 0)
    except (TypeError, KeyError, ValueError):
        return
    if at is None:
        return
    library = state.library()
    line = library.span(at.document, start, start + _HEADING).strip().partition("\n")[0]
    inside.go(at.document, start, start + max(len(line), 1))
    _go(_at_offset(library, at, library.pages(at.document), start))


def _at_offset(library: Library, at: PageAddress, pages: list[Page], offset: int) -> PageAddress:
    """The page, and the part of it, on which a character of the document stands; the passage stays marked."""
    index = max(bisect_right([page.start for page in pages], offset) - 1, 0)
    parts = (
        []
        if has_images(library.document(at.document).kind)
        else page_views.parts_of(library, at.document, pages[index])
    )
    part = bisect_right([start for start, _ in parts], offset) if len(parts) > 1 else 0
    return replace(at, page=index + 1, part=part)


def _open(to: PageAddress) -> None:
    """Opens a passage, its page as large as pages usually are."""
    st.session_state.pop(_WIDTH, None)
    _go(to)


def _count() -> None:
    """Makes sure that what the browser is sent next is not what it has."""
    st.session_state[_SERIAL] = st.session_state.get(_SERIAL, 0) + 1


def _go(to: PageAddress) -> None:
    st.session_state[MOVED] = True
    _count()
    address.change(**dict.fromkeys(NAMES, "") | to.parameters())


_component = st.components.v2.component(
    "explorer_viewer",
    js=asset("rich.js", "page_sheet.js", "viewer_tools.js", "viewer.js"),
    css=asset("rich.css", "viewer.css", "viewer_tools.css"),
    isolate_styles=False,
)
