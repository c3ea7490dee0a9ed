"""The map as a file: a picture (PNG), a drawing (SVG) or a table for spreadsheets (CSV)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from ui.chat.export import file_name
from ui.component import asset
from ui.map import colouring
from ui.wording import count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from explorer import Library
    from ui.map.scene import Scene
    from ui.map.selection import Selection


def offer(library: Library, scene: Scene, chosen: Selection | None) -> None:
    """Draws the menu. Pictures are made in the browser, of the map as it stands there; the table here."""
    title = f"Map of {library.name} by {colouring.NAMES[scene.colouring.by]}"
    ids = _shown(scene, chosen)
    with st.popover("Export", icon=":material/download:", type="tertiary", key="export-map"):
        _component(
            key="map_export",
            data={"files": {ending: file_name(title, ending) for ending in ("png", "svg")}},
        )
        st.download_button(
            f"Table of {count(len(ids), 'passage')} (CSV)",
            data=lambda: library.maps.as_csv(scene.atlas, ids).encode("utf-8-sig"),
            file_name=file_name(title, "csv"),
            on_click="ignore",
            type="tertiary",
            key="export-map-csv",
        )


def _shown(scene: Scene, chosen: Selection | None) -> NDArray[Any]:
    """The ids of the passages that the table is of: what is selected, else what is inside the scope."""
    ids = scene.atlas.chunk_ids
    if chosen is not None:
        return ids[chosen.rows]
    return ids if scene.inside is None else ids[np.flatnonzero(scene.inside)]


_component = st.components.v2.component(
    "explorer_map_export",
    js=asset("rich.js", "map_export.js"),
    css=asset("map_export.css"),
    isolate_styles=False,
)
