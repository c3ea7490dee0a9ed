"""The Words page: a choice of vectors, and four things to ask of them."""

from __future__ import annotations

import streamlit as st

from ui import empty, errors, state
from ui.words import asking, picture, training, vectors

VIEWS = {
    "nearest": ("Nearest words", asking.nearest),
    "compare": ("Two words", asking.compare),
    "analogy": ("Analogy", asking.analogy),
    "picture": ("Picture", picture.show),
}


def show() -> None:
    """Draws the page."""
    library = state.library()
    st.title("Words", anchor=False)
    if empty.shown(library, "Here you see which words are used alike in your documents, and how two differ."):
        return
    with errors.shown():
        training.news(library)
        names = vectors.names(library)
        if not names:
            training.first(library)
            vectors.from_a_file()
            return
        asking.keep()
        chosen = vectors.choose(names)
        view = st.segmented_control(
            "What to ask",
            list(VIEWS),
            format_func=lambda name: VIEWS[name][0],
            default="nearest",
            key=asking.VIEW,
            label_visibility="collapsed",
        )
        with errors.shown():
            VIEWS[view or "nearest"][1](library, chosen)
        training.section(library)
        vectors.from_a_file()
