"""Documents: put files in, watch them being added, and see what is there."""

from __future__ import annotations

from ui import state, viewer
from ui.documents import adding, one, progress, table

library = state.library()
opened = one.wanted()

if opened:
    with viewer.beside():
        one.show(library, opened)
else:
    adding.header(library)
    is_empty = not library.counts().documents
    if is_empty:
        adding.welcome()
    adding.drop_area(library)
    if is_empty and not library.activity().is_busy:
        adding.samples(library)
    adding.notices()
    adding.questions(library)
    progress.panel(library)
    if not is_empty:
        table.table(library)
