"""Pictures of documents as components take them: small ones beside a passage, a large one when it is opened.

They travel as data addresses, like drawn pages: encoded anew by the engine, and nothing has to be fetched.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.errors import ExplorerError
from explorer.types import Hit, Picture
from ui import rich
from ui.wording import figure

if TYPE_CHECKING:
    from explorer import Library

SMALL = 240
"""Pixels: such pictures come from the catalogue, at once."""
LARGE = 1600
MOST_SHOWN = 24
"""Of one page or part of a text."""
MOST_BESIDE = 2
"""Beside one hit: enough to know the place by."""
NEAR = 120
"""Characters between a passage and a picture right beside it."""


def tiles(library: Library, document_id: str, pictures: list[Picture]) -> list[dict[str, Any]]:
    """The first pictures as the viewer draws them, small; the others are on the other pages' own."""
    return [each for one in pictures[:MOST_SHOWN] if (each := _tile(library, document_id, one, SMALL))]


def on_page(library: Library, document_id: str, page: int) -> list[dict[str, Any]]:
    """The pictures on a page, small."""
    return tiles(library, document_id, [one for one in of_document(library, document_id) if one.page == page])


def with_text(library: Library, document_id: str, text: str, start: int, marks: rich.Marks) -> dict[str, Any]:
    """A text that begins at `start` of its document, marked, as the viewer draws it: with its pictures in
    between where it has some."""
    end = start + len(text)
    here = [
        one
        for one in of_document(library, document_id)
        if start <= one.start < end or one.start == one.end == end
    ]
    parts: list[dict[str, Any]] = []
    at = 0
    behind = {one.number: min(one.end - start, len(text)) for one in here}
    for tile in tiles(library, document_id, here):
        cut = max(behind[tile["number"]], at)
        parts += [{"nodes": _nodes(text, at, cut, marks)}, {"picture": tile}]
        rest = text[cut : cut + 2]
        at = cut + len(rest) - len(rest.lstrip("\n"))  # the picture itself parts what stands around it
    after = _nodes(text, at, len(text), marks)
    return {"parts": [*parts, {"nodes": after}]} if parts else {"nodes": after}


def enlarged(library: Library, document_id: str, chosen: object) -> dict[str, Any] | None:
    """The picture that the viewer says was opened, in large; None where it is none of this document's."""
    if not isinstance(chosen, dict) or chosen.get("document") != document_id:
        return None
    number = chosen.get("number")
    one = next((each for each in of_document(library, document_id) if each.number == number), None)
    return _tile(library, document_id, one, LARGE) if one else None


def beside(library: Library, hit: Hit) -> list[dict[str, Any]]:
    """The pictures that stand in a hit's passage or right beside it, small; those with a caption first."""
    chunk = hit.chunk
    near = [
        one
        for one in of_document(library, hit.document.id)
        if chunk.page <= one.page <= chunk.end_page
        and one.start < chunk.end + NEAR
        and one.end > chunk.start - NEAR
    ]
    near.sort(key=lambda one: (not one.caption, one.number))
    return tiles(library, hit.document.id, near[:MOST_BESIDE])


def of_hit(library: Library, document_id: str, page: int, picture: Picture | None) -> dict[str, Any] | None:
    """A picture that was found, small; without a picture, the page of the picture file that it is."""
    if picture is not None:
        return _tile(library, document_id, picture, SMALL)
    try:
        source, wide, high = _page(library, _version(library), document_id, page)
    except ExplorerError:
        return None  # it was removed just now
    said = f"Page {figure(page)} of a picture file"
    return {"source": source, "width": wide, "height": high, "caption": "", "alt": said, "note": ""}


def numbered(library: Library, document_id: str, number: int) -> Picture | None:
    """The picture of that number; None for 0, and where the document or the picture is gone."""
    try:
        return next((one for one in of_document(library, document_id) if one.number == number), None)
    except ExplorerError:
        return None


def of_document(library: Library, document_id: str) -> tuple[Picture, ...]:
    """All pictures of a document."""
    return _listed(library, _version(library), document_id)


def _tile(library: Library, document_id: str, picture: Picture, width: int) -> dict[str, Any] | None:
    """A picture as a component draws it; where it cannot be shown in large, its thumbnail and why."""
    note = ""
    try:
        source, wide, high = _source(library, _version(library), document_id, picture.number, width)
    except ExplorerError as error:
        if width <= SMALL:
            return None
        source, wide, high = _source(library, _version(library), document_id, picture.number, SMALL)
        note = f"It cannot be shown larger: {error}"
    return {
        "number": picture.number,
        "source": source,
        "width": wide,
        "height": high,
        "caption": rich.clean(picture.caption),
        "alt": rich.clean(picture.alt or picture.caption)
        or f"Picture {figure(picture.number)}, not described",
        "note": note,
    }


def _nodes(text: str, start: int, end: int, marks: rich.Marks) -> list[rich.Node]:
    """The nodes of `text[start:end]`, marked where a mark lies in it."""
    here = marks.moved(-start)
    return rich.plain(text[start:end], here.passage, here.found, here.now)


def _version(library: Library) -> tuple[str, int]:
    """What tells the cached pictures of this library, as it is now, from all others."""
    return str(library.folder), library.revision


@st.cache_data(show_spinner=False, max_entries=64)
def _listed(
    _library: Library,
    version: tuple[str, int],  # noqa: ARG001 - tells one cached list from another
    document_id: str,
) -> tuple[Picture, ...]:
    return _library.pictures(document_id)


@st.cache_data(show_spinner=False, max_entries=512)
def _page(
    _library: Library,
    version: tuple[str, int],  # noqa: ARG001 - tells one cached page from another
    document_id: str,
    page: int,
) -> tuple[str, int, int]:
    """(data address, width, height) of a page of a picture file, small. Raises ExplorerError."""
    image = _library.page_image(document_id, page, width=SMALL)
    return f"data:image/png;base64,{base64.b64encode(image.png).decode()}", image.width, image.height


@st.cache_data(show_spinner=False, max_entries=512)
def _source(
    _library: Library,
    version: tuple[str, int],  # noqa: ARG001 - tells one cached picture from another
    document_id: str,
    number: int,
    width: int,
) -> tuple[str, int, int]:
    """(data address, width, height) of a picture. Raises ExplorerError."""
    image = _library.picture_image(document_id, number, width)
    address = f"data:{image.media_type};base64,{base64.b64encode(image.data).decode()}"
    return address, image.width, image.height
