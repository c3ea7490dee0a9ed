"""The Search page's parts: the question, how to look for it, and what to try when nothing is found."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from explorer.errors import ModelError, NotFound
from explorer.search import Retrieved, without_filters, without_quotes
from explorer.types import Chunk, Mode, Scope
from ui import address, errors, scope, state
from ui.state import QUESTION
from ui.wording import plain

if TYPE_CHECKING:
    from explorer import Library

MODE, COUNT = "mode", "count"
"""Widget keys, and the names under which the address keeps their values, like `QUESTION`."""
_RESULT = "search_result"
_HINT, _LOOKED = "language_hint", "language_hint_looked"
EXACT = "exact"
"""Widget key, and the name in the address."""
PICTURES = "pictures"
"""The same, for whether pictures are looked for."""
AS_TYPED = "as_typed"
"""Session: the question that is searched as it was typed, though it holds words that the library does not."""
MORE = "more_hits"
"""Session: the question for which more hits were asked for, and how many times (tuple)."""
LIKE = "like"
"""Session: the question, and the passage of which others like it are looked for (tuple)."""

MODES: dict[str, str] = {"hybrid": "By both", "semantic": "By meaning", "keyword": "By words"}
COUNTS = (5, 10, 20, 50)
_KEPT = "search_kept"
"""Session: what the fields held last, for when the page is shown again (dict)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """All that decides what a search finds: two that are equal find the same."""

    folder: str
    revision: int
    text: str
    mode: Mode
    count: int
    scope: Scope
    like: int | None = None
    """The passage of which others like it are looked for, instead of for the text."""
    exact: bool = False
    mend: bool = True
    reranker: str | None = None


@dataclass(frozen=True, slots=True)
class FoundHits:
    """What a search found, and how long that took."""

    query: Asked
    found: Retrieved
    milliseconds: float


def ask() -> tuple[str, Mode, int]:
    """Draws the question field with its choices; returns question, mode and how many hits. The address keeps
    them all: each question is a step of the browser's history, to which its way back leads."""
    held = _take_over()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "What are you looking for?",
            held[QUESTION],
            key=QUESTION,
            placeholder="A word, a name or a whole question (press / to come here)",
            label_visibility="collapsed",
            icon=":material/search:",
        )
        mode = st.selectbox(
            "How to look",
            get_args(Mode),
            get_args(Mode).index(held[MODE]),
            format_func=lambda value: MODES[value],
            key=MODE,
            label_visibility="collapsed",
            width=130,
        )
        count = st.selectbox(
            "How many passages",
            COUNTS,
            COUNTS.index(held[COUNT]),
            format_func=_hits,
            key=COUNT,
            label_visibility="collapsed",
            width=105,
        )
        exact, with_pictures = _switches(held)
    asked = (text or "").strip()
    st.session_state[_KEPT] = {
        QUESTION: text or "",
        MODE: mode,
        COUNT: count,
        EXACT: exact,
        PICTURES: with_pictures,
    }
    address.change(
        **{
            QUESTION: asked,
            MODE: "" if mode == _first()[MODE] else MODES[mode],
            COUNT: "" if count == _first()[COUNT] else _hits(count),
            EXACT: "true" if exact else "",
            PICTURES: "true" if with_pictures else "",
        }
    )
    return asked, mode, count


def _switches(held: dict[str, Any]) -> tuple[bool, bool]:
    """Draws the switches beside the field; returns whether words are looked for exactly, and pictures."""
    exact = st.toggle(
        "Exact words",
        held[EXACT],
        key=EXACT,
        help="Only passages that hold all words as you typed them: no other forms, no meaning.",
        width="content",
    )
    with_pictures = st.toggle(
        "Pictures",
        held[PICTURES],
        key=PICTURES,
        help="Pictures in your documents, by a picture that you drop or by what they show.",
        width="content",
    )
    return exact, with_pictures


