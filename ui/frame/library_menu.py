"""The menu under the library's name: switch to another, make a new one, rename, delete."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

from explorer import Library, libraries
from ui import dialogs, errors, state
from ui.wording import count, plain

Verb = Literal["switch", "new", "rename", "delete"]


@dataclass(frozen=True, slots=True)
class LibraryChoice:
    """One entry of the menu."""

    verb: Verb
    label: str
    folder: Path | None = None


def show(library: Library) -> LibraryChoice | None:
    """Draws the menu; returns the entry that was just chosen, if any."""
    others = [info for info in libraries.list_libraries() if info.folder != library.folder]
    names = [info.name for info in others]
    choices = [LibraryChoice("switch", _entry(info, names), info.folder) for info in others]
    choices += [
        LibraryChoice("new", ":material/add: New library…"),
        LibraryChoice("rename", ":material/edit: Rename this library…"),
        LibraryChoice("delete", ":material/delete: Delete this library…"),
    ]
    return st.menu_button(
        plain(library.name, 28),
        choices,
        key="library_menu",
        icon=":material/book_2:",
        format_func=lambda choice: choice.label,
        help="Switch, make, rename or delete a library",
        width="stretch",
    )


def show_others() -> None:
    """Draws the ways out of a library that cannot be opened: a button for each of the others."""
    with errors.shown(), st.sidebar:
        current = state.folder()
        for info in libraries.list_libraries():
            if info.folder != current:
                st.button(
                    plain(info.name, 28),
                    key=f"open_{info.folder.name}",
                    icon=":material/book_2:",
                    on_click=state.switch,
                    args=(info.folder,),
                    width="stretch",
                )


def _entry(info: libraries.LibraryInfo, names: list[str]) -> str:
    """The label of another library; where two have the same name, it shows the folder too."""
    told_apart = f" ({plain(info.folder.name, 24)})" if names.count(info.name) > 1 else ""
    held = "catalogue lost" if info.is_lost else count(info.documents, "document")
    return f":material/book_2: {plain(info.name, 40)}{told_apart} · {held}"


def act(choice: LibraryChoice | None, library: Library) -> None:
    """Does what was chosen: switches at once; for the rest it opens a dialog."""
    if choice is None:
        return
    if choice.verb == "switch" and choice.folder is not None:
        state.switch(choice.folder)
        st.rerun()
    dialogs.ask({"new": ask_new, "rename": ask_rename, "delete": ask_delete}[choice.verb], library)


@st.dialog("New library", on_dismiss=dialogs.close)
def ask_new(_library: Library) -> None:
    with st.form("new_library", border=False):
        name = st.text_input("Name", placeholder="Invoices 2026", max_chars=80)
        st.caption(f"It becomes a folder in {plain(str(libraries.root()))}")
        sent = st.form_submit_button("Make it", type="primary")
    with errors.shown():
        if sent:
            state.switch(libraries.create(name))
            st.rerun()


@st.dialog("Rename this library", on_dismiss=dialogs.close)
def ask_rename(library: Library) -> None:
    with st.form("rename_library", border=False):
        name = st.text_input("Name", value=library.name, max_chars=80)
        sent = st.form_submit_button("Rename", type="primary")
    with errors.shown():
        if sent:
            libraries.rename(library.folder, name)
            dialogs.done()


@st.dialog("Delete this library", on_dismiss=dialogs.close)
def ask_delete(library: Library) -> None:
    documents = count(library.counts().documents, "document")
    st.write(
        f"**{plain(library.name)}** and its copies of {documents} are removed from this machine, with the "
        "conversations about them. The files you added them from stay where they are."
    )
    st.caption(plain(str(library.folder)))
    with st.form("delete_library", border=False):
        typed = st.text_input(f"Type **{plain(library.name)}** to confirm")
        sent = st.form_submit_button("Delete this library", type="primary")
    with errors.shown():
        if sent:
            if typed.strip() != library.name.strip():
                st.error("That is not the library's name; nothing was deleted.", icon=":material/error:")
                return
            place, keys = library.folder, library.models.typed_keys()
            state.close(place)
            left = libraries.delete(place, typed.strip(), keys)
            state.switch(libraries.default_folder())
            if left:
                dialogs.ask(tell_left, left)
            st.rerun()


@st.dialog("The library is deleted here", on_dismiss=dialogs.close)
def tell_left(lines: tuple[str, ...]) -> None:
    """Says what servers of its vector store still hold."""
    for line in lines:
        st.warning(plain(line), icon=":material/info:")
    if st.button("Close"):
        dialogs.done()
