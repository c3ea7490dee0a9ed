"""Another name for a document, and the way back to the last one."""

from __future__ import annotations

from pathlib import PurePath

import streamlit as st

from explorer import Library
from explorer.errors import NotFound
from explorer.types import Document
from ui import address, dialogs, errors
from ui.wording import plain

LAST = "documents_renamed"
"""Session: the document that was renamed last (its id), the name before, and the visit in which it was."""


@st.dialog("Rename", on_dismiss=dialogs.close)
def ask(library: Library, document: Document) -> None:
    name = PurePath(document.name)
    with st.form("rename", border=False):
        typed = st.text_input("Name", value=name.stem, key="rename_name", max_chars=200)
        ending = f"The ending {plain(name.suffix)} stays. " if name.suffix else ""
        st.caption(
            f"{ending}This is what the library calls it: its file keeps its own name, and is found by it too."
        )
        sent = st.form_submit_button("Rename", type="primary")
    with errors.shown():
        if sent:
            changed = library.rename(document.id, typed)
            if changed.name != document.name:
                st.session_state[LAST] = (document.id, document.name, address.visit())
            dialogs.done()


def notice(library: Library) -> None:
    """Says what was renamed in this visit, with "Undo"."""
    document_id, before, visit = st.session_state.get(LAST, ("", "", ""))
    if not document_id or visit != address.visit():
        return
    try:
        document = library.document(document_id)
    except NotFound:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="renamed_notice"):
        st.caption(f"{plain(before, 80)} is now called {plain(document.name, 80)}.", width="stretch")
        st.button(
            "Undo",
            key="renamed_undo",
            icon=":material/undo:",
            on_click=_undo,
            args=(library, document_id, before),
        )


def _undo(library: Library, document_id: str, before: str) -> None:
    with errors.shown():
        library.rename(document_id, before)
        st.session_state.pop(LAST, None)
