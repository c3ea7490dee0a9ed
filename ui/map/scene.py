"""What the Map page looks at: the points made ready for the browser, their groups and colours, the scope."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from explorer.maps import thin
from ui.map import component, palette
from ui.map.component import MapGroup, Packed, Points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from explorer import Library
    from explorer.maps import Places
    from explorer.types import Atlas, Scope, StoredMap

DRAWN = 15_000
"""Points that a browser draws without effort; a lasso is applied, here, to all that there are."""
TEXT = 200
"""Characters of a passage that are shown over its point."""
LEGEND = 200
"""Most documents in the list beside the map: the largest, where there are more."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A map made ready for the browser, and what the page needs to know of all its points."""

    packed: Packed
    rows: NDArray[np.int64]
    """The rows of the atlas that are drawn."""
    places: Places
    names: tuple[str, ...]
    """Name of each document of `places`."""


def ready(library: Library, kept: StoredMap) -> Drawn:
    """The map ready for the browser: made once for all tabs, and again when it or the documents change.

    Its points are in the key: they change under one `drawn_at` as documents come and go, and a fragment of
    the page still has the map of before when the library's revision is already another.
    """
    points = hashlib.sha256(kept.atlas.chunk_ids.tobytes()).hexdigest()
    return _ready(library, str(library.folder), (kept.drawn_at, points), library.revision, kept)


@st.cache_resource(show_spinner=False, max_entries=4)
def _ready(
    _library: Library,
    folder: str,  # noqa: ARG001 - the cache's key
    version: tuple[datetime, str],  # noqa: ARG001
    revision: int,  # noqa: ARG001
    _kept: StoredMap,
) -> Drawn:
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
    """What is coloured, and listed beside the map: "clusters" or "documents"."""
    groups: list[MapGroup]
    finer: list[MapGroup]
    """The finer groups whose names stand on the map once it is zoomed in."""
    inside: NDArray[np.bool_] | None
    """Which points are inside the scope, (n,); None when it is everything."""

    @property
    def group_of(self) -> NDArray[np.integer[Any]]:
        """The group of every point, (n,)."""
        return self.drawn.places.document_index if self.by == "documents" else self.atlas.cluster_ids

    def colours(self, rows: Sequence[int]) -> list[str]:
        """The colours of the points in these rows."""
        of_group = {group.id: group.colour for group in self.groups}
        return [of_group.get(int(self.group_of[row]), palette.GREY) for row in rows]


def scene_of(library: Library, kept: StoredMap, by: str, within: Scope) -> Scene:
    """The scene of a map: coloured `by` "clusters" or "documents", with what is inside a scope."""
    drawn = ready(library, kept)
    ids = library.maps.in_scope(within)
    inside = None if ids is None else np.isin(kept.atlas.chunk_ids, ids)
    finer = finer_of(kept.atlas) if by == "clusters" else []
    return Scene(kept.atlas, drawn, by, _groups(kept.atlas, drawn, by), finer, inside)


def _groups(atlas: Atlas, drawn: Drawn, by: str) -> list[MapGroup]:
    """The entries of the list beside the map: subjects, or documents with the largest first."""
    if by == "documents":
        sizes = np.bincount(drawn.places.document_index + 1, minlength=len(drawn.names) + 1)[1:]
        order = np.argsort(-sizes, kind="stable")[:LEGEND]
        coloured = len(palette.CATEGORIES)
        return [
            MapGroup(
                int(index),
                drawn.names[index],
                int(sizes[index]),
                palette.colour(rank if rank < coloured else -1),
            )
            for rank, index in enumerate(order)
            if sizes[index]
        ]
    groups = [
        MapGroup(
            cluster.id,
            cluster.label,
            cluster.size,
            palette.colour(cluster.id),
            _middle(atlas.xy[atlas.cluster_ids == cluster.id]),
        )
        for cluster in sorted(atlas.clusters, key=lambda cluster: -cluster.size)
    ]
    rest = int((atlas.cluster_ids < 0).sum())
    return [*groups, MapGroup(-1, "Unclustered", rest, palette.GREY)] if rest else groups


def finer_of(atlas: Atlas) -> list[MapGroup]:
    """The finer groups of a map, the largest first, in the colours of the subjects that they are parts of."""
    if atlas.finer_ids is None:
        return []
    return [
        MapGroup(one.id, one.label, one.size, palette.colour(-1 if one.parent is None else one.parent),
                 _middle(atlas.xy[atlas.finer_ids == one.id]))
        for one in sorted(atlas.finer, key=lambda one: -one.size)
    ]  # fmt: skip


def _middle(points: NDArray[np.float32]) -> tuple[float, float]:
    """The point of a group nearest to its median: inside it, whatever its shape."""
    gaps = ((points - np.median(points, axis=0)) ** 2).sum(1)
    x, y = points[int(gaps.argmin())]
    return float(x), float(y)
