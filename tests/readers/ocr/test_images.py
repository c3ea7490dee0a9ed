"""Images as documents: every format, all pages, right side up, and none that can do harm."""

from __future__ import annotations

import io
import struct
import time
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from explorer.errors import ReadError
from explorer.readers import registry
from explorer.readers.limits import Limits
from explorer.readers.ocr import engine, images, recognised
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Reading, Source
from tests.readers.conftest import Write
from tests.readers.ocr import scans

Read = Callable[..., Reading]

WORDS = "Delivery note 4711 of 12 March"


def small(text: str = WORDS, mode: str = "RGB") -> Image.Image:
    return scans.draw([(60, 60, text)], size=(640, 200), height=32, mode=mode)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(wide: int, high: int, data: bytes = b"") -> bytes:
    """A grey PNG that declares a size, whatever it holds."""
    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP"])
def test_every_format_is_read_by_its_content(read: Read, write: Write, form: str) -> None:
    reading = read(write("scan.dat", scans.packed(small(), form)))
    assert reading.kind == "image"
    assert scans.likeness(reading.text, WORDS) == 1
    assert reading.warnings == ("Text of this image was recognised by OCR.",)
    assert reading.text_pages[0].boxes


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_kind_of_pixel_is_read(read: Read, write: Write, mode: str) -> None:
    image = small()
    if mode == "I;16":
        shades = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    elif mode in ("I", "F"):
        shades = Image.fromarray(
            np.asarray(image.convert("L")).astype(np.int32 if mode == "I" else np.float32)
        )
    else:
        shades = image.convert(mode)
    assert scans.likeness(read(write("scan.tif", scans.packed(shades, "TIFF"))).text, WORDS) == 1


def test_what_is_transparent_is_white(read: Read, write: Write) -> None:
    ink = Image.new("RGBA", (640, 200), (0, 0, 0, 0))
    ink.putalpha(Image.eval(small().convert("L"), lambda shade: 255 - shade))
    assert scans.likeness(read(write("scan.png", scans.packed(ink, "PNG"))).text, WORDS) == 1


