"""What Search, Chat and Map show while the library holds no document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.wording import figure

if TYPE_CHECKING:
    from explorer import Library

DOCUMENTS_PAGE = "pages/documents.py"


def shown(library: Library, purpose: str) -> bool:
    """Whether the library holds no document; then the page now says so and leads to the Documents page.

    `purpose` says in one sentence what the page does once there are some.
    """
    if library.counts().documents:
        return False
    adding = library.activity()
    st.write(purpose)
    if adding.is_busy:
        st.info(
            f"{figure(adding.total)} files are being read. This page is ready as soon as the first one is.",
            icon=":material/hourglass_top:",
        )
    else:
        st.write("This library has no documents yet.")
    label = "See how far they are" if adding.is_busy else "Add documents"
    st.page_link(DOCUMENTS_PAGE, label=label, icon=":material/folder_open:")
    return True
