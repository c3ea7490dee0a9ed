"""The folders that the library follows: how each is, what happened in them, pause and stop."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.types import WatchedFolder, WatchEvent
from ui import dialogs, errors
from ui.wording import ago, count, exact, figure, plain

REFRESH_SECONDS = 5.0
EVENTS = 12
"""Lines of what happened that are shown; older ones are in `python -m explorer watch`."""
_WORDS = {
    "added": "added",
    "changed": "changed",
    "renamed": "renamed",
    "removed": "removed",
    "kept": "is gone from the folder; its document stays until you remove it",
    "away": "cannot be read",
    "back": "can be read again",
}


def problems(library: Library) -> None:
    """Says which folders cannot be followed now, and why; it belongs above the documents."""
    if library.watched.list():
        _live_problems(library)


def listed(library: Library) -> None:
    """Draws the list, closed; nothing where no folder is watched."""
    if library.watched.list():
        _live(library)


@st.fragment(run_every=REFRESH_SECONDS)
def _live_problems(library: Library) -> None:
    with st.container(key="watched_problems"):
        for folder in library.watched.list():
            if folder.problem and not folder.is_paused:
                _problem(library, folder)


@st.fragment(run_every=REFRESH_SECONDS)
def _live(library: Library) -> None:
    folders = library.watched.list()
    if not folders:  # the last one was stopped here: the page stands without the list
        st.rerun()
    with st.container(key="watched"):
        label = f"Watched folders · {figure(len(folders))}"
        with st.expander(label, icon=":material/folder_eye:", key="watched_list"):
            for number, folder in enumerate(folders):
                _row(library, folder, number)
            _events(library.watched.log(EVENTS), is_one=len(folders) == 1)


def _problem(library: Library, folder: WatchedFolder) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        said = f"{plain(folder.problem or '')} Nothing was removed here."
        st.warning(said, icon=":material/folder_off:", width="stretch")
        if folder.is_emptied and st.button(
            "I emptied it: remove its documents…", key=f"watched_emptied_{folder.path}"
        ):
            dialogs.ask(ask_emptied, library, folder)
            st.rerun()  # of the whole page: a fragment's own run shows no dialog


def _row(library: Library, folder: WatchedFolder, number: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"watched_{number}"):
        st.markdown(
            f"**{plain(folder.path, 90)}** · {_state(folder)}",
            width="stretch",
            help=f"Watched since {exact(folder.since)}",
        )
        if folder.is_paused:
            st.button(
                "Resume",
                key=f"watched_resume_{number}",
                icon=":material/play_arrow:",
                on_click=_change,
                args=(library, "resume", folder),
            )
        else:
            st.button(
                "Pause",
                key=f"watched_pause_{number}",
                icon=":material/pause:",
                on_click=_change,
                args=(library, "pause", folder),
            )
        st.button(
            "Stop watching",
            key=f"watched_stop_{number}",
            type="tertiary",
            help="Its documents stay.",
            on_click=_change,
            args=(library, "stop", folder),
        )


def _state(folder: WatchedFolder) -> str:
    if folder.is_paused:
        return "paused"
    if folder.problem:
        return "cannot be read now"
    if folder.looked_at is None:
        return "being looked through"
    waits = f", {figure(folder.waiting)} being written" if folder.waiting else ""
    return f"{count(folder.files, 'file')}{waits} · looked at {ago(folder.looked_at)}"


def _events(events: list[WatchEvent], *, is_one: bool) -> None:
    lines = []
    for event in events:
        was = f" (was {plain(event.why, 60)})" if event.what == "renamed" else ""
        name = f"{plain(event.name, 80)} " if event.name else ""
        where = "" if is_one and event.name else f" · {plain(event.folder, 60)}"
        lines.append(f"{name}{_WORDS[event.what]}{was}{where} · {ago(event.at)}")
    if lines:
        st.caption("  \n".join(lines))


@st.dialog("Remove the documents of an emptied folder", on_dismiss=dialogs.close)
def ask_emptied(library: Library, folder: WatchedFolder) -> None:
    st.write(
        f"{plain(folder.path)} has none of its earlier files. Do the {count(folder.files, 'document')} of its"
        " files go too?"
    )
    st.caption(
        "They go into the bin; where nothing is kept there, they stay until you remove them. If the folder"
        " lies on a drive or share that is away, keep them."
    )
    with st.container(horizontal=True):
        sent = st.button("Remove them", key="emptied_yes")
        if st.button("Keep", key="emptied_no"):
            dialogs.done()
    with errors.shown():
        if sent:
            library.watched.emptied(folder.path)
            dialogs.done()


def _change(library: Library, what: str, folder: WatchedFolder) -> None:
    with errors.shown():
        getattr(library.watched, what)(folder.path)
