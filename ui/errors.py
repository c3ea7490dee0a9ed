"""The one place where errors become words on a page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.errors import ExplorerError
from ui.wording import plain

log = logging.getLogger(__name__)


@contextmanager
def shown() -> Iterator[None]:
    """Shows an error raised on purpose where it happened; the page goes on after it."""
    try:
        yield
    except ExplorerError as error:
        show(error)


def show(error: Exception) -> bool:
    """Shows any error in words: ours as written, others as a fault of the app, with the details in the log.

    Returns True, so that Streamlit adds nothing of its own.
    """
    if isinstance(error, ExplorerError):
        st.error(plain(str(error)), icon=":material/error:")
    else:
        log.error("A page failed", exc_info=error)
        st.error(
            "The app itself made a mistake here; your documents are safe. Load the page again. If that does "
            "not help, Settings › About has what to send along, and the terminal shows the details.",
            icon=":material/error:",
        )
    return True
