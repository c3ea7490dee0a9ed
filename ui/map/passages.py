"""The list of passages under the map, and how one opens from there or from its point."""

from __future__ import annotations

from collections.abc import Sequence
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


def show(rows: Sequence[dict[str, Any]]) -> None:
    """Shows the list, in the order given; each is a `row`."""
    component.passages(rows, _listed_opened)


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
        st.session_state[_OPENED] = True


def follow() -> None:
    """In the map's fragment: runs the whole page once a passage was opened, for the viewer is outside it."""
    if st.session_state.pop(_OPENED, False):
        st.rerun()


def _listed_opened() -> None:
    viewer.open_from(component.LIST)
    st.session_state[_OPENED] = True
