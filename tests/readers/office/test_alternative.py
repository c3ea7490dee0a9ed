"""Parts of a Word file in another format: `explorer.readers.office.alternative`."""

from __future__ import annotations

import pytest

from tests.readers.conftest import Read, Write
from tests.readers.office.office_files import relations, zipped
from tests.readers.office.test_docx import W, paragraph

R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
TABLE = "<table><tr><th>Year</th><th>Sum</th></tr><tr><td>2024</td><td>7</td></tr></table>"
MHT = (
    "From: <Saved by a program>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; boundary="cut"; type="text/html"\r\n\r\n--cut\r\n'
    'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    "<html><body><p>The quince =C3=A9t=C3=A9</p></body></html>\r\n--cut\r\n"
    "Content-Type: text/css\r\n\r\np { color: red }\r\n--cut--\r\n"
)


def word(parts: dict[str, str | bytes], body: str | None = None) -> bytes:
    """A Word file whose body says "Before", the parts, "After"."""
    chunks = "".join(f'<w:altChunk {R} r:id="c{number}"/>' for number in range(len(parts)))
    xml = body if body is not None else paragraph("Before") + chunks + paragraph("After")
    members: dict[str, str | bytes] = {
        "word/document.xml": f"<w:document {W}><w:body>{xml}</w:body></w:document>"
    }
    targets = {f"c{number}": ("aFChunk", name) for number, name in enumerate(parts)}
    members["word/_rels/document.xml.rels"] = relations(targets)
    return zipped({**members, **{f"word/{name}": content for name, content in parts.items()}})


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.html", "<html><body><h2>Head</h2><p>One <b>two</b></p></body></html>", "Head\n\nOne two"),
        ("b.htm", "<meta charset='windows-1252'><p>caf\xe9</p>".encode("cp1252"), "café"),
        ("c.dat", f"<!DOCTYPE html>{TABLE}", "Year | Sum\n2024 | 7"),
        ("d.mht", MHT, "The quince été"),
        ("e.rtf", rb"{\rtf1\ansi Some {\b bold} caf\'e9.\par}", "Some bold café."),
        ("f.txt", "Plain <words> and ünïcode", "Plain <words> and ünïcode"),
        ("g.txt", "Größe".encode("utf-16"), "Größe"),
        ("h.docx", word({}, paragraph("Inner")), "Inner"),
        ("i.docx", word({"j.html": "<p>Deep</p>"}), "Before\n\nDeep\n\nAfter"),
    ],
)
def test_parts_are_read_where_they_stand(
    write: Write, read: Read, name: str, content: str | bytes, text: str
) -> None:
    reading = read(write("a.docx", word({name: content})))
    assert reading.text == f"Before\n\n{text}\n\nAfter"
    assert reading.warnings == ()


def test_headings_and_tables_of_parts_count(write: Write, read: Read) -> None:
    reading = read(write("a.docx", word({"a.html": f"<h1>Head</h1>{TABLE}"})))
    (heading,), (table,) = reading.headings, reading.tables
    assert reading.text[heading.start :].startswith("Head\n") and heading.text == "Head"
    assert (reading.text[table.start : table.end], table.header) == ("Year | Sum\n2024 | 7", "Year | Sum")


def test_a_part_in_a_cell(write: Write, read: Read) -> None:
    cells = f'<w:tc>{paragraph("Note")}</w:tc><w:tc><w:altChunk {R} r:id="c0"/></w:tc>'
    body = f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    assert read(write("a.docx", word({"a.html": "<p>Within</p>"}, body))).text == "Note | Within"


def test_what_cannot_be_read_is_said(write: Write, read: Read) -> None:
    data = word({"a.docx": b"PK damaged", "b.html": "<p>Whole</p>", "c.html": ""})
    reading = read(write("a.docx", data))
    assert reading.text == "Before\n\nWhole\n\nAfter"
    assert reading.warnings == ("A part of it (a.docx) could not be read, and was left out.",)
    missing = zipped(
        {"word/document.xml": f"<w:document {W}><w:body>{paragraph('x')}<w:altChunk/></w:body></w:document>"}
    )
    assert read(write("b.docx", missing)).warnings == ("A part of it is missing from the file.",)


def test_parts_within_parts_end_at_the_limit(write: Write, read: Read) -> None:
    data = word({}, paragraph("Innermost"))
    for _ in range(6):
        data = word({"inner.docx": data})
    reading = read(write("a.docx", data))
    assert reading.text.count("Before") == 5 and "Innermost" not in reading.text
    assert reading.warnings == ("A part of it stands within 4 others, and was left out.",)
