"""The section of Settings on extras: what can be installed on top, and the command that does it."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.extras import EXTRAS, command
from ui.wording import plain


def section(_library: Library) -> None:
    """Draws each extra: what it is for, and whether it is there or how to get it."""
    st.header("Extras", anchor=False)
    st.caption(
        "Parts that not everybody needs. To install one, stop the app and run its command. Later starts "
        "keep it."
    )
    for extra in EXTRAS.values():
        st.markdown(f"**{extra.name}** ({extra.size}): {plain(extra.use)}")
        if extra.is_installed:
            st.caption("Installed.")
        else:
            st.code(command(extra.name), language=None, wrap_lines=True)
