"""Documents that are nearly the same as others: a quiet list, worked out when it is opened."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from ui import errors
from ui.wording import count, percent, plain

GROUPS = 20
"""Groups that are listed at once; the largest come first."""
_NAMES = 10


def listed(library: Library) -> None:
    """Draws the list, closed; nothing in a library of one document."""
    if library.counts().documents < 2:
        return
    part = st.expander(
        "Nearly the same documents", icon=":material/file_copy:", key="alike", on_change="rerun"
    )
    if not part.open:
        return
    with part, errors.shown():
        with st.spinner("Comparing documents…"):
            groups = library.near_duplicates()
        if not groups:
            st.caption("No document is nearly the same as another one.")
            return
        for group in groups[:GROUPS]:
            first, *others = group.documents
            names = ", ".join(f"“{plain(one.name, 80)}”" for one in others[:_NAMES])
            left = len(others) - _NAMES
            more = f" and {count(left, 'other document')}" if left > 0 else ""
            st.markdown(
                f"“{plain(first.name, 80)}” is nearly the same as {names}{more} ({percent(group.share)})"
            )
        if len(groups) > GROUPS:
            st.caption(f"{count(len(groups) - GROUPS, 'more group')}.")
