"""Hostile images: bounded, by content, nothing of their bytes shown. Of explorer.readers.pictures.images."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from explorer.readers.limits import Limits
from explorer.readers.pictures import images
from explorer.readers.pictures.images import NotOpenedError, UnknownFormatError
from tests.readers.pictures import made

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.mark.parametrize(
    "data", [SVG, b"\x01\x00\x00\x00" + b"\0" * 200, b"\xd7\xcd\xc6\x9a" + b"\0" * 40, b"%!PS-Adobe", b""],
    ids=["svg", "emf", "wmf", "postscript", "nothing"],
)  # fmt: skip
def test_formats_that_are_not_pixels_are_not_opened(data: bytes) -> None:
    with pytest.raises(UnknownFormatError):
        images.decoded(data, Limits())


def giant() -> bytes:
    """A PNG that declares 100,000 by 100,000 pixels in some hundred bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data", [giant(), made.photo()[:90], b"GIF89a" + b"\xff" * 60], ids=["giant", "cut", "gif"]
)
def test_bombs_and_damaged_images_end_in_one_error(data: bytes) -> None:
    with pytest.raises(NotOpenedError):
        images.decoded(data, Limits())


def test_what_is_shown_is_made_anew_and_bounded() -> None:
    secret = made.photo((900, 600), "JPEG") + b"<script>alert(1)</script>"
    found = images.decoded(secret, Limits(), 300)
    assert (found.width, found.height, found.media_type) == (900, 600, "image/jpeg")
    shown = images.shown(found.pixels, 300)
    assert (shown.width, shown.height) == (300, 200)
    assert b"script" not in shown.data
    small = Image.open(io.BytesIO(images.thumbnail(found.pixels, found.width, found.height)))
    assert (small.format, small.size) == ("JPEG", (240, 160))


def test_a_picture_is_shown_upright_and_on_white() -> None:
    out = io.BytesIO()
    image = Image.new("RGBA", (100, 50), (0, 0, 0, 0))
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(out, "PNG", exif=exif)
    found = images.decoded(out.getvalue(), Limits())
    assert (found.width, found.height, found.pixels.size) == (50, 100, (50, 100))
    assert found.pixels.getpixel((10, 10)) == (255, 255, 255)
    assert images.is_flat(found.pixels)
