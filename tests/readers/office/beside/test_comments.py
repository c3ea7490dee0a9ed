"""Comments on cells and slides.

`explorer.readers.office.beside.cell_comments`, `explorer.readers.office.beside.slide_comments` and, as `read`
uses it, `explorer.readers.office.beside.slide_diagrams`.
"""

from __future__ import annotations

import io
import zipfile

import pytest

from explorer.readers.office.beside.cell_comments import place
from tests.readers.conftest import Read, Write
from tests.readers.office.office_files import opendocument, pptx, relations, rows, shape, xlsx
from tests.readers.office.test_xlsb import record, string, workbook

_2017 = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
_2018 = "http://schemas.microsoft.com/office/2018/10/relationships"
_COPY = "[Threaded comment] Your version of Excel allows you to read this. Comment: Is it so? Reply: It is."
PEOPLE = "<l xmlns='p'><person displayName='Ann' id='{A}'/><person displayName='Bob' id='{B}'/></l>"
THREADS = (
    "<ThreadedComments xmlns='t'><threadedComment ref='B2' personId='{A}' id='{1}'><text>Is it so?</text>"
    "</threadedComment><threadedComment ref='B2' personId='{B}' id='{2}' parentId='{1}'><text>It is.</text>"
    "</threadedComment><threadedComment ref='C3' personId='{X}' id='{3}'><text>By nobody</text>"
    "</threadedComment></ThreadedComments>"
)
SAID = "Comment on B2 by Ann: Is it so?\nReply by Bob: It is.\n\nComment on C3: By nobody"


def with_type(targets: dict[str, tuple[str, str]]) -> str:
    """Relations whose kinds may be whole addresses."""
    return relations(targets).replace(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/http", "http"
    )


@pytest.mark.parametrize(
    ("row", "column", "name"), [(0, 0, "A1"), (0, 25, "Z1"), (9, 26, "AA10"), (0, 16383, "XFD1")]
)
def test_cells_are_called_as_people_call_them(row: int, column: int, name: str) -> None:
    assert place(row, column) == name


def test_conversations_of_xlsx_are_read_and_not_their_copies(write: Write, read: Read) -> None:
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": with_type(
            {"a": ("comments", "../comments1.xml"), "b": (_2017, "../threadedComments/threadedComment1.xml")}
        ),
        "xl/comments1.xml": "<c xmlns='s'><authors><author>tc={1}</author><author>Cleo</author></authors>"
        f"<commentList><comment ref='B2' authorId='0'><text><t>{_COPY}</t></text></comment>"
        "<comment ref='D4' authorId='1'><text><t>A note</t></text></comment></commentList></c>",
        "xl/threadedComments/threadedComment1.xml": THREADS,
        "xl/persons/person.xml": PEOPLE,
    }
    reading = read(write("a.xlsx", xlsx({"S": rows(("x",))}, parts=parts)))
    assert reading.text == f"S\n\nx\n\n{SAID}\n\nComment on D4 by Cleo: A note"


def test_conversations_of_xlsb(write: Write, read: Read) -> None:
    comments = record(632, string("tc={1}")) + record(635, bytes(4) + b"\1\0\0\0" * 4 + bytes(16))
    comments += record(637, b"\0" + string(_COPY))
    parts = {
        "xl/worksheets/_rels/sheet1.bin.rels": with_type(
            {"a": ("comments", "../comments1.bin"), "b": (_2017, "../threadedComments/threadedComment1.xml")}
        ),
        "xl/comments1.bin": comments,
        "xl/threadedComments/threadedComment1.xml": THREADS,
        "xl/persons/person.xml": PEOPLE,
    }
    text = read(write("a.xlsb", workbook(**parts))).text
    assert SAID in text
    assert "Threaded comment" not in text


