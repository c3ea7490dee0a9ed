"""Having the map drawn: the first one by itself, a new one when asked for; progress meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from explorer.maps import step_name
from ui import errors
from ui.map import selection
from ui.wording import ago, count, exact, percent, plain

if TYPE_CHECKING:
    from explorer import Library
    from explorer.types import Job, StoredMap

REFRESH_SECONDS = 1.0
AGAIN = "Draw anew"


def panel(library: Library, kept: StoredMap | None) -> None:
    """Says what was placed since the map was drawn, and starts the first one."""
    job = library.maps.job()
    if job is not None and not job.is_over:
        _live(library, kept is None)
    elif kept is None:
        _first(library, job)
    elif not kept.is_current:
        _grown(library, kept, job)


def _first(library: Library, job: Job | None) -> None:
    if job is not None and job.state in ("failed", "cancelled"):
        _ended(job)
        _button(library, "Draw the map")
    elif library.activity().is_busy:
        st.info(
            "Documents are being added. The map is drawn once they are all there.",
            icon=":material/hourglass_top:",
        )
        _button(library, "Draw what is there now")
    else:
        library.draw_map()
        _live(library, is_first=True)


def _grown(library: Library, kept: StoredMap, job: Job | None) -> None:
    if job is not None and job.state == "failed":
        _ended(job)
    with st.container(horizontal=True, vertical_alignment="center", key="map_grown"):
        st.caption(
            f"{count(kept.placed, 'new passage')} placed; draw anew?",
            help=f"They stand among those they resemble. No other point moved since {ago(kept.drawn_at)} "
            f"({exact(kept.drawn_at)}). Drawing anew starts from here; subjects keep their names where most "
            "of their passages stay together.",
            width="content",
        )
        _button(library, AGAIN)


def _ended(job: Job) -> None:
    if job.state == "failed":
        st.error(plain(job.error or "The map could not be drawn."), icon=":material/error:")
    else:
        st.caption("The drawing of the map was cancelled.")


def _button(library: Library, label: str) -> None:
    if st.button(
        label,
        icon=":material/scatter_plot:",
        key="map_draw",
        disabled=library.activity().is_busy and label == AGAIN,
    ):
        with errors.shown():
            selection.forget()  # its outline would lie around other points
            library.draw_map()
            st.rerun()


@st.fragment(run_every=REFRESH_SECONDS)
def _live(library: Library, is_first: bool) -> None:
    """Draws the progress of a drawing; the page runs again when it is over."""
    job = library.maps.job()
    if job is None or job.is_over:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="map_progress"):
        share = min(1.0, job.done / job.total) if job.total else 0.0
        what = "Waiting to start" if job.state == "queued" else step_name(job.done)
        whole = "the map" if is_first else "the new map"
        st.progress(share, text=f"Drawing {whole} · {what} · {percent(share)}", width="stretch")
        if st.button("Cancel", key="map_cancel", icon=":material/close:"):
            library.maps.cancel()
            st.rerun()
    if is_first:
        st.caption(
            "This takes some seconds, a minute for a large library. You can leave this page meanwhile."
        )
