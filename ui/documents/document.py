"""The document that is open: what is known of it, and its text, page by page, with the passages in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from explorer import Library
from explorer.errors import NotFound
from explorer.types import Chunk, Document, Page, Scope
from ui import address, dialogs, errors, facets, scope, viewer
from ui.component import asset, sent
from ui.documents import renamed, table
from ui.wording import ago, count, day, exact, figure, plain, size

SHEET_CHARACTERS = 20_000
"""Characters of a sheet: a longer page is shown in sheets of whole passages, of about this length each."""

PLACE = "document_place"
"""Session: where the text of the opened document stands (Place)."""

_passages = st.components.v2.component(
    "explorer_passages", js=asset("passages.js"), css=asset("passages.css"), isolate_styles=False
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is shown at once: a page, or a part of a long one. `chunks` holds those that start in it."""

    page: Page
    start: int
    end: int
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text of the opened document stands."""

    document_id: str
    number: int
    """The sheet, from 1."""
    address: tuple[str, int]
    """The page and the start of the span that the viewer showed when the text came here."""
    turn: int
    """How often the viewer has moved the text. Each move needs a new widget, for a widget keeps its value."""

    @property
    def key(self) -> str:
        return f"sheet_{self.document_id}_{self.turn}"


def wanted() -> str | None:
    """The id of the document that the address or the session opens on this page; None for the list."""
    named = address.one("document")
    if named or address.moved("document"):
        st.session_state[table.OPENED] = named or None
    return st.session_state.get(table.OPENED)


def show(library: Library, document_id: str) -> None:
    """Draws the opened document: heading, what is known of it, actions, text."""
    st.button(
        "All documents",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=table.close_document,
        key="back",
    )
    try:
        document = library.document(document_id)
    except NotFound:
        st.warning("This document is not in the library any more.", icon=":material/help:")
        return
    st.header(plain(document.name, 160), anchor=False)
    renamed.notice(library)
    if about := library.description(document_id):
        st.markdown(plain(about))
    _facts(document)
    _actions(library, document)
    for warning in document.warnings:
        st.caption(f":material/info: {plain(warning)}")
    _text(library, document)


def _facts(document: Document) -> None:
    """Draws title, author, date, language and figures; what the file does not say is left out."""
    figures = (
        table.kind_label(document.kind),
        count(document.pages, "page"),
        count(document.chunks, "passage"),
        size(document.size),
        f"added {ago(document.added_at)}",
    )
    said = {
        "Title": document.title,
        "Author": document.author,
        "Date": day(document.date) if document.date else None,
        "Language": facets.language(document.language) if document.language else None,
        "File": document.file_name,
        "Part of": document.part_of,
        "Added from": document.source,
    }
    lines = [f"{name}: {plain(value, 200)}" for name, value in said.items() if value]
    st.caption(" · ".join(figures), help=f"Added {exact(document.added_at)}")
    if lines:
        st.markdown("  \n".join(lines))
    if document.tags:
        st.pills("Tags", [plain(tag) for tag in document.tags], disabled=True, label_visibility="collapsed")


def _actions(library: Library, document: Document) -> None:
    with st.container(horizontal=True, key="document_actions"):
        if st.button("Ask about this", icon=":material/forum:", key="ask_this"):
            _go(document, "pages/chat.py")
        if st.button("Search in this", icon=":material/search:", key="search_this"):
            _go(document, "pages/search.py")
        if st.button("Show on the map", icon=":material/scatter_plot:", key="map_this"):
            _go(document, "pages/map.py")
        if st.button("Rename…", icon=":material/edit:", key="rename_this"):
            dialogs.ask(renamed.ask, library, document)
        if st.button("Tag…", icon=":material/label:", key="tag_this"):
            dialogs.ask(table.ask_tags, library, [document])
        if st.button("Remove…", icon=":material/delete:", key="remove_this"):
            dialogs.ask(table.ask_remove, library, [document])


def _go(document: Document, page: str) -> None:
    """Leads to another page with this document as its scope."""
    scope.set_scope(Scope(documents=[document.id]), document.name)
    st.switch_page(page)


def sheets(pages: Sequence[Page], chunks: Sequence[Chunk], limit: int = SHEET_CHARACTERS) -> list[Sheet]:
    """A document cut into what is shown at once. Together the sheets are the whole text."""
    cut: list[Sheet] = []
    starts = [chunk.start for chunk in chunks]
    for page in pages:
        first = bisect_right(starts, page.start - 1)
        last = bisect_right(starts, page.end - 1)
        start, begun = page.start, first
        for index in range(first, last):
            if chunks[index].start > start and chunks[index].end - start > limit:
                cut.append(Sheet(page, start, chunks[index].start, tuple(chunks[begun:index])))
                start, begun = chunks[index].start, index
        cut.append(Sheet(page, start, page.end, tuple(chunks[begun:last])))
    return cut


def _text(library: Library, document: Document) -> None:
    """Draws the text with the passages in it; the sheet follows the viewer's page."""
    with errors.shown():
        pages, chunks = library.pages(document.id), library.chunks(document.id)
        parts = sheets(pages, chunks)
        place = _place(document.id, parts)
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader("Text and passages", anchor=False)
            if len(parts) > 1:
                st.pagination(
                    len(parts),
                    default=place.number,
                    key=place.key,
                    on_change=_turned,
                    args=(place.key, parts),
                )
        sheet = parts[place.number - 1]
        st.caption(_caption(document, sheet, place.number, len(parts)))
        text = library.span(document.id, sheet.start, sheet.end)
        _passages(
            key="document_passages",
            data=sent(
                {
                    "blocks": blocks(text, sheet),
                    "document": document.id,
                    "language": document.language,
                    "at": _span(),
                }
            ),
            on_open_change=lambda: viewer.open_from("document_passages"),
        )


