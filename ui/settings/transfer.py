"""Settings, Back up and move: the library as one file, as plain files, and what another export brings in."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer import ExplorerError, Library
from explorer.transfer import TransferState
from ui import errors
from ui.documents.adding import whole_path
from ui.documents.progress import REFRESH_SECONDS
from ui.wording import plain, size, time_left

DOWNLOADED = 200_000_000
"""Bytes of the largest export that is offered for download: the browser gets it by way of the memory."""


def section(library: Library) -> None:
    """Draws what runs, or came of it, and below it the forms."""
    st.header("Back up and move", anchor=False)
    st.caption(
        "One file holds all of this library: originals, text, embeddings, conversations, settings; no keys. "
        "Keep it as a backup, or import it on another machine: the same searches find the same there, and "
        "nothing has to be read again. It is a zip, so any program can open it."
    )
    state = library.transfer.state
    with st.container():  # always there, so that the forms below keep their place when it is filled
        if state is not None and not state.is_over:
            _live(library)
            return
        if state is not None:
            _outcome(library, state)
    _export(library)
    _plain_files(library)
    _import(library)


@st.fragment(run_every=REFRESH_SECONDS)
def _live(library: Library) -> None:
    state = library.transfer.state
    if state is None or state.is_over:
        st.rerun()
    progress = state.progress
    share = progress.done / progress.total if progress.total else 0.0
    with st.container(border=True, key="transfer_running"):
        st.markdown(plain(state.title))
        st.progress(share, f"{plain(progress.step)}: {_amount(progress.done, progress.total)}")
        st.caption(
            f"{time_left(progress.seconds_left)}. It goes on if you close this page, and stops with the app."
        )
        st.button("Stop", key="transfer_stop", on_click=library.transfer.cancel)


def _amount(done: int, total: int) -> str:
    return f"{size(done)} of {size(total)}" if total else "…"


def _outcome(library: Library, state: TransferState) -> None:
    """What came of the last one, until it is put away."""
    with st.container(border=True, key="transfer_outcome"):
        if state.file is None:  # else the lines name it
            st.markdown(f"{plain(state.title)}:")
        if state.error is not None:
            st.error(plain(state.error), icon=":material/error:")
        for line in state.lines:
            st.markdown(plain(line))
        with st.container(horizontal=True):
            if state.file is not None and state.file.is_file():
                _download(state.file)
            st.button("Done", key="transfer_dismiss", on_click=library.transfer.dismiss)


def _download(path: Path) -> None:
    if path.stat().st_size <= DOWNLOADED:
        st.download_button(
            "Download it",
            path.read_bytes,
            file_name=path.name,
            mime="application/zip",
            key="transfer_download",
            icon=":material/download:",
        )


def _export(library: Library) -> None:
    place = str(library.transfer.suggested(".zip"))
    with st.form("transfer_export", border=False):
        typed = st.text_input(
            "Export to this file",
            place,
            key=f"transfer_target_{hash(place)}",  # another field once that file is there
            autocomplete="off",
            help="A new file on the machine that runs this app. It appears there when it is whole.",
        )
        sent = st.form_submit_button("Export", type="primary", key="transfer_export_go")
    if sent:
        with errors.shown():
            library.transfer.begin_export(_place(typed))
            st.rerun()


def _plain_files(library: Library) -> None:
    place = str(library.transfer.suggested(""))
    with (
        st.expander("Export plain files instead", key="transfer_plain"),
        st.form("transfer_plain_form", border=False),
    ):
        st.caption("A folder with every original, its text and its tags beside it, for other programs.")
        typed = st.text_input(
            "To this new or empty folder",
            place,
            key=f"transfer_folder_{hash(place)}",
            autocomplete="off",
        )
        sent = st.form_submit_button("Export plain files", key="transfer_plain_go")
    if sent:
        with errors.shown():
            library.transfer.begin_export_plain(_place(typed))
            st.rerun()


def _import(library: Library) -> None:
    with st.form("transfer_import", border=False, clear_on_submit=True):  # an upload is held in memory
        st.markdown(
            "**Import an export into this library.** What is here already stays as it is and is not doubled."
        )
        file = st.file_uploader("An export", type="zip", key="transfer_file")
        typed = st.text_input(
            "Or its place on this machine, for large ones", key="transfer_path", autocomplete="off"
        )
        with_servers = st.checkbox(
            "Take over addresses of servers, folders of models and wider limits too",
            key="transfer_servers",
            help="Settings are taken over by a library without documents. Text is sent to such servers: "
            "leave this off unless the export is your own.",
        )
        anew = st.checkbox(
            "Read every document anew",
            key="transfer_anew",
            help="For an export that is not your own: nothing it says of a document's text is believed. It "
            "takes as long as adding the files.",
        )
        sent = st.form_submit_button("Import", type="primary", key="transfer_import_go")
    if not sent:
        return
    with errors.shown():
        if file is not None:
            library.transfer.begin_upload(file.name, file, with_servers=with_servers, read_anew=anew)
        elif typed.strip():
            library.transfer.begin_import(whole_path(typed), with_servers=with_servers, read_anew=anew)
        else:
            raise ExplorerError("Choose an export first, or type where it is.")
        st.rerun()


def _place(typed: str) -> Path:
    """The path that was typed. Raises ExplorerError if it is relative."""
    path = Path(typed.strip().strip("\"'")).expanduser()
    if not path.is_absolute():
        raise ExplorerError(f"“{typed}” is not a whole path. Give it from the top, such as {Path.home()}.")
    return path
