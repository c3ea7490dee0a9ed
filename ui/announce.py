"""What screen readers read out by themselves: how far files are, what a search found, what was selected.

The page shows the same in its own place. There it is drawn anew at every run, which a screen reader does not
notice or reads again and again; here it is read once, when it has changed.
"""

from __future__ import annotations

import streamlit as st

from ui.component import asset


def show(name: str, text: str, pause: int = 0, focus: str = "") -> None:
    """Has plain text read out when it differs from the last one of this name; an empty one is only kept.

    Within `pause` seconds of the last one it is passed over. `focus`: the key of the button that gets the
    keyboard's focus then, where the focus went with what is not there any more.
    """
    _component(key=f"announce_{name}", data={"name": name, "text": text, "pause": pause, "focus": focus})


_component = st.components.v2.component(
    "explorer_announce", js=asset("rich.js", "announce.js"), isolate_styles=False
)
