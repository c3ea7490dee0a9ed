"""The Settings page: its sections, one below the other."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.settings import sections


def show() -> None:
    """Draws the page."""
    library = state.library()
    st.title("Settings", anchor=False)
    with st.container(width=720, gap="large"):
        for section in sections.SECTIONS:
            with st.container():
                section(library)
