"""The section of Settings on the vector index: which store holds it, and the way to another one."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.settings import variable
from explorer.stores import NONE, names
from ui import errors
from ui.documents.progress import REFRESH_SECONDS
from ui.settings import unsaved
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
    held = {"store": chosen, "store_url": library.settings.store_url}
    draft = unsaved.draft("store", (str(library.folder), *held.values()))
    free = [name for name in held if library.setting_source(name) != "environment"]
    with unsaved.fields("store"):
        name = st.selectbox(
            "Vector store",
            **draft.choice("store", chosen, names()),
            format_func=lambda one: LABELS.get(one, one),
            disabled="store" not in free,
        )
        if "store" not in free:
            st.caption(f"Set by {plain(variable('store'))}; change it there.")
        address = st.text_input(
            "Address of its server",
            **draft.of("store_url", library.settings.store_url or ""),
            disabled="store_url" not in free,
            autocomplete="off",
            help="For a store on a server, such as http://127.0.0.1:6333 or "
            "postgresql://user@localhost/database. On another machine it must begin with https:// and have a "
            "key.",
        )
        if "store_url" not in free:
            st.caption(f"Set by {plain(variable('store_url'))}; change it there.")
        typed = {"store": name, "store_url": address}
        changed = unsaved.differing({name: typed[name] for name in free}, held)
        sent, _ = unsaved.buttons("store", draft, changed)
    if chosen == "chroma_server":
        st.warning(_WARNING, icon=":material/warning:")
    with errors.shown():
        if sent:
            library.change_settings(**{name: typed[name].strip() or None for name in free})
            unsaved.drop("store")
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
