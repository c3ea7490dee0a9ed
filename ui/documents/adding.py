"""Ways into the library: the drop area, a folder by path, the samples, and "replace or keep both"."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer import Library
from explorer.errors import ExplorerError
from explorer.readers import labels as format_labels
from ui import address, dialogs, errors
from ui.wording import ago, count, figure, plain, size

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from explorer.types import Staged

SAMPLES = Path(__file__).parents[2] / "samples"

ROUND = "uploads_round"
"""Session: the number of the drop area. The next number makes a new one, empty and without memory in use."""
WAITING = "uploads_waiting"
"""Session: staged files whose name is taken, until the person has chosen (list[Staged])."""
NOTICES = "uploads_notices"
"""Session: what became of dropped files that were not queued (list of (is_error, text))."""
NOTICED = "uploads_noticed"
"""Session: the visit of the page in which they were dropped."""

_WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def header(library: Library) -> None:
    """Draws the page's title, with the button for folders."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.title("Documents", anchor=False)
        st.button(
            "Add a folder…",
            icon=":material/create_new_folder:",
            key="add_folder",
            on_click=dialogs.ask,
            args=(ask_folder, library),
        )


def drop_area(library: Library, *, is_empty: bool) -> None:
    """Takes files that are dropped or picked: copies them to disk at once, then queues them.

    It is tall in an empty library, where it is what the page is for, and one line above a list.
    """
    number = st.session_state.setdefault(ROUND, 0)
    most = size(library.settings.max_file_mb * 1_000_000)
    with st.container(key="drop_tall" if is_empty else "drop_line"):
        files = st.file_uploader(
            f"Drop files here: {format_labels()}, up to {most} each",
            accept_multiple_files=True,
            key=f"uploads_{number}",
        )
    if not files:
        return
    with st.spinner(f"Copying {count(len(files), 'file')} into the library…"):
        take(library, files)
    st.session_state[ROUND] = number + 1
    st.rerun()


def take(library: Library, files: Sequence[UploadedFile]) -> None:
    """Stages every file, queues it or keeps it for a question, and frees the memory that held it."""
    notices: list[tuple[bool, str]] = []
    waiting: list[Staged] = st.session_state.setdefault(WAITING, [])
    for file in files:
        try:
            staged = library.stage(file.name, file)
            if staged.duplicate_of is not None:
                library.discard(staged)
                notices.append((False, _unchanged(staged)))
            elif staged.same_name is not None:
                waiting.append(staged)
            else:
                library.enqueue_staged(staged)
        except ExplorerError as error:
            notices.append((True, f"{file.name}: {error}"))
        finally:
            _free(file)
    st.session_state[NOTICES] = notices
    st.session_state[NOTICED] = address.visit()


def _unchanged(staged: Staged) -> str:
    known = staged.duplicate_of
    mended = " Its original, which was damaged or lost, was replaced." if staged.was_damaged else ""
    if known is None or known.name == staged.name:
        return f"{staged.name} is in the library already, unchanged.{mended}"
    return f"{staged.name} is in the library already, as {known.name}.{mended}"


