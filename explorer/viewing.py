"""The part of `Library` that shows: pages as images, what stands on them, a document's order and what it is
about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from explorer.types import Box, HeadingLike, PageImage, PageWord, Picture, PictureImage

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.page_images import PageImages


class Viewing:
    """What a library shows of its documents."""

    _catalog: Catalog
    _images: PageImages

    def page_image(
        self, document_id: str, page: int, start: int | None = None, end: int | None = None, width: int = 1000
    ) -> PageImage:
        """A page as PNG, `width` pixels wide, with boxes around what it holds of `text[start:end]`. Raises
        NotFound, and ReadError where its format has no page images or it cannot be drawn."""
        return self._images.page(document_id, page, start, end, width)

    def boxes(self, document_id: str, page: int, start: int, end: int) -> tuple[Box, ...]:
        """Where `text[start:end]` stands on a page's image; () where its format has none. Raises NotFound,
        and ReadError where the page cannot be drawn."""
        return self._images.boxes(document_id, page, start, end)

    def page_words(self, document_id: str, page: int) -> tuple[PageWord, ...]:
        """The words of a page in the order of its text, with their boxes on its image, at most 6,000;
        () where its format has no page images. Raises NotFound, and ReadError where it cannot be opened."""
        return self._images.words(document_id, page)

    def outline(self, document_id: str) -> Sequence[HeadingLike]:
        """The headings of a document in the order of its text. Raises NotFound."""
        return self._catalog.documents.headings(document_id)

    def description(self, document_id: str) -> str | None:
        """What a document is about: a sentence or two of its own, at most 240 characters, chosen in the
        background; None before that, and where none of its text says it. Raises NotFound."""
        return self._catalog.descriptions.of(document_id)

    def descriptions(self) -> Mapping[str, str]:
        """What the documents are about, by their ids, as `description` says it, without those of which it is
        not known. Costs microseconds while nothing changes."""
        return self._catalog.descriptions.all()

    def pictures(self, document_id: str) -> tuple[Picture, ...]:
        """The pictures that stand in a document, in the order of its text. Raises NotFound."""
        return self._catalog.pictures.of_document(document_id)

    def picture_image(self, document_id: str, number: int, width: int = 1000) -> PictureImage:
        """A picture as PNG or JPEG, at most `width` pixels wide. Raises NotFound and ReadError."""
        return self._images.picture(document_id, number, width)
