"""The Map page's parts: the map with its list of subjects, a question on it, and what a lasso caught."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from explorer.errors import NotFound
from explorer.maps import inside as points_inside
from explorer.maps import thin
from explorer.types import Scope
from ui import errors, scope, state, viewer
from ui.map import component, palette
from ui.map.component import Group, Packed, Points
from ui.wording import count, plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from explorer import Library
    from explorer.maps import Places
    from explorer.types import Atlas, Chunk, Hit, StoredMap

DRAWN = 15_000
"""Points that a browser draws and hovers over at ease; a lasso is applied to all of them here."""
TEXT = 200
"""Characters of a passage that its hover shows."""
LISTED = 20
MORE = 30
HITS = 10
LEGEND = 200
"""Entries of the list beside the map: the largest documents, where there are more."""

SELECTION, QUERY, BY = "map_selection", "map_query", "map_by"
_OPENED, _SHOWN, _FOUND = "map_opened", "map_shown", "map_found"
_BY = {"clusters": "subject", "documents": "document"}


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A map made ready for the browser, and what the page needs to know of all its points."""

    packed: Packed
    rows: NDArray[np.int64]
    """The rows of the atlas that are drawn."""
    places: Places
    names: tuple[str, ...]
    """Name of each document of `places`."""


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Rows of the atlas that were chosen, and what the choice is called (plain text)."""

    rows: NDArray[np.int64]
    label: str


def ready(library: Library, kept: StoredMap) -> Drawn:
    """The map ready for the browser; made once for all tabs, anew when it or the documents change."""
    return _ready(library, str(library.folder), kept.drawn_at, library.revision, kept)


@st.cache_resource(show_spinner=False, max_entries=4)
def _ready(_library: Library, folder: str, drawn_at: datetime, revision: int, _kept: StoredMap) -> Drawn:  # noqa: ARG001
    atlas = _kept.atlas
    places = _library.maps.places(atlas.chunk_ids)
    by_id = {document.id: document.name for document in _library.documents()}
    names = tuple(by_id.get(id_, "") for id_ in places.documents)
    rows = thin(atlas.xy, atlas.cluster_ids, DRAWN)
    ids = atlas.chunk_ids[rows]
    begins = {
        chunk.id: " ".join(chunk.text[: 2 * TEXT].split())[:TEXT]
        for chunk in _library.maps.passages(ids.tolist())
    }
    points = Points(
        chunk_ids=ids,
        xy=atlas.xy[rows],
        clusters=atlas.cluster_ids[rows].astype(np.int32),
        documents=places.document_index[rows],
        pages=places.pages[rows],
        names=names,
        texts=tuple(begins.get(number, "") for number in ids.tolist()),
    )
    return Drawn(component.pack(points), rows, places, names)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What one run of the page shows."""

    atlas: Atlas
    drawn: Drawn
    by: str
    """ "clusters" or "documents": what is coloured, and listed beside the map."""
    groups: list[Group]
    inside: NDArray[np.bool_] | None
    """Which points are inside the scope, (n,); None when it is everything."""

    @property
    def group_of(self) -> NDArray[np.integer[Any]]:
        """The group of every point, (n,)."""
        return self.drawn.places.document_index if self.by == "documents" else self.atlas.cluster_ids

    def colours(self, rows: Sequence[int]) -> list[str]:
        """The colours of these points."""
        of_group = {group.id: group.colour for group in self.groups}
        return [of_group.get(int(self.group_of[row]), palette.GREY) for row in rows]


@st.fragment
def explore(library: Library, kept: StoredMap, within: Scope) -> None:
    """The map and all that is done on it. A fragment: a lasso or a zoom does not run the whole page."""
    if st.session_state.pop(_OPENED, False):
        st.rerun()  # the viewer stands outside the fragment
    drawn = ready(library, kept)
    query, by = _controls()
    ids = library.maps.in_scope(within)
    inside = None if ids is None else np.isin(kept.atlas.chunk_ids, ids)
    scene = Scene(kept.atlas, drawn, by, _groups(kept.atlas, drawn, by), inside)
    found = _found(library, kept, query, within) if query else None
    chosen = _selection(scene)
    _draw(scene, found)
    if chosen is not None:
        _caught(library, scene, chosen)
    elif found is not None:
        _answers(found, scene)
    else:
        st.caption(
            "Draw around points to select them, tick an entry of the list, or click a point to read it."
        )


