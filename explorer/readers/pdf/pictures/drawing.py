"""A part of a PDF page as an image: what is seen there, whatever it is made of."""

from __future__ import annotations

import ctypes
import hashlib
from typing import TYPE_CHECKING, Any

from pypdfium2 import raw

from explorer.errors import ReadError
from explorer.readers.pdf import rendering
from explorer.readers.pictures import images
from explorer.readers.pictures.images import Decoded
from explorer.readers.pictures.sizes import WIDEST
from explorer.readers.reading import Source
from explorer.types import Box, PictureImage

if TYPE_CHECKING:
    from PIL import Image

MEDIA_TYPE = "application/pdf"
DOTS_PER_INCH = 150
_MOST_PIXELS = 8_000_000
_DEVICE = 1_000_000
_X, _Y = ctypes.c_int(), ctypes.c_int()


def where(page: int, box: Box) -> str:
    """How a part of a page (from 1) is found again."""
    return f"{page} {box.left:.5f} {box.top:.5f} {box.right:.5f} {box.bottom:.5f}"


def picture(source: Source, place: str, width: int) -> PictureImage:
    """The part of a page at `place`, drawn about `width` pixels wide. Raises ReadError."""
    try:
        number, *edges = place.split()
        box = Box(*(min(max(float(edge), 0.0), 1.0) for edge in edges))
        index = int(number)
    except (ValueError, TypeError) as error:
        raise ReadError(f"{source.shown} holds no such picture.") from error
    with rendering.opened_page(source, index) as page:
        share = max(box.right - box.left, 0.001)
        scale = min(max(width, 16), WIDEST) / (share * max(raw.FPDF_GetPageWidthF(page), 1.0))
        found = drawn(page, box, min(scale, 4.0))
    if found is None:
        raise ReadError(f"{source.shown} holds no such picture.")
    return images.shown(found, width)


def decoded(page: Any, box: Box) -> Decoded | None:
    """The part of a page as a picture; None where it cannot be drawn."""
    found = drawn(page, box, DOTS_PER_INCH / 72)
    if found is None:
        return None
    digest = hashlib.sha256(found.resize((64, 64)).tobytes()).hexdigest()
    return Decoded(found, MEDIA_TYPE, *found.size, digest)


def shown_box(page: Any, edges: tuple[float, float, float, float]) -> Box | None:
    """Edges of the page's own space as shares of the page as it is shown; None for nothing."""
    left, bottom, right, top = edges
    xs, ys = [], []
    for x, y in ((left, bottom), (right, top)):
        raw.FPDF_PageToDevice(page, 0, 0, _DEVICE, _DEVICE, 0, x, y, _X, _Y)
        xs.append(min(max(_X.value / _DEVICE, 0.0), 1.0))
        ys.append(min(max(_Y.value / _DEVICE, 0.0), 1.0))
    box = Box(min(xs), min(ys), max(xs), max(ys))
    return box if box.left < box.right and box.top < box.bottom else None


def drawn(page: Any, box: Box, scale: float) -> Image.Image | None:
    """The pixels of a part of a page (a handle), `scale` to a point; fewer where they would be too many."""
    from PIL import Image

    wide, high = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
    points = (box.right - box.left) * wide * (box.bottom - box.top) * high
    scale = min(scale, (_MOST_PIXELS / max(points, 1.0)) ** 0.5)
    width, height = (
        max(round(side * scale), 1) for side in ((box.right - box.left) * wide, (box.bottom - box.top) * high)
    )
    bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGR, None, 0)
    if not bitmap:
        return None
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        place = (
            -round(box.left * wide * scale),
            -round(box.top * high * scale),
            round(wide * scale),
            round(high * scale),
        )
        raw.FPDF_RenderPageBitmap(bitmap, page, *place, 0, raw.FPDF_ANNOT)
        stride = raw.FPDFBitmap_GetStride(bitmap)
        octets = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * height)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    return Image.frombuffer("RGB", (width, height), octets, "raw", "BGR", stride, 1)
