"""Where a question would land on the map, and the passages it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import errors
from ui.map import palette, passages
from ui.wording import count

if TYPE_CHECKING:
    from explorer import Library
    from explorer.types import Hit, Scope, StoredMap
    from ui.map.scene import Scene

HITS = 10
_FOUND = "map_found"
"""Session: what the last question depended on, and its `Landing` (tuple)."""


@dataclass(frozen=True, slots=True)
class Landing:
    """A question, where it stands on the map, and the passages it finds."""

    query: str
    at: tuple[float, ...]
    hits: list[Hit]


def find(library: Library, kept: StoredMap, query: str, within: Scope) -> Landing | None:
    """The place and the hits of a question, worked out once for each; None where that failed."""
    wanted = (str(library.folder), library.revision, kept.drawn_at, query, within)
    last: tuple[Any, Landing] | None = st.session_state.get(_FOUND)
    if last is not None and last[0] == wanted:
        return last[1]
    with errors.shown(), st.spinner("Looking for its place…"):
        found = Landing(query, library.place(query, kept.atlas), library.search(query, HITS, scope=within))
        st.session_state[_FOUND] = (wanted, found)
        return found
    return None


def results(found: Landing, scene: Scene) -> dict[str, Any] | None:
    """The passages that a question found, which are lit on the map, for the list beside it."""
    if not found.hits:
        return None
    row_of = {number: row for row, number in enumerate(scene.atlas.chunk_ids.tolist())}
    colours = [
        scene.colours([row_of[hit.chunk.id]])[0] if hit.chunk.id in row_of else palette.GREY
        for hit in found.hits
    ]
    return {
        "key": found.query,
        "head": f"{count(len(found.hits), 'passage')} found",
        "note": "",
        "rows": tuple(
            passages.row(hit.chunk, hit.document.name, colour)
            for hit, colour in zip(found.hits, colours, strict=True)
        ),
        "more": "",
    }


def strip(found: Landing) -> None:
    """Says what the ring on the map is."""
    if found.hits:
        st.caption("The ring is where your question would stand; what it finds is lit.")
    else:
        st.caption("This question finds no passage here; the ring shows where it would stand.")
