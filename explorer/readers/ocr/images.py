"""Images: PNG, JPEG, TIFF with all its pages, WebP, GIF and BMP, by OCR.

Pillow may only use the decoder that the file's first bytes name, and what an image declares is checked before
anything is decoded. Of an animation the first picture is read.
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly
from explorer.readers.detection import sniffing
from explorer.readers.limits import variable
from explorer.readers.ocr import engine, recognised
from explorer.readers.reading import Reading, Source
from explorer.types import PageImage

if TYPE_CHECKING:
    from PIL import Image

WORKING_PIXELS = 16_000_000
"""Larger pictures are made smaller before they are read: A4 at 430 dots an inch."""
MAX_WIDTH = 4_000
MAX_HEIGHT = 8_000
_MULTIPAGE = "TIFF"
_DECODED_AT_ONCE = "WEBP"
"""The format whose decoder takes memory for all pixels before it says how many there are."""
_TAKEN = (36867, 306)
"""Tags of Exif: when the picture was taken, when the file was changed."""
_DAY = re.compile(r"(\d{4})[:-](\d{2})[:-](\d{2})")


def read(source: Source) -> Reading:
    """Reads an image. The part that is left of one that was cut off is read, with a warning.

    Raises ReadError for an image that is damaged, too large, or without text for OCR, and if OCR is off.
    """
    try:
        return _read(source)
    except _CutOffError:
        with _leniently():
            return _read(source, cut=("The image is cut off: its last part is missing.",))


def _read(source: Source, cut: tuple[str, ...] = ()) -> Reading:
    with _opened(source) as image:
        if not source.limits.ocr:
            raise ReadError(
                f"No text found in {source.shown}: it is an image, and {recognised.OFF}. Switch it on in "
                "Settings under Reading and try again."
            )
        count = _count(source, image)
        pages = _Pages(count)
        end = time.monotonic() + recognised.TIME_SHARE * source.limits.seconds
        for index in range(count):
            if time.monotonic() > end:
                break
            source.on_page(index + 1, count)
            pages.add(_recognise(source, image, index))
            source.check_characters(pages.characters)
        day = _day(image)
    return pages.reading(source, day, cut)


class _CutOffError(ReadError):
    """The picture ends before its last pixel."""


@contextmanager
def _leniently() -> Iterator[None]:
    """Lets Pillow decode the part that is left of a picture."""
    from PIL import ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def draw(source: Source, page: int, ranges: Sequence[tuple[int, int]], width: int) -> PageImage:  # noqa: ARG001
    """Page `page` (from 1), at most `width` pixels wide; boxes are the caller's, a picture has no characters.

    Raises ReadError.
    """
    with _leniently(), _opened(source) as image:
        if page != 1:
            _seek(source, image, page - 1)
        picture = _picture(source, image)
    ratio = picture.height / picture.width
    most = source.limits.pixels
    wide = min(max(width, 1), picture.width, MAX_WIDTH, MAX_HEIGHT / ratio, (most / ratio) ** 0.5)
    size = max(int(wide), 1), max(min(round(wide * ratio), MAX_HEIGHT), 1)
    out = io.BytesIO()
    picture.resize(size, reducing_gap=2.0).save(out, "PNG", compress_level=1)
    return PageImage(out.getvalue(), *size)


@dataclass(slots=True)
class _Pages:
    """What was read of each of `count` pages so far; None for a damaged page."""

    count: int
    found: list[recognised.Recognised | None] = field(default_factory=list)
    characters: int = 0

    def add(self, page: recognised.Recognised | None) -> None:
        self.found.append(page)
        self.characters += len(page.text) if page else 0

    def reading(self, source: Source, day: date | None, cut: tuple[str, ...]) -> Reading:
        """All pages; `cut` is a further warning. Raises ReadError when there is no text."""
        read = [page for page in self.found if page is not None]
        left = self.count - len(self.found)
        if not read:
            raise ReadError(f"{source.shown} could not be read: the image is damaged.")
        if not any(page.text for page in read):
            known = recognised.known(source.limits.ocr_models)
            why = recognised.overdue(left, self.count, source.limits.seconds) if left else known
            raise ReadError(f"No text found in {source.shown}. {why}"[:400])
        out = Assembly(source, warnings=[*self._warnings(source, read, left), *cut])
        for number, each in enumerate([*self.found, *[None] * left], start=1):
            page = recognised.page(number, each, is_last=number == self.count)
            out.add_page(page.text, boxes=page.boxes)
        return out.reading("image", date=day)

    def _warnings(self, source: Source, read: list[recognised.Recognised], left: int) -> tuple[str, ...]:
        said = list(recognised.warnings(read, self.count, source.limits.ocr_models, "image"))
        blank = sum(not page.text.strip() for page in read)
        damaged = len(self.found) - len(read)
        if blank:
            said.append(f"No text found on {blank:,} of {self.count:,} pages.")
        if damaged:
            said.append(f"{damaged:,} of {self.count:,} pages are damaged and could not be read.")
        if left:
            said.append(recognised.overdue(left, self.count, source.limits.seconds))
        return tuple(said)


@contextmanager
def _opened(source: Source) -> Iterator[Image.Image]:
    """The image, not yet decoded. Raises ReadError."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # we have our own limit, which names itself
    with source.path.open("rb") as file:
        decoder = sniffing.image_decoder(file.read(64))
    try:
        opened = Image.open(source.path, formats=[decoder] if decoder else [])
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, ArithmeticError) as error:
        raise _damaged(source, is_large=decoder == _DECODED_AT_ONCE) from error
    with opened as image:
        _check_pixels(source, image)
        yield image


