"""Where a passage stands that is not among the hits: its page is named, its rank and the reasons are said."""

from __future__ import annotations

import streamlit as st

from explorer.errors import NotFound
from explorer.search import Retrieved, Standing
from ui import errors, scope, state, viewer
from ui.component import asset
from ui.search import hits
from ui.search.question import Asked
from ui.wording import count, figure, plain

KEY, DOCUMENT, PAGE = "where-hit", "where-document", "where-page"
ASKED = "where_asked"
"""Session: whether the question where a passage stands is open."""


def offer(key: str = "where") -> None:
    """Offers to say where a passage stands that somebody knows."""
    if not st.session_state.get(ASKED):
        st.button(
            "Where is …?", key=key, type="tertiary", on_click=_open, help="A passage that you miss here"
        )


@st.fragment
def ask(query: Asked, found: Retrieved) -> None:
    """Asks for the page of a passage, once that was offered and taken, and says where it stands."""
    viewer.follow()
    if not st.session_state.get(ASKED):
        return
    library, titles = state.library(), scope.titles()
    with st.container(horizontal=True, vertical_alignment="bottom", key="where-row"):
        chosen = st.selectbox(
            "Where is a passage of",
            list(titles),
            index=None,
            format_func=lambda id_: titles.get(id_, ""),
            placeholder="A document",
            key=DOCUMENT,
        )
        page = st.number_input("on page", min_value=1, value=1, step=1, key=PAGE, width=130)
        st.button("Close", key="where-close", type="tertiary", on_click=_close)
    if chosen is None:
        return
    with errors.shown():
        try:
            standing = library.explain(
                query.text,
                chosen,
                int(page),
                query.mode,
                query.scope,
                k=query.count,
                exact=query.exact,
                mend=query.mend,
            )
        except NotFound as error:
            st.markdown(plain(str(error)))
            return
        st.markdown(said(standing))
        if standing.hit is not None:
            hits.draw(_component, KEY, [[hits.describe(standing.hit, found) | {"open": True}]])


def said(standing: Standing) -> str:
    """Where a passage stands, in Markdown."""
    place = f"**{plain(standing.document.name, 80)}, page {figure(standing.page)}**"
    if standing.hit is None or standing.rank is None:
        return f"{place} is not among the hits. {plain(standing.left_out)}"
    parts = [f"{place} stands at rank {figure(standing.rank)} of {count(standing.among, 'passage')}."]
    if standing.before:
        before = standing.before[-1]
        parts.append(
            f"Right before it: {plain(before.document.name, 60)}, page {figure(before.chunk.page)} "
            f"(score {figure(before.score, 3)}, its own {figure(standing.hit.score, 3)})."
        )
    if standing.lacking:
        parts.append(f"It does not hold: {plain(', '.join(standing.lacking), 200)}.")
    return " ".join(parts)


def _open() -> None:
    st.session_state[ASKED] = True


def _close() -> None:
    st.session_state[ASKED] = False
    st.session_state[viewer.MOVED] = True


_component = st.components.v2.component(
    "explorer_where", js=asset("rich.js", "hits.js"), css=asset("rich.css", "hits.css"), isolate_styles=False
)
