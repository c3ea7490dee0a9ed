"""The section of Settings on the vector index: which store holds it, and the way to another one."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.settings import variable
from explorer.stores import NONE, names
from ui import errors
from ui.documents.progress import REFRESH_SECONDS
from ui.wording import count, figure, plain

LABELS = {
    "chroma": "Chroma, in the library's folder",
    "faiss": "FAISS, in the library's folder",
    "lancedb": "LanceDB, in the library's folder",
    "milvus": "Milvus Lite, in the library's folder",
    "qdrant": "Qdrant's local mode, in the library's folder",
    "chroma_server": "Chroma, on a server",
    "milvus_server": "Milvus, on a server",
    "pgvector": "PostgreSQL with pgvector, on a server",
    "pinecone": "Pinecone",
    "qdrant_server": "Qdrant, on a server",
    "weaviate": "Weaviate, on a server",
    NONE: "None: compare all passages each time",
}
_WARNING = (
    "Until it is fixed, a Chroma server runs code of whoever can reach it, before it asks for a key "
    "(CVE-2026-45829). Let it listen on this machine only."
)


def section(library: Library) -> None:
    """Draws the store that is chosen, and what goes on with it."""
    st.header("Vector index", anchor=False)
    st.caption(
        "What finds passages by meaning in libraries of more than 20,000 of them. It holds vectors and no "
        "text; what is found is the same in each. Another one is filled beside the one in use, which goes on "
        "meanwhile. A server gets the vectors of all passages and of each question."
    )
    chosen = library.settings.store
    with st.form("store_form", border=False):
        options = names()
        where = "environment" if library.setting_source("store") == "environment" else ""
        name = st.selectbox(
            "Vector store",
            options,
            options.index(chosen) if chosen in options else 0,
            format_func=lambda one: LABELS.get(one, one),
            key=f"store_{hash((chosen, where))}",
            disabled=bool(where),
        )
        if where:
            st.caption(f"Set by {plain(variable('store'))}; change it there.")
        is_fixed = library.setting_source("store_url") == "environment"
        address = st.text_input(
            "Address of its server",
            library.settings.store_url or "",
            key=f"store_url_{hash(library.settings.store_url)}",
            disabled=is_fixed,
            autocomplete="off",
            help="For a store on a server, such as http://127.0.0.1:6333 or "
            "postgresql://user@localhost/database. On another machine it must begin with https:// and have a "
            "key.",
        )
        if is_fixed:
            st.caption(f"Set by {plain(variable('store_url'))}; change it there.")
        sent = st.form_submit_button("Save", type="primary", key="store_save")
    if chosen == "chroma_server":
        st.warning(_WARNING, icon=":material/warning:")
    with errors.shown():
        if sent:
            values: dict[str, str | None] = {} if where else {"store": name}
            if not is_fixed:
                values["store_url"] = address.strip() or None
            library.change_settings(**values)
            st.rerun()
        _going_on(library)


def _going_on(library: Library) -> None:
    """Draws what is wrong, and the way to another store while one is being filled."""
    state = library.upkeep.store()
    if state is None:
        return
    if state.problem is not None:
        st.warning(
            f"{plain(state.problem)} Searching compares all passages meanwhile."
            if state.coming is None
            else plain(state.problem),
            icon=":material/warning:",
        )
    if state.coming is not None:
        _filling(library)


@st.fragment(run_every=REFRESH_SECONDS)
def _filling(library: Library) -> None:
    """Draws how far the coming store is, with a button to keep the one in use."""
    state = library.upkeep.store()
    if state is None or state.coming is None:
        st.rerun()
    with st.container(border=True, key="store_filling"):
        now, coming = LABELS.get(state.store, state.store), LABELS.get(state.coming, state.coming)
        st.markdown(f"Filling **{plain(coming)}**. Until it is whole, **{plain(now)}** serves.")
        st.progress(
            state.done / max(1, state.total),
            f"{figure(state.done)} of {count(state.total, 'change')} of the library",
        )
        if library.setting_source("store") != "environment" and st.button("Cancel", key="store_cancel"):
            with errors.shown():
                library.upkeep.stay(state)
                st.rerun()
