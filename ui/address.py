"""What the page's address keeps, so that a reload, a new tab and the browser's way back have it too.

Whatever changes goes into the address at once, as one step of the browser's history. What the browser itself
went to (the way back, a link in a new tab) has moved, and the page takes it over:

    if address.moved(NAME):
        st.session_state[NAME] = address.one(NAME)
    ...
    address.change(**{NAME: st.session_state[NAME]})

An address that differs from what the session holds says nothing by itself: a request that was on its way
while the last one was answered still carries the address of before.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_PAGE = "address_page"
"""Session: the page that was shown last."""
_MOVED = "address_moved"
"""Session: what of the address counts as moved in this run."""
_VISIT = "address_visit"
"""Session: a name for the time since the page was entered."""
_Moved = Literal["all", "given", "nothing"]


def enter(page: str) -> None:
    """Called once in a run, before the page is drawn. On the browser's way back all of the address has moved.
    On another page than in the last run, what its address holds has; what it lacks has not, for a link of the
    menu carries nothing along."""
    context = get_script_run_ctx()
    is_other = st.session_state.get(_PAGE) != page
    moved: _Moved = "given" if is_other else "nothing"
    if context is not None and context.is_history_navigation:
        moved = "all"
    st.session_state[_PAGE], st.session_state[_MOVED] = page, moved
    if is_other or _VISIT not in st.session_state:
        st.session_state[_VISIT] = secrets.token_hex(8)


def visit() -> str:
    """A name for this stay on the page, from when it was entered until another one is."""
    return str(st.session_state.get(_VISIT, ""))


def moved(*names: str) -> bool:
    """Whether the browser went to other values of these parameters."""
    state = st.session_state.get(_MOVED)
    return state == "all" or (state == "given" and any(every(name) for name in names))


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
    now = {name: every(name) for name in st.query_params}
    then = {name: values for name, values in {**now, **wanted}.items() if values}
    if then != now:
        st.query_params.from_dict(then)
