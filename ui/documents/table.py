"""The list of documents: filter, sort, select many, and what can be done with the selection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from explorer import Library
from explorer.readers import short_label
from explorer.types import Document, Scope
from ui import dialogs, errors, scope, shelf, viewer
from ui.documents import alike, folders, renamed
from ui.wording import aware, count, figure, plain, size

OPENED = "documents_opened"
"""Session: id of the document that is open on the page."""
TICKED = "documents_ticked"
"""Session: ids of the rows that are ticked (tuple)."""
ORDER = "documents_order"
"""Session: the column that the list is sorted by, and whether the largest comes first (tuple)."""
REMOVED = "documents_removed"
"""Session: ids of the documents that were removed last and can be brought back (tuple)."""
TURN = "documents_turn"
"""Session: how often the ticks were changed here and not in the browser, whose own then give way."""

ORDERS: dict[str, Callable[[Document], Any]] = {
    "name": lambda document: document.name.casefold(),
    "kind": lambda document: kind_label(document.kind).casefold(),
    "pages": lambda document: document.pages,
    "passages": lambda document: document.chunks,
    "size": lambda document: document.size,
    "added": lambda document: aware(document.added_at),
}
FALLING_FIRST = frozenset({"pages", "passages", "size", "added"})
"""Columns of which a person wants the largest or newest first."""
NAMES_SHOWN = 10


def kind_label(kind: str) -> str:
    """What people call a kind, in a word or two: "PDF". A kind that no reader knows stays as it is."""
    try:
        return short_label(kind)
    except KeyError:
        return kind


@st.fragment
def table(library: Library) -> None:
    """Draws the list with its filter, order and actions. Typing in the filter draws only this part again."""
    if st.session_state.get(OPENED):
        st.rerun()  # a click in the table opened a document: that is another page, not another list
    everything = _documents(library, str(library.folder), library.revision)
    with st.container(horizontal=True, gap="xsmall", key="documents_limits"):
        wanted = st.text_input(
            "Filter",
            key="documents_filter",
            type="search",
            placeholder="Filter by name, tag, kind…",
            icon=":material/filter_list:",
            label_visibility="collapsed",
            live=True,
        )
        folder = folders.choose(everything)
    order = st.session_state.get(ORDER, ("name", False))
    documents = ordered(matching(folders.within(everything, folder), wanted or ""), *order)
    ticked = _ticked(documents)
    _actions(library, documents, ticked, len(everything), folder)
    if documents:
        shelf.show(
            documents,
            [document.id for document in ticked],
            order,
            st.session_state.get(TURN, 0),
            marks=alike.marks(library),
            about=library.descriptions(),
            kind_label=kind_label,
            on_open=open_document,
            on_tick=_tick,
            on_order=_order_by,
        )
    else:
        where = f" in {plain(folders.name(folder), 60)}" if folder else ""
        st.info(f"No document{where} has “{plain(wanted or '', 60)}” in its name, title, tags or kind.")


@st.cache_resource(show_spinner=False, max_entries=4)
def _documents(_library: Library, folder: str, revision: int) -> list[Document]:  # noqa: ARG001 - the cache's key
    return _library.documents()


def matching(documents: Sequence[Document], wanted: str) -> list[Document]:
    """The documents that have every word of the filter in name, title, tags or kind."""
    words = wanted.casefold().split()
    if not words:
        return list(documents)
    return [document for document in documents if all(word in _searched(document) for word in words)]


def _searched(document: Document) -> str:
    parts = (
        document.name,
        document.title or "",
        document.part_of or "",
        document.file_name or "",
        document.kind,
        kind_label(document.kind),
        *document.tags,
    )
    return "\n".join(parts).casefold()


def ordered(documents: list[Document], column: str, is_falling: bool) -> list[Document]:
    """The documents sorted by one of `ORDERS`."""
    return sorted(documents, key=ORDERS[column], reverse=is_falling)


def _order_by(column: str) -> None:
    """Sorts by a column whose head was clicked; if it sorts already, the order turns round."""
    if column in ORDERS:
        now, is_falling = st.session_state.get(ORDER, ("name", False))
        st.session_state[ORDER] = (column, not is_falling if column == now else column in FALLING_FIRST)


def _tick(ids: Sequence[str]) -> None:
    st.session_state[TICKED] = tuple(map(str, ids))


def _ticked(documents: Sequence[Document]) -> list[Document]:
    """The ticked documents among those shown: what the filter hides is never acted on."""
    chosen = set(st.session_state.get(TICKED, ()))
    return [document for document in documents if document.id in chosen]


def open_document(document_id: str) -> None:
    """Opens a document on this page, and its first page in the viewer; in a callback or before a rerun."""
    st.session_state[OPENED] = document_id
    viewer.open_passage(document_id, 1)


def _actions(
    library: Library, documents: list[Document], ticked: list[Document], total: int, folder: str
) -> None:
    """Draws how much there is, and the buttons for what is ticked; a chosen folder can be the scope too."""
    none = not ticked
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="documents_actions"):
        st.caption(_amount(ticked or documents, bool(ticked), total), width="stretch")
        if len(ticked) == 1:
            st.button(
                "Open",
                key="open_ticked",
                icon=":material/open_in_full:",
                on_click=open_document,
                args=(ticked[0].id,),
            )
            if st.button("Rename…", key="rename"):
                dialogs.ask(renamed.ask, library, ticked[0])
                st.rerun()
        if st.button("Tag…", key="tag", disabled=none):
            dialogs.ask(ask_tags, library, ticked)
            st.rerun()
        if st.button("Use as scope", key="use_as_scope", disabled=none and not (folder and documents)):
            use_as_scope(ticked or documents, "" if ticked else folders.name(folder))
        if st.button("Remove…", key="remove", disabled=none):
            dialogs.ask(ask_remove, library, ticked)
            st.rerun()


def _amount(documents: Sequence[Document], is_selection: bool, total: int) -> str:
    pages = count(sum(document.pages for document in documents), "page")
    octets = size(sum(document.size for document in documents))
    if is_selection:
        return f"{figure(len(documents))} selected · {pages} · {octets}"
    number = count(len(documents), "document")
    if len(documents) < total:
        number = f"{figure(len(documents))} of {count(total, 'document')}"
    return f"{number} · {pages} · {octets}"


def use_as_scope(documents: Sequence[Document], label: str = "") -> None:
    """Limits Search, Chat and Map to these documents. `label`: what they are called together."""
    label = label or (documents[0].name if len(documents) == 1 else count(len(documents), "document"))
    scope.set_scope(Scope(documents=[document.id for document in documents]), label)
    st.toast(f"Search, Chat and Map now look at {plain(label, 60)} only.", icon=":material/filter_alt:")


@st.dialog("Tags", on_dismiss=dialogs.close)
def ask_tags(library: Library, documents: Sequence[Document]) -> None:
    st.caption(listed(documents))
    theirs = sorted({tag for document in documents for tag in document.tags})
    with st.form("tags", border=False):
        add = st.multiselect(
            "Add",
            sorted(library.tags()),
            accept_new_options=True,
            placeholder="Choose or type a tag",
            key="tags_add",
        )
        remove = st.multiselect("Take away", theirs, key="tags_remove", disabled=not theirs)
        sent = st.form_submit_button("Save", type="primary")
    with errors.shown():
        if sent:
            library.tag([document.id for document in documents], add=add, remove=remove)
            dialogs.done()


@st.dialog("Remove from this library", on_dismiss=dialogs.close)
def ask_remove(library: Library, documents: Sequence[Document]) -> None:
    st.markdown(listed(documents))
    st.write(_what_removing_does(library.settings.bin_days))
    with st.container(horizontal=True):
        sent = st.button(f"Remove {count(len(documents), 'document')}", key="remove_yes")
        if st.button("Keep", key="remove_no"):
            dialogs.done()
    with errors.shown():
        if sent:
            removed = [document.id for document in documents]
            st.session_state[REMOVED] = tuple(library.bin(removed))
            st.session_state[TICKED] = ()
            st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
            if st.session_state.get(OPENED) in removed:
                close_document()
            dialogs.done()


def _what_removing_does(days: int) -> str:
    """What is said before documents are removed: whether, and how long, they can be brought back."""
    theirs = "Files you added by path stay where they are."
    if not days:
        return (
            "The library's copy and all that was read from it are deleted: nothing of it is found, quoted or "
            f"drawn any more. This cannot be undone. {theirs}"
        )
    return (
        "What you remove is found, quoted and drawn nowhere any more. The bin, below the list, keeps it for "
        f"{count(days, 'day')}: until then you can bring it back. {theirs}"
    )


def close_document() -> None:
    """Goes back to the list."""
    st.session_state.pop(OPENED, None)
    viewer.close()


def listed(documents: Sequence[Document]) -> str:
    """The first few names, as Markdown."""
    names = [f"**{plain(document.name, 80)}**" for document in documents[:NAMES_SHOWN]]
    rest = len(documents) - len(names)
    return ", ".join(names) + (f" and {figure(rest)} more" if rest > 0 else "")
