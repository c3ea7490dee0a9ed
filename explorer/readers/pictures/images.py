"""One image within a file: decoded within bounds, and made anew as what a browser may show. Child only.

The decoder goes by the first bytes, never by a name or a declared type. Vector formats (EMF, WMF, SVG) are
not opened. What is shown is encoded anew from the pixels, so that nothing of the file's own bytes reaches a
browser.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.errors import ReadError
from explorer.readers.detection import sniffing
from explorer.readers.ocr import images
from explorer.readers.pictures.sizes import THUMBNAIL, WIDEST, fitted
from explorer.types import PictureImage

if TYPE_CHECKING:
    from PIL import Image

    from explorer.readers.limits import Limits

MOST_PIXELS = 40_000_000
"""Of a picture within a file; it is decoded at once, beside the file itself."""
_FEW_COLOURS = 4_096
"""A picture with at most this many colours is a drawing, which stays sharp as PNG and is smaller so."""
_QUALITY = 85
_DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
    MemoryError,
)
"""What decoders raise for damaged images, and for those that they have no room for."""


class NotOpenedError(ReadError):
    """The image is damaged, too large, or in a format that is not opened here."""


class UnknownFormatError(NotOpenedError):
    """The image is in a format that is not opened here, such as EMF, WMF and SVG."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """An image, upright and on white ground."""

    pixels: Image.Image
    media_type: str
    width: int
    """Pixels in the file, upright; `pixels` may have fewer."""
    height: int
    sha256: str


def decoded(data: bytes, limits: Limits, wanted: int = WIDEST) -> Decoded:
    """An image by its bytes. It may have fewer pixels than in the file, `wanted` a side if there are as many.

    Raises NotOpenedError.
    """
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the bounds below
    name = sniffing.image_decoder(data[:64])
    if name is None:
        raise UnknownFormatError("The format of this picture is not opened here.")
    try:
        with Image.open(io.BytesIO(data), formats=[name]) as image:
            wide, high = image.size
            if wide * high > min(MOST_PIXELS, limits.image_pixels):
                raise NotOpenedError("This picture has too many pixels to be opened.")
            image.draft("RGB", (wanted, wanted))  # a JPEG is decoded smaller at once
            image.load()
            upright = ImageOps.exif_transpose(images.on_white(images.plain(image), image))
    except _DAMAGE as error:
        raise NotOpenedError("This picture is damaged.") from error
    if (upright.width > upright.height) != (wide > high):
        wide, high = high, wide
    return Decoded(upright, f"image/{name.lower()}", wide, high, hashlib.sha256(data).hexdigest())


def is_flat(pixels: Image.Image) -> bool:
    """Whether a picture is one colour: a background."""
    return pixels.resize((64, 64)).getcolors(1) is not None


def thumbnail(pixels: Image.Image, width: int, height: int) -> bytes:
    """A small JPEG of a picture of `width` by `height`."""
    size = fitted(width, height, THUMBNAIL, THUMBNAIL)
    out = io.BytesIO()
    pixels.resize(size, reducing_gap=2.0).save(out, "JPEG", quality=78, optimize=True)
    return out.getvalue()


def shown(pixels: Image.Image, width: int) -> PictureImage:
    """A picture as it can be shown, at most `width` pixels wide and never larger than it is."""
    wide = min(max(width, 16), WIDEST)
    size = fitted(pixels.width, pixels.height, wide, 2 * WIDEST)
    smaller = pixels.resize(size, reducing_gap=3.0) if size != pixels.size else pixels
    out = io.BytesIO()
    if pixels.getcolors(_FEW_COLOURS) is not None:
        smaller.save(out, "PNG", optimize=False, compress_level=6)
        return PictureImage(out.getvalue(), "image/png", *size)
    smaller.save(out, "JPEG", quality=_QUALITY)
    return PictureImage(out.getvalue(), "image/jpeg", *size)
