"""Office files made to hurt: each ends in time and memory, and fetches nothing; the next file is read."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.errors import ReadError
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Reading
from tests.readers.conftest import Write
from tests.readers.office.office_files import opendocument, pptx, relations, rows, shape, xlsx, zipped
from tests.readers.office.test_docx import package, paragraph

SECONDS = 30.0
"""Far more than any of these takes, on a machine that is busy with other things."""
BOMB = (
    '<!DOCTYPE x [<!ENTITY c SYSTEM "file://{canary}"><!ENTITY a0 "hahaha">'
    + "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10))
    + "]>"
)


def hostile(pool: ReaderPool, path: Path, **limits: float) -> Reading:
    """Reads a file in a child; it must end in time. Then another file is read by the same pool."""
    started = time.monotonic()
    try:
        return pool.read(path, path.name, limits=Limits(seconds=SECONDS, **limits))  # type: ignore[arg-type]
    finally:
        assert time.monotonic() - started < SECONDS
        other = path.with_name("other.rtf")
        other.write_text(r"{\rtf1 Still here.\par}")
        assert pool.read(other, other.name).text == "Still here."


def with_words(kind: str, words: str, head: str = "") -> bytes:
    """An Office file with these words in its main part, and `head` before the root element of that part."""
    if kind == "docx":
        return package(paragraph(words))
    if kind == "xlsx":
        data = xlsx({"S": rows((words,))})
    elif kind == "pptx":
        data = pptx(shape(words))
    else:
        names = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
        inner = f"<text:p>{words}</text:p>"
        if kind == "ods":
            inner = (
                f"<table:table table:name='S'><table:table-row><table:table-cell>{inner}</table:table-cell>"
            )
            inner += "</table:table-row></table:table>"
        if kind == "odp":
            inner = f"<draw:page><draw:frame><draw:text-box>{inner}</draw:text-box></draw:frame></draw:page>"
        data = opendocument(names[kind], inner)
    return changed(data, _MAIN.get(kind, "content.xml"), head) if head else data


_MAIN = {"xlsx": "xl/worksheets/sheet1.xml", "pptx": "ppt/slides/slide1.xml"}


def changed(data: bytes, member: str, head: str) -> bytes:
    """The zip with `head` put before a member's content."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[member] = head.encode() + members[member]
    return zipped(members)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    path = tmp_path / "canary.txt"
    path.write_text("CANARY")
    return path


