"""Settings: where the library is, how documents are read and embedded, the language model, versions."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.settings import sections

library = state.library()

st.title("Settings", anchor=False)
with st.container(width=720, gap="large"):
    for section in sections.SECTIONS:
        with st.container():
            section(library)
