"""Files that want to become large: each is read or refused in time and memory, while another file is read.

What `test_hostile.py` and the tests of single formats hold already is not repeated.
"""

from __future__ import annotations

import io
import re
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from explorer.errors import ExplorerError, ReadError
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Reading
from tests.readers import bombs
from tests.readers.conftest import Write
from tests.readers.office.test_docx import W
from tests.readers.test_hostile import BOMB, word

SECONDS = 30.0
LIMITS = Limits(seconds=SECONDS, inflated_mb=16, unpacked_mb=64, cells=100_000, characters=5_000_000)
WORDS = "Some words"


@dataclass(frozen=True)
class Bomb:
    """One file. `refused` is a pattern of its message; None: it is read, and its text holds `WORDS`."""

    name: str
    make: Callable[[], bytes]
    refused: str | None = None


def padded(content: bytes, member: str, megabytes: int = 40) -> bytes:
    """A zip with so much white space before the end of one XML member that the XML stays whole."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as padding,
    ):
        for name in archive.namelist():
            with padding.open(name, "w") as target:
                head, _, tail = archive.read(name).rpartition(b"</")
                target.write(head)
                for _ in range(megabytes if name == member else 0):
                    target.write(b" " * bombs.MB)
                target.write(b"</" + tail if tail and head else tail)
    return out.getvalue()


def deck() -> bytes:
    return bombs.pptx(WORDS)


def text_of(body: str, prologue: str = "") -> bytes:
    return bombs.opendocument("text", f"<text:p>{body}</text:p>", prologue)


def rows(many: str) -> bytes:
    table = '<table:table table:name="One"><table:table-row><table:table-cell><text:p>Some words</text:p>'
    return bombs.opendocument(
        "spreadsheet", f"{table}</table:table-cell></table:table-row>{many}</table:table>"
    )


FAR = bombs.cell("A1", WORDS) + bombs.cell("XFD1048576", "far away")
EMPTY = (
    '<table:table-row table:number-rows-repeated="1048576">'
    '<table:table-cell table:number-columns-repeated="16384"{}</table:table-row>'
)
FULL = EMPTY.format("><text:p>x</text:p></table:table-cell>")
SPANS = "<table><tr><td colspan=99999999 rowspan=99999999>Some words</td><td>b</td></tr><tr><td>c</table>"
CELLS = "".join(f"<w:tc><w:tcPr><w:gridSpan w:val='{n}'/></w:tcPr></w:tc>" for n in (99_999_999, 2**31))

ATTRIBUTES = " ".join(f'a{n}="{n}"' for n in range(500_000))
CROWDED = "an element of its XML has more than 1,000 attributes"

BOMBS = [
    Bomb("padded.xlsx", lambda: padded(bombs.xlsx(FAR), "xl/worksheets/sheet1.xml"), "16 MB"),
    Bomb("padded.pptx", lambda: padded(deck(), "ppt/slides/slide1.xml"), "16 MB"),
    Bomb("padded.odt", lambda: padded(text_of(WORDS), "content.xml"), "16 MB"),
    Bomb("padded.epub", lambda: padded(bombs.epub(WORDS), "a.xhtml"), "16 MB"),
    Bomb("entities.xlsx", lambda: bombs.xlsx(bombs.cell("A1", "&l11;"), BOMB), "refused|could not be read"),
    Bomb("entities.pptx", lambda: bombs.pptx("&l11;", BOMB), "refused|could not be read"),
    Bomb("entities.odt", lambda: text_of("&l11;", BOMB), "refused|could not be read"),
    Bomb("far.xlsx", lambda: bombs.xlsx(FAR)),
    Bomb(
        "merged.xlsx",
        lambda: bombs.xlsx(FAR, extra='<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    ),
    Bomb("empty.ods", lambda: rows(EMPTY.format("/>"))),
    Bomb("full.ods", lambda: rows(FULL), "cells"),
    Bomb("spans.html", SPANS.encode),
    Bomb(
        "spans.docx",
        lambda: word(
            f"<w:document {W}><w:body><w:p><w:r><w:t>Some words</w:t></w:r></w:p>"
            f"<w:tbl><w:tr>{CELLS}</w:tr></w:tbl></w:body></w:document>"
        ),
    ),
    Bomb("wide.csv", lambda: b"Some words" + b",x" * 200_000 + b"\n", "cells"),
    Bomb("long.csv", lambda: b"a,b,c\n" + b"Some words,2,3\n" * 50_000, "cells"),
    Bomb("quoted.csv", lambda: b'Some words,"' + b'""' * 1_000_000),
    Bomb("long.txt", lambda: b"Some words. " * 500_000, "characters"),
    Bomb("attributes.html", f"<html><body><p {ATTRIBUTES}>Some words".encode),
    Bomb("bare.html", ("<p " + " ".join(f"a{n}" for n in range(500_000)) + ">Some words").encode),
    Bomb("attributes.xml", f"<a {ATTRIBUTES}>Some words</a>".encode),
    Bomb("attributes.epub", lambda: bombs.epub(f"<b {ATTRIBUTES}>Some words</b>")),
    Bomb("attributes.pptx", lambda: bombs.pptx(f"</a:t></a:r><a:r {ATTRIBUTES}><a:t>Some words"), CROWDED),
    Bomb("attributes.odt", lambda: text_of(f"</text:p><text:p {ATTRIBUTES}>Some words"), CROWDED),
    Bomb(
        "attributes.ods",
        lambda: rows(f"<table:table-row><table:table-cell {ATTRIBUTES}/></table:table-row>"),
    ),
    Bomb(
        "attributes.docx",
        lambda: word(
            f"<w:document {W}><w:body><w:p {ATTRIBUTES}><w:r><w:t>Some words</w:t></w:r></w:p></w:body>"
            "</w:document>"
        ),
    ),
    Bomb("pages.pdf", lambda: bombs.many_pages(50_000), "the limit is 20,000"),
    Bomb("large.png", lambda: bombs.png(30_000, 30_000), "pixels"),
    Bomb("promised.png", lambda: bombs.png(60_000, 60_000, whole=False), "pixels"),
]


@pytest.fixture(scope="module")
def pair() -> Iterator[ReaderPool]:
    with ReaderPool(size=2) as pool:
        yield pool


def beside(pool: ReaderPool, path: Path, fine: Path) -> tuple[Reading | ReadError, float]:
    """Reads `path` while `fine` is read by another child; how it ended, and the seconds."""
    ended: list[Reading | ExplorerError] = []

    def other() -> None:
        try:
            ended.append(pool.read(fine, fine.name))
        except ExplorerError as error:
            ended.append(error)

    thread = threading.Thread(target=other)
    started = time.monotonic()
    thread.start()
    result: Reading | ReadError
    try:
        result = pool.read(path, path.name, limits=LIMITS, on_part=lambda name, blocks: list(blocks) and None)
    except ReadError as error:
        result = error
    seconds = time.monotonic() - started
    thread.join(SECONDS)
    assert isinstance(ended[0], Reading), ended
    assert ended[0].text == WORDS
    return result, seconds


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
def test_a_bomb_costs_itself(pair: ReaderPool, write: Write, bomb: Bomb) -> None:
    result, seconds = beside(pair, write(bomb.name, bomb.make()), write("fine.txt", WORDS))
    assert seconds < SECONDS - 5, "by itself, and not because its time was up"
    if bomb.refused is None:
        assert isinstance(result, Reading), result
        assert WORDS in result.text
        assert len(result.text) <= LIMITS.characters
    else:
        assert isinstance(result, ReadError), result.text[:200]
        message = str(result)
        assert re.search(bomb.refused, message), message
        assert message.startswith(bomb.name)
        assert len(message) <= 400
        assert "its reader stopped" not in message


DEEP = {
    "deep.json": b'{"a":' * 100_000 + b'"Some words"' + b"}" * 100_000,
    "arrays.json": b"[" * 1_000_000,
    "deep.ipynb": b'{"cells": [{"cell_type": "markdown", "source": ' + b"[" * 200_000,
    "deep.xml": b"<a>" * 100_000 + b"Some words" + b"</a>" * 100_000,
    "deep.rtf": rb"{\rtf1 " + b"{" * 500_000 + b"Some words" + b"}" * 500_000,
    "deep.eml": b"Subject: Some words\nContent-Type: multipart/mixed; boundary=b\n\n"
    + b"--b\nContent-Type: message/rfc822\n\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
    * 3_000,
    "parts.eml": b"Subject: Some words\nContent-Type: multipart/mixed; boundary=b\n\n"
    + b"--b\nContent-Disposition: attachment; filename=a.txt\n\nSome words\n" * 3_000,
    "headers.eml": b"Subject: Some words\n" + b"X-A: " + b"b " * 2_000_000 + b"\n\nSome words\n",
    "lists.md": b"".join(b"> " * min(n, 400) + b"- Some words\n" for n in range(2_000)),
    "deep.epub": bombs.epub("<div>" * 50_000),
    "deep.odt": text_of("<text:span>" * 50_000),
    "cues.vtt": b"WEBVTT\n\n" + b"00:00:01.000 --> 00:00:04.000\nSome words\n\n" * 30_000,
}


DEEP_REFUSED = {
    "deep.ipynb": "the notebook is damaged",
    "deep.epub": "none of its chapters has words",
    "deep.odt": "could not be read",
}
"""What is said of those that are not read."""
WITHOUT_WORDS = {"arrays.json"}


@pytest.mark.parametrize("name", DEEP)
def test_depth_and_number_end_in_time(pair: ReaderPool, write: Write, name: str) -> None:
    result, seconds = beside(pair, write(name, DEEP[name]), write("fine.txt", WORDS))
    assert seconds < SECONDS - 5
    if name in DEEP_REFUSED:
        assert isinstance(result, ReadError), result.text[:200]
        assert DEEP_REFUSED[name] in str(result)
        assert len(str(result)) <= 400
    else:
        assert isinstance(result, Reading), result
        assert name in WITHOUT_WORDS or WORDS in result.text


ARCHIVES = {
    "nested.zip": lambda: bombs.nested_zips(3, 8, 4),
    "chained.zip": lambda: bombs.nested_zips(12, 1, 1),
    "lying.zip": lambda: bombs.lying_zip("spaces.txt", 200),
    "overlapping.zip": lambda: bombs.overlapping_zip(5_000, 1),
    "entries.zip": lambda: bombs.zip_of({f"{n}.txt": b"Some words" for n in range(12_000)}),
    "spaces.zip": lambda: bombs.zip_of_spaces(300),
}


ARCHIVES_REFUSED = {
    "lying.zip": "1 file in it is damaged: spaces.txt",
    "overlapping.zip": "unpacks to more than 64 MB|its entries overlap",
    "entries.zip": "more than 10,000 files",
    "spaces.zip": "unpacks to more than 64 MB",
}
"""What is said of those that are not opened."""


@pytest.mark.parametrize("name", ARCHIVES)
def test_what_is_really_unpacked_is_bounded(pair: ReaderPool, write: Write, name: str) -> None:
    got = {"bytes": 0, "files": 0}

    def take(_: str, blocks: Iterator[bytes]) -> None:
        got["files"] += 1
        for block in blocks:
            got["bytes"] += len(block)

    path = write(name, ARCHIVES[name]())
    started = time.monotonic()
    if name in ARCHIVES_REFUSED:
        with pytest.raises(ReadError, match=ARCHIVES_REFUSED[name]):
            pair.read(path, name, limits=LIMITS, on_part=take)
    else:
        pair.read(path, name, limits=LIMITS, on_part=take)
        assert got["files"], "the zips in it, which are opened one by one"
    assert time.monotonic() - started < SECONDS - 5
    assert got["bytes"] <= LIMITS.unpacked_mb * bombs.MB
    assert got["files"] <= LIMITS.members
    fine = write("fine.txt", WORDS)
    assert pair.read(fine, fine.name).text == WORDS