def _take_over() -> dict[str, Any]:
    """Gives the fields what the address holds where the browser changed it; returns what each has to hold:
    where it is drawn anew, what it held last.

    Each field is drawn with that as its default too. Streamlit sends what was set only once, and a browser
    that has not drawn the field by the time of the next run would take its default for what was typed.
    """
    if address.moved(*_first()):
        st.session_state.update(_from_address())
    kept = st.session_state.get(_KEPT, _first())
    return {name: st.session_state.get(name, value) for name, value in kept.items()}


def _first() -> dict[str, Any]:
    """What the fields hold at first; the address leaves it out."""
    return {QUESTION: "", MODE: "hybrid", COUNT: COUNTS[1], EXACT: False, PICTURES: False}


def _from_address() -> dict[str, Any]:
    """What the fields have to hold; as at first where the address says nothing that can be chosen."""
    modes = {label: mode for mode, label in MODES.items()}
    counts = {_hits(count): count for count in COUNTS}
    return {
        QUESTION: address.one(QUESTION),
        MODE: modes.get(address.one(MODE), _first()[MODE]),
        COUNT: counts.get(address.one(COUNT), _first()[COUNT]),
        EXACT: address.one(EXACT) == "true",
        PICTURES: address.one(PICTURES) == "true",
    }


def _hits(count: int) -> str:
    return f"{count} hits"


def is_exact() -> bool:
    """Whether words are looked for exactly as they are typed."""
    return bool(st.session_state.get(EXACT))


def wanted(text: str, count: int) -> int:
    """How many hits are shown: `count`, and as many again each time that more were asked for."""
    asked, times = st.session_state.get(MORE) or (None, 0)
    return count * (1 + times) if asked == (text, count) else count


