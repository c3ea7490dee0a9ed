"""Pictures in old Office files, RTF, Outlook messages, OpenDocument and XPS, through the reading process.

Of explorer.readers.ole.art, explorer.readers.ole.word, explorer.readers.ole.stored_pictures,
explorer.readers.rtf.pictures, explorer.readers.pictures.drawn and
explorer.readers.markup.opendocument_pictures.
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer import ReadError
from explorer.readers.limits import Limits
from explorer.readers.ole import art, word
from explorer.readers.process.pool import ReaderPool
from tests.readers.conftest import Read, Write
from tests.readers.pictures import made, old_office
from tests.readers.pictures.test_gallery import EMF
from tests.readers.pictures.test_pictures import OFF, shown

PNG, JPEG = made.photo(), made.photo(kind="JPEG")


RENTS = "Sums\n\nRents\n\n[Picture: A chart of rents]"


def dib() -> bytes:
    """A bitmap as it stands in memory: without the head of a file."""
    return made.photo(kind="BMP")[14:]


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.xls", old_office.xls(PNG), RENTS),
        (
            "b.xls",
            old_office.xls(dib(), old_office.BITMAP),
            RENTS,
        ),
        ("a.ppt", old_office.ppt(JPEG), "Rents of the quay\n\n[Picture: A quay]\n\nThe end"),
        (
            "a.doc",
            old_office.doc(PNG, JPEG),
            "Of the quay.\n\n[Picture: A quay]\n\nIt was long.\n\nOf the lock.\n\n[Picture: A lock]",
        ),
        (
            "a.rtf",
            old_office.rtf(PNG),
            "Before.\n\nHere:  it is.\n\n[Picture: A view of the quay]\n\nBehind.\n\nOf the harbour",
        ),
        (
            "b.rtf",
            old_office.rtf(JPEG, "jpegblip", is_binary=True),
            "Before.\n\nHere:  it is.\n\n[Picture: A view of the quay]\n\nBehind.\n\nOf the harbour",
        ),
        (
            "c.rtf",
            old_office.rtf(dib(), "dibitmap0"),
            "Before.\n\nHere:  it is.\n\n[Picture: A view of the quay]\n\nBehind.\n\nOf the harbour",
        ),
        (
            "a.ods",
            old_office.sheet(PNG),
            "Rents\n\nRents of the year\nSeven\n\n[Picture: A quay]\n\n[Picture: A lock]\n\nOther\n\nNothing",
        ),
        ("a.odg", old_office.drawing_document(PNG), "Plan.[]"),
        (
            "a.fodt",
            old_office.flat(PNG),
            "Before.\n\n[Picture: A view of the quay]\n\nFigure 1: The quay",
        ),
        ("a.xps", old_office.xps(PNG), "The quay.\n\n[Picture: A view]\n\n[Picture: A view]"),
    ],
    ids=lambda each: each if isinstance(each, str) and len(each) < 8 else "",
)
def test_each_format_keeps_its_pictures(
    pool: ReaderPool, write: Write, name: str, content: bytes | str, text: str
) -> None:
    path = write(name, content)
    reading = pool.read(path, name, limits=OFF)
    marked = reading.text
    for each in reversed(reading.pictures):
        marked = f"{marked[: each.start]}[{marked[each.start : each.end]}]{marked[each.end :]}"
        assert (each.width, each.height) == (240, 160)
        assert each.caption == ("Figure 1: The quay" if name == "a.fodt" else "")
        assert shown(pool, path, each.where).size == (200, 133)
    assert marked == text
    assert reading.warnings == ()
    for odd in ("../../etc/passwd", "rtf:99", "99", "data:99"):
        with pytest.raises(ReadError, match="no such picture"):
            pool.picture(path, name, None, OFF, where=odd, width=200)


@pytest.mark.parametrize("kind", ["", "image/png"])
def test_a_message_of_outlook_keeps_the_pictures_of_its_body(
    pool: ReaderPool, write: Write, kind: str
) -> None:
    path = write("a.msg", old_office.msg(made.photo((900, 600), "JPEG"), kind))
    (one,) = pool.read(path, "a.msg", limits=OFF).pictures
    assert (one.width, one.start) == (900, len("Subject: Quay\n\nThe quay was repaired.\n"))
    assert shown(pool, path, one.where).size == (200, 133)
    with pytest.raises(ReadError, match="no such picture"):
        pool.picture(path, "a.msg", None, OFF, where="sha256:0", width=200)


def test_words_in_pictures_stand_at_their_place(pool: ReaderPool, write: Write) -> None:
    sign = made.sign("HARBOUR MASTER")
    for name, content in (("a.rtf", old_office.rtf(sign)), ("a.xps", old_office.xps(sign))):
        text = pool.read(write(name, content), name, limits=Limits()).text
        assert "\n\nPicture: A view" in text
        assert "\nHARBOUR MASTER" in text.split("Behind.")[0]


def test_a_picture_of_lines_is_counted(read: Read, write: Write) -> None:
    without_words = old_office.xls(EMF, old_office.EMF).replace(
        "A chart of rents".encode("utf-16-le"), bytes(32)
    )
    reading = read(write("a.xls", without_words), ocr=False)
    assert reading.warnings == (
        "1 picture was not read: a format that is not opened here, such as EMF, WMF or SVG.",
    )


def test_a_picture_that_an_opendocument_file_only_names_is_left_out(read: Read, write: Write) -> None:
    path = write("a.odg", old_office.drawing_document(PNG))
    with zipfile.ZipFile(path) as made_of:
        held = {name: made_of.read(name) for name in made_of.namelist() if "Pictures" not in name}
    reading = read(write("b.odg", old_office.zipped(held)), ocr=False)
    assert reading.warnings == ("1 picture or object was left out.",)


def test_what_is_large_is_not_looked_for(read: Read, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.readers.ole.stored_pictures.MOST_BYTES", 2_000)
    for name, content in (("a.xls", old_office.xls(PNG)), ("a.ppt", old_office.ppt(JPEG))):
        reading = read(write(name, content), ocr=False)
        assert reading.pictures == ()
        assert reading.warnings == ("Its pictures were left out: the file is larger than 0 MB.",)


@pytest.mark.parametrize(
    "build",
    [
        lambda: old_office.xls(PNG),
        lambda: old_office.ppt(JPEG),
        lambda: old_office.doc(PNG, JPEG),
        lambda: old_office.rtf(PNG),
    ],
    ids=["xls", "ppt", "doc", "rtf"],
)
def test_damage_costs_pictures_and_no_more(read: Read, write: Write, build: Callable[[], bytes]) -> None:
    """Bytes are overwritten here and there: a file is read, or refused by one message."""
    chance, whole = random.Random(5), build()
    names = {b"{\\": "a.rtf"}
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(8):
            at = chance.randrange(600, len(data) - 4)
            data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", chance.randbytes(4)))
        try:
            reading = read(write(names.get(whole[:2], "a.doc"), bytes(data)), ocr=False)
        except ReadError as refused:
            assert str(refused).count("\n") == 0
        else:
            assert len(reading.pictures) <= 2


def test_a_bitmap_that_says_that_it_has_endless_colours_costs_nothing_else(read: Read, write: Write) -> None:
    endless = bytearray(dib())
    endless[32:36] = b"\xff\xff\xff\xff"
    reading = read(write("a.rtf", old_office.rtf(bytes(endless), "dibitmap0")), ocr=False)
    assert reading.text.strip()


def test_any_bytes_are_records_or_none() -> None:
    chance = random.Random(7)
    for _ in range(300):
        data = chance.randbytes(chance.randrange(200))
        deep = old_office.art(0xF000, old_office.art(0xF001, data))
        for each in (data, deep):
            records = [*art.store(each, data).values(), *art.stored(memoryview(each))]
            assert all(len(record) <= len(each) for record in records)
            assert len(list(art.shapes(each))) <= len(each)
        for record in records:
            try:
                assert isinstance(art.image(record, 1_000), bytes)
            except ReadError:
                continue
        assert word.pictures(data * 5, (data, data), data) == []


def test_nested_records_end_where_those_around_them_do() -> None:
    inner = old_office.art(0xF004, b"x" * 16)
    cut = old_office.art(0xF003, inner)[:-8]
    assert [(each.kind, each.end) for each in art.below(cut)][:2] == [(0xF003, len(cut)), (0xF004, len(cut))]


def test_a_real_word_file(zoo: Path, pool: ReaderPool) -> None:
    path = zoo / "docling" / "doc" / "legacy_sample.doc"
    (one,) = pool.read(path, path.name, limits=OFF).pictures
    assert (one.alt, one.caption) == ("A cartoon duck holding a paper", "Figure 1: This is a cute duckling")
    assert shown(pool, path, one.where).size == (200, 200)
