"""Search: passages that answer a question, with their place."""

from __future__ import annotations

import streamlit as st

from ui import empty, errors, hits, scope, searching, state, viewer


def page() -> None:
    library = state.library()
    st.title("Search")
    if empty.shown(library, "Here you find passages in your documents, by their words and by their meaning."):
        return
    text, mode, count = searching.ask()
    within = scope.scope_bar()
    if not text:
        st.caption(
            "Type a word, a name or a whole question. Each hit opens at its page, with the passage marked."
        )
        return
    with errors.shown():
        result = searching.run(text, mode, count, within)
        if not result.hits:
            searching.nothing_found(library, result.query)
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(hits.summary(result.hits, result.milliseconds), width="stretch")
            fold = st.toggle("Fold by document", key="fold", width="content")
        hits.show(result.hits, text, fold=fold)


with viewer.beside():
    page()
