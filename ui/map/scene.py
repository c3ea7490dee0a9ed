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
from ui.map import colouring, component, palette, subjects
from ui.map.colouring import By, Colouring
from ui.map.component import MapGroup, Packed, Points
from ui.map.subjects import Subjects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from explorer import Library
    from explorer.maps import Places
    from explorer.types import Atlas, Document, Scope, StoredMap

DRAWN = 15_000
"""Points that a browser draws without effort; a lasso is applied, here, to all that there are."""
TEXT = 200
"""Characters of a passage that are shown over its point."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A map made ready for the browser, and what the page needs to know of all its points."""

    packed: Packed
    rows: NDArray[np.int64]
    """The rows of the atlas that are drawn."""
    places: Places
    documents: tuple[Document | None, ...]
    """Each document of `places`; None where it is gone."""

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(one.name if one else "" for one in self.documents)


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
    by_id = {document.id: document for document in _library.documents()}
    documents = tuple(by_id.get(id_) for id_ in places.documents)
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
        names=tuple(one.name if one else "" for one in documents),
        texts=tuple(begins.get(number, "") for number in ids.tolist()),
    )
    return Drawn(component.pack(points), rows, places, documents)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What one run of the page shows."""

    atlas: Atlas
    drawn: Drawn
    subjects: Subjects
    colouring: Colouring
    inside: NDArray[np.bool_] | None
    """Which points are inside the scope, (n,); None when it is everything."""

    @property
    def groups(self) -> list[MapGroup]:
        """What is coloured, and listed beside the map."""
        return self.colouring.groups

    @property
    def group_of(self) -> NDArray[np.integer[Any]]:
        """The group of every point, (n,)."""
        of, index = self.colouring.of, self.drawn.places.document_index
        return self.atlas.cluster_ids if of is None else np.where(index < 0, -1, np.append(of, -1)[index])

    def rows_of(self, chunk_ids: Sequence[int]) -> list[int]:
        """The rows of those of these chunks that are on the map, in the order given."""
        wanted = np.asarray(chunk_ids, np.int64)
        on_map = np.flatnonzero(np.isin(self.atlas.chunk_ids, wanted))
        row_of = dict(zip(self.atlas.chunk_ids[on_map].tolist(), on_map.tolist(), strict=True))
        return [row_of[number] for number in wanted.tolist() if number in row_of]

    def colours(self, rows: Sequence[int]) -> list[str]:
        """The colours of the points in these rows."""
        of_group = {group.id: group.colour for group in self.groups}
        at = np.asarray(rows, np.int64)
        if (dates := self.colouring.dates) is None:
            return [of_group.get(int(number), palette.GREY) for number in self.group_of[at]]
        steps = [dates.shades[row] if row >= 0 else -1 for row in self.drawn.places.document_index[at]]
        return [palette.SHADES[step] if step >= 0 else palette.GREY for step in steps]


def scene_of(library: Library, kept: StoredMap, by: By, within: Scope) -> Scene:
    """The scene of a map: what is coloured `by`, with what is inside a scope."""
    drawn = ready(library, kept)
    ids = library.maps.in_scope(within)
    inside = None if ids is None else np.isin(kept.atlas.chunk_ids, ids)
    named = subjects.subjects(kept.atlas)
    colours = colouring.colouring(named, by, drawn.documents, drawn.places.document_index)
    return Scene(kept.atlas, drawn, named, colours, inside)
