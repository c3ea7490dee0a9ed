"""The Search page: a question, its scope, and the hits."""

from __future__ import annotations

import streamlit as st

from ui import announce, empty, errors, scope, state
from ui.map import lit
from ui.search import by_picture, export, hits, question, where, why


def show() -> None:
    """Draws the page."""
    library = state.library()
    st.title("Search", anchor=False)
    if empty.shown(library, "Here you find passages in your documents, by their words and by their meaning."):
        return
    text, mode, count = question.ask()
    within = scope.scope_bar()
    if by_picture.is_on():
        by_picture.show(library, text, count, within)
        return
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
        number = question.wanted(text, count)
        result = question.found(text, mode, number, within, liked.id if liked else None)
        if result is None:
            return
        found = result.found
        said = hits.summary(found, result.milliseconds)
        announced = " ".join([*found.notices, said])
        announce.show("found", announced if found.hits else f"Nothing found for {result.query.text}")
        question.say_what_was_searched(found, text)
        if not found.hits:
            question.nothing_found(library, result.query, " · ".join(why.left_out(found.extent)))
            where.offer()
            where.ask(result.query, found)
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(said, width="stretch")
            fold = st.toggle("Fold by document", key="fold", width="content")
            if st.button(lit.LABEL, icon=":material/scatter_plot:", type="tertiary", key="hits_on_map"):
                lit.show(hits.chunks(found.hits), "hits of", text)
            export.offer(text, found.hits)
            if liked is None:
                where.offer()
        if liked is None:
            where.ask(result.query, found)
        if mode == "hybrid" and liked is None and not hits.have_words(found):
            question.only_near(within)
        hits.show(found, fold=fold)
        question.offer_more(text, count, len(found.hits))