MAIN = "http://schemas.openxmlformats.org/presentationml/2006/main"
OLDER = (
    f"<p:cmLst xmlns:p='{MAIN}'><p:cm authorId='0' dt='2024-01-01T00:00:00.000' idx='1'><p:pos x='1' y='1'/>"
    "<p:text>Is the figure right?</p:text></p:cm><p:cm authorId='1' dt='2024-01-02T00:00:00.000' idx='1'>"
    "<p:pos x='1' y='1'/><p:text>It is.</p:text><p:extLst><p:ext uri='x'><t:threadingInfo xmlns:t='t'>"
    "<t:parentCm authorId='0' idx='1'/></t:threadingInfo></p:ext></p:extLst></p:cm></p:cmLst>"
)
NEWER = (
    "<n:cmLst xmlns:n='n' xmlns:a='a'><n:cm id='{1}' authorId='{A}'><n:replyLst>"
    "<n:reply id='{2}' authorId='{X}'><n:txBody><a:p><a:r><a:t>Mended</a:t></a:r></a:p></n:txBody>"
    "</n:reply></n:replyLst>"
    "<n:txBody><a:bodyPr/>"
    "<a:p><a:r><a:t>A word </a:t></a:r><a:r><a:t>is wrong</a:t></a:r></a:p>"
    "<a:p><a:r><a:t>here</a:t></a:r></a:p></n:txBody></n:cm></n:cmLst>"
)


def commented(**comments: str) -> bytes:
    """A presentation of two slides; the first has older comments, the second newer ones."""
    data = pptx(shape("First", "title"), shape("Second", "title"), notes={1: "Say so"})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as held, zipfile.ZipFile(out, "w") as archive:
        for name in held.namelist():
            text = held.read(name).decode()
            if name.endswith("slide1.xml.rels"):
                added = with_type({"c": ("comments", "../comments/comment1.xml")})
                text = text.replace("</Relationships>", added.partition(">")[2])
            elif name.endswith("slide2.xml.rels"):
                added = with_type({"c": (f"{_2018}/comments", "../comments/modernComment_1.xml")})
                text = text.replace("</Relationships>", added.partition(">")[2])
            elif name.endswith("presentation.xml.rels"):
                authors = {
                    "x": ("commentAuthors", "commentAuthors.xml"),
                    "y": (f"{_2018}/authors", "authors.xml"),
                }
                text = text.replace("</Relationships>", with_type(authors).partition(">")[2])
            archive.writestr(name, text)
        archive.writestr("ppt/comments/comment1.xml", comments.get("older", OLDER))
        archive.writestr("ppt/comments/modernComment_1.xml", comments.get("newer", NEWER))
        archive.writestr(
            "ppt/commentAuthors.xml",
            f"<p:cmAuthorLst xmlns:p='{MAIN}'><p:cmAuthor id='0' name='Ann' initials='A'/>"
            "<p:cmAuthor id='1' name='Bob Müller' initials='B'/></p:cmAuthorLst>",
        )
        archive.writestr(
            "ppt/authors.xml", "<n:authorLst xmlns:n='n'><n:author id='{A}' name='Cleo'/></n:authorLst>"
        )
    return out.getvalue()


def test_comments_on_slides_stand_behind_them(write: Write, read: Read) -> None:
    reading = read(write("a.pptx", commented()))
    assert [page.text.strip() for page in reading.text_pages] == [
        "First\n\nNotes: Say so\n\nComment by Ann: Is the figure right?\nReply by Bob Müller: It is.",
        "Second\n\nComment by Cleo: A word is wrong here\nReply: Mended",
    ]
    assert reading.warnings == ()


def test_slides_are_read_whose_comments_are_damaged(write: Write, read: Read) -> None:
    reading = read(write("a.pptx", commented(newer="<broken")))
    assert "Is the figure right?" in reading.text
    assert reading.warnings == ("Comments on slides that are damaged were not read.",)


def test_comments_and_footers_of_an_opendocument_presentation(write: Write, read: Read) -> None:
    note = (
        "<office:annotation xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:creator>Ann</dc:creator>"
        "<dc:date>2024-01-01T00:00:00</dc:date><text:p>Is it</text:p><text:p>so?</text:p></office:annotation>"
    )
    box = "<draw:frame><draw:text-box><text:p>Words</text:p></draw:text-box></draw:frame>"
    body = (
        "<presentation:footer-decl presentation:name='f1'>Harbour board</presentation:footer-decl>"
        "<presentation:footer-decl presentation:name='f2'>Of no slide</presentation:footer-decl>"
        f"<draw:page draw:name='page1' presentation:use-footer-name='f1'>{box}{note}</draw:page>"
    )
    reading = read(write("a.odp", opendocument("presentation", body)))
    assert reading.text == "Words\n\nComment by Ann: Is it so?\n\nHarbour board"
    assert [reading.text[start:end] for start, end in reading.asides] == ["Harbour board"]
