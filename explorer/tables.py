"""The tables of documents, as people see them: rows of cells with a head, a title, a unit and a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING

from explorer.readers.tables import made_of
from explorer.types import Box

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.catalog.tables import StoredTable

FindBoxes = Callable[[str, int, int, int], tuple[Box, ...]]
"""(id of a document, page, start, end) → where that span stands on the page's image; () without images."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a document: `text[start:end]`, in which each row is a line."""

    document_id: str
    number: int
    """From 1, in the order of the document."""
    page: int
    """Where it begins."""
    start: int
    end: int
    title: str | None
    """What stands right above it, where that is a caption, a heading or the like."""
    unit: str | None
    """What its amounts are in, as the table or its title says: "in millions"."""
    header_rows: int
    """How many of the first rows name the columns; 0 where none seems to."""
    rows: tuple[tuple[str, ...], ...]
    """Its cells as printed, the names of its columns included; every row has as many, but in a table of more
    than five million cells. A merged cell stands in the first column that it covers."""
    find_boxes: Callable[[], tuple[Box, ...]] = field(default=tuple, repr=False, compare=False)
    """What `boxes` asks, the first time."""

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The rectangle around it on the image of its page, worked out when it is first asked for; () where
        its format has no page images. Raises NotFound when the document was removed meanwhile, and ReadError
        where the page cannot be drawn."""
        return self.find_boxes()


class Tables:
    """Gives the tables of one library's documents."""

    def __init__(self, catalog: Catalog, find_boxes: FindBoxes) -> None:
        self._catalog = catalog
        self._find_boxes = find_boxes

    def of_document(
        self, document_id: str, page: int | None = None, start: int | None = None, end: int | None = None
    ) -> list[Table]:
        """See `Library.tables`."""
        low, high = start or 0, end
        if page is not None:
            place = self._catalog.documents.page(document_id, page)
            low, high = max(low, place.start), place.end if end is None else min(end, place.end)
        found = self._catalog.tables.overlapping(document_id, low, high)
        return [self._table(document_id, one) for one in found]

    def _table(self, document_id: str, stored: StoredTable) -> Table:
        said = made_of(stored.kept, stored.page, stored.text, stored.above)
        return Table(
            document_id=document_id,
            number=stored.number,
            page=said.page,
            start=said.start,
            end=said.end,
            title=said.title,
            unit=said.unit,
            header_rows=said.header_rows,
            rows=said.rows,
            find_boxes=cache(partial(self._outline, document_id, said.page, said.start, said.end)),
        )

    def _outline(self, document_id: str, page: int, start: int, end: int) -> tuple[Box, ...]:
        boxes = self._find_boxes(document_id, page, start, end)
        if not boxes:
            return ()
        return (
            Box(
                min(box.left for box in boxes),
                min(box.top for box in boxes),
                max(box.right for box in boxes),
                max(box.bottom for box in boxes),
            ),
        )