def _place(document_id: str, parts: Sequence[Sheet]) -> Place:
    """Where the text stands: where it stood in the last run, unless the viewer has gone elsewhere since."""
    address = (st.query_params.get("page", ""), _span()[0])
    place = st.session_state.get(PLACE)
    if place is None or place.document_id != document_id:
        place = Place(document_id, 1, ("", -1), 0)
    page, start = address
    if page.isdecimal() and address != place.address:
        there = [i for i, sheet in enumerate(parts, 1) if sheet.page.number == int(page)]
        inside = [i for i in there if parts[i - 1].start <= start < parts[i - 1].end]
        number = next(iter(inside or there), place.number)
        place = Place(document_id, number, address, place.turn + (number != place.number))
    st.session_state[PLACE] = place = replace(place, number=min(place.number, len(parts)))
    return place


def _turned(key: str, parts: Sequence[Sheet]) -> None:
    """Turns the viewer, if it is open, to the page to which the text was turned."""
    place: Place = st.session_state[PLACE]
    number = st.session_state[key]
    page = parts[number - 1].page.number
    address = place.address
    if "document" in st.query_params:
        viewer.open_passage(place.document_id, page)
        address = (str(page), -1)
    st.session_state[PLACE] = replace(place, number=number, address=address)


def _span() -> tuple[int, int]:
    """The start and end of the span in the address, (-1, -1) if there is none."""
    start, _, end = st.query_params.get("span", "").partition("-")
    return (int(start), int(end)) if start.isdecimal() and end.isdecimal() else (-1, -1)


def _caption(document: Document, sheet: Sheet, number: int, total: int) -> str:
    where = f"Page {figure(sheet.page.number)} of {figure(document.pages)}"
    label = viewer.page_label(document.kind, sheet.page)
    if label:
        where += f" ({plain(label, 60)})"
    if document.pages == 1 and total > 1:
        where = f"Part {figure(number)} of {figure(total)}"
    found = count(len(sheet.chunks), "passage") if sheet.chunks else "no passage starts here"
    return (
        f"{where} · {found}. Search finds passages and answers quote them; click one to see where it stands."
    )


def blocks(text: str, sheet: Sheet) -> list[dict[str, Any]]:
    """The sheet, with its `text`, as blocks for the browser, in order: passages, and what is between them."""
    shown: list[dict[str, Any]] = []
    at, first = sheet.start, sheet.start
    for chunk in sheet.chunks:
        if chunk.start > at:
            shown.append({"text": text[at - first : chunk.start - first]})
        start, end = max(at, chunk.start), min(chunk.end, sheet.end)
        shown.append(
            {
                "text": text[start - first : end - first],
                "headings": list(chunk.headings),
                "page": chunk.page,
                "start": chunk.start,
                "end": chunk.end,
            }
        )
        at = max(at, end)
    if at < sheet.end:
        shown.append({"text": text[at - first :]})
    return [block for block in shown if "start" in block or block["text"].strip()]
