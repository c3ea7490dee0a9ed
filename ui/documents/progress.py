"""The list of files on their way in; it refreshes itself while a job runs."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from explorer import Library
from explorer.types import Activity, Job
from ui import errors
from ui.documents import receipt
from ui.wording import count, figure, plain, size, so_far, time_left

REFRESH_SECONDS = 1.0
LIST_SECONDS = 4.0
"""How often the list of documents may change by itself while files are being added."""
SMALL_BYTES = 1 << 20
"""Larger files have their turn after these."""
IN_HAND = 3
"""Files in hand that get a bar: one that is read, one that is embedded, and the next."""
SHOWN = 6
"""Names of files that wait; the rest is counted."""

SEEN = "progress_seen"
"""Session: the library's revision that the list below shows, and when it was drawn."""


def panel(library: Library) -> None:
    """Shows the queue. While there is work it refreshes itself, and the page once documents were added."""
    activity = library.activity()
    st.session_state[SEEN] = (library.revision, time.monotonic())
    if activity.is_busy:
        _live(library)
    else:
        _draw(library, activity, library.jobs(notable=True))


@st.fragment(run_every=REFRESH_SECONDS)
def _live(library: Library) -> None:
    activity = library.activity()
    revision, drawn = st.session_state.get(SEEN, (library.revision, 0.0))
    is_stale = library.revision != revision and time.monotonic() - drawn > LIST_SECONDS
    if not activity.is_busy or is_stale:
        st.rerun()
    _draw(library, activity, library.jobs(notable=True))


def _draw(library: Library, activity: Activity, jobs: Sequence[Job]) -> None:
    jobs = [job for job in jobs if job.kind in ("add", "redo")]
    with st.container(key="progress"):
        if activity.is_busy:
            with st.container(border=True, key="progress_box"):
                _summary(library, activity, jobs)
                _working(library, activity, jobs)
            receipt.so_far(library, activity, jobs)
        else:
            receipt.show(library, activity, jobs)


def _summary(library: Library, activity: Activity, jobs: Sequence[Job]) -> None:
    is_redo = any(job.kind == "redo" and not job.is_over for job in jobs)
    verb = "Redoing" if is_redo else "Adding"
    at = min(activity.done + 1, activity.total)
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        st.markdown(
            f"**{verb} {figure(at)} of {figure(activity.total)} · {time_left(activity.seconds_left)}**",
            width="stretch",
        )
        if st.button("Cancel", key="cancel_all", icon=":material/close:"):
            with errors.shown():
                library.cancel_redo() if is_redo else library.cancel()
                st.rerun()
    done = activity.done / activity.total if activity.total else 0.0
    st.progress(min(1.0, done), text=_so_far(activity, is_redo))


def _so_far(activity: Activity, is_redo: bool) -> str:
    """How far the work is, in words. While documents are redone, all of them can still be searched."""
    state = "redone" if is_redo else "searchable"
    text = f"{figure(activity.searchable)} of {count(activity.total, 'file')} {state}"
    return f"{text} · {figure(activity.failed)} failed" if activity.failed else text


def _working(library: Library, activity: Activity, jobs: Sequence[Job]) -> None:
    """Draws a bar for each file in hand and a line for those that wait. The height stays: nothing jumps."""
    in_hand = [job for job in jobs if job.state in ("reading", "embedding")]
    queued = sorted((job for job in jobs if job.state == "queued"), key=_turn)
    waiting = activity.total - activity.done - len(in_hand)
    with st.container(key="progress_working", gap="xsmall"):
        for job in in_hand[:IN_HAND]:
            share = min(1.0, job.done / job.total) if job.total else 0.0
            words = " · ".join(filter(None, (receipt.named(job), stage(job), so_far(job.started_at))))
            with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", wrap=False):
                st.progress(share, text=words)
                _stop(library, job)
        held = [(job, job.error) for job in jobs if job.error and not job.is_over]
        for job, why in held[:SHOWN]:
            st.warning(f"{receipt.named(job)}: {plain(why)}", icon=":material/hard_drive:")
        if queued:
            names = ", ".join(plain(job.name, 40) for job in queued[:SHOWN])
            rest = f" and {figure(waiting - SHOWN)} more" if waiting > SHOWN else ""
            with st.expander(f"Queued: {names}{rest}", key="progress_queued"):
                for job in queued:
                    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
                        st.markdown(f"{receipt.named(job)} · {size(job.size)}", width="stretch")
                        _stop(library, job)
                if waiting > len(queued):
                    st.caption(f"… and {figure(waiting - len(queued))} more behind these.")


def _turn(job: Job) -> tuple[bool, int]:
    """When a job has its turn, about: small files go first."""
    return job.size > SMALL_BYTES, job.id


def _stop(library: Library, job: Job) -> None:
    """Draws the button that stops one file; not while all is redone, which is one thing."""
    if job.kind != "add":
        return
    st.button(
        f"Stop {plain(job.name, 40)}",
        key=f"stop_{job.id}",
        icon=":material/close:",
        type="tertiary",
        help="Don't add this file",
        on_click=_cancel,
        args=(library, job.id),
    )


def _cancel(library: Library, job_id: int) -> None:
    with errors.shown():
        library.cancel([job_id])


def stage(job: Job) -> str:
    """What is being done with a file: "reading page 3 of 40", "embedding passage 412 of 890"."""
    if job.state not in ("reading", "embedding"):
        return job.state
    what = "page" if job.state == "reading" else "passage"
    if job.state == "embedding" and job.total and not job.done:
        return f"read, {count(job.total, 'passage')} to embed"
    if not job.total:
        return f"{job.state}, {what} {figure(job.done + 1)}" if job.done else job.state
    return f"{job.state} {what} {figure(min(job.done + 1, job.total))} of {figure(job.total)}"
