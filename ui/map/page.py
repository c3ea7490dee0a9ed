"""The Map page: every passage a point, a question among them, and what a lasso caught."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from ui import empty, errors, scope, state
from ui.map import (
    colouring,
    component,
    drawing,
    export,
    landing,
    lit,
    naming,
    palette,
    passages,
    picture_map,
    selection,
)
from ui.map.scene import scene_of
from ui.wording import count, figure, percent

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from explorer import Library
    from explorer.types import Scope, StoredMap
    from ui.map.colouring import By, Dates
    from ui.map.component import MapGroup
    from ui.map.landing import Landing
    from ui.map.scene import Scene

QUERY, BY, OF = "map_query", "map_by", "map_of"
COLOURED = "map_coloured"
"""Session: what is coloured; kept while another page is visited."""
_OF = {"passages": "Passages", "pictures": "Pictures"}


def show() -> None:
    """Draws the page."""
    library = state.library()
    head = st.container(horizontal=True, vertical_alignment="center")
    head.title("Map", anchor=False)
    if empty.shown(library, "Here every passage is a point, and passages on one subject lie together."):
        return
    within = scope.scope_bar()
    of = head.segmented_control(  # beside the title: the map below has its full height
        "A map of",
        list(_OF),
        format_func=lambda name: _OF[name],
        default="passages",
        key=OF,
        label_visibility="collapsed",
        width="content",
    )
    if of == "pictures":
        picture_map.show(library, within)
        return
    with errors.shown():
        kept = library.stored_map()
        drawing.panel(library, kept)
        if kept:
            _explore(library, kept, within)


@st.fragment
def _explore(library: Library, kept: StoredMap, within: Scope) -> None:
    """Draws the map and what belongs to it. As a fragment: a lasso or a zoom does not run the whole page."""
    passages.follow()
    naming.say()
    if lit.is_new():  # what was selected or asked before would hide it, and what is in view may lack it
        selection.forget()
        st.session_state[QUERY] = ""
        st.session_state.pop(component.VIEW, None)
    row = st.container(horizontal=True, vertical_alignment="bottom")
    query, by = _controls(row)
    scene = scene_of(library, kept, by, within)
    found = landing.find(library, kept, query, within) if query else None
    chosen = selection.selected(scene)
    with row:
        export.offer(library, scene, chosen)
    results, shining = None, lit.current()
    with st.container(horizontal=True, vertical_alignment="center", key="map_strip"):
        if chosen is not None:
            selection.strip(scene, chosen)
            results = selection.results(library, scene, chosen)
        elif found is not None:
            landing.strip(found)
            results = landing.results(found, scene)
        elif shining is not None:
            lit.strip(scene, shining)
            results = lit.results(library, scene, shining)
        else:
            st.caption(
                "Draw around points to select them, tick an entry of the list, or click a point to read it."
            )
    _draw(scene, found, results, () if shining is None else shining.chunks)
    _said_below(scene)


def _controls(row: DeltaGenerator) -> tuple[str, By]:
    """The question field and the choice of colours; what they hold."""
    query = row.text_input(
        "Where would this land?",
        key=QUERY,
        placeholder="Where would this land? Type words or a question",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    names: list[By] = list(colouring.NAMES)
    by: By = row.selectbox(
        "Colour",
        names,
        names.index(st.session_state.get(BY, st.session_state.get(COLOURED, "clusters"))),
        format_func=lambda name: f"Colour by {colouring.NAMES[name]}",
        key=BY,
        label_visibility="collapsed",
        on_change=_recoloured,
        width=210,
    )
    return query.strip(), by


def _recoloured() -> None:
    st.session_state[COLOURED] = st.session_state[BY]
    selection.recoloured()


def _draw(
    scene: Scene, found: Landing | None, results: dict[str, Any] | None, shining: Sequence[int]
) -> None:
    chosen = st.session_state.get(selection.SELECTION) or {}
    total, rows, colours = len(scene.atlas.chunk_ids), scene.drawn.rows, scene.colouring
    subjects = count(len(scene.subjects.coarse), "subject")
    is_named = colours.by == "clusters"  # else the colours of subjects would be taken for those of the list
    data: dict[str, Any] = {
        "by": colours.by,
        "of": None if colours.of is None or colours.by == "documents" else tuple(colours.of.tolist()),
        "grey": palette.GREY,
        "title": colours.title,
        "note": colours.note,
        "scale": _scale(colours.dates) if colours.dates else None,
        "summary": f"A map of {count(total, 'passage')} in {subjects}, coloured by "
        f"{colouring.NAMES[colours.by]}. The list beside it selects too.",
        "groups": [_entry(group, total) for group in scene.groups],
        "labels": [_label(group, is_named) for group in scene.subjects.coarse],
        "finer": [_label(group, is_named) for group in scene.subjects.finer],
        "ticked": chosen.get("groups", []),
        "polygon": chosen.get("polygon"),
        "within": None,
        "lit": lit.marks(scene, [hit.chunk.id for hit in found.hits] if found else shining),
        "results": results,
        "pin": {"x": found.at[0], "y": found.at[1], "text": found.query[:60]} if found else None,
    }
    if scene.inside is not None:
        data["within"] = base64.b64encode(np.packbits(scene.inside[rows]).tobytes()).decode()
    component.show(
        scene.drawn.packed,
        data,
        on_chosen=selection.changed,
        on_open=passages.clicked,
        on_read=passages.read,
        on_more=selection.more,
        on_rename=naming.renamed,
    )


def _said_below(scene: Scene) -> None:
    """Says what of the library is not to be seen on the map, or stands back."""
    total, drawn = len(scene.atlas.chunk_ids), len(scene.drawn.rows)
    said = []
    if scene.inside is not None:
        inside = int(scene.inside.sum())
        said.append(
            f"Inside the scope: {count(inside, 'passage')} of {figure(total)}; the others are pale."
            if inside
            else "Nothing of the scope is on this map: all of its points are pale."
        )
    if drawn < total:
        said.append(f"{figure(drawn)} of {count(total, 'passage')} are drawn. Selecting takes all of them.")
    if said:
        st.caption(" ".join(said))


def _entry(group: MapGroup, total: int) -> dict[str, Any]:
    """A group as the browser gets it. Points without one are given by their share, which says more."""
    note = figure(group.size) if group.id >= 0 else percent(group.size / total, 1)
    entry = {"id": group.id, "name": group.name, "note": note, "colour": group.colour, "own": group.own}
    return entry | {"parts": [_part(part) for part in group.parts]}


def _part(group: MapGroup) -> dict[str, Any]:
    """A finer subject as the list has it; it is of the colour of the entry above it."""
    note = figure(group.size)
    return {"id": group.id, "name": group.name, "note": note, "own": group.own, "bounds": group.bounds}


def _label(group: MapGroup, is_coloured: bool) -> dict[str, Any]:
    """A subject's name as it stands on the map."""
    return {"name": group.name, "at": group.at, "colour": group.colour if is_coloured else ""}


def _scale(dates: Dates) -> dict[str, Any]:
    return {"shades": dates.shades, "colours": palette.SHADES, "first": dates.first, "last": dates.last}
