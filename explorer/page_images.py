"""Pages as images, with boxes where a passage stands. Drawn in a child process; nothing is parsed here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.errors import PasswordNeeded, ReadError
from explorer.readers import limits, registry
from explorer.readers.ocr import word_boxes
from explorer.readers.pdf import offset_map
from explorer.readers.process.pool import ReaderPool
from explorer.types import Box, PageImage

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.settings import Settings


_SMALLEST = 50
"""Width of a page that nobody looks at."""


class PageImages:
    """Draws pages of one library's documents."""

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
        image = self._drawn(document_id, document.name, number, ranges, width)
        recognised = self._catalog.documents.page_boxes(document_id, number) if low < high else b""
        if not recognised:
            return image
        return replace(
            image, boxes=tuple(word_boxes.within(recognised, low, high, image.height / image.width))
        )

    def boxes(self, document_id: str, number: int, start: int, end: int) -> tuple[Box, ...]:
        """Where `text[start:end]` stands on a page; () where the document's format has no page images.
        Raises as `page`."""
        kind = self._catalog.documents.get(document_id).kind
        if not registry.has_images(kind):
            return ()
        return self.page(document_id, number, start, end, _SMALLEST).boxes

    def _drawn(
        self, document_id: str, name: str, number: int, ranges: list[tuple[int, int]], width: int
    ) -> PageImage:
        """The page with boxes around characters, by whichever password opens it."""
        path = self._catalog.originals.path(self._catalog.documents.sha256(document_id))
        bounds = limits.from_settings(self._settings())
        with self._guard:
            passwords = [None, *self._passwords]
        refused: PasswordNeeded | None = None
        for password in passwords:
            try:
                return self._pool.render(path, name, number, ranges, width, password, bounds)
            except PasswordNeeded as error:
                refused = error
        raise refused or ReadError(f"Page {number} of {name} cannot be drawn.")

    def close(self) -> None:
        """End the children."""
        self._pool.close()
