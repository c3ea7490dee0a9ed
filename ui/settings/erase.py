"""The section of the Settings page that empties the library, after its name was typed."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from ui import dialogs, errors, state
from ui.settings import form
from ui.wording import count, plain

_DONE = "erase_done"
"""Session: what was just deleted (`Erased`)."""


def section(library: Library) -> None:
    """Draws what would be deleted, and the button that asks for the name."""
    st.header("Delete everything", anchor=False)
    st.caption(
        "Empties this library and its bin: documents, conversations, maps, settings, its name, what repair "
        "set aside and the log of the background process. The files you added them from, backups, and copies "
        "that your browser saved stay where they are. “Delete this library” in the menu above takes its "
        "folder too."
    )
    if st.button("Delete everything…", key="erase", icon=":material/delete_forever:"):
        dialogs.ask(ask, library)
        st.rerun()
    erased = st.session_state.pop(_DONE, None)
    if erased is not None:
        st.success("Everything was deleted. The library is empty.", icon=":material/check_circle:")
        for line in erased.left:
            st.warning(plain(line), icon=":material/info:")
        if not erased.is_gone:
            st.warning(
                "Another program is still reading what was there. Close it: the rest then goes by itself.",
                icon=":material/info:",
            )


@st.dialog("Delete everything", on_dismiss=dialogs.close)
def ask(library: Library) -> None:
    """Draws the question, and deletes once the name was typed."""
    st.write(f"**{plain(library.name)}** loses {_what(library)}. This cannot be undone.")
    with st.form("erase_form", border=False):
        typed = st.text_input(f"Type **{plain(library.name)}** to confirm")
        said = st.empty()
        with st.container(horizontal=True):
            sent = st.form_submit_button("Delete everything", type="primary")
            if st.form_submit_button("Keep"):
                dialogs.done()
    with errors.shown():
        if sent and typed.strip() != library.name.strip():
            said.error("That is not the library's name; nothing was deleted.", icon=":material/error:")
        elif sent:
            with said, st.spinner("Deleting…"):
                erased = library.upkeep.erase(typed.strip())
            _forget(library)
            st.session_state[_DONE] = erased
            st.session_state[form.OPEN_TAB] = "Library"  # where it is said, and the page was
            st.rerun()


def _what(library: Library) -> str:
    """What is there to be lost, in words."""
    lost = count(library.counts().documents, "document")
    binned, activity = len(library.binned()), library.activity()
    if binned:
        lost += f", {count(binned, 'more', 'more')} in the bin"
    if activity.is_busy:
        lost += f", {count(activity.total - activity.done, 'file')} still being added"
    return f"{lost}, and all that was asked about them"


def _forget(library: Library) -> None:
    """Has every tab open the library anew, without what it remembers of the old one: keys, page images."""
    place = library.folder
    state.close(place)
    st.cache_data.clear()
    state.switch(place)
