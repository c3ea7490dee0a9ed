"""The pictures of a presentation or an OpenDocument text while docling's tree of it is written.

Docling names a picture of a slide by its place, and none of an OpenDocument file: there a picture goes behind
the paragraph that it stands in, and on a slide to its end.
"""

from __future__ import annotations

from typing import Any

from explorer.readers.assembly import Assembly
from explorer.readers.office import drawn_pictures
from explorer.readers.office.drawn_pictures import DrawnPicture, known_by
from explorer.readers.package import Package
from explorer.readers.pictures.gallery import Gallery
from explorer.readers.reading import Source

_SLIDES = ("pptx", "odp")


class PlacedPictures:
    """What is still to be written of a document's pictures."""

    def __init__(self, source: Source, package: Package, kind: str) -> None:
        self._gallery = Gallery(source)
        self._package = package
        self._has_slides = kind in _SLIDES
        self._by_page = (
            drawn_pictures.on_slides(source)
            if kind == "pptx"
            else drawn_pictures.in_opendocument(source, slides=self._has_slides)
        )
        self._waiting: list[DrawnPicture] = [] if self._has_slides else self._by_page.get(1, [])

    def turn_to(self, page: int) -> None:
        """Goes to the pictures of a slide."""
        self._waiting = self._by_page.pop(page, [])

    def put_at(self, out: Assembly, item: dict[str, Any]) -> None:
        """Writes the next picture of the slide, which docling's item stands for."""
        if self._waiting and self._has_slides and item.get("label") == "picture":
            self._waiting.pop(0).put(self._gallery, out, self._package)

    def put(self, out: Assembly, behind: str | None) -> None:
        """Writes the pictures anchored in a paragraph of a text, or with None all that wait."""
        if behind is not None and self._has_slides:
            return
        key = None if behind is None else known_by(behind)
        while self._waiting and (key is None or (key and self._waiting[0].anchor == key)):
            self._waiting.pop(0).put(self._gallery, out, self._package)

    def end(self, out: Assembly) -> None:
        """Gives `out` its pictures and the warnings about them."""
        self._gallery.end(out)
