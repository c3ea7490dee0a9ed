"""The Settings page: tabs of a few sections each, which the address names."""

from __future__ import annotations

import streamlit as st

from ui import address, state
from ui.settings import form
from ui.settings.sections import TABS

TAB = "tab"
"""Widget key, and the name in the address of the tab that is open."""


def show() -> None:
    """Draws the page."""
    library = state.library()
    st.title("Settings", anchor=False)
    names = list(TABS)
    if address.moved(TAB):
        asked = address.one(TAB).casefold()
        st.session_state[TAB] = next((name for name in names if name.casefold() == asked), names[0])
    st.session_state.setdefault(TAB, st.session_state.get(form.OPEN_TAB, names[0]))
    with st.container(width=720):
        tabs = st.tabs(names, key=TAB, on_change="rerun")
    now = st.session_state[form.OPEN_TAB] = str(st.session_state[TAB])
    address.change(**{TAB: "" if now == names[0] else now.casefold()})
    for sections, tab in zip(TABS.values(), tabs, strict=True):
        if tab.open:  # what nobody looks at costs nothing: models that are looked for, room that is measured
            with tab, st.container(gap="large"):
                for section in sections:
                    with st.container():
                        section(library)
