"""Map: every passage a point; what is on one subject lies together."""

from __future__ import annotations

import streamlit as st

from ui import empty, errors, scope, state, viewer
from ui.map import drawing
from ui.map import page as map_page


def page() -> None:
    library = state.library()
    st.title("Map")
    if empty.shown(library, "Here every passage is a point, and passages on one subject lie together."):
        return
    within = scope.scope_bar()
    with errors.shown():
        kept = library.stored_map()
        added = map_page.ready(library, kept).places.added if kept else 0
        drawing.panel(library, kept, added)
        if kept:
            map_page.explore(library, kept, within)


with viewer.beside():
    page()
