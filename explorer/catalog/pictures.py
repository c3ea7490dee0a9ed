"""The pictures that stand in documents: what is known of each, and a thumbnail.

The picture itself is not kept: it stands in the original, and is taken out of it when it is shown.
"""

from __future__ import annotations

from typing import NamedTuple

from explorer.catalog import picture_rows
from explorer.catalog.columns import fetch_one
from explorer.catalog.database import Database
from explorer.catalog.documents import live_edition
from explorer.errors import NotFound
from explorer.types import Picture


class PicturePlace(NamedTuple):
    """Where a picture stands in its original, its size there, and its thumbnail (JPEG)."""

    where: str
    width: int
    height: int
    thumbnail: bytes


class Pictures:
    """`catalog.pictures`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_document(self, document_id: str) -> tuple[Picture, ...]:
        """The pictures of a document, in order. Raises NotFound."""
        with self._database.read() as con:
            rows = picture_rows.of_edition(con, live_edition(con, document_id), thumbnails=False)
        return tuple(row.of(document_id, number) for number, row in enumerate(rows, 1))

    def place(self, document_id: str, number: int) -> PicturePlace:
        """Where a picture is to be found. Raises NotFound."""
        with self._database.read() as con:
            row = fetch_one(
                con,
                "SELECT place, width, height, thumbnail FROM picture WHERE edition_id = ? AND number = ?",
                (live_edition(con, document_id), number),
            )
        if row is None:
            raise NotFound(f"This document has no picture {number}.")
        return PicturePlace(*row)
