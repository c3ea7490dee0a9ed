"""The list of files on their way in; it refreshes itself while a job runs."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from explorer import Library
from explorer.types import Activity, Job
from ui import errors
from ui.wording import count, figure, plain, time_left

REFRESH_SECONDS = 1.0
LIST_SECONDS = 4.0
"""How often the list of documents may change by itself while files are being added."""
IN_HAND = 3
"""Files in hand that get a bar: one that is read, one that is embedded, and the next."""
SHOWN = 6
"""Names of files that wait, and rows of failed ones; the rest is counted, or folds away."""
LISTED = 200
"""Reasons that are listed where the failed files that fold away are opened."""

TRIED = "progress_tried"
"""Session: ids of the jobs whose password was typed and is being tried."""
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
    failed = [job for job in jobs if job.state == "failed"]
    if not activity.is_busy and not failed and not _news(jobs):
        return
    with st.container(border=True, key="progress"):
        if activity.is_busy:
            _summary(library, activity, jobs)
            _working(activity, jobs)
        else:
            _over(library, activity, jobs)
        _failures(library, jobs)


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


def _working(activity: Activity, jobs: Sequence[Job]) -> None:
    """Draws a bar for each file in hand and a line for those that wait. The height stays: nothing jumps."""
    in_hand = [job for job in jobs if job.state in ("reading", "embedding")]
    queued = [job for job in jobs if job.state == "queued"]
    waiting = activity.total - activity.done - len(in_hand)
    with st.container(key="progress_working", gap="xsmall"):
        for job in in_hand[:IN_HAND]:
            share = min(1.0, job.done / job.total) if job.total else 0.0
            st.progress(share, text=f"{named(job)} · {stage(job)}")
        held = [(job, job.error) for job in jobs if job.error and not job.is_over]
        for job, why in held[:SHOWN]:
            st.warning(f"{named(job)}: {plain(why)}", icon=":material/hard_drive:")
        if queued:
            names = ", ".join(plain(job.name, 40) for job in queued[:SHOWN])
            rest = f" and {figure(waiting - SHOWN)} more" if waiting > SHOWN else ""
            st.caption(f"Queued: {names}{rest}")


def named(job: Job) -> str:
    """A file's name, and the archive or mail it came in: "rent.txt in letters.zip"; as Markdown."""
    return f"{plain(job.name, 70)} in {plain(job.part_of, 50)}" if job.part_of else plain(job.name, 70)


def stage(job: Job) -> str:
    """What is being done with a file: "reading page 3 of 40", "embedding passage 412 of 890"."""
    if job.state not in ("reading", "embedding"):
        return job.state
    what = "page" if job.state == "reading" else "passage"
    if not job.total:
        return f"{job.state}, {what} {figure(job.done + 1)}" if job.done else job.state
    return f"{job.state} {what} {figure(min(job.done + 1, job.total))} of {figure(job.total)}"


def _news(jobs: Sequence[Job]) -> list[Job]:
    """Finished jobs worth a line when all is over: those unchanged, stopped, or with a warning."""
    return [job for job in jobs if job.outcome == "unchanged" or job.state == "cancelled" or job.warnings]


def _over(library: Library, activity: Activity, jobs: Sequence[Job]) -> None:
    """Says in a few words what became of the last batch, until it is put away."""
    added = activity.searchable - sum(job.outcome == "unchanged" for job in jobs)
    done = "redone" if any(job.kind == "redo" for job in jobs) else "added"
    lines = [f"{count(added, 'file')} {done}."] if added else []
    for job in _news(jobs)[:SHOWN]:
        if job.outcome == "unchanged":
            lines.append(f"{named(job)} is in the library already, unchanged.")
        elif job.state == "cancelled":
            lines.append(f"{named(job)} was stopped.")
        lines.extend(f"{named(job)}: {plain(warning)}" for warning in job.warnings[:3])
    rest = len(_news(jobs)) - SHOWN
    if rest > 0:
        lines.append(f"… and {figure(rest)} more.")
    if not lines:
        return
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        st.markdown("  \n".join(lines), width="stretch")
        st.button("Put away", key="dismiss_all", on_click=library.dismiss, type="tertiary")


def _failures(library: Library, jobs: Sequence[Job]) -> None:
    """Draws all files that wait for a password, then those that failed, of which many fold away.

    They stand in the order in which they were added, not of the last try: a row whose password was wrong
    stays where it was.
    """
    in_order = sorted(jobs, key=lambda job: job.id)
    tried: set[int] = st.session_state.setdefault(TRIED, set())
    tried &= {job.id for job in in_order if not job.is_over}
    locked = [job for job in in_order if _is_locked(job) or job.id in tried]
    failed = [job for job in in_order if job.state == "failed" and not job.needs_password]
    for job in locked:
        _row(library, job, is_tried=job.id in tried)
        _ask_password(library, job, is_tried=job.id in tried)
    for job in failed[:SHOWN]:
        _row(library, job)
    rest = failed[SHOWN:]
    if rest:
        with st.expander(f"… and {figure(len(rest))} more failed", key="failed_rest"):
            lines = [_reason(job) for job in rest[:LISTED]]
            if len(rest) > LISTED:
                lines.append(f"… and {figure(len(rest) - LISTED)} more.")
            st.markdown("  \n".join(lines))
        with st.container(horizontal=True):
            st.button(
                "Retry all", key="retry_all", on_click=_retry, args=(library, *(job.id for job in failed))
            )


def _is_locked(job: Job) -> bool:
    return job.state == "failed" and job.needs_password


def _row(library: Library, job: Job, *, is_tried: bool = False) -> None:
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, key=f"failed_{job.id}"):
        st.markdown(f"{_locked_name(job)} is being tried." if is_tried else _reason(job), width="stretch")
        if is_tried:
            return
        if not job.needs_password:
            st.button("Retry", key=f"retry_{job.id}", on_click=_retry, args=(library, job.id))
        st.button(
            "Dismiss", key=f"dismiss_{job.id}", on_click=library.dismiss, args=([job.id],), type="tertiary"
        )


def _reason(job: Job) -> str:
    """Name and reason, as Markdown; most reasons start with the name already.

    What failed is red. A file that waits for its password only waits for a person, so it is not.
    """
    reason = plain((job.error or "It could not be read.").removeprefix(job.name).strip())
    if job.needs_password:
        return f"{_locked_name(job)} {reason}"
    return f":red[:material/error: **{plain(job.name, 70)}**] {_within(job)}{reason}"


def _locked_name(job: Job) -> str:
    return f":material/lock: **{plain(job.name, 70)}** {_within(job)}".rstrip()


def _within(job: Job) -> str:
    return f"(in {plain(job.part_of, 50)}) " if job.part_of else ""


def _ask_password(library: Library, job: Job, *, is_tried: bool) -> None:
    with (
        st.form(f"password_form_{job.id}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        typed = st.text_input(
            "Password",
            type="password",
            key=f"password_{job.id}",
            autocomplete="off",
            width=280,
            disabled=is_tried,
        )
        if st.form_submit_button("Open with this password", disabled=is_tried) and typed:
            with errors.shown():
                library.retry(job.id, password=typed)
                st.session_state[TRIED].add(job.id)
                st.rerun()


def _retry(library: Library, *job_ids: int) -> None:
    with errors.shown():
        for job_id in job_ids:
            library.retry(job_id)
