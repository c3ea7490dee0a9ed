"""The section Space of the Settings page: what takes room, and giving back what nothing needs."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.upkeep import KINDS, Freed, SpaceUsed
from ui import errors
from ui.wording import count, figure, plain, size

_SECONDS = 15
"""How long the figures stand while nothing is added or removed; working them out may take a second."""
_DONE = "space_done"
"""Session: what came of the last click (`Freed`)."""


def section(library: Library) -> None:
    """Draws what takes room in the library's folder, and the buttons that free it."""
    st.header("Space", anchor=False)
    used = _used(library, str(library.folder), library.revision)
    st.markdown(f"This library takes **{size(used.total)}** on the disk.")
    rows = [
        f"| {KINDS[part.kind]} | {_whole(part.octets)} | {_whole(part.freeable) if part.freeable else '–'} |"
        for part in used.parts
    ]
    st.markdown("\n".join(["| What | Takes | Can be freed |", "| :-- | --: | --: |", *rows]))
    st.caption(
        f"The log of the background process stands elsewhere and takes {size(used.log)}. Page images are "
        "drawn when they are looked at, and never kept on the disk."
    )
    if used.of("bin"):
        st.caption("What is in the bin goes when its days are over, or with “Empty the bin” under Documents.")
    with st.container(horizontal=True):
        is_wanted = st.button("Free space", key="space_free")
        aside = library.upkeep.set_aside()
        if aside and st.button("Delete what repair set aside", key="space_attic"):
            with errors.shown():
                library.upkeep.empty_attic()
                _used.clear()
                st.rerun()
    if aside:
        st.caption(f"Repair set aside {count(len(aside), 'file')}: {_named(aside)}")
    if is_wanted:
        with errors.shown():
            _free(library)
            _used.clear()
            st.rerun()
    _tell(st.session_state.pop(_DONE, None))


@st.cache_data(show_spinner="Looking at what takes room…", ttl=_SECONDS, max_entries=4)
def _used(_library: Library, folder: str, revision: int) -> SpaceUsed:  # noqa: ARG001 - the cache's key
    return _library.upkeep.used()


def _whole(octets: int) -> str:
    """A size that stays in one line of a narrow column."""
    return size(octets).replace(" ", "\u00a0")


def _named(names: list[str]) -> str:
    more = f" and {figure(len(names) - 5)} more" if len(names) > 5 else ""
    return ", ".join(plain(name, 40) for name in names[:5]) + more


def _free(library: Library) -> None:
    """Frees, with a line on what is being done, and keeps what came of it for the next run."""
    bar = st.progress(0.0, "Freeing space…")

    def show(what: str, done: int, total: int) -> None:
        bar.progress(min(1.0, done / max(1, total)), f"{what}…")

    st.session_state[_DONE] = library.upkeep.free(show)


def _tell(freed: Freed | None) -> None:
    if freed is not None:
        lines = " ".join(plain(line) for line in freed.done)
        what = f"Freed {size(freed.octets)}." if freed.octets else "There was nothing to free."
        st.success(f"{what} {lines}".strip(), icon=":material/check_circle:")