@pytest.mark.parametrize(("orientation", "degrees"), [(3, 180), (6, 90), (8, 270)])
def test_a_photograph_is_shown_and_read_as_its_camera_was_held(
    read: Read, write: Write, orientation: int, degrees: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[306] = "2024:03:12 10:11:12"
    path = write("photo.jpg", scans.packed(scans.turned(small(), degrees), "JPEG", exif=exif, quality=95))
    reading = read(path)
    assert scans.likeness(reading.text, WORDS) == 1
    assert reading.date == date(2024, 3, 12)
    shown = images.draw(Source(path, path.name), 1, (), 640)
    assert (shown.width, shown.height) == (640, 200)


def test_all_pages_of_a_tiff(read: Read, write: Write) -> None:
    texts = ["Page one of the lease", "Page two of the lease", "Page three of the lease"]
    first, *rest = [small(text) for text in texts]
    path = write("lease.tif", scans.packed(first, "TIFF", save_all=True, append_images=rest))
    reading = read(path)
    assert [page.text.strip() for page in reading.text_pages] == texts
    assert [page.number for page in reading.text_pages] == [1, 2, 3]
    assert reading.warnings == ("Text of 3 of 3 pages was recognised by OCR.",)
    assert images.draw(Source(path, path.name), 3, (), 320).width == 320
    with pytest.raises(ReadError, match="no page 4"):
        images.draw(Source(path, path.name), 4, (), 320)
    with pytest.raises(ReadError, match="more than 2 pages"):
        read(path, pages=2)


def test_a_blank_page_of_a_tiff_is_counted(read: Read, write: Write) -> None:
    blank = Image.new("RGB", (640, 200), "white")
    path = write("two.tif", scans.packed(small(), "TIFF", save_all=True, append_images=[blank]))
    assert read(path).warnings == (
        "Text of 1 of 2 pages was recognised by OCR.",
        "No text found on 1 of 2 pages.",
    )


def long_scan(count: int = 6) -> bytes:
    return scans.packed(small(), "TIFF", save_all=True, append_images=[small()] * (count - 1))


def test_of_a_long_scan_what_there_was_time_for_is_kept(
    read: Read, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    recognise = engine.recognise

    def slowly(picture: NDArray[np.uint8], folder: str | None) -> recognised.Recognised:
        time.sleep(0.7)
        return recognise(picture, folder)

    path = write("long.tif", long_scan())
    read(path)  # the models are loaded now
    monkeypatch.setattr(engine, "recognise", slowly)
    reading = read(path, seconds=2)
    texts = [page.text.strip() for page in reading.text_pages]
    assert len(texts) == 6
    done = sum(map(bool, texts))
    assert 0 < done < 6
    assert texts == [texts[0]] * done + [""] * (6 - done)
    assert scans.likeness(texts[0], WORDS) == 1
    assert reading.warnings == (
        f"Text of {done} of 6 pages was recognised by OCR.",
        f"{6 - done} of 6 pages were not recognised: the 2 seconds that a file may take were over. Allow "
        "more in Settings under Reading and redo it.",
    )


def test_a_scan_whose_first_pages_are_blank_says_that_time_was_over(
    read: Read, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    blank = Image.new("RGB", (640, 200), "white")
    path = write("late.tif", scans.packed(blank, "TIFF", save_all=True, append_images=[small()]))
    read(path)
    begun = time.monotonic()
    monkeypatch.setattr(images.time, "monotonic", lambda: time_steps.pop(0))
    time_steps = [begun, begun, begun + 100]
    with pytest.raises(ReadError, match=r"No text found in late\.tif\. 1 of 2 pages were not recognised"):
        read(path, seconds=10)


@pytest.mark.parametrize("mode", ["RGB", "I;16"])
def test_a_large_scan_is_read_at_a_working_size(read: Read, write: Write, mode: str) -> None:
    large = scans.draw([(400, 400, WORDS)], size=(6000, 4000), height=200)
    if mode == "I;16":
        large = Image.fromarray(np.asarray(large.convert("L")).astype(np.uint16) * 257)
    reading = read(write("large.png", scans.packed(large, "PNG", compress_level=1)))
    assert scans.likeness(reading.text, WORDS) == 1


def test_without_text_it_says_what_could_be_read(read: Read, write: Write) -> None:
    path = write("white.png", scans.packed(Image.new("RGB", (400, 300), "white"), "PNG"))
    with pytest.raises(
        ReadError, match=r"No text found in white.png. OCR reads languages in the Latin alphabet"
    ):
        read(path)


def test_ocr_off(read: Read, write: Write) -> None:
    with pytest.raises(ReadError, match=r"it is an image, and OCR is off. Switch it on in Settings"):
        read(write("scan.png", scans.packed(small(), "PNG")), ocr=False)


@pytest.mark.data
def test_a_bill_with_rows_in_two_blocks(zoo: Path, read: Read) -> None:
    text = read(zoo / "docling/ocr/qr_bill_example.jpg").text
    assert "2 Disposal of cuttings CHF 307.35 CHF 307.35" in text
    assert "VAT amount CHF 282.40" in text


# ---- hostile


def test_another_decoder_is_never_asked(read: Read, write: Write) -> None:
    """FITS, or anything else that Pillow might know, named .png."""
    cards = [
        "SIMPLE  =                    T",
        "BITPIX  =                    8",
        "NAXIS   =                    2",
    ]
    cards += ["NAXIS1  =                   10", "NAXIS2  =                   10", "END"]
    fits = "".join(card.ljust(80) for card in cards).ljust(2880).encode() + bytes(2880)
    path = write("picture.png", fits)
    with pytest.raises(ReadError, match="is not in a format that can be read"):
        registry.detect(path, path.name)
    for head in (b"\x89PNG\r\n\x1a\n" + fits, b"GIF89a" + fits, b"\xff\xd8\xff" + fits, b"II*\x00" + fits):
        with pytest.raises(ReadError, match="the image is damaged"):
            read(write("picture.png", head))


def test_what_an_image_declares_is_believed_before_it_is_decoded(read: Read, write: Write) -> None:
    with pytest.raises(
        ReadError, match=r"is too large: 60,000 × 60,000 pixels are more than the limit of 100,"
    ):
        read(write("vast.png", png(60_000, 60_000, zlib.compress(bytes(1000)))))


def test_nine_hundred_megapixels_are_refused_at_once(pool: ReaderPool, write: Write) -> None:
    row = bytes(30_001)
    packer = zlib.compressobj(9)
    data = b"".join([*(packer.compress(row) for _ in range(30_000)), packer.flush()])
    path = write("huge.png", png(30_000, 30_000, data))
    begun = time.monotonic()
    with pytest.raises(ReadError, match=r"30,000 × 30,000 pixels"):
        pool.read(path, path.name)
    with pytest.raises(ReadError, match=r"30,000 × 30,000 pixels"):
        pool.render(path, path.name, 1)
    assert time.monotonic() - begun < 20


def test_what_passes_the_limit_fits_into_memory_or_says_that_it_does_not(
    pool: ReaderPool, write: Write
) -> None:
    packer = zlib.compressobj(1)
    colours = struct.pack(">IIBBBBB", 9_900, 10_000, 8, 6, 0, 0, 0)  # 99 megapixels of 4 bytes
    data = b"".join([*(packer.compress(bytes(4 * 9_900 + 1)) for _ in range(10_000)), packer.flush()])
    whole = [chunk(b"IHDR", colours), chunk(b"IDAT", data), chunk(b"IEND", b"")]
    path = write("clear.png", b"\x89PNG\r\n\x1a\n" + b"".join(whole))
    with pytest.raises(ReadError, match=r"^No text found in clear.png"):
        pool.read(path, path.name)
    with pytest.raises(ReadError, match=r"needs more than 300 MB of memory"):
        pool.read(path, path.name, limits=Limits(memory_mb=300))
    good = write("good.png", scans.packed(small(), "PNG"))
    assert scans.likeness(pool.read(good, good.name).text, WORDS) == 1


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF"])
def test_what_is_there_of_a_cut_image_is_kept(read: Read, write: Write, form: str) -> None:
    image = scans.draw(
        [(60, 60, WORDS), (60, 900, "the last words of the note")], size=(640, 1000), height=32
    )
    whole = scans.packed(image, form)
    reading = read(write("cut.dat", whole[: int(len(whole) * 0.8)]))
    assert WORDS in reading.text
    assert reading.warnings[-1] == "The image is cut off: its last part is missing."


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_cut_off(read: Read, write: Write, form: str, share: float) -> None:
    whole = scans.packed(small(), form)
    path = write("cut.png", whole[: max(int(len(whole) * share), 30)])
    try:
        assert read(path).text
    except ReadError as error:
        assert "cut.png" in str(error)
        assert len(str(error)) < 400


def test_an_animation_is_its_first_picture(pool: ReaderPool, write: Write) -> None:
    first = scans.packed(small().convert("P"), "GIF")
    frame = b"\x21\xf9\x04\x00\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"
    path = write("animated.gif", first[:-1] + frame * 100_000 + b"\x3b")
    begun = time.monotonic()
    reading = pool.read(path, path.name)
    assert scans.likeness(reading.text, WORDS) == 1
    assert len(reading.text_pages) == 1
    assert time.monotonic() - begun < 20


def test_a_tiff_whose_directories_go_round_ends(read: Read, write: Write) -> None:
    data = bytearray(scans.packed(small(), "TIFF"))
    start = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, start)[0]
    struct.pack_into("<I", data, start + 2 + 12 * count, start)
    reading = read(write("round.tif", bytes(data)))
    assert 1 <= len(reading.text_pages) <= 2


def test_one_damaged_page_costs_that_page(read: Read, write: Write) -> None:
    pages = [small("Page one is whole"), small("Page two is not")]
    data = bytearray(
        scans.packed(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    )
    with Image.open(io.BytesIO(bytes(data))) as image:
        image.seek(1)
        (offset, *_), (length, *_) = image.tag_v2[273], image.tag_v2[279]
    data[offset : offset + length] = b"\xff" * length
    reading = read(write("half.tif", bytes(data)))
    assert reading.text.strip() == "Page one is whole"
    assert "1 of 2 pages are damaged and could not be read." in reading.warnings


def test_the_child_draws_images(pool: ReaderPool, write: Write) -> None:
    path = write("scan.webp", scans.packed(small(), "WEBP"))
    drawn = pool.render(path, path.name, 1, width=320, limits=Limits())
    with Image.open(io.BytesIO(drawn.png)) as image:
        assert image.size == (drawn.width, drawn.height) == (320, 100)
