"""Pictures as rows of their edition. Functions here run inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import apsw

from explorer.catalog.columns import clean, decoder
from explorer.catalog.records import PictureLike
from explorer.types import Box, Picture

_COLUMNS = (
    'page, start, "end", place, sha256, media_type, width, height, "left", top, "right", bottom, caption, alt'
)


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A picture as its row holds it; an edition's are numbered from 1 in their order."""

    page: int
    start: int
    end: int
    where: str
    sha256: str
    media_type: str
    width: int
    height: int
    box: Box | None
    caption: str
    alt: str
    thumbnail: bytes

    def of(self, document_id: str, number: int) -> Picture:
        """The picture as it is shown to people."""
        return Picture(
            document_id=document_id,
            number=number,
            page=self.page,
            start=self.start,
            end=self.end,
            box=self.box,
            caption=self.caption,
            alt=self.alt,
            width=self.width,
            height=self.height,
            media_type=self.media_type,
            sha256=self.sha256,
        )


def insert(con: apsw.Connection, edition_id: int, pictures: Sequence[PictureLike]) -> None:
    """Keep the pictures of an edition, in their order."""
    marks = ", ".join("?" * 17)
    con.executemany(
        f"INSERT INTO picture (edition_id, number, {_COLUMNS}, thumbnail) VALUES ({marks})",
        (
            (
                edition_id,
                number,
                each.page,
                each.start,
                each.end,
                clean(each.where),
                each.sha256,
                each.media_type,
                each.width,
                each.height,
                *((each.box.left, each.box.top, each.box.right, each.box.bottom) if each.box else [None] * 4),
                clean(each.caption),
                clean(each.alt),
                each.thumbnail,
            )
            for number, each in enumerate(pictures, 1)
        ),
    )


def of_edition(con: apsw.Connection, edition_id: int, *, thumbnails: bool = True) -> list[PictureRow]:
    """The pictures of an edition in their order, without their thumbnails where they are not asked for."""
    thumbnail = "thumbnail" if thumbnails else "x''"
    rows = con.execute(
        f"SELECT {_COLUMNS}, {thumbnail} FROM picture WHERE edition_id = ? ORDER BY number", (edition_id,)
    )
    return [_row(*row) for row in rows]


@decoder
def _row(  # noqa: PLR0917
    page: int,
    start: int,
    end: int,
    where: str,
    sha256: str,
    media_type: str,
    width: int,
    height: int,
    left: float | None,
    top: float | None,
    right: float | None,
    bottom: float | None,
    caption: str,
    alt: str,
    thumbnail: bytes,
) -> PictureRow:
    box = None
    if left is not None and top is not None and right is not None and bottom is not None:
        box = Box(left, top, right, bottom)
    return PictureRow(
        page, start, end, where, sha256, media_type, width, height, box, caption, alt, thumbnail
    )
