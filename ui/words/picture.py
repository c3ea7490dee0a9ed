"""A picture of words: each a point with its name, what is used alike near each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.errors import NotFound
from ui.component import asset, sent
from ui.map import palette, plotly_file
from ui.wording import count, plain
from ui.words import asking

if TYPE_CHECKING:
    from explorer import Library

KEY = "words_picture"
WITH_NEAR = "words_picture_near"
USUAL = 60
"""Words in the picture where none are chosen."""
MOST = 20
"""Words that can be chosen."""
NEAR_EACH = 8
_BETWEEN = re.compile(r"[\s,;]+")


def show(library: Library, vectors: str) -> None:
    """Draws the field for the words, and the picture."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            "Words in the picture", key=asking.PICTURED, placeholder="rent lease notice …", autocomplete="off"
        )
        with_near = st.toggle("With their nearest words", value=True, key=WITH_NEAR, width="content")
    chosen = list(dict.fromkeys(word for word in _BETWEEN.split(typed) if word))
    if len(chosen) > MOST:
        st.caption(f"The first {MOST} of these words are shown.")
    group_of = _groups(library, chosen[:MOST], vectors, with_near=with_near)
    if not chosen:
        st.caption("The words that are most frequent here. Type words to see those, each with its nearest.")
        group_of = dict.fromkeys(library.words.usual(USUAL, vectors), -1)
    if group_of:
        _draw(library, vectors, group_of, set(chosen))


def _groups(library: Library, chosen: list[str], vectors: str, *, with_near: bool) -> dict[str, int]:
    """The words of the picture, each with the number of the chosen one that it belongs to."""
    near: dict[str, int] = {}
    for number, word in enumerate(chosen):
        try:
            found = library.words.nearest(word, NEAR_EACH, vectors)
        except NotFound as error:
            st.info(plain(str(error)), icon=":material/search_off:")
            continue
        near[word] = number
        if with_near:
            for one in found:
                near.setdefault(one.word, number)
    return near


def _draw(library: Library, vectors: str, group_of: dict[str, int], chosen: set[str]) -> None:
    words = [
        {
            "word": one.word,
            "x": one.x,
            "y": one.y,
            "colour": palette.colour(max(0, group_of[one.word])),
            "chosen": one.word in chosen,
        }
        for one in library.words.picture(list(group_of), vectors)
    ]
    data: dict[str, Any] = {
        "plotly": plotly_file.address(),
        "words": words,
        "summary": f"A picture of {count(len(words), 'word')}; those used alike are near each other.",
    }
    _component(key=KEY, data=sent(data), on_word_change=_clicked)
    st.caption(
        "Words used alike are near each other. The picture shows the two directions in which these words "
        "differ most (principal components); distances to the edges mean nothing. Click a word to look it up."
    )


def _clicked() -> None:
    word = (st.session_state.get(KEY) or {}).get("word")
    if isinstance(word, str):
        asking.look_up(word[:100])


_component = st.components.v2.component(
    "explorer_words_picture",
    js=asset("rich.js", "plotly.js", "words_picture.js"),
    css=asset("rich.css", "words.css"),
    isolate_styles=False,
)