def offer_more(text: str, count: int, number: int) -> None:
    """Offers further hits below `number` shown ones, where there may be some."""
    shown = wanted(text, count)
    if number >= shown:
        st.button("More hits", key="more-hits", on_click=lambda: _set(MORE, ((text, count), shown // count)))


def say_what_was_searched(found: Retrieved, text: str) -> None:
    """Says which words were taken for others, with the way back, which quotations stand nowhere, and where
    only exact words count, what was likely meant, a click away."""
    if found.mendings:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Showing results for *{plain(found.searched, 200)}*", width="content")
            st.button(
                "Search as typed", key="as-typed", type="tertiary", on_click=lambda: _set(AS_TYPED, text)
            )
    for notice in found.notices[bool(found.mendings) : -1 if found.meant else None]:
        st.markdown(plain(notice, 400))
    if found.meant:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("Did you mean", width="content")
            label, meant = plain(found.meant, 200), partial(_set, QUESTION, found.meant)
            st.button(label, key="did-you-mean", on_click=meant)


def look_like(chunk_id: int) -> None:
    """Shows, until the question changes, what is like this passage."""
    st.session_state[LIKE] = (st.session_state.get(QUESTION), chunk_id)


def liked(library: Library, text: str) -> Chunk | None:
    """The passage of which others are looked for; None once another question is asked, or it is gone."""
    question, chunk_id = st.session_state.get(LIKE) or (None, None)
    if chunk_id is None or (question or "").strip() != text:
        return None
    try:
        return library.chunk(chunk_id)
    except NotFound:
        return None


def show_liked(library: Library, chunk: Chunk) -> None:
    """Says which passage the hits are like, and offers the way back to the question."""
    with st.container(horizontal=True, vertical_alignment="center"):
        name = plain(library.document(chunk.document_id).name, 80)
        st.markdown(f"More like “{plain(' '.join(chunk.text.split()), 160)}” ({name})", width="stretch")
        st.button("Back to the question", key="like-back", on_click=lambda: _set(LIKE, None))


def hint_at_language(library: Library) -> None:
    """Says once in a library's life that its model was not made for the language most of it is in.

    In the session that has said it, it stands until it is put away.
    """
    looked = (str(library.folder), library.revision)
    if st.session_state.get(_LOOKED) != looked:
        st.session_state[_LOOKED] = looked
        if st.session_state.get(_HINT) != library.models.language_hint():
            st.session_state[_HINT] = library.models.first_language_hint()
    hint = st.session_state.get(_HINT)
    if hint:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(plain(hint), icon=":material/translate:")
            st.button("Put away", key="language-hint-away", on_click=lambda: _set(_HINT, None))


def run(text: str, mode: Mode, count: int, within: Scope, like: int | None = None) -> FoundHits:
    """What a search finds; worked out again only if something has changed since this session's last one."""
    library = state.library()
    query = Asked(
        str(library.folder),
        library.revision,
        text,
        mode,
        count,
        within,
        like,
        exact=is_exact(),
        mend=st.session_state.get(AS_TYPED) != text,
        reranker=library.settings.reranker,
    )
    last: FoundHits | None = st.session_state.get(_RESULT)
    if last is not None and last.query == query:
        return last
    started = time.perf_counter()
    with st.spinner("Searching…"):
        if like is None:
            found = library.find(text, k=count, mode=mode, scope=within, exact=query.exact, mend=query.mend)
        else:
            found = Retrieved(library.similar(like, k=count, scope=within), searched=text)
    result = FoundHits(query, found, (time.perf_counter() - started) * 1000)
    st.session_state[_RESULT] = result
    return result


def found(text: str, mode: Mode, count: int, within: Scope, like: int | None = None) -> FoundHits | None:
    """What `run` gives. None where a model failed: the page then says so and offers a search by words."""
    try:
        return run(text, mode, count, within, like)
    except ModelError as error:
        errors.show(error)
        st.button("Search by words", key="try-words", on_click=lambda: _set(MODE, "keyword"))
        return None


def only_near(within: Scope) -> None:
    """Says that no passage has a word of the question; inside a scope there may be some outside."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "None of these passages has a word of your question; they come nearest to it.", width="stretch"
        )
        if not within.is_everything:
            st.button("Search everything", key="look-everywhere", on_click=scope.clear)


def nothing_found(library: Library, query: Asked, left_out: str) -> None:
    """Says what was searched and what was `left_out`, if anything, and offers what to try instead, each a
    click away."""
    where = scope.describe(library, scope.chosen())
    place = "everything" if query.scope.is_everything else f"“{plain(where, 80)}” only"
    st.markdown(
        f"**Nothing found** for “{plain(query.text, 200)}”. Searched: {place}, "
        f"{'exact words' if query.exact else MODES[query.mode].lower()}."
    )
    if left_out:
        st.caption(left_out)
    ways = _ways_on(query)
    if query.mode == "keyword" and not query.exact:
        st.write(
            "Words are looked for as you typed them and in their other forms: try another spelling, the "
            "beginning of a word with a star behind it (`repair*`), or"
        )
    with st.container(horizontal=True):
        for key, label, action in ways:
            st.button(label, key=key, on_click=action)


def _ways_on(query: Asked) -> list[tuple[str, str, Callable[[], None]]]:
    ways: list[tuple[str, str, Callable[[], None]]] = []
    if not query.scope.is_everything:
        ways.append(("try-everything", "Search everything", scope.clear))
    if query.exact:
        ways.append(("try-forms", "Other forms of the words too", lambda: _set(EXACT, False)))
    if query.mode != "hybrid" and not query.exact:
        ways.append(("try-both", "Search by both", lambda: _set(MODE, "hybrid")))
    asked = " ".join(query.text.split())
    rewritten = (
        ("try-unquoted", "Without the quotes", without_quotes(asked)),
        ("try-unfiltered", "Without the filters", without_filters(asked)),
    )
    ways += [
        (key, label, partial(_set, QUESTION, text))
        for key, label, text in rewritten
        if text not in ("", asked)
    ]
    return ways


def _set(key: str, value: object) -> None:
    st.session_state[key] = value
