"""Books: chapters, contents, protection, damage. By `explorer.readers.markup.epub`."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date
from pathlib import Path

import pytest

from explorer.errors import ReadError
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool
from tests.readers.conftest import Read, Write

CONTAINER = """<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"""
METADATA = """<dc:title>The  Whale</dc:title><dc:creator>Ada</dc:creator><dc:language>en-GB</dc:language>
<dc:date>1851</dc:date>"""
NCX = """<?xml version="1.0"?><!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://127.0.0.1:9/ncx.dtd">
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Loomings</text></navLabel>
<content src="text/one%20a.xhtml#start"/></navPoint></navMap></ncx>"""
NAV = """<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><ol>
<li><a href="two.xhtml">The Bag</a></li></ol></nav></body></html>"""


def chapter(body: str, doctype: str = "<!DOCTYPE html>") -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{doctype}'
        f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{body}</body></html>'
    )


def book(
    chapters: dict[str, str], metadata: str = METADATA, spine: list[str] | None = None, **others: str
) -> bytes:
    """An EPUB whose chapters are read in the order given, or in that of `spine`."""
    order = {name: f"c{number}" for number, name in enumerate(chapters)}
    items = "".join(
        f'<item id="{key}" href="{name.replace(" ", "%20")}" media-type="application/xhtml+xml"/>'
        for name, key in order.items()
    )
    items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    items += '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    refs = "".join(f'<itemref idref="{order.get(name, name)}"/>' for name in spine or chapters)
    package = f"""<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf"
xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>{metadata}</metadata><manifest>{items}</manifest>
<spine>{refs}</spine></package>"""
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": package,
        "OEBPS/toc.ncx": NCX,
        "OEBPS/nav.xhtml": NAV,
        **{f"OEBPS/{name}": text for name, text in chapters.items()},
        **{name.replace("__", "/"): text for name, text in others.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


ONE = chapter("<p>Call me Ishmael.</p><p>Some years ago&nbsp;&eacute;.</p>")
TWO = chapter("<h1>Chapter 2</h1><table><tr><th>A</th></tr><tr><td>1</td></tr></table>")
COVER = chapter('<img src="http://127.0.0.1:9/cover.jpg"/>')


def test_chapters_are_pages(write: Write, read: Read) -> None:
    chapters = {"two.xhtml": TWO, "cover.xhtml": COVER, "text/one a.xhtml": ONE}
    data = book(chapters, spine=["cover.xhtml", "text/one a.xhtml", "two.xhtml", "missing", "nav"])
    reading = read(write("a.epub", data))
    assert [(page.number, page.label, page.text) for page in reading.text_pages] == [
        (1, "Loomings", "Call me Ishmael.\n\nSome years ago é.\n\n"),
        (2, "The Bag", "Chapter 2\n\nA\n1\n\n"),
        (3, None, "1. The Bag\n\n"),
    ]
    assert (reading.kind, reading.title, reading.author, reading.language) == (
        "epub",
        "The Whale",
        "Ada",
        "en-GB",
    )
    assert reading.date == date(1851, 1, 1)
    assert [(each.text, reading.text[each.start :][:4]) for each in reading.headings] == [
        ("Loomings", "Call"),
        ("Chapter 2", "Chap"),
    ]
    assert [reading.text[each.start : each.end] for each in reading.tables] == ["A\n1"]


def test_a_chapter_that_is_not_there(write: Write, read: Read) -> None:
    data = book({"one.xhtml": ONE, "gone.xhtml": "x"})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if "gone" not in name:
                new.writestr(name, old.read(name))
    reading = read(write("a.epub", out.getvalue()))
    assert reading.warnings == ("1 chapter that the book lists is not in it.",)


def test_lost_characters_of_chapters_are_counted(write: Write, read: Read) -> None:
    data = book({"one.xhtml": chapter("<p>Größe und Maße, immer schön.</p>"), "two.xhtml": TWO})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"immer", b"imm\xffer"))
    reading = read(write("a.epub", out.getvalue()))
    assert "imm\ufffder schön" in reading.text
    assert reading.warnings == ("1 character could not be decoded and is shown as \ufffd.",)


def test_names_of_members_are_no_paths(write: Write, read: Read, tmp_path: Path) -> None:
    (tmp_path / "canary.xhtml").write_text(chapter("<p>CANARY</p>"))
    names = [
        "one.xhtml",
        f"../../..{tmp_path}/canary.xhtml",
        f"/{tmp_path}/canary.xhtml",
        "..%2f..%2fx",
        "a\\b",
        ".",
    ]
    data = book(dict.fromkeys(names, ""))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in ("mimetype", "META-INF/container.xml", "OEBPS/book.opf"):
            new.writestr(name, old.read(name))
        new.writestr("OEBPS/one.xhtml", ONE)
        new.writestr("../../evil.xhtml", chapter("<p>EVIL</p>"))
    text = read(write("a.epub", out.getvalue())).text
    assert "Ishmael" in text
    assert "CANARY" not in text


def test_protected_books_are_refused_but_hidden_fonts_do_not_matter(write: Write, read: Read) -> None:
    def encryption(way: str) -> str:
        return (
            f'<encryption><EncryptedData><EncryptionMethod Algorithm="{way}"/></EncryptedData></encryption>'
        )

    fonts = book(
        {"a.xhtml": ONE}, **{"META-INF__encryption.xml": encryption("http://www.idpf.org/2008/embedding")}
    )
    assert "Ishmael" in read(write("a.epub", fonts)).text
    locked = book(
        {"a.xhtml": ONE}, **{"META-INF__encryption.xml": encryption("http://www.w3.org/2001/04/xmlenc#aes")}
    )
    with pytest.raises(ReadError, match=r"^b\.epub is protected against copying \(DRM\)"):
        read(write("b.epub", locked))


def test_damaged_and_empty_books(write: Write, read: Read) -> None:
    with pytest.raises(ReadError, match=r"^a\.epub could not be read: the file is damaged"):
        read(write("a.epub", book({"a.xhtml": ONE})[:300]))
    with pytest.raises(ReadError, match=r"^b\.epub has no text"):
        read(write("b.epub", book({"a.xhtml": COVER})))


def test_a_book_that_unpacks_to_too_much(write: Write, read: Read) -> None:
    data = book({f"{number}.xhtml": chapter("<p>" + "word " * 300_000) for number in range(4)})
    with pytest.raises(ReadError, match="unpacks to more than 3 MB"):
        read(write("a.epub", data), inflated_mb=3)


def test_entities_and_external_files_stay_out(pool: ReaderPool, write: Write, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY")
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE x [<!ENTITY l0 "ha">{bomb}<!ENTITY x SYSTEM "file://{canary}">]>'
    evil = chapter("<p>Some words &x; &l11;</p>", doctype)
    package = f"<dc:title>T &x; &l11;</dc:title></metadata><metadata>{METADATA}"
    data = book({"a.xhtml": evil, "b.xhtml": chapter("<div>" * 50_000 + "the bottom")}, package)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.endswith(".opf"):
                text = text.replace('<?xml version="1.0"?>', f'<?xml version="1.0"?>{doctype}')
            new.writestr(name, text)
    started = time.monotonic()
    reading = pool.read(write("a.epub", out.getvalue()), "a.epub", limits=Limits(seconds=20))
    assert time.monotonic() - started < 25
    assert "Some words" in reading.text
    assert "the bottom" in reading.text
    assert "CANARY" not in reading.text + (reading.title or "")
    assert "haha" not in reading.text + (reading.title or "")
