"""What became of the files that were added: one folded line, which goes once it was seen. What failed stays
until it is put away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer import Library
from explorer.types import Activity, Job
from ui import address, errors
from ui.wording import count, figure, plain

NOTES = 12
"""Files with something to say that are listed; the rest is counted."""
ROWS = 20
"""Failed files that get buttons of their own; of the rest, as many reasons as `LISTED` are told."""
LISTED = 200

TRIED = "progress_tried"
"""Session: ids of the jobs whose password was typed and is being tried."""


def show(library: Library, activity: Activity, jobs: Sequence[Job]) -> None:
    """Draws what is to be said once nothing is under way."""
    _locked(library, jobs)
    failed = _failed(jobs)
    is_news = _is_news(library, activity)
    notes, parts = (_notes(jobs), _parts(activity, jobs)) if is_news else ([], [])
    if failed:
        parts.append(_failed_words(failed))
    if not parts:
        return
    if is_news:
        _seen()[str(library.folder)] = (activity.batch, address.visit())
    if not notes and not failed:
        st.caption(f":material/check: {', '.join(parts)}")
        return
    with st.expander(", ".join(parts), key="receipt"):
        if notes:
            st.markdown("  \n".join(notes))
        _rows(library, failed)


def so_far(library: Library, activity: Activity, jobs: Sequence[Job]) -> None:
    """Draws what has failed while others are still under way, and what waits for a password."""
    _locked(library, jobs)
    _is_news(library, activity)
    failed = _failed(jobs)
    if failed:
        with st.expander(_failed_words(failed), key="receipt"):
            _rows(library, failed)


# ---- whether it was seen


@st.cache_resource(show_spinner=False)
def _seen() -> dict[str, tuple[int, str]]:
    """For each library's folder the batch whose receipt was seen last, and the visit that saw it."""
    return {}


def _is_news(library: Library, activity: Activity) -> bool:
    """Whether the receipt of this batch was not seen yet, or is being looked at in this very visit.

    What was over before this process first looked at the library is no news.
    """
    before = (0 if activity.is_busy else activity.batch, "")
    batch, visit = _seen().setdefault(str(library.folder), before)
    return batch != activity.batch or visit == address.visit()


# ---- what is said


def _parts(activity: Activity, jobs: Sequence[Job]) -> list[str]:
    """ "13 files added", "2 were there already": what the folded line says of what did not fail."""
    unchanged = sum(job.outcome == "unchanged" for job in jobs)
    stopped = sum(job.state == "cancelled" for job in jobs)
    added = activity.searchable - unchanged
    done = "redone" if any(job.kind == "redo" for job in jobs) else "added"
    parts = [f"{count(added, 'file')} {done}"] if added > 0 else []
    if unchanged:
        parts.append(f"{figure(unchanged)} {'was' if unchanged == 1 else 'were'} there already")
    if stopped:
        parts.append(f"{figure(stopped)} stopped")
    return parts


def _failed_words(failed: Sequence[Job]) -> str:
    named = f": {plain(failed[0].name, 60)}" if len(failed) == 1 else ""
    return f":red[{figure(len(failed))} failed]{named}"


def _notes(jobs: Sequence[Job]) -> list[str]:
    """A line for each file that was unchanged, stopped, or is worth a warning."""
    lines = []
    told = [job for job in jobs if job.outcome == "unchanged" or job.state == "cancelled" or job.warnings]
    for job in told[:NOTES]:
        if job.outcome == "unchanged":
            lines.append(f"{named(job)} is in the library already, unchanged.")
        elif job.state == "cancelled":
            lines.append(f"{named(job)} was stopped.")
        lines.extend(f"{named(job)}: {plain(warning)}" for warning in job.warnings[:3])
    if len(told) > NOTES:
        lines.append(f"… and {figure(len(told) - NOTES)} more.")
    return lines


def named(job: Job) -> str:
    """A file's name, and the archive or mail it came in: "rent.txt in letters.zip"; as Markdown."""
    return f"{plain(job.name, 70)} in {plain(job.part_of, 50)}" if job.part_of else plain(job.name, 70)


# ---- what failed


def _failed(jobs: Sequence[Job]) -> list[Job]:
    """What failed, in the order in which it was added: a file that was tried again stays where it was."""
    in_order = sorted(jobs, key=lambda job: job.id)
    return [job for job in in_order if job.state == "failed" and not job.needs_password]


def _rows(library: Library, failed: Sequence[Job]) -> None:
    for job in failed[:ROWS]:
        _row(library, job)
    rest = failed[ROWS:]
    if rest:
        lines = [_reason(job) for job in rest[:LISTED]]
        if len(rest) > LISTED:
            lines.append(f"… and {figure(len(rest) - LISTED)} more.")
        st.markdown("  \n".join(lines))
    if len(failed) > 1:
        ids = [job.id for job in failed]
        with st.container(horizontal=True):
            st.button("Retry all", key="retry_all", on_click=_retry, args=(library, *ids))
            st.button(
                "Dismiss all", key="dismiss_failed", on_click=library.dismiss, args=(ids,), type="tertiary"
            )


def _locked(library: Library, jobs: Sequence[Job]) -> None:
    """Draws the files that wait for a password, in the order in which they were added: a row whose password
    was wrong stays where it was."""
    in_order = sorted(jobs, key=lambda job: job.id)
    tried: set[int] = st.session_state.setdefault(TRIED, set())
    tried &= {job.id for job in in_order if not job.is_over}
    for job in in_order:
        if job.id in tried or (job.state == "failed" and job.needs_password):
            _row(library, job, is_tried=job.id in tried)
            _ask_password(library, job, is_tried=job.id in tried)


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
