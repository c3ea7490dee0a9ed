"""Pictures on the Search page: found by a picture that is dropped there, or by words (CLIP)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.pictures import PictureHit, PictureState
from ui import announce, errors, pictures, viewer
from ui.component import asset, sent
from ui.search.question import PICTURES
from ui.wording import count, figure, percent, plain

if TYPE_CHECKING:
    from explorer import Library
    from explorer.types import Scope

KEY = "picture-hits"
DROPPED = "picture-dropped"
LIKE = "picture_like"
"""Session: the picture of which others like it are looked for: (document, page, number)."""
_FOUND = "picture_found"
_ENDINGS = ("png", "jpg", "jpeg", "tif", "tiff", "webp", "gif", "bmp")


def is_on() -> bool:
    """Whether pictures are looked for, instead of passages."""
    return bool(st.session_state.get(PICTURES))


def show(library: Library, text: str, number: int, within: Scope) -> None:
    """Draws the field for a picture, how far the pictures were looked at, and what is found."""
    with errors.shown():
        state = library.picture_search.state()
        if state.problem is not None:
            _how_to(state)
            return
        given = st.file_uploader(
            "Drop a picture here, or choose one", _ENDINGS, key=DROPPED, on_change=_forget
        )
        progress(library, state)
        if not state.total:
            st.caption("None of your documents has a picture. Icons, rules and plain grounds are none.")
            return
        liked = st.session_state.get(LIKE)
        data = given.getvalue() if given is not None else None
        if liked is None and data is None and not (text and state.reads_text):
            _hint(state, text)
            return
        hits = _hits(library, data, "" if data else text, number, within)
        _say(hits, liked, data, text)
        _component(
            key=KEY,
            data=sent({"tiles": [tile for hit in hits if (tile := _described(library, hit))]}),
            on_open_change=_open,
            on_like_change=_like,
        )


def progress(library: Library, state: PictureState) -> None:
    """Says how far the pictures were looked at, where some wait; offers to stop it, and to go on."""
    if state.is_working:
        _live(library)
    elif state.problem is None and state.done < state.total:
        with st.container(horizontal=True, vertical_alignment="center", key="pictures_stopped"):
            st.caption(
                f"Stopped: {figure(state.done)} of {count(state.total, 'picture')} were looked at.",
                width="content",
            )
            if st.button("Go on", key="pictures_go_on", icon=":material/play_arrow:"):
                library.picture_search.go_on()
                st.rerun()


@st.fragment(run_every=1.0)
def _live(library: Library) -> None:
    """Draws the progress; the page runs again when all were looked at."""
    state = library.picture_search.state()
    if not state.is_working:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="pictures_progress"):
        share = state.done / max(state.total, 1)
        waits = "after the files that are being added" if library.activity().is_busy else percent(share)
        said = f"Looking at pictures · {figure(state.done)} of {figure(state.total)} · {waits}"
        st.progress(share, text=said, width="stretch")
        if st.button("Stop", key="pictures_stop", icon=":material/close:"):
            library.picture_search.stop()
            st.rerun()


def _how_to(state: PictureState) -> None:
    """Says what is missing, and what to get and where to put it."""
    st.info(plain(state.problem or ""), icon=":material/image_search:")
    st.markdown(
        f"There {'is' if state.total == 1 else 'are'} {count(state.total, 'picture')} in your documents. To "
        "find them, one of these is needed; nothing is fetched without being asked:\n\n"
        "- the extra **images**: finds pictures that look like one that you drop here. Settings, under "
        "Extras, has its command;\n"
        "- a folder with a **CLIP** model as Hugging Face's packages save it, which finds them by words too: "
        "write its path in Settings, as “Picture model”."
    )


def _hint(state: PictureState, text: str) -> None:
    if state.reads_text:
        st.caption("Drop a picture, or type above what the pictures that you look for show.")
    elif text:
        st.caption(
            f"The picture model {plain(state.model)} knows no words: drop a picture. A folder with a CLIP "
            "model, named in Settings, finds pictures by words too."
        )
    else:
        st.caption("Drop a picture to find those in your documents that look most like it.")


def _hits(library: Library, data: bytes | None, text: str, number: int, within: Scope) -> list[PictureHit]:
    """What is found; worked out again only if something has changed since this session's last one."""
    state = library.picture_search.state()
    liked = st.session_state.get(LIKE)
    digest = hashlib.sha256(data or text.encode()).hexdigest()
    asked = (str(library.folder), library.revision, state, liked, digest, data is None, number, within)
    kept: tuple[Any, list[PictureHit]] | None = st.session_state.get(_FOUND)
    if kept is not None and kept[0] == asked:
        return kept[1]
    search = library.picture_search
    with st.spinner("Searching…"):
        if liked is not None:
            document, page, of = liked
            hits = search.like(document, page, of, k=number, scope=within)
        elif data is not None:
            hits = search.search(image=data, k=number, scope=within)
        else:
            hits = search.search(text=text, k=number, scope=within)
    st.session_state[_FOUND] = (asked, hits)
    return hits


def _say(hits: list[PictureHit], liked: object, data: bytes | None, text: str) -> None:
    """Says what the pictures below are, and offers the way back from those like one of them."""
    documents = count(len({hit.document.id for hit in hits}), "document")
    said = f"{count(len(hits), 'picture')} in {documents}" if hits else "Nothing found in this scope"
    announce.show("pictures-found", said)
    if liked is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{said}, most like the one you chose", width="stretch")
            st.button("Back", key="picture-like-back", on_click=_forget)
    elif data is not None:
        st.caption(f"{said}, most like your picture first")
    else:
        st.caption(f"{said}, those that show most what “{plain(text, 80)}” says first")


def _described(library: Library, hit: PictureHit) -> dict[str, Any] | None:
    """A hit as the component draws it; None where it cannot be shown any more."""
    tile = pictures.of_hit(library, hit.document.id, hit.page, hit.picture)
    if tile is None:
        return None
    return {
        **tile,
        **place(hit.document.id, hit.page, hit.picture),
        "rank": hit.rank,
        "title": hit.document.name,
        "language": hit.document.language,
        "place": f"page {figure(hit.page)}" if hit.document.pages > 1 else "",
        "score": figure(hit.score, 2),
    }


def place(document_id: str, page: int, picture: Any) -> dict[str, Any]:
    """Where the viewer opens a picture: at its page, its text marked where it has some."""
    return {
        "document": document_id,
        "page": page,
        "start": picture.start if picture else 0,
        "end": picture.end if picture else 0,
        "of": picture.number if picture else 0,
    }


def _open() -> None:
    viewer.open_from(KEY)


def _like() -> None:
    """Looks for pictures like the one whose "More like this" was clicked."""
    value: Any = (st.session_state.get(KEY) or {}).get("like")
    try:
        st.session_state[LIKE] = (str(value["document"]), int(value["page"]), int(value["of"]))
    except (TypeError, KeyError, ValueError):
        return  # a trigger without a value: nothing was clicked


def _forget() -> None:
    st.session_state.pop(LIKE, None)


_component = st.components.v2.component(
    "explorer_picture_hits",
    js=asset("rich.js", "picture_hits.js"),
    css=asset("rich.css", "picture_hits.css"),
    isolate_styles=False,
)
