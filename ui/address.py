"""What the page's address keeps, so that a reload, a new tab and the browser's way back have it too.

Whatever changes goes into the address at once, as one step of the browser's history. What the browser changed
(the way back, a link that was followed) has moved, and the page takes it over:

    if address.moved(NAME):
        st.session_state[NAME] = address.one(NAME)
    ...
    address.change(**{NAME: st.session_state[NAME]})
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

_PAGE = "address_page"
_LEFT = "address_left"
"""Session: the page shown last, and what this session left in its address, by name."""


def enter(page: str) -> None:
    """Called once in a run, before the page is drawn. On another page than in the last run, what its address
    holds has moved; what it lacks has not, for a link of the menu carries nothing along."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        st.session_state[_LEFT] = {}


def moved(*names: str) -> bool:
    """Whether the browser changed one of these parameters since the session left them."""
    left: dict[str, list[str]] = st.session_state.get(_LEFT) or {}
    return any(every(name) != left.get(name, []) for name in names)


def every(name: str) -> list[str]:
    """All values of a parameter; [] where the address has none."""
    return [str(value) for value in st.query_params.get_all(name)]


def one(name: str) -> str:
    """The value of a parameter, the last one of several; "" where the address has none."""
    return next(reversed(every(name)), "")


def change(**parameters: str | Sequence[str]) -> None:
    """Sets parameters, and takes those out that are empty: one step of the browser's history, none where
    nothing changes."""
    wanted = {
        name: [value] if isinstance(value, str) and value else list(value)
        for name, value in parameters.items()
    }
    st.session_state.setdefault(_LEFT, {}).update(wanted)
    now = {name: every(name) for name in st.query_params}
    then = {name: values for name, values in {**now, **wanted}.items() if values}
    if then != now:
        st.query_params.from_dict(then)
