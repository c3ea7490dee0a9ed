"""What is asked about words: the nearest, an analogy, and how two of them are used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from explorer.errors import NotFound
from ui.wording import figure, plain
from ui.words import uses

if TYPE_CHECKING:
    from explorer import Library
    from explorer.wordvectors import Neighbour, WordUse

Answer = TypeVar("Answer")
VIEW = "words_view"
"""Widget key: what is asked."""
WORD = "words_word"
"""Widget key: the word whose neighbours are shown."""
FIRST, SECOND = "words_first", "words_second"
A, B, C = "words_a", "words_b", "words_c"
PICTURED = "words_pictured"
"""Widget key: the words in the picture."""
FIELDS = (WORD, FIRST, SECOND, A, B, C, PICTURED)
NEAR = 20
"""Neighbours that are shown."""
EXAMPLES = 15
SHOWN_USES = 3
"""Passages under one word."""


def keep() -> None:
    """Keeps what was typed in the views that are not shown now, which Streamlit would forget.

    Set in every run, shown or not: a value is sent only in the run that sets it, and a browser that has not
    drawn the field by the next one would take its default for what was typed.
    """
    for key in FIELDS:
        st.session_state[key] = st.session_state.get(key, "")


def look_up(word: str) -> None:
    """Asks for the words nearest to one; in a callback."""
    st.session_state[VIEW] = "nearest"
    st.session_state[WORD] = word


def nearest(library: Library, vectors: str) -> None:
    """Draws the words nearest to the one that is typed, and passages that hold it."""
    word = _field("Word", WORD, "Type a word")
    if not word:
        st.caption("Type a word, or begin with one that is frequent here:")
        chips("usual", [(one, one) for one in library.words.usual(EXAMPLES, vectors)], look_up)
        return
    near = _told(lambda: library.words.nearest(word, NEAR, vectors))
    if near is None:
        return
    _say_unseen(library, word, vectors)
    st.caption(f"Used most like “{plain(word)}”, the nearest first. The figure is the cosine: 1 is the same.")
    chips("near", _with_figures(near), look_up)
    hits = library.search(word, SHOWN_USES, "keyword", exact=True, fold=False)
    if hits:
        st.caption(f"How “{plain(word)}” is used here:")
        uses.show("words_uses", word, hits)


def analogy(library: Library, vectors: str) -> None:
    """Draws what is to a third word as the second is to the first."""
    st.caption("“Man” is to “king” as “woman” is to what? Type the three words that are known.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        a = _field("This", A, "man")
        b = _field("is to this", B, "king")
        c = _field("as this", C, "woman")
    if not (a and b and c):
        st.caption("is to what?")
        return
    found = _told(lambda: library.words.analogy(a, b, c, NEAR // 2, vectors))
    if found is not None:
        st.caption("is to one of these, the likeliest first:")
        chips("analogy", _with_figures(found), look_up)


def compare(library: Library, vectors: str) -> None:
    """Draws how two words are used, side by side."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = _field("One word", FIRST, "rent")
        second = _field("Another", SECOND, "lease")
    if not (first and second):
        st.caption("Type two words to see what is near both, near one only, and passages of each.")
        return
    found = _told(lambda: library.words.compare(first, second, NEAR, vectors))
    if found is None:
        return
    st.markdown(f"Likeness: **{figure(found.cosine, 2)}** (1: used in the same way, 0: nothing in common).")
    if found.shared:
        st.caption("Near both:")
        chips("shared", [(one, one) for one in found.shared], look_up)
    left, right = st.columns(2)
    with left:
        _use(library, found.first, "first", vectors)
    with right:
        _use(library, found.second, "second", vectors)


def _use(library: Library, use: WordUse, side: str, vectors: str) -> None:
    st.markdown(f"**{plain(use.word)}**")
    _say_unseen(library, use.word, vectors)
    if use.only:
        st.caption("Near this one only:")
        chips(f"only_{side}", [(one, one) for one in use.only], look_up)
    if use.hits:
        uses.show(f"words_uses_{side}", use.word, use.hits)
    else:
        st.caption("No passage here holds it.")


def chips(name: str, words: Iterable[tuple[str, str]], chosen: Callable[[str], None]) -> None:
    """Draws words as buttons in a row that wraps; each is (the word, what stands on it)."""
    with st.container(horizontal=True, gap="xsmall", key=f"words_chips_{name}"):
        for number, (word, label) in enumerate(words):
            st.button(plain(label), key=f"words_{name}_{number}", on_click=partial(chosen, word))


def _with_figures(found: Iterable[Neighbour]) -> list[tuple[str, str]]:
    return [(one.word, f"{one.word} · {figure(one.cosine, 2)}") for one in found]


def _field(label: str, key: str, example: str) -> str:
    typed = st.text_input(label, key=key, placeholder=example, autocomplete="off")
    return str(typed).strip()


def _say_unseen(library: Library, word: str, vectors: str) -> None:
    if not library.words.knows(word, vectors):
        st.info(
            f"“{plain(word)}” was never seen; its place comes from the parts it has in common with others.",
            icon=":material/info:",
        )


def _told(ask: Callable[[], Answer]) -> Answer | None:
    """The answer; None where a word is not known, which was said: that is no fault of anybody's."""
    try:
        return ask()
    except NotFound as error:
        st.info(plain(str(error)), icon=":material/search_off:")
        return None
