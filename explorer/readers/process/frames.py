"""How the child answers: frames on a private pipe.

A frame is one byte of kind, four bytes of length (big endian), and that many bytes:

    A  the request was accepted; from here on a child that dies costs the file
    P  progress: JSON `[page, pages]`
    R  the result: JSON; its "blobs" says how many B frames follow
    B  bytes: text as UTF-8, runs, a picture
    N  a file within the file begins: its name as UTF-8; only frames D, F or X follow until it is over
    D  the next bytes of that file
    F  that file is whole
    X  that file turned out to be damaged: its bytes so far are to be thrown away
    E  failed: JSON `{"error": class name, "message": …}`

Requests go the other way as one line of JSON on the child's standard input.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, fields
from datetime import date
from typing import TYPE_CHECKING, Any, BinaryIO

from explorer.errors import ReadError
from explorer.readers.reading import Heading, Part, Reading, ReadPage, ReadPicture, ReadTable
from explorer.types import Box, PageImage, PictureImage

if TYPE_CHECKING:
    from explorer.arrays import Pixels

_HEAD = struct.Struct(">cI")
_KINDS = frozenset((b"A", b"P", b"R", b"B", b"N", b"D", b"F", b"X", b"E"))
_OF_PICTURES = [each.name for each in fields(ReadPicture) if each.name not in ("box", "thumbnail")]
BLOCK_BYTES = 2**20
"""Files within files are sent in pieces of this size."""
MAX_FRAME_BYTES = 512 * 2**20
"""A frame that claims to be longer ends the child."""


def write(pipe: BinaryIO, kind: bytes, payload: bytes = b"") -> None:
    """Writes one frame."""
    pipe.write(_HEAD.pack(kind, len(payload)))
    pipe.write(payload)
    pipe.flush()


def read(pipe: BinaryIO) -> tuple[bytes, bytes] | None:
    """The next frame as (kind, payload), or None at the end. Raises ValueError for what is no frame."""
    head = pipe.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    if kind not in _KINDS or length > MAX_FRAME_BYTES:
        raise ValueError("the reading process sent something that is no frame")
    payload = pipe.read(length)
    return (kind, payload) if len(payload) == length else None


def pack_reading(reading: Reading) -> tuple[dict[str, Any], list[bytes]]:
    """A reading as JSON values and blobs: the text; the runs, then the boxes, of all pages in a row; the
    thumbnails of all pictures."""
    values = {
        "kind": reading.kind,
        "pages": [
            [page.number, len(page.text), page.label, len(page.runs), len(page.boxes)]
            for page in reading.text_pages
        ],
        "title": reading.title,
        "author": reading.author,
        "language": reading.language,
        "date": reading.date.isoformat() if reading.date else None,
        "headings": [[each.start, each.level, each.text] for each in reading.headings],
        "tables": [[*astuple(each)] for each in reading.tables],
        "asides": [list(each) for each in reading.asides],
        "addresses": [list(each) for each in reading.addresses],
        "pictures": [_picture_values(each) for each in reading.pictures],
        "warnings": list(reading.warnings),
    }
    runs = b"".join(page.runs for page in reading.text_pages)
    boxes = b"".join(page.boxes for page in reading.text_pages)
    thumbnails = b"".join(each.thumbnail for each in reading.pictures)
    return values, [reading.text.encode(), runs, boxes, thumbnails]


def unpack_reading(values: Mapping[str, Any], blobs: Sequence[bytes]) -> Reading:
    """What `pack_reading` packed."""
    text, runs, boxes = blobs[0].decode(), blobs[1], blobs[2]
    pages = []
    start = run = box = 0
    for number, length, label, of_runs, of_boxes in values["pages"]:
        own = text[start : start + length], label, runs[run : run + of_runs], boxes[box : box + of_boxes]
        pages.append(ReadPage(number, *own))
        start, run, box = start + length, run + of_runs, box + of_boxes
    return Reading(
        kind=values["kind"],
        text_pages=tuple(pages),
        title=values["title"],
        author=values["author"],
        language=values["language"],
        date=date.fromisoformat(values["date"]) if values["date"] else None,
        headings=tuple(Heading(*each) for each in values["headings"]),
        tables=tuple(_table(*each) for each in values["tables"]),
        asides=tuple((start, end) for start, end in values["asides"]),
        addresses=tuple((start, end) for start, end in values["addresses"]),
        pictures=tuple(_pictures(values["pictures"], blobs[3])),
        warnings=tuple(values["warnings"]),
    )


def _table(start: int, end: int, header: str, header_rows: int | None, apart: list[list[Any]]) -> ReadTable:
    return ReadTable(start, end, header, header_rows, tuple((row, tuple(cells)) for row, cells in apart))


def _picture_values(picture: ReadPicture) -> dict[str, Any]:
    values = {name: getattr(picture, name) for name in _OF_PICTURES}
    box = astuple(picture.box) if picture.box else None
    return {**values, "box": box, "thumbnail": len(picture.thumbnail)}


def _pictures(packed: Sequence[dict[str, Any]], thumbnails: bytes) -> Iterator[ReadPicture]:
    start = 0
    for values in packed:
        end = start + values["thumbnail"]
        box = Box(*values["box"]) if values["box"] else None
        yield ReadPicture(**{**values, "box": box, "thumbnail": thumbnails[start:end]})
        start = end


def write_part(pipe: BinaryIO, part: Part) -> None:
    """Writes a file within the file, block by block; an error in its content marks it as void."""
    write(pipe, b"N", part.name.encode("utf-8", "replace"))
    try:
        for block in [part.content] if isinstance(part.content, bytes) else part.content:
            for start in range(0, len(block), BLOCK_BYTES):
                write(pipe, b"D", block[start : start + BLOCK_BYTES])
    except BaseException:
        write(pipe, b"X")
        raise
    write(pipe, b"F")


def pack_image(image: PageImage) -> tuple[dict[str, Any], list[bytes]]:
    """A drawn page as JSON values and one blob."""
    boxes = [[box.left, box.top, box.right, box.bottom] for box in image.boxes]
    return {"width": image.width, "height": image.height, "boxes": boxes}, [image.png]


def unpack_image(values: Mapping[str, Any], blobs: Sequence[bytes]) -> PageImage:
    """What `pack_image` packed."""
    return PageImage(
        blobs[0], values["width"], values["height"], tuple(Box(*each) for each in values["boxes"])
    )


def pack_places(places: Sequence[Box | None]) -> tuple[dict[str, Any], list[bytes]]:
    """The boxes around words as JSON values."""
    packed = [box and [box.left, box.top, box.right, box.bottom] for box in places]
    return {"places": packed}, []


def unpack_places(values: Mapping[str, Any]) -> list[Box | None]:
    """What `pack_places` packed."""
    return [Box(*each) if each else None for each in values["places"]]


def pack_picture(image: PictureImage) -> tuple[dict[str, Any], list[bytes]]:
    """A picture as JSON values and one blob."""
    return {"type": image.media_type, "width": image.width, "height": image.height}, [image.data]


def unpack_picture(values: Mapping[str, Any], blobs: Sequence[bytes]) -> PictureImage:
    """What `pack_picture` packed."""
    return PictureImage(blobs[0], values["type"], values["width"], values["height"])


def unpack_pixels(values: Mapping[str, Any], blobs: Sequence[bytes]) -> list[Pixels | None]:
    """What `explorer.readers.pictures.pixels` packed. Raises ReadError: the blobs are not of the sizes."""
    import numpy as np

    rest = iter(blobs)
    found: list[Pixels | None] = []
    try:
        for size in values["sizes"]:
            found.append(
                None if size is None else np.frombuffer(next(rest), np.uint8).reshape(size[1], size[0], 3)
            )
    except (ValueError, TypeError, LookupError, StopIteration) as error:
        raise ReadError("The reading process sent something that is no picture.") from error
    return found


def request_line(**values: Any) -> bytes:
    """One request as the child reads it."""
    return json.dumps(values).encode() + b"\n"


def packed_path(path: bytes) -> str:
    """A path as the file system has it, safe in JSON whatever its bytes."""
    return base64.b64encode(path).decode()


def unpacked_path(value: str) -> bytes:
    """What `packed_path` packed."""
    return base64.b64decode(value)
