"""The Documents page: the list with its ways in, or the one document that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui import state, viewer
from ui.documents import adding, alike, document, progress, removed, renamed, table, watched

if TYPE_CHECKING:
    from explorer import Library


def show() -> None:
    """Draws the page."""
    library = state.library()
    opened = document.wanted()
    if opened:
        with viewer.beside():
            document.show(library, opened)
    else:
        _show_all(library)


def _show_all(library: Library) -> None:
    adding.header(library)
    is_empty = not library.counts().documents
    if is_empty:
        adding.welcome()
    adding.drop_area(library, is_empty=is_empty)
    if is_empty and not library.activity().is_busy:
        adding.samples(library)
    adding.notices()
    adding.questions(library)
    progress.panel(library)
    removed.notice(library)
    renamed.notice(library)
    watched.problems(library)
    if not is_empty:
        table.table(library)
        alike.listed(library)
    watched.listed(library)
    removed.bin_list(library)
