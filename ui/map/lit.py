"""Passages that another page shows on the map: the hits of a search, the sources of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import announce
from ui.map import passages
from ui.wording import count, flat, plain

if TYPE_CHECKING:
    from explorer import Library
    from ui.map.scene import Scene

LABEL = "Show on the map"
PAGE = "pages/map.py"
_LIT = "map_lit"
"""Session: what is lit (`Lit`)."""
_NEW = "map_lit_new"
"""Session: whether the map has not been looked at since."""
_SAID = 80


@dataclass(frozen=True, slots=True)
class Lit:
    """Chunks that are lit, and what they are (plain text): "hits of “gravel”"."""

    chunks: tuple[int, ...]
    said: str


def show(chunks: Iterable[int], what: str, question: str) -> None:
    """Leads to the map with these chunks lit: they are `what` ("hits of") a question. Ends the run."""
    st.session_state[_LIT] = Lit(tuple(dict.fromkeys(chunks)), f"{what} “{flat(question, _SAID)}”")
    st.session_state[_NEW] = True
    st.switch_page(PAGE)


def is_new() -> bool:
    """Whether something was lit since the last look at the map; only once."""
    return bool(st.session_state.pop(_NEW, False))


def current() -> Lit | None:
    """What is lit; None if nothing."""
    lit: Lit | None = st.session_state.get(_LIT)
    return lit


def clear() -> None:
    """Lights nothing."""
    st.session_state.pop(_LIT, None)


def marks(scene: Scene, chunk_ids: Sequence[int]) -> list[dict[str, Any]]:
    """These chunks as points that lie above the others, those that are on the map."""
    rows = scene.rows_of(chunk_ids)
    return [
        {"id": int(scene.atlas.chunk_ids[row]), "x": float(x), "y": float(y), "colour": colour}
        for row, (x, y), colour in zip(rows, scene.atlas.xy[rows, :2], scene.colours(rows), strict=True)
    ]


def strip(scene: Scene, lit: Lit) -> None:
    """Says what is lit, and draws what ends it."""
    number = len(scene.rows_of(lit.chunks))
    said = f"{count(number, 'passage')} lit: {lit.said}"
    if number < len(lit.chunks):
        said += f" ({count(len(lit.chunks) - number, 'more is', 'more are')} not on the map)"
    st.markdown(plain(said), width="content")
    announce.show("lit", said)
    st.button("Clear", key="map_unlit", icon=":material/close:", type="tertiary", on_click=clear)


def results(library: Library, scene: Scene, lit: Lit) -> dict[str, Any] | None:
    """The passages that are lit, for the list beside the map; None where none is on it."""
    rows = scene.rows_of(lit.chunks)
    if not rows:
        return None
    names = dict(zip(scene.drawn.places.documents, scene.drawn.names, strict=True))
    ids = [int(scene.atlas.chunk_ids[row]) for row in rows]
    colour_of = dict(zip(ids, scene.colours(rows), strict=True))
    return {
        "key": f"lit {lit.said}",
        "head": f"{count(len(rows), 'passage')} lit",
        "note": "",
        "rows": tuple(
            passages.row(chunk, names.get(chunk.document_id, ""), colour_of[chunk.id])
            for chunk in library.maps.passages(ids)
        ),
        "more": "",
    }
