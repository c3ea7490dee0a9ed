"""Search: passages that answer a question, with their place."""

from __future__ import annotations

import streamlit as st

from ui import empty, errors, scope, state, viewer
from ui.search import hits, question


def page() -> None:
    library = state.library()
    st.title("Search")
    if empty.shown(library, "Here you find passages in your documents, by their words and by their meaning."):
        return
    text, mode, count = question.ask()
    within = scope.scope_bar()
    if not text:
        st.caption(
            "Type a word, a name or a whole question. Each hit opens at its page, with the passage marked."
        )
        return
    with errors.shown():
        liked = question.liked(library, text)
        if liked is not None:
            question.show_liked(library, liked)
        else:
            question.hint_at_language(library)
        result = question.found(text, mode, count, within, liked.id if liked else None)
        if result is None:
            return
        if not result.hits:
            question.nothing_found(library, result.query)
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(hits.summary(result.hits, result.milliseconds), width="stretch")
            same = st.toggle("Fold near-duplicates", key="fold-same", width="content")
            fold = st.toggle("Fold by document", key="fold", width="content")
        if mode == "hybrid" and liked is None and not hits.have_words(result.hits, text):
            question.only_near(within)
        hits.show(result.hits, text, fold=fold, same=same)


with viewer.beside():
    page()
