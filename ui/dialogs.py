"""Dialogs that stay open when the page runs again, as it does by itself while files are being added.

Streamlit closes a dialog whose function is not called in a run. Here the open one is kept in the session, and
the frame calls it at the end of every run until it is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

KEY = "dialog"
"""Session: the open dialog and its arguments, as (function, arguments)."""


def ask(dialog: Callable[..., Any], *arguments: Any) -> None:
    """Opens a dialog, a function under `st.dialog(..., on_dismiss=dialogs.close)`. The next run shows it."""
    st.session_state[KEY] = (dialog, arguments)


def close() -> None:
    """Closes the open dialog; called in a callback, or followed by a rerun."""
    st.session_state.pop(KEY, None)


def done() -> None:
    """Closes the dialog, whose question was answered, and shows the page as it is now."""
    close()
    st.rerun()


def show() -> None:
    """Calls the open dialog, if there is one; the frame does so once, at the end of every run."""
    dialog, arguments = st.session_state.get(KEY, (None, ()))
    if dialog is not None:
        dialog(*arguments)
