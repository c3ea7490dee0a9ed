"""The map in the browser: two components around plotly.js.

One carries the points, as bytes, and stays the same until the map or the documents change, so that Streamlit
sends it once. The other draws them, with the list of groups and what was selected beside; what goes to it at
each run is small.
What comes back is only what a person did: the polygon of a lasso, the groups ticked, the passage clicked, the
view. Text travels as data and is set as text: plotly, which reads some markup, is given none.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.component import asset
from ui.map import plotly_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEY = "map"
VIEW = "map_view"
"""Session: the part of the map that is in view, [x0, x1, y0, y1]; kept while another page is visited."""
CORNERS = 600
"""A lasso has at most this many corners, for the script thins it; one with more is not from our script."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The points that are drawn; row i of each array or tuple but `names` speaks of point i."""

    chunk_ids: NDArray[np.int64]
    xy: NDArray[np.float32]
    """(n, 2)"""
    clusters: NDArray[np.int32]
    documents: NDArray[np.int32]
    """Index into `names`, -1 where the passage is gone."""
    pages: NDArray[np.int32]
    names: tuple[str, ...]
    """Names of the documents."""
    texts: tuple[str, ...]
    """How each passage begins."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Points as the browser gets them: a length, a JSON head, then the arrays, little-endian."""

    digest: str
    data: bytes


@dataclass(frozen=True, slots=True)
class MapGroup:
    """An entry of the list beside the map: a subject, a document, a kind …"""

    id: int
    name: str
    size: int
    colour: str
    at: tuple[float, float] | None = None
    """Where its name stands on the map."""
    own: str | None = None
    """Of a subject: its own name where a person chose another one, else ""; of all else None."""
    parent: int | None = None
    """Of a finer subject: the one that it is a part of."""
    bounds: tuple[float, float, float, float] | None = None
    """Of a subject: what its points lie within, those that are not drawn too: x from, to, y from, to."""
    parts: tuple[MapGroup, ...] = ()
    """Of a subject that has more than one finer: these."""


def pack(points: Points) -> Packed:
    """Points as bytes, with a digest that no other points have."""
    import numpy as np

    body = b"".join(
        (
            points.chunk_ids.astype("<f8").tobytes(),  # exact below 2**53
            np.ascontiguousarray(points.xy[:, 0], "<f4").tobytes(),
            np.ascontiguousarray(points.xy[:, 1], "<f4").tobytes(),
            points.clusters.astype("<i4").tobytes(),
            points.documents.astype("<i4").tobytes(),
            points.pages.astype("<i4").tobytes(),
        )
    )
    words = json.dumps([points.names, points.texts], ensure_ascii=False)
    digest = hashlib.sha256(body + words.encode()).hexdigest()[:16]
    head = {"digest": digest, "n": len(points.chunk_ids), "names": points.names, "texts": points.texts}
    encoded = json.dumps(head, ensure_ascii=False).encode()
    encoded += b" " * (-(len(encoded) + 4) % 8)
    return Packed(digest, struct.pack("<I", len(encoded)) + encoded + body)


def show(
    packed: Packed,
    data: dict[str, Any],
    *,
    on_chosen: Callable[[], None],
    on_open: Callable[[], None],
    on_read: Callable[[], None],
    on_more: Callable[[], None],
    on_rename: Callable[[], None],
) -> None:
    """Draws the map. `data`: what the script needs beside the points (see assets/map.js).

    Called when something was selected, a point clicked, a passage of the list opened, more of them are
    wanted, or a subject was renamed; `event` says what.
    """
    _points(key="map_points", data=packed.data)
    _map(
        key=KEY,
        data={
            "points": packed.digest,
            "plotly": plotly_file.address(),
            "view": st.session_state.get(VIEW),
            **data,
        },
        on_chosen_change=on_chosen,
        on_open_change=on_open,
        on_read_change=on_read,
        on_more_change=on_more,
        on_rename_change=on_rename,
        on_view_change=_looked,
    )


def event(name: str) -> Any:
    """What the browser reported as "chosen", "open", "rename" …; None if nothing. It is not to be trusted."""
    return (st.session_state.get(KEY) or {}).get(name)


def _looked() -> None:
    st.session_state[VIEW] = view_of(event("view"))


def groups_of(value: Any) -> list[int]:
    """The ids of the ticked groups out of what the browser sent; empty if it names none."""
    ids = value.get("groups") if isinstance(value, dict) else None
    return [number for number in ids if type(number) is int] if isinstance(ids, list) else []


def polygon_of(value: Any) -> list[tuple[float, float]] | None:
    """The corners of a lasso out of what the browser sent; None if that is no lasso."""
    corners = value.get("polygon") if isinstance(value, dict) else None
    if not isinstance(corners, list) or not 3 <= len(corners) <= CORNERS:
        return None
    try:
        return [(float(x), float(y)) for x, y in corners]
    except (TypeError, ValueError):
        return None


def view_of(value: Any) -> list[float] | None:
    """The part of the map that is in view, [x0, x1, y0, y1]; None for the whole of it."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    numbers = [float(number) for number in value if isinstance(number, int | float)]
    return numbers if len(numbers) == 4 and all(abs(number) < 1e6 for number in numbers) else None


_points = st.components.v2.component(
    "explorer_map_points", js=asset("map_points.js"), css=asset("map_points.css"), isolate_styles=False
)
_map = st.components.v2.component(
    "explorer_map",
    js=asset(
        "rich.js", "plotly.js", "map_results.js", "map_naming.js", "map_list.js", "map_picture.js", "map.js"
    ),
    css=asset("rich.css", "map_results.css", "map.css"),
    isolate_styles=False,
)
