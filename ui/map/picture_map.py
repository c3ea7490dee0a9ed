"""The map of pictures: each a point, those that look alike near each other, shown when one is pointed at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import errors, pictures, scope, viewer
from ui.component import asset, sent
from ui.search import by_picture
from ui.wording import count, figure, plain

if TYPE_CHECKING:
    from explorer import Library
    from explorer.pictures import PlacedPicture
    from explorer.types import Scope

KEY = "picture_map"
DRAWN = 300
"""Pictures that are drawn: a thumbnail of each goes to the browser."""


def show(library: Library, within: Scope) -> None:
    """Draws how far the pictures were looked at, and their map."""
    with errors.shown():
        state = library.picture_search.state()
        if state.problem is not None:
            st.info(plain(state.problem), icon=":material/image_search:")
            st.caption("The Search page, with “Pictures” switched on, says what else there is.")
            return
        by_picture.progress(library, state)
        _draw(library, within)


@st.fragment
def _draw(library: Library, within: Scope) -> None:
    viewer.follow()
    everything = library.picture_search.places(within)
    drawn = everything[:: -(-len(everything) // DRAWN) or 1]
    if not drawn:
        st.caption("No picture was looked at yet, or your documents have none.")
        return
    names = scope.names()
    _component(
        key=KEY,
        data=sent(
            {
                "title": f"A map of {count(len(drawn), 'picture')}",
                "points": _points(library, drawn, names),
            }
        ),
        on_open_change=_open,
    )
    left = (
        f"{figure(len(drawn))} of {count(len(everything), 'picture')} are drawn. "
        if drawn != everything
        else ""
    )
    st.caption(
        f"{left}What looks alike is near each other: the two directions in which these pictures differ most "
        "(principal components). Point at one to see it, click to open it."
    )


def _points(library: Library, drawn: list[PlacedPicture], names: dict[str, str]) -> list[dict[str, Any]]:
    """The points as the component draws them, their places as shares of its width and height."""
    low_x, low_y = min(one.x for one in drawn), min(one.y for one in drawn)
    wide = max(max(one.x for one in drawn) - low_x, 1e-9)
    high = max(max(one.y for one in drawn) - low_y, 1e-9)
    points = []
    for one in drawn:
        picture = pictures.numbered(library, one.document_id, one.number)
        tile = pictures.of_hit(library, one.document_id, one.page, picture)
        if tile is not None:
            at = {"x": (one.x - low_x) / wide, "y": (one.y - low_y) / high}
            where = by_picture.place(one.document_id, one.page, picture)
            points.append({**tile, **where, **at, "title": names.get(one.document_id, "")})
    return points


def _open() -> None:
    viewer.open_from(KEY)


_component = st.components.v2.component(
    "explorer_picture_map",
    js=asset("rich.js", "picture_map.js"),
    css=asset("rich.css", "picture_map.css"),
    isolate_styles=False,
)