def _free(file: UploadedFile) -> None:
    """Frees an upload, which Streamlit would keep in memory until the tab is closed."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=file.file_id)
    file.close()


def notices() -> None:
    """Says what became of dropped files that were not queued. What is there already is said once: it is gone
    on the next visit. What failed stays until it is put away, or more files are dropped."""
    lines: list[tuple[bool, str]] = st.session_state.get(NOTICES, [])
    failed = [plain(line) for is_error, line in lines if is_error]
    known = [plain(line) for is_error, line in lines if not is_error]
    if failed:
        st.error("  \n".join(_first(failed)), icon=":material/error:")
        st.button("Dismiss", key="uploads_notices_dismiss", on_click=_put_away, type="tertiary")
    if st.session_state.get(NOTICED) != address.visit():
        return
    if len(known) == 1:
        st.caption(f":material/check: {known[0]}")
    elif known:
        with st.expander(f"{count(len(known), 'file')} were there already", key="uploads_known"):
            st.markdown("  \n".join(_first(known)))


def _first(lines: list[str], most: int = 12) -> list[str]:
    return [*lines[:most], *([f"… and {figure(len(lines) - most)} more."] if len(lines) > most else [])]


def _put_away() -> None:
    st.session_state.pop(NOTICES, None)


def questions(library: Library) -> None:
    """Asks "replace or keep both" for files whose name is taken by other content, one by one or at once."""
    waiting: list[Staged] = st.session_state.get(WAITING, [])
    if not waiting:
        return
    with st.container(border=True, key="uploads_questions"):
        if len(waiting) > 1:
            with st.container(horizontal=True, vertical_alignment="center", wrap=False):
                st.markdown(
                    f"**{figure(len(waiting))} files have names that are taken, with other content.**",
                    width="stretch",
                )
                _answers(library, list(waiting), "all", "Replace all", "Keep all")
        for index, staged in enumerate(waiting[:10]):
            with st.container(horizontal=True, vertical_alignment="center", wrap=False):
                st.markdown(_question(staged), width="stretch")
                _answers(library, [staged], f"{index}_{staged.sha256[:8]}", "Replace", "Keep both")


def _question(staged: Staged) -> str:
    old = staged.same_name
    before = ""
    if old is not None:
        before = f" ({size(old.size)}, {count(old.pages, 'page')}, added {ago(old.added_at)})"
    return f"**{plain(staged.name, 80)}** ({size(staged.size)}) differs from the one in the library{before}."


def _answers(library: Library, files: list[Staged], key: str, replace: str, keep: str) -> None:
    st.button(replace, key=f"replace_{key}", on_click=_settle, args=(library, files, "replace"))
    st.button(keep, key=f"keep_{key}", on_click=_settle, args=(library, files, "keep"))
    st.button(
        "Don't add", key=f"drop_{key}", on_click=_settle, args=(library, files, "drop"), type="tertiary"
    )


def _settle(library: Library, files: list[Staged], answer: str) -> None:
    waiting: list[Staged] = st.session_state.get(WAITING, [])
    for staged in files:
        if staged not in waiting:
            continue
        with errors.shown():
            if answer == "drop":
                library.discard(staged)
            else:
                old = staged.same_name.id if answer == "replace" and staged.same_name else None
                library.enqueue_staged(staged, replaces=old)
            waiting.remove(staged)  # not earlier: where storing failed, the question can be answered again


@st.dialog("Add a folder of this machine", on_dismiss=dialogs.close)
def ask_folder(library: Library) -> None:
    with st.form("folder", border=False):
        typed = st.text_input("Folder or file", placeholder="/home/you/Documents/reports")
        follows = st.checkbox(
            "Keep watching this folder",
            key="folder_watch",
            help="Files that are added, changed, renamed or removed there later are so here too, while the "
            "app runs. What is removed goes into the bin. A folder that cannot be read removes nothing.",
        )
        st.caption(
            f"All files in it and in the folders below it are added: {format_labels()}. "
            "They are copied into the library; the folder itself is not changed."
        )
        sent = st.form_submit_button("Add", type="primary")
    if not sent:
        return
    with errors.shown():
        path = whole_path(typed)
        if follows:
            library.watched.add(path)
            dialogs.done()
        jobs = library.enqueue([path])
        if jobs:
            dialogs.done()
        st.info("There is nothing in it that can be read, or all of it is in the library already.")


def whole_path(typed: str) -> Path:
    """The path that was typed or pasted, without quotes and with `~` filled in.

    Raises ExplorerError if it is relative or does not exist.
    """
    path = Path(typed.strip().strip("\"'")).expanduser()
    if not path.is_absolute():
        raise ExplorerError(f"“{typed}” is not a whole path. Give it from the top, such as {Path.home()}.")
    if not path.exists():
        raise ExplorerError(f"There is no {path} on this machine.")
    return path


def welcome() -> None:
    """Says above the drop area of an empty library what it is for."""
    st.markdown(
        "Put documents in, then search them, ask them and see them on a map; "
        "everything stays on this machine."
    )


def samples(library: Library) -> None:
    """Offers sample documents to a person with an empty library."""
    files = sorted(path for path in SAMPLES.iterdir() if path.is_file()) if SAMPLES.is_dir() else []
    if not files:
        return
    number = _WORDS[len(files)] if len(files) < len(_WORDS) else figure(len(files))
    if st.button(f"or try it with {number} sample documents", icon=":material/menu_book:", key="samples"):
        with errors.shown():
            library.enqueue(files)
            st.rerun()