def _damaged(source: Source, *, is_large: bool = False) -> ReadError:
    """The error for an image that cannot be decoded.

    `is_large`: memory may have run out instead, which some decoders do not tell from damage.
    """
    more = f", or needs more than {source.limits.memory_mb:,} MB of memory" if is_large else ""
    return ReadError(f"{source.shown} could not be read: the image is damaged{more}.")


def _check_pixels(source: Source, image: Image.Image) -> None:
    wide, high = image.size
    most = source.limits.image_pixels
    if wide * high > most:
        raise ReadError(
            f"{source.shown} is too large: {wide:,} × {high:,} pixels are more than the limit of {most:,}. "
            f"Save it smaller, or raise {variable('image_pixels')}."
        )


def _count(source: Source, image: Image.Image) -> int:
    """The number of pages, damaged ones included. Raises ReadError for too many."""
    if image.format != _MULTIPAGE:
        return 1
    count = 1
    try:
        while count <= source.limits.pages:  # the directory is a chain: its length is known at its end
            image.seek(count)
            count += 1
    except EOFError:
        pass
    except (OSError, ValueError, SyntaxError, ArithmeticError, KeyError, TypeError):
        count += 1  # the chain breaks off: what comes after is lost, and one page of it is counted
    if count > source.limits.pages:
        raise ReadError(
            f"{source.shown} has more than {source.limits.pages:,} pages, the limit. Split it, or raise "
            f"{variable('pages')}."
        )
    return count


def _seek(source: Source, image: Image.Image, index: int) -> None:
    """Makes a page the current one. Raises ReadError."""
    try:
        image.seek(index)
    except EOFError as error:
        raise ReadError(f"{source.shown} has no page {index + 1:,}.") from error
    except (OSError, ValueError, SyntaxError, ArithmeticError, KeyError, TypeError) as error:
        raise ReadError(f"Page {index + 1:,} of {source.shown} is damaged.") from error
    _check_pixels(source, image)


def _recognise(source: Source, image: Image.Image, index: int) -> recognised.Recognised | None:
    """A page's text; None for a damaged page of several. Raises ReadError for a damaged image of one page."""
    import numpy as np

    is_multipage = image.format == _MULTIPAGE
    try:
        if is_multipage:
            _seek(source, image, index)
        picture = _picture(source, image)
    except ReadError:
        if is_multipage:
            return None
        raise
    return engine.recognise(np.ascontiguousarray(np.asarray(picture)[:, :, ::-1]), source.limits.ocr_models)


def _picture(source: Source, image: Image.Image) -> Image.Image:
    """The current page upright, in colours, at most `WORKING_PIXELS`. Raises ReadError."""
    from PIL import ImageOps

    wide, high = image.size
    by = max(round((wide * high / WORKING_PIXELS) ** 0.5 + 0.4999), 1)
    try:
        if by > 1:
            image.draft("RGB", (wide // by, high // by))  # JPEG is decoded smaller at once
        image.load()
        whole = plain(image)
        by = max(round((whole.width * whole.height / WORKING_PIXELS) ** 0.5 + 0.4999), 1)
        smaller = whole.reduce(by) if by > 1 else whole
        return ImageOps.exif_transpose(on_white(smaller, image))
    except (OSError, ValueError, SyntaxError, ArithmeticError, KeyError, TypeError, IndexError) as error:
        if "truncated" in str(error) and image.format != _MULTIPAGE:
            raise _CutOffError(str(_damaged(source))) from error
        raise _damaged(source, is_large=wide * high > WORKING_PIXELS) from error


def plain(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be made smaller: no bits, no palette, no more than 8 bits a colour."""
    from PIL import Image

    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode.startswith("I;16"):
        import numpy as np

        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        low, high = (float(str(edge)) for edge in image.getextrema())
        by = 255 / (high - low or 1.0)
        return image.point(lambda value: value * by - low * by).convert("L")
    return image


def on_white(picture: Image.Image, original: Image.Image) -> Image.Image:
    """The picture without transparency; it still states which side is up."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "La", "RGBa"):
        seen = picture.convert("RGBA")
        flat = Image.new("RGB", seen.size, "white")
        flat.paste(seen, mask=seen.getchannel("A"))
    else:
        flat = picture.convert("RGB")
    flat.info.pop("exif", None)
    turned = original.getexif().get(0x0112)
    if turned in range(2, 9):
        flat.getexif()[0x0112] = turned
    return flat


def _day(image: Image.Image) -> date | None:
    """The day on which the picture was taken or scanned; None where it does not say."""
    try:
        exif = image.getexif()
        stated = [exif.get_ifd(0x8769).get(_TAKEN[0]), exif.get(_TAKEN[1])]
    except (OSError, ValueError, SyntaxError, KeyError, TypeError):
        return None
    for value in stated:
        found = _DAY.match(str(value or ""))
        if found:
            try:
                return date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                continue
    return None
