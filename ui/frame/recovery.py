"""What stands in place of every page where a library has lost its catalogue and not its originals."""

from __future__ import annotations

import streamlit as st

from explorer import doctor
from explorer.errors import CatalogLost
from ui import errors, state
from ui.wording import plain


def offer(error: CatalogLost) -> None:
    """Says what happened, and draws the button that has the originals added again."""
    errors.show(error)
    if not st.button("Add the originals again", type="primary", icon=":material/restart_alt:"):
        return
    with errors.shown():
        with st.spinner("Comparing the originals with their SHA-256 …"):
            restored = doctor.restore(state.folder())
        for line in restored.lines() if restored else ():
            st.toast(plain(line), duration="long")
        st.rerun()
