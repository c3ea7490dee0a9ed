"""What was removed: "Undo" where it happened, and the list of the bin."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer import Library
from explorer.types import Binned
from ui import announce, dialogs, errors
from ui.documents import table
from ui.wording import ago, count, exact, plain, size, until

ROWS = 10
"""Documents of the bin that are listed at once."""


def notice(library: Library) -> None:
    """Says what was just removed in this tab, with "Undo", until it is put away or no longer in the bin."""
    ids = st.session_state.get(table.REMOVED, ())
    left = [one for one in library.binned() if one.document.id in ids] if ids else []
    if not left:
        st.session_state.pop(table.REMOVED, None)
        announce.show("removed", "")
        return
    is_one = len(left) == 1
    what = plain(left[0].document.name, 80) if is_one else count(len(left), "document")
    said = left[0].document.name if is_one else count(len(left), "document")
    announce.show("removed", f"{said} removed. Undo is at hand.", focus="removed_undo")
    with (
        st.container(border=True, key="removed_notice"),
        st.container(horizontal=True, vertical_alignment="center", gap="xsmall"),
    ):
        st.markdown(
            f"**{what}** removed. The bin keeps {'it' if is_one else 'them'} {until(left[0].goes_at)}.",
            width="stretch",
        )
        st.button(
            "Undo",
            icon=":material/undo:",
            key="removed_undo",
            on_click=_restore,
            args=(library, [one.document.id for one in left]),
        )
        st.button("Dismiss", key="removed_dismiss", type="tertiary", on_click=_dismiss)


def bin_list(library: Library) -> None:
    """Draws the list of the bin, closed; nothing where the bin is empty."""
    held = library.binned()
    if not held:
        return
    octets = size(sum(one.document.size for one in held))
    with st.expander(f"Bin · {count(len(held), 'document')}", icon=":material/delete:", key="bin"):
        st.caption(
            f"Removed documents ({octets}), found, quoted and drawn nowhere. Each goes for good when its "
            "days are over."
        )
        with st.container(horizontal=True, key="bin_actions"):
            st.button(
                "Restore all",
                icon=":material/undo:",
                key="bin_restore_all",
                on_click=_restore,
                args=(library, [one.document.id for one in held]),
            )
            st.button(
                "Empty the bin…",
                icon=":material/delete_forever:",
                key="bin_empty",
                on_click=dialogs.ask,
                args=(ask_erase, library, held),
            )
        pages = -(-len(held) // ROWS)
        page = min(st.pagination(pages, key="bin_page"), pages) if pages > 1 else 1
        for one in held[(page - 1) * ROWS : page * ROWS]:
            _row(library, one)


def _row(library: Library, one: Binned) -> None:
    document = one.document
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"bin_{document.id}"):
        st.markdown(
            f"**{plain(document.name, 70)}** · removed {ago(one.binned_at)}, kept {until(one.goes_at)}",
            width="stretch",
            help=f"Removed {exact(one.binned_at)}, goes {exact(one.goes_at)}",
        )
        st.button(
            "Restore", key=f"bin_restore_{document.id}", on_click=_restore, args=(library, [document.id])
        )
        st.button(
            "Remove for good now…",
            key=f"bin_erase_{document.id}",
            type="tertiary",
            on_click=dialogs.ask,
            args=(ask_erase, library, [one]),
        )


@st.dialog("Remove for good", on_dismiss=dialogs.close)
def ask_erase(library: Library, held: Sequence[Binned]) -> None:
    st.markdown(table.listed([one.document for one in held]))
    st.write(
        "The library's copy and all that was read from it are deleted, byte by byte. This cannot be undone. "
        "Files you added by path stay where they are."
    )
    with st.container(horizontal=True):
        label = f"Remove {count(len(held), 'document')} for good"
        sent = st.button(label, key="erase_yes")
        if st.button("Keep", key="erase_no"):
            dialogs.done()
    with errors.shown():
        if sent:
            library.remove([one.document.id for one in held])
            dialogs.done()


def _restore(library: Library, ids: Sequence[str]) -> None:
    with errors.shown():
        library.restore(ids)


def _dismiss() -> None:
    st.session_state.pop(table.REMOVED, None)
