"""Documents that are nearly the same as others: a quiet list, worked out when it is opened."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.types import Alike
from ui import errors
from ui.wording import count, percent, plain

GROUPS = 20
"""Groups that are listed at once; the largest come first."""
_NAMES = 10


@st.cache_resource(show_spinner=False)
def _known() -> dict[str, tuple[int, list[Alike]]]:
    """For each library's folder the groups that were found last, and the revision that they are of."""
    return {}


def marks(library: Library) -> dict[str, str]:
    """What the list of documents says of those that are nearly the same as others, by their ids; empty until
    they were compared as they are now."""
    revision, groups = _known().get(str(library.folder), (-1, []))
    if revision != library.revision:
        return {}
    said: dict[str, str] = {}
    for group in groups:
        first, second, *_ = group.documents
        said |= {one.id: f"nearly the same as {first.name}" for one in group.documents[1:]}
        said[first.id] = f"nearly the same as {second.name}"
    return said


def _compared(library: Library) -> list[Alike]:
    """The groups as the library is now. Where they are new, the page runs again: its list marks them."""
    known, revision = _known(), library.revision
    if known.get(str(library.folder), (-1, []))[0] != revision:
        known[str(library.folder)] = (revision, library.near_duplicates())
        st.rerun()
    return known[str(library.folder)][1]


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
            groups = _compared(library)
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
