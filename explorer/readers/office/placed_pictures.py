"""The pictures of a document while docling's tree of it is written.

Docling names a picture of a slide by its place, and none of other files: there a picture goes behind the
paragraph that it stands in, on a slide of OpenDocument to its end, and where no place is known to the
document's end.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly
from explorer.readers.office import drawn_pictures
from explorer.readers.ole.stored_pictures import StoredPictures
from explorer.readers.package import Package, is_package
from explorer.readers.pictures import images, packaged
from explorer.readers.pictures.drawn import DrawnPicture, known_by
from explorer.readers.pictures.gallery import MOST_BYTES, Gallery, described
from explorer.readers.reading import Source
from explorer.readers.rtf.pictures import RtfPictures
from explorer.types import PictureImage

_SLIDES = ("pptx", "odp")


class PlacedPictures:
    """What is still to be written of a document's pictures."""

    def __init__(self, source: Source, held: Package | StoredPictures | RtfPictures, kind: str) -> None:
        self._gallery = Gallery(source)
        self._held = held
        self._has_slides = kind in _SLIDES
        if isinstance(held, StoredPictures):
            self._by_page = stored(held)
        elif isinstance(held, RtfPictures):
            self._by_page = held.by_page
        elif kind == "pptx":
            self._by_page = drawn_pictures.on_slides(source)
        else:
            self._by_page = drawn_pictures.in_opendocument(source, slides=self._has_slides)
        self._waiting: list[DrawnPicture] = [] if self._has_slides else self._by_page.get(1, [])

    def turn_to(self, page: int) -> None:
        """Goes to the pictures of a slide."""
        self._waiting = self._by_page.pop(page, [])

    def put_at(self, out: Assembly, item: dict[str, Any]) -> None:
        """Writes the next picture of the slide, which docling's item stands for."""
        if self._waiting and self._has_slides and item.get("label") == "picture":
            self._waiting.pop(0).put(self._gallery, out, self._held)

    def put(self, out: Assembly, behind: str | None) -> None:
        """Writes the pictures anchored in a paragraph of a text, or with None all that wait."""
        if behind is not None and self._has_slides:
            return
        key = None if behind is None else known_by(behind)
        while self._waiting and (key is None or (key and self._waiting[0].anchor == key)):
            self._waiting.pop(0).put(self._gallery, out, self._held)

    def put_named(self, out: Assembly, names: Iterable[str]) -> None:
        """Writes the pictures of these names, if they wait."""
        for name in names:
            if each := next((each for each in self._waiting if each.where == name), None):
                self._waiting.remove(each)
                each.put(self._gallery, out, self._held)

    def end(self, out: Assembly) -> None:
        """Gives `out` its pictures and the warnings about them."""
        self._gallery.end(out)
        out.warnings += self._held.warnings if isinstance(self._held, StoredPictures) else ()


def stored(held: StoredPictures) -> dict[int, list[DrawnPicture]]:
    """The pictures of an old Office file by the pages that they stand on, from 1."""
    return {
        page: [
            DrawnPicture(each.name, described(*each.said), anchor=known_by(each.paragraph))
            for each in pictures
        ]
        for page, pictures in held.by_page.items()
    }


def opened(source: Source, kind: str) -> AbstractContextManager[Package | StoredPictures | RtfPictures]:
    """What holds the pictures of a file of the format `kind`. Raises ReadError for a damaged package."""
    if kind == "rtf":
        return nullcontext(RtfPictures(source))
    return Package(source) if is_package(source) else nullcontext(StoredPictures(source))


def picture(source: Source, where: str, width: int) -> PictureImage:
    """The picture that was kept as `where`, as it can be shown. Raises ReadError where there is none."""
    if is_package(source):
        return packaged.picture(source, where, width)
    kind = "rtf" if where.startswith("rtf") else "ole"
    with opened(source, kind) as held:
        if isinstance(held, Package):
            raise ReadError(f"{source.shown} holds no such picture.")
        data = held.read_apart(where, MOST_BYTES)
    return images.shown(images.decoded(data, source.limits, width).pixels, width)