@pytest.fixture
def visits() -> Iterator[tuple[str, list[object]]]:
    """The address of a server, and who came."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    came.append(server.accept()[1])
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x.png", came
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("kind", ["xlsx", "pptx", "ods", "odt", "odp"])
def test_entities_are_neither_fetched_nor_expanded(
    pool: ReaderPool, write: Write, canary: Path, kind: str
) -> None:
    data = with_words(kind, "words &c; &a9;", BOMB.format(canary=canary))
    with pytest.raises(ReadError, match=rf"^a\.{kind} was refused: its XML declares a document type\.$"):
        hostile(pool, write(f"a.{kind}", data))


@pytest.mark.parametrize(
    "member", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "_rels/.rels"]
)
def test_no_part_of_a_workbook_has_a_document_type(
    pool: ReaderPool, write: Write, canary: Path, member: str
) -> None:
    data = changed(xlsx({"S": rows(("x",))}, shared=("s",)), member, BOMB.format(canary=canary))
    with pytest.raises(ReadError, match="declares a document type"):
        hostile(pool, write("a.xlsx", data))


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx", "ods", "odt", "odp"])
def test_zip_bombs_are_given_up(pool: ReaderPool, write: Write, kind: str) -> None:
    data = with_words(kind, "x" * 60_000_000)
    assert len(data) < 1_000_000
    with pytest.raises(ReadError, match=rf"^a\.{kind} (unpacks to more than 50 MB|could not be read)"):
        hostile(pool, write(f"a.{kind}", data), inflated_mb=50)


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx", "odt"])
def test_nothing_outside_is_fetched(
    pool: ReaderPool, write: Write, visits: tuple[str, list[object]], kind: str
) -> None:
    address, came = visits
    links = relations(
        {"x": ("image", address), "y": ("attachedTemplate", address), "z": ("drawing", address)}
    )
    if kind == "pptx":
        data = pptx(shape("Words"), links=address)
    elif kind == "xlsx":
        data = xlsx({"S": rows(("Words",))}, parts={"xl/worksheets/_rels/sheet1.xml.rels": links})
    elif kind == "docx":
        data = package(paragraph("Words"), **{"_rels/document.xml.rels": links})
    else:
        image = f'<draw:frame><draw:image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{address}"/>'
        data = opendocument("text", f"<text:p>Words{image}</draw:frame></text:p>")
    assert "Words" in hostile(pool, write(f"a.{kind}", data)).text
    assert came == []


def test_one_cell_at_the_far_corner(pool: ReaderPool, write: Write) -> None:
    xml = (
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">'
        '<c r="XFD1048576"><v>2</v></c></row></sheetData>'
    )
    assert hostile(pool, write("a.xlsx", xlsx({"S": xml})), memory_mb=300).text == "S\n\n1\n\n2"
    corner = (
        "<table:table table:name='S'><table:table-row table:number-rows-repeated='1048575'><table:table-cell "
        "table:number-columns-repeated='16384'/></table:table-row><table:table-row><table:table-cell "
        "table:number-columns-repeated='16383'/><table:table-cell><text:p>far</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    data = opendocument("spreadsheet", corner)
    assert hostile(pool, write("a.ods", data), memory_mb=300).text == "S\n\nfar"


@pytest.mark.parametrize("kind", ["ods", "odt"])
def test_cells_that_say_they_repeat_two_billion_times(pool: ReaderPool, write: Write, kind: str) -> None:
    table = (
        "<table:table table:name='S'><table:table-row table:number-rows-repeated='2000000000'>"
        "<table:table-cell "
        "table:number-columns-repeated='2000000000'><text:p>x</text:p></table:table-cell></table:table-row>"
        "</table:table>"
    )
    data = opendocument("spreadsheet" if kind == "ods" else "text", table)
    with pytest.raises(
        ReadError, match=r"more than 5,000,000 table cells|repeats a cell 2,000,000,000 times"
    ):
        hostile(pool, write(f"a.{kind}", data))


def test_fifty_thousand_merged_ranges(pool: ReaderPool, write: Write) -> None:
    apart = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 50_001))
    sheet = rows(*[(number, None, "x") for number in range(1, 2001)])
    reading = hostile(pool, write("a.xlsx", xlsx({"S": sheet + f"<mergeCells>{apart}</mergeCells>"})))
    assert reading.text.endswith("2000 | 2000 | x")
    heap = '<mergeCell ref="A1:XFD1048576"/>' * 50_000
    with pytest.raises(ReadError, match=r"^b\.xlsx has more than 5,000,000 table cells, the limit\."):
        hostile(pool, write("b.xlsx", xlsx({"S": sheet + f"<mergeCells>{heap}</mergeCells>"})))


def test_more_cells_than_the_limit(pool: ReaderPool, write: Write) -> None:
    data = xlsx({"S": rows(*[tuple(range(20)) for _ in range(600)])})
    with pytest.raises(ReadError, match=r"^a\.xlsx has more than 10,000 table cells, the limit\. Split it"):
        hostile(pool, write("a.xlsx", data), cells=10_000)


@pytest.mark.parametrize("kind", ["xlsx", "pptx", "ods", "odt", "odp"])
def test_fifty_thousand_levels(pool: ReaderPool, write: Write, kind: str) -> None:
    deep = "<a>" * 50_000 + "x" + "</a>" * 50_000
    with pytest.raises(
        ReadError, match=rf"^a\.{kind} (could not be read: the file is damaged|has no text)\.$"
    ):
        hostile(pool, write(f"a.{kind}", with_words(kind, deep)))


@pytest.mark.parametrize(
    "text",
    [
        "{\\rtf1 " + "{" * 200_000 + "x" + "}" * 200_000 + "}",
        r"{\rtf1 x\bin2000000000 y}",
        r"{\rtf1 x{\field{\*\fldinst INCLUDETEXT /etc/passwd}{\fldrslt y}}}",
        "{\\rtf1 x" + "\\cellx9999" * 100_000 + "}",
    ],
)
def test_hostile_rtf(pool: ReaderPool, write: Write, text: str) -> None:
    reading = hostile(pool, write("a.rtf", text))
    assert reading.text.startswith("x")
    assert "root:" not in reading.text


def test_a_library_that_crashes_costs_one_file(pool: ReaderPool, write: Write) -> None:
    """A table that docling-rs lays out until memory ends: the child dies, the message is clear."""
    cell = "<table:table-cell table:number-columns-repeated='9999'><text:p>x</text:p></table:table-cell>"
    body = f"<table:table><table:table-row table:number-rows-repeated='9999'>{cell * 40}</table:table-row>"
    data = opendocument("text", body + "</table:table>")
    with pytest.raises(ReadError, match=r"^a\.odt (could not be read|needs more|has more|took longer)"):
        hostile(pool, write("a.odt", data), memory_mb=400)
