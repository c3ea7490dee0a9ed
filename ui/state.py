"""What a session remembers, and the libraries that all sessions share.

A library is opened once for all tabs. Each tab looks at a library of its own choice; a new tab or a reload
starts with the one that was chosen last.
"""

from __future__ import annotations

import threading
from pathlib import Path

import streamlit as st

from explorer import Library, libraries
from explorer.errors import NotFound
from explorer.tuning import Tuning

QUESTION = "question"
"""Key of the search page's question, and its name in the address."""
LIBRARY = "library"
"""Parameter of an address that holds in one library only: the name of its folder."""
FOLDER = "library_folder"
"""Session: the folder of the library that this tab shows (str)."""

_last_chosen: dict[str, Path] = {}
_warming = threading.Lock()
_warm: set[Path] = set()


@st.cache_resource(show_spinner=False, on_release=lambda library: library.close())
def _open(folder: str) -> Library:
    return Library(folder)


@st.cache_resource(show_spinner=False, on_release=lambda tuning: tuning.close())
def _tuning(folder: str) -> Tuning:
    return Tuning(_open(folder))


def tuning() -> Tuning:
    """What trains the model of this session's library: the same object for every tab."""
    return _tuning(str(folder()))


def library() -> Library:
    """The library of this session, opened if it was not yet."""
    return opened(folder())


def opened(place: Path) -> Library:
    """The library in a folder, opened if it was not yet: the same object for every tab."""
    return _open(str(place))


def folder() -> Path:
    """The folder of this session's library."""
    chosen = st.session_state.get(FOLDER)
    if chosen is None or not Path(chosen).is_dir():
        chosen = st.session_state[FOLDER] = str(_first_folder())
    return Path(chosen)


def _first_folder() -> Path:
    """The library a new tab opens with: the one that its address names, else the one that holds the passage
    its address names, else the last."""
    start = _last_chosen.get("folder", libraries.default_folder())
    if not start.is_dir():
        start = libraries.default_folder()
    named, wanted = st.query_params.get(LIBRARY), st.query_params.get("document")
    if not named and not wanted:
        return start
    others = [info.folder for info in libraries.list_libraries() if info.folder != start]
    for place in (start, *others) if named else ():
        if place.name == named:
            return place
    if not wanted:
        return start
    return next((place for place in (start, *others) if _holds(place, wanted)), start)


def _holds(place: Path, document_id: str) -> bool:
    try:
        opened(place).document(document_id)
    except NotFound:
        return False
    return True


def switch(place: Path) -> None:
    """Shows another library in this tab. What the tab held of the old one is forgotten."""
    is_asking = QUESTION in st.session_state
    st.session_state.clear()
    st.query_params.clear()
    if is_asking:
        st.session_state[QUESTION] = ""  # the field itself would keep it
    st.session_state[FOLDER] = str(place)
    _last_chosen["folder"] = place


def close(place: Path) -> None:
    """Closes a library for all tabs, so that its folder can be deleted."""
    _warm.discard(place)
    _tuning.clear(str(place))  # first, since it uses the library
    _open.clear(str(place))


def close_all() -> None:
    """Closes every library, when the app ends or a test does."""
    _last_chosen.clear()
    _warm.clear()
    _tuning.clear()
    _open.clear()


def warm() -> None:
    """Starts, once for a library, what its first search needs; called after a page was shown."""
    current = library()
    with _warming:
        if current.folder in _warm:
            return
        _warm.add(current.folder)
    current.warm()
