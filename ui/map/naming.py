"""Subjects that a person calls otherwise, in the list beside the map."""

from __future__ import annotations

import streamlit as st

from explorer.errors import ExplorerError
from ui import errors, state
from ui.map import component, passages

_FAILED = "map_rename_failed"
"""Session: why a subject could not be renamed, until the page has said so."""


def renamed() -> None:
    """A subject of one of the two levels was given another name, or its own one back (no name)."""
    value = component.event("rename")
    given = value if isinstance(value, dict) else {}
    number, name, is_finer = given.get("id"), given.get("name"), given.get("finer")
    if type(number) is not int or type(is_finer) is not bool or not (name is None or isinstance(name, str)):
        return
    try:
        state.library().maps.rename(number, name, is_finer=is_finer)
    except ExplorerError as error:
        st.session_state[_FAILED] = error
    passages.run_page()  # the map that this part of the page has been given still has the old name


def say() -> None:
    """Draws why the last name was not taken, if so."""
    failed = st.session_state.pop(_FAILED, None)
    if failed is not None:
        errors.show(failed)
