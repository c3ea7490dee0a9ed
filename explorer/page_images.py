"""Pages as images, with boxes where a passage stands, and the pictures that stand in documents.

All is drawn in a child process; nothing is parsed here.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from explorer.errors import PasswordNeeded, ReadError
from explorer.readers import limits, registry
from explorer.readers.ocr import word_boxes
from explorer.readers.pdf import offset_map
from explorer.readers.pictures.sizes import THUMBNAIL, fitted
from explorer.readers.process.pool import ReaderPool
from explorer.types import Box, Document, PageImage, PageWord, PictureImage

if TYPE_CHECKING:
    from explorer.arrays import Pixels
    from explorer.catalog import Catalog
    from explorer.settings import Settings

_Image = TypeVar("_Image")


MOST_WORDS = 6_000
"""Of a page whose words are placed; a page of small print has some 1,500."""
_EAST_ASIAN = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff01-\uffef"
_WORD = re.compile(f"[{_EAST_ASIAN}]|[^\\s{_EAST_ASIAN}]+")
"""What stands between blanks; where a script has none, a sign by itself."""
_SMALLEST = 50
"""Width of a page that nobody looks at."""


class PageImages:
    """Draws pages of one library's documents, and what stands on them."""

    def __init__(self, catalog: Catalog, settings: Callable[[], Settings]) -> None:
        self._catalog = catalog
        self._settings = settings
        self._pool = ReaderPool(size=2)
        self._passwords: list[str] = []
        self._guard = threading.Lock()

    def remember(self, password: str) -> None:
        """Keep a password, in memory, for protected documents."""
        with self._guard:
            if password not in self._passwords:
                self._passwords.append(password)

    def page(
        self, document_id: str, number: int, start: int | None, end: int | None, width: int
    ) -> PageImage:
        """See `Library.page_image`."""
        document = self._catalog.documents.get(document_id)
        if not registry.has_images(document.kind):
            raise ReadError(f"{document.name} has no page images; show its text instead.")
        page = self._catalog.documents.page(document_id, number)
        low, high = (0, 0) if start is None or end is None else (max(start, page.start), min(end, page.end))
        low, high = low - page.start, high - page.start
        stored = self._catalog.documents.page_runs(document_id, number) if low < high else b""
        ranges = offset_map.char_ranges(stored, low, high)
        image = self._opened(
            document,
            lambda path, password, bounds: self._pool.render(
                path, document.name, number, ranges, width, password, bounds
            ),
        )
        recognised = self._catalog.documents.page_boxes(document_id, number) if low < high else b""
        if not recognised:
            return image
        words = word_boxes.within(recognised, low, high, image.height / image.width)
        return replace(image, boxes=(*image.boxes, *words))

    def words(self, document_id: str, number: int) -> tuple[PageWord, ...]:
        """See `Library.page_words`."""
        document = self._catalog.documents.get(document_id)
        if not registry.has_images(document.kind):
            return ()
        page = self._catalog.documents.page(document_id, number)
        recognised = self._catalog.documents.page_boxes(document_id, number)
        if recognised:
            found = islice(word_boxes.decode(recognised), MOST_WORDS)
            return tuple(
                PageWord(page.start + word.start, page.start + word.start + word.length, word.box)
                for word in found
            )
        text = self._catalog.documents.span(document_id, page.start, page.end)
        spans = [found.span() for found in islice(_WORD.finditer(text), MOST_WORDS)]
        ranges = offset_map.ranges_of(self._catalog.documents.page_runs(document_id, number), spans)
        places = self._opened(
            document,
            lambda path, password, bounds: self._pool.place(
                path, document.name, password, bounds, page=number, words=ranges
            ),
        )
        return tuple(
            PageWord(page.start + start, page.start + end, box)
            for (start, end), box in zip(spans, places, strict=True)
            if box is not None
        )

    def picture(self, document_id: str, number: int, width: int) -> PictureImage:
        """See `Library.picture_image`."""
        document = self._catalog.documents.get(document_id)
        place = self._catalog.pictures.place(document_id, number)
        if width <= THUMBNAIL and place.thumbnail:
            size = fitted(place.width, place.height, THUMBNAIL, THUMBNAIL)
            return PictureImage(place.thumbnail, "image/jpeg", *size)
        return self._opened(
            document,
            lambda path, password, bounds: self._pool.picture(
                path, document.name, password, bounds, where=place.where, width=width
            ),
        )

    def pixels(self, image: bytes) -> Pixels | None:
        """A picture by the bytes of its file, no larger than a thumbnail; None where it cannot be opened."""
        return self._pool.pixels([image], limits.from_settings(self._settings()))[0]

    def boxes(self, document_id: str, number: int, start: int, end: int) -> tuple[Box, ...]:
        """Where `text[start:end]` stands on a page; () where the document's format has no page images.
        Raises as `page`."""
        kind = self._catalog.documents.get(document_id).kind
        if not registry.has_images(kind):
            return ()
        return self.page(document_id, number, start, end, _SMALLEST).boxes

    def _opened(
        self, document: Document, draw: Callable[[Path, str | None, limits.Limits], _Image]
    ) -> _Image:
        """What `draw` makes of a document's original, by whichever password opens it."""
        path = self._catalog.originals.path(self._catalog.documents.sha256(document.id))
        bounds = limits.from_settings(self._settings())
        with self._guard:
            passwords = [None, *self._passwords]
        refused: PasswordNeeded | None = None
        for password in passwords:
            try:
                return draw(path, password, bounds)
            except PasswordNeeded as error:
                refused = error
        raise refused or ReadError(f"{document.name} cannot be drawn.")

    def close(self) -> None:
        """End the children."""
        self._pool.close()
