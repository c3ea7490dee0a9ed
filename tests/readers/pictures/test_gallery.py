"""Which pictures are kept and which are counted. Of explorer.readers.pictures.gallery."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from explorer.readers.limits import Limits
from explorer.readers.ocr import recognised
from explorer.readers.pictures import gallery
from explorer.readers.pictures.gallery import described
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Reading
from tests.readers.conftest import Read, Write
from tests.readers.office.office_files import shape
from tests.readers.pictures import made

EMF = b"\x01\x00\x00\x00" + b"\0" * 200


def word(read: Read, write: Write, media: dict[str, bytes], alt: str = "", **limits: float) -> Reading:
    body = made.paragraph("Text.") + "".join(f"<w:p>{made.blip(key, alt)}</w:p>" for key in media)
    return read(write("some.docx", made.docx(body, media)), **limits)


def plain(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "PNG")
    return out.getvalue()


def test_icons_rules_and_plain_grounds_are_passed_over_in_silence(read: Read, write: Write) -> None:
    media = {"a": made.photo((24, 24)), "b": made.photo((600, 41)), "c": plain((300, 300))}
    reading = word(read, write, media, ocr=False)
    assert (reading.pictures, reading.warnings, reading.text) == ((), (), "Text.")


def test_what_nothing_is_known_of_is_counted_once(read: Read, write: Write) -> None:
    media = {
        "a": made.sign("Words in here"),
        "b": made.sign("More words"),
        "c": EMF,
        "d": b"\x89PNG\r\n\x1a\nbroken",
    }
    reading = word(read, write, media, ocr=False)
    assert len(reading.pictures) == 2
    assert reading.warnings == (
        f"4 pictures were not read: {recognised.OFF} (2), {gallery.NOT_OPENED} (1), {gallery.DAMAGED} (1).",
    )
    assert word(read, write, media, "Described", ocr=False).warnings == (), "something is known of each"


def test_words_are_read_once_however_often_a_picture_is_shown(
    read: Read, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    monkeypatch.setattr(gallery.words, "read", lambda pixels, folder: seen.append(pixels))
    body = "".join(f"<w:p>{made.blip('a')}</w:p>" for _ in range(3)) + made.paragraph("Text.")
    reading = read(write("some.docx", made.docx(body, {"a": made.sign("Words in here")})))
    assert (len(reading.pictures), len(seen)) == (3, 1)


def test_beyond_the_limits_pictures_are_left_out_and_said(
    read: Read, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "MOST_ON_A_PAGE", 1)
    media = {"a": made.photo(seed=1), "b": made.photo(seed=2)}
    reading = word(read, write, media, ocr=False)
    said = "1 picture was left out, beyond the limits of number or time."
    assert (len(reading.pictures), reading.warnings) == (1, (said,))
    assert word(read, write, media, seconds=1e-9).warnings == (
        said.replace("1 picture was", "2 pictures were"),
    )


def test_a_logo_on_most_slides_is_no_picture(read: Read, write: Write) -> None:
    slides = [made.picture_shape("logo") + (made.picture_shape("view") if n == 1 else "") for n in range(4)]
    slides = [f"{shown}{shape(f'Slide {n}', 'title')}" for n, shown in enumerate(slides)]
    media = {"logo": made.photo(seed=1), "view": made.photo(seed=2)}
    reading = read(write("deck.pptx", made.slides(slides, media)), ocr=False)
    assert [(one.page, one.where) for one in reading.pictures] == [(2, "ppt/media/view.png")]


def test_a_logo_at_the_same_place_of_most_pages_is_no_picture(pool: ReaderPool, write: Write) -> None:
    logo = ("Some text on the page.", made.photo((100, 60)), (72, 20, 100, 60))
    path = write("letters.pdf", made.pdf([logo, logo, logo]))
    assert pool.read(path, "letters.pdf", limits=Limits(ocr=False)).pictures == ()


def test_pictures_do_not_count_as_unpacked_text(read: Read, write: Write) -> None:
    noise = Image.effect_noise((900, 900), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert len(word(read, write, {"a": out.getvalue()}, ocr=False, inflated_mb=1).pictures) == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("A view\nof the quay", "A view of the quay"),
        ("image1.png", ""),
        ("Picture 3", ""),
        ("A duck Description automatically generated", "A duck"),
        (None, ""),
    ],
)
def test_only_what_says_something_is_an_alternative_text(given: str | None, expected: str) -> None:
    assert described(given) == expected