def _controls() -> tuple[str, str]:
    row = st.container(horizontal=True, vertical_alignment="bottom")
    query = row.text_input(
        "Where would this land?",
        key=QUERY,
        placeholder="Where would this land? Type words or a question",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    by = row.segmented_control(
        "Colour",
        list(_BY),
        format_func=lambda name: f"By {_BY[name]}",
        default="clusters",
        key=BY,
        label_visibility="collapsed",
        on_change=_forget,
        width="content",
    )
    return query.strip(), by or "clusters"


def _groups(atlas: Atlas, drawn: Drawn, by: str) -> list[Group]:
    """The list beside the map: subjects, or documents with the largest first."""
    if by == "documents":
        sizes = np.bincount(drawn.places.document_index + 1, minlength=len(drawn.names) + 1)[1:]
        order = np.argsort(-sizes, kind="stable")[:LEGEND]
        coloured = len(palette.CATEGORIES)
        return [
            Group(
                int(index),
                drawn.names[index],
                int(sizes[index]),
                palette.colour(rank if rank < coloured else -1),
            )
            for rank, index in enumerate(order)
            if sizes[index]
        ]
    groups = [
        Group(cluster.id, cluster.label, cluster.size, palette.colour(cluster.id), _middle(atlas, cluster.id))
        for cluster in atlas.clusters
    ]
    rest = int((atlas.cluster_ids < 0).sum())
    return [*groups, Group(-1, "Unclustered", rest, palette.GREY)] if rest else groups


def _middle(atlas: Atlas, cluster: int) -> tuple[float, float]:
    """The point of a cluster nearest to its median: inside it, whatever its shape."""
    points = atlas.xy[atlas.cluster_ids == cluster]
    gaps = ((points - np.median(points, axis=0)) ** 2).sum(1)
    x, y = points[int(gaps.argmin())]
    return float(x), float(y)


def _draw(scene: Scene, found: Found | None) -> None:
    chosen = st.session_state.get(SELECTION) or {}
    total, rows = len(scene.atlas.chunk_ids), scene.drawn.rows
    subjects = count(len(scene.atlas.clusters), "subject")
    data: dict[str, Any] = {
        "by": scene.by,
        "grey": palette.GREY,
        "title": count(len(scene.groups), _BY[scene.by]),
        "summary": f"A map of {count(total, 'passage')} in {subjects}. The list beside it selects too.",
        "groups": [_entry(group, total) for group in scene.groups],
        "ticked": chosen.get("groups", []),
        "polygon": chosen.get("polygon"),
        "within": None,
        "lit": [hit.chunk.id for hit in found.hits] if found else [],
        "pin": {"x": found.at[0], "y": found.at[1], "text": found.query[:60]} if found else None,
    }
    if scene.inside is not None:
        data["within"] = base64.b64encode(np.packbits(scene.inside[rows]).tobytes()).decode()
    component.show(scene.drawn.packed, data, _chosen, _opened)
    if len(rows) < total:
        st.caption(f"{len(rows):,} of {count(total, 'passage')} are drawn. Selecting takes all of them.")


def _entry(group: Group, total: int) -> dict[str, Any]:
    """A group as the browser gets it; of what has no subject the share says more than the number."""
    note = f"{group.size:,}" if group.id >= 0 else f"{group.size / total:.1%}"
    return {"id": group.id, "name": group.name, "note": note, "colour": group.colour, "at": group.at}


# ---- selecting


def _chosen() -> None:
    """A lasso was drawn or a group ticked."""
    value = component.event("chosen")
    polygon, groups = component.polygon_of(value), component.groups_of(value)
    st.session_state.pop(_SHOWN, None)
    if polygon is None and not groups:
        _forget()
    else:
        st.session_state[SELECTION] = {"polygon": polygon} if polygon else {"groups": groups}


def _forget() -> None:
    st.session_state.pop(SELECTION, None)


def _opened() -> None:
    """A point was clicked."""
    value = component.event("open")
    with suppress(TypeError, KeyError, ValueError, NotFound):
        _show_passage(state.library().chunk(int(value["chunk"])))


def _show_passage(chunk: Chunk) -> None:
    viewer.open_passage(chunk.document_id, chunk.page, chunk.start, chunk.end)
    st.session_state[_OPENED] = True


def _listed_opened() -> None:
    viewer.open_from(component.LIST)
    st.session_state[_OPENED] = True


def _selection(scene: Scene) -> Selection | None:
    """What is selected, out of all points and inside the scope; None if nothing is."""
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


def _caught(library: Library, scene: Scene, chosen: Selection) -> None:
    """What was selected: how much, what to do with it, its words, its passages."""
    rows, ids = chosen.rows, scene.atlas.chunk_ids[chosen.rows]
    documents = len(np.unique(scene.drawn.places.document_index[rows]))
    with st.container(horizontal=True, vertical_alignment="center", key="map_caught"):
        said = f"Selected {count(len(rows), 'passage')} in {count(documents, 'document')}"
        st.markdown(f"**{said}**", width="content")
        for name, page, icon in (("Search", "search", "search"), ("Ask", "chat", "forum")):
            pressed = st.button(
                f"{name} these", key=f"map_{page}", icon=f":material/{icon}:", disabled=not len(rows)
            )
            if pressed:
                scope.set_scope(Scope(chunks=np.sort(ids).tolist()), chosen.label[:80])
                st.switch_page(f"pages/{page}.py")
        st.button("Clear", key="map_clear", icon=":material/close:", type="tertiary", on_click=_forget)
    if not len(rows):
        st.caption("No passage is in there. Draw around some points.")
        return
    words = _keywords(library, str(library.folder), library.revision, ids.tobytes(), scene.atlas)
    if words:
        st.caption(f"What sets them apart: {plain(', '.join(words))}")
    _list(library, scene, rows)


def _list(library: Library, scene: Scene, rows: NDArray[np.int64]) -> None:
    """The passages selected, those in the middle first."""
    xy = scene.atlas.xy[rows]
    central = rows[np.argsort(((xy - xy.mean(0)) ** 2).sum(1), kind="stable")]
    number = st.session_state.get(_SHOWN, LISTED)
    listed = central[:number].tolist()
    names = dict(zip(scene.drawn.places.documents, scene.drawn.names, strict=True))
    chunks = library.maps.passages(scene.atlas.chunk_ids[listed].tolist())
    colour_of = dict(zip(scene.atlas.chunk_ids[listed].tolist(), scene.colours(listed), strict=True))
    component.passages(
        [_row(chunk, names.get(chunk.document_id, ""), colour_of[chunk.id]) for chunk in chunks],
        _listed_opened,
    )
    left = len(rows) - number
    if left > 0 and st.button(f"Show {min(MORE, left):,} more of {left:,}", key="map_more"):
        st.session_state[_SHOWN] = number + MORE
        st.rerun(scope="fragment")


@st.cache_data(show_spinner=False, max_entries=32)
def _keywords(_library: Library, folder: str, revision: int, chosen: bytes, _atlas: Atlas) -> list[str]:  # noqa: ARG001
    return _library.maps.keywords(np.frombuffer(chosen, np.int64), _atlas.chunk_ids)


def _row(chunk: Chunk, name: str, colour: str) -> dict[str, Any]:
    one = chunk.page == chunk.end_page
    return {
        "document": chunk.document_id,
        "title": name,
        "page": chunk.page,
        "start": chunk.start,
        "end": chunk.end,
        "place": f"page {chunk.page:,}" if one else f"pages {chunk.page:,}–{chunk.end_page:,}",
        "text": " ".join(chunk.text.split())[:320],
        "colour": colour,
    }


# ---- asking where something lands


@dataclass(frozen=True, slots=True)
class Found:
    """A question, where it stands on the map, and the passages it finds."""

    query: str
    at: tuple[float, ...]
    hits: list[Hit]


def _found(library: Library, kept: StoredMap, query: str, within: Scope) -> Found | None:
    """The place and the hits of a question; worked out once for each."""
    wanted = (str(library.folder), library.revision, kept.drawn_at, query, within)
    last: tuple[Any, Found] | None = st.session_state.get(_FOUND)
    if last is not None and last[0] == wanted:
        return last[1]
    with errors.shown(), st.spinner("Looking for its place…"):
        found = Found(query, library.place(query, kept.atlas), library.search(query, HITS, scope=within))
        st.session_state[_FOUND] = (wanted, found)
        return found
    return None


def _answers(found: Found, scene: Scene) -> None:
    """The passages that a question found, which are lit on the map."""
    if not found.hits:
        st.caption("This question finds no passage here; the ring shows where it would stand.")
        return
    st.markdown(f"**{count(len(found.hits), 'passage')} found, lit on the map; the ring is your question**")
    row_of = {number: row for row, number in enumerate(scene.atlas.chunk_ids.tolist())}
    colours = [
        scene.colours([row_of[hit.chunk.id]])[0] if hit.chunk.id in row_of else palette.GREY
        for hit in found.hits
    ]
    component.passages(
        [_row(hit.chunk, hit.document.name, colour) for hit, colour in zip(found.hits, colours, strict=True)],
        _listed_opened,
    )
