"""The list of passages beside the map, and how one opens from there or from its point."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.errors import NotFound
from ui import state, viewer
from ui.map import component
from ui.wording import figure

if TYPE_CHECKING:
    from explorer.types import Chunk

_OPENED = "map_opened"
SHOWN_CHARACTERS = 320
"""Characters of a passage in the list."""


def row(chunk: Chunk, name: str, colour: str) -> dict[str, Any]:
    """One passage as the list draws it; `name` is its document's."""
    one = chunk.page == chunk.end_page
    return {
        "document": chunk.document_id,
        "title": name,
        "page": chunk.page,
        "start": chunk.start,
        "end": chunk.end,
        "place": f"page {figure(chunk.page)}"
        if one
        else f"pages {figure(chunk.page)}–{figure(chunk.end_page)}",
        "text": " ".join(chunk.text.split())[:SHOWN_CHARACTERS],
        "colour": colour,
    }


def clicked() -> None:
    """A point was clicked: its passage opens in the viewer."""
    value = component.event("open")
    with suppress(TypeError, KeyError, ValueError, NotFound):
        chunk = state.library().chunk(int(value["chunk"]))
        viewer.open_passage(chunk.document_id, chunk.page, chunk.start, chunk.end)
        run_page()


def read() -> None:
    """A passage of the list was clicked: it opens in the viewer."""
    viewer.open_from(component.KEY, "read")
    run_page()


def run_page() -> None:
    """In a callback: has the whole page run, not the map's part of it alone."""
    st.session_state[_OPENED] = True


def follow() -> None:
    """In the map's fragment: runs the whole page where what happened concerns more than the map."""
    if st.session_state.pop(_OPENED, False):
        st.rerun()
