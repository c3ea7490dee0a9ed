"""What was selected on the map, by a lasso or in the list beside it, and what can be done with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from explorer.maps import inside as points_inside
from explorer.types import Scope
from ui import announce, scope
from ui.chat import page as chat
from ui.map import component, passages
from ui.wording import count, figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from explorer import Library
    from explorer.types import Atlas
    from ui.map.scene import Scene

SELECTION = "map_selection"
"""Session: the polygon of the lasso, or the groups that are ticked (dict)."""
LISTED = 20
"""Passages that are listed at first."""
MORE = 30
_SCOPE = "map_scope"
"""Session: the scope that was made of a selection here."""
_SHOWN = "map_shown"
"""Session: how many passages are listed by now."""


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Rows of the atlas that were chosen, and what the choice is called (plain text)."""

    rows: NDArray[np.int64]
    label: str


def changed() -> None:
    """Keeps what the browser reported: a lasso was drawn or a group ticked."""
    value = component.event("chosen")
    polygon, groups = component.polygon_of(value), component.groups_of(value)
    st.session_state.pop(_SHOWN, None)
    if polygon is None and not groups:
        clear()
    else:
        st.session_state[SELECTION] = {"polygon": polygon} if polygon else {"groups": groups}


def recoloured() -> None:
    """The points are coloured by something else: ticks are of no use then, a lasso stays."""
    if "polygon" not in (st.session_state.get(SELECTION) or {}):
        forget()


def forget() -> None:
    """Selects nothing."""
    st.session_state.pop(SELECTION, None)


def clear() -> None:
    """Selects nothing, and takes back the scope where it was made of a selection here."""
    forget()
    if scope.current().chunks is not None and scope.current() == st.session_state.pop(_SCOPE, None):
        scope.clear()
        passages.run_page()


def more() -> None:
    """The browser wants more passages than it lists; it says how many it has."""
    listed = component.event("more")
    if type(listed) is int and 0 < listed < 10**6:
        st.session_state[_SHOWN] = listed + MORE


def selected(scene: Scene) -> Selection | None:
    """The points that are selected, of all inside the scope; None if nothing was selected."""
    chosen = st.session_state.get(SELECTION)
    if not chosen:
        return None
    label = ""
    if "polygon" in chosen:
        mask = points_inside(scene.atlas.xy, chosen["polygon"])
    else:
        ids = set(chosen["groups"])
        mask = np.isin(scene.group_of, list(ids))
        label = " · ".join(group.name for group in scene.groups if group.id in ids)
    if scene.inside is not None:
        mask = mask & scene.inside
    rows = np.flatnonzero(mask & (scene.drawn.places.document_index >= 0))
    return Selection(rows, label or f"{count(len(rows), 'passage')} from the map")


def strip(scene: Scene, chosen: Selection) -> None:
    """Draws how much is selected and what can be done with it."""
    rows, ids = chosen.rows, scene.atlas.chunk_ids[chosen.rows]
    documents = len(np.unique(scene.drawn.places.document_index[rows]))
    said = f"Selected {count(len(rows), 'passage')} in {count(documents, 'document')}"
    st.markdown(f"**{said}**", width="content")
    announce.show("selected", said)
    for name, page, icon in (("Search", "search", "search"), ("Ask", "chat", "forum")):
        pressed = st.button(
            f"{name} these", key=f"map_{page}", icon=f":material/{icon}:", disabled=not len(rows)
        )
        if pressed:
            wanted = Scope(chunks=np.sort(ids).tolist())
            st.session_state[_SCOPE] = wanted
            scope.set_scope(wanted, chosen.label[:80])
            if page == "chat":
                chat.begin_anew()
            st.switch_page(f"pages/{page}.py")
    st.button("Clear", key="map_clear", icon=":material/close:", type="tertiary", on_click=clear)
    if not len(rows):
        st.caption("No passage is in there. Draw around some points.")


def results(library: Library, scene: Scene, chosen: Selection) -> dict[str, Any] | None:
    """The selected passages for the list beside the map, those in the middle of the selection first."""
    rows, ids = chosen.rows, scene.atlas.chunk_ids[chosen.rows]
    if not len(rows):
        return None
    xy = scene.atlas.xy[rows]
    central = rows[np.argsort(((xy - xy.mean(0)) ** 2).sum(1), kind="stable")]
    number = st.session_state.get(_SHOWN, LISTED)
    listed = central[:number].tolist()
    names = dict(zip(scene.drawn.places.documents, scene.drawn.names, strict=True))
    chunks = library.maps.passages(scene.atlas.chunk_ids[listed].tolist())
    colour_of = dict(zip(scene.atlas.chunk_ids[listed].tolist(), scene.colours(listed), strict=True))
    words = _keywords(library, str(library.folder), library.revision, ids.tobytes(), scene.atlas)
    left = len(rows) - number
    return {
        "key": hashlib.sha256(ids.tobytes()).hexdigest()[:12],
        "head": "Most central passages",
        "note": f"What sets them apart: {', '.join(words)}" if words else "",
        "rows": tuple(
            passages.row(chunk, names.get(chunk.document_id, ""), colour_of[chunk.id]) for chunk in chunks
        ),
        "more": f"Show {figure(min(MORE, left))} more of {figure(left)}" if left > 0 else "",
    }


@st.cache_data(show_spinner=False, max_entries=32)
def _keywords(_library: Library, folder: str, revision: int, chosen: bytes, _atlas: Atlas) -> list[str]:  # noqa: ARG001
    return _library.maps.keywords(np.frombuffer(chosen, np.int64), _atlas.chunk_ids)
