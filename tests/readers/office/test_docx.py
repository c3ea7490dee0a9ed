from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest

from explorer.errors import ReadError
from explorer.readers.office.docx_styles import spelled
from tests.readers.conftest import Read, Write

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def package(body: str, **parts: str) -> bytes:
    """A DOCX with a body and other parts ("styles" for word/styles.xml)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, xml in parts.items():
            archive.writestr(f"word/{name}" if name.endswith(".rels") else f"word/{name}.xml", xml)
    return out.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


STYLES = f"""<w:styles {W}>
<w:style w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="H1"/></w:style>
<w:style w:styleId="T"><w:name w:val="Title"/></w:style></w:styles>"""
NUMBERING = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1">
<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>"""


def item(text: str, num: int, level: int = 0, style: str = "") -> str:
    return paragraph(text, f'{style}<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')


def test_headings_lists_and_paragraphs(write: Write, read: Read) -> None:
    body = (
        paragraph("The Report", '<w:pStyle w:val="T"/>')
        + item("Scope", 1, style='<w:pStyle w:val="H1"/>')
        + paragraph("Some text.")
        + item("dot", 2)
        + item("other", 2)
        + paragraph("Own", '<w:pStyle w:val="Mine"/>')
        + item("second", 1)
        + item("inner", 1, 1)
        + paragraph("")
        + paragraph("Level", '<w:outlineLvl w:val="2"/>')
    )
    reading = read(write("a.docx", package(body, styles=STYLES, numbering=NUMBERING)))
    assert reading.text == (
        "The Report\n\n1. Scope\n\nSome text.\n\n- dot\n- other\n\nOwn\n\n2. second\n  2.a) inner\n\nLevel"
    )
    assert [(each.level, each.text) for each in reading.headings] == [
        (1, "1. Scope"),
        (1, "Own"),
        (3, "Level"),
    ]
    assert all(reading.text[each.start :].startswith(each.text) for each in reading.headings)
    assert reading.title == "The Report"


def test_tables_are_read_row_by_row(write: Write, read: Read) -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    body = (
        "<w:tbl><w:tr>"
        + cell("Region", '<w:vMerge w:val="restart"/>')
        + cell("Sales 2022 and 2023", '<w:gridSpan w:val="2"/>')
        + "</w:tr><w:tr>"
        + cell("", "<w:vMerge/>")
        + cell("1,200")
        + f"<w:tc>{paragraph('1,300')}<w:tbl><w:tr>{cell('est.')}</w:tr></w:tbl></w:tc>"
        + "</w:tr></w:tbl>"
        + paragraph("After")
    )
    reading = read(write("a.docx", package(body)))
    header = "Region | Sales 2022 and 2023 | Sales 2022 and 2023"
    assert reading.text == "Region | Sales 2022 and 2023\nRegion | 1,200 | 1,300 est.\n\nAfter"
    assert [(reading.text[each.start : each.end], each.header) for each in reading.tables] == [
        ("Region | Sales 2022 and 2023\nRegion | 1,200 | 1,300 est.", header)
    ]


@pytest.mark.parametrize(
    ("table", "row", "header"),
    [
        ("", "", "Year | Sales"),
        ('<w:tblPr><w:tblLook w:val="0400" w:firstRow="0"/></w:tblPr>', "", ""),
        ('<w:tblPr><w:tblLook w:val="0400"/></w:tblPr>', "", ""),
        ('<w:tblPr><w:tblLook w:val="0400"/></w:tblPr>', "<w:trPr><w:tblHeader/></w:trPr>", "Year | Sales"),
    ],
)
def test_the_first_row_names_the_columns_unless_said_otherwise(
    write: Write, read: Read, table: str, row: str, header: str
) -> None:
    def cell(text: str) -> str:
        return f"<w:tc>{paragraph(text)}</w:tc>"

    body = (
        f"<w:tbl>{table}<w:tr>{row}{cell('Year')}{cell('Sales')}</w:tr>"
        f"<w:tr>{cell('2022')}{cell('7')}</w:tr></w:tbl>"
    )
    assert [each.header for each in read(write("a.docx", package(body))).tables] == [header]


def test_running_headers_and_charts(write: Write, read: Read, zoo: Path) -> None:
    relations = """<Relationships><Relationship Id="r1" Type="x/header" Target="header1.xml"/>
<Relationship Id="r2" Type="x/footer" Target="/word/header1.xml"/>
<Relationship Id="r3" Type="x/image" Target="http://127.0.0.1:9/a.png" TargetMode="External"/>
</Relationships>"""
    parts = {"header1": f"<w:hdr {W}>{paragraph('Acme, confidential')}</w:hdr>"}
    data = package(paragraph("Words") + CHART, **parts, **{"_rels/document.xml.rels": relations})
    reading = read(write("a.docx", data))
    assert reading.text == "Words\n\nAcme, confidential"
    assert reading.asides == ((7, 25),)
    charted = read(zoo / "docling/docx/drawingml.docx")
    assert "Line chart\n\n | Series 1 | Series 2 | Series 3\nCategory 1 | 4.3 | 2.4 | 2" in charted.text


CHART = """<w:p><w:r><w:drawing><c:chart xmlns:c="c" xmlns:r="r" r:id="r3"/></w:drawing></w:r></w:p>"""
M = 'xmlns:m="m"'


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("<m:f><m:num>1</m:num><m:den>2</m:den></m:f>", r"\frac{1}{2}"),
        ("<m:sSup><m:e>r</m:e><m:sup>2</m:sup></m:sSup>", "r^{2}"),
        ("<m:rad><m:deg/><m:e>π</m:e></m:rad>", r"\sqrt{\pi}"),
        (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>0</m:sub><m:sup>n</m:sup>'
            "<m:e>x</m:e></m:nary>",
            r"\sum_{0}^{n} x",
        ),
        (
            '<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val=""/></m:dPr><m:e>a</m:e><m:e>b</m:e></m:d>',
            r"\left[a|b\right.",
        ),
        ("<m:func><m:fName>log</m:fName><m:e>x</m:e></m:func>", r"\log(x)"),
        ("<m:m><m:mr><m:e>a</m:e><m:e>b</m:e></m:mr><m:mr><m:e>c</m:e><m:e>Ω</m:e></m:mr></m:m>",
         r"\begin{matrix}a & b \\ c & \Omega\end{matrix}"),
    ],
)  # fmt: skip
def test_formulas_are_latex(write: Write, read: Read, formula: str, shown: str) -> None:
    formula = re.sub(r">([^<>]+)<", r"><m:r><m:t>\1</m:t></m:r><", formula)
    body = f"<w:p><m:oMath {M}>{formula}</m:oMath></w:p>"
    assert read(write("a.docx", package(body))).text == shown


def test_what_is_deleted_or_hidden_stays_out(write: Write, read: Read) -> None:
    body = """<w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>
<w:ins><w:r><w:t xml:space="preserve"> inserted</w:t><w:tab/><w:t>on</w:t><w:br/><w:t>line</w:t></w:r></w:ins>
<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>
<w:hyperlink><w:r><w:noBreakHyphen/><w:t>link</w:t></w:r></w:hyperlink></w:p>"""
    assert read(write("a.docx", package(body))).text == "kept inserted\ton\nline-link"


def test_footnotes_comments_and_text_boxes(write: Write, read: Read) -> None:
    body = """<w:p><w:r><w:t>Text</w:t><w:footnoteReference w:id="7"/></w:r>
<mc:AlternateContent xmlns:mc="m">
<mc:Choice><w:txbxContent>BOX</w:txbxContent></mc:Choice>
<mc:Fallback><w:txbxContent>BOX</w:txbxContent></mc:Fallback>
</mc:AlternateContent></w:p>""".replace("BOX", paragraph("in a box"))
    note = f'<w:footnote w:id="0"/><w:footnote w:id="7">{paragraph("See there.")}</w:footnote>'
    notes = f"<w:footnotes {W}>{note}</w:footnotes>"
    comments = f'<w:comments {W}><w:comment w:author="Ada">{paragraph("Really?")}</w:comment></w:comments>'
    reading = read(write("a.docx", package(body, footnotes=notes, comments=comments)))
    assert reading.text == "Text[1]\n\nin a box\n\n[1] See there.\n\nComment by Ada: Really?"


def test_properties(zoo: Path, read: Read) -> None:
    reading = read(zoo / "docling/docx/word_sample.docx")
    assert reading.title == "Swimming in the lake"
    assert reading.date == date(2024, 10, 9)


ENTITY = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "{bomb}"><!ENTITY c SYSTEM "file://{canary}">]>'


@pytest.mark.parametrize("part", ["document", "styles", "numbering", "footnotes"])
def test_document_types_are_refused(write: Write, read: Read, tmp_path: Path, part: str) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY")
    declared = ENTITY.format(bomb="&a;" * 1000, canary=canary)
    xml = f"{declared}<w:document {W}><w:body>{paragraph('words &b; &c;')}</w:body></w:document>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if part != "document":
            body = f"<w:document {W}><w:body>{paragraph('words')}</w:body></w:document>"
            archive.writestr("word/document.xml", body)
        archive.writestr(f"word/{part}.xml", xml)
    with pytest.raises(ReadError, match=r"^bomb\.docx was refused: its XML declares a document type\.$"):
        read(write("bomb.docx", out.getvalue()))


def test_bytes_really_unpacked_are_counted(write: Write, read: Read) -> None:
    """A zip that says it is small: the sizes in both headers lie."""
    data = bytearray(package(paragraph("x" * 3_000_000)))
    size = len(f"<w:document {W}><w:body>{paragraph('x' * 3_000_000)}</w:body></w:document>")
    with pytest.raises(ReadError, match=r"unpacks to more than 1 MB"):
        read(write("bomb.docx", bytes(data)), inflated_mb=1)
    lying = bytes(data).replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != bytes(data)
    with pytest.raises(ReadError):
        read(write("liar.docx", lying), inflated_mb=1)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_cut_files_are_one_clear_message(zoo: Path, write: Write, read: Read, share: float) -> None:
    data = (zoo / "docling/docx/word_sample.docx").read_bytes()
    with pytest.raises(ReadError, match=r"^cut\.docx could not be read: it is a damaged zip or Office file"):
        read(write("cut.docx", data[: int(len(data) * share)]))


def test_damaged_members(write: Write, read: Read) -> None:
    with pytest.raises(ReadError, match="damaged"):
        read(write("a.docx", package("<w:p><w:r><w:t>unclosed")))
    with pytest.raises(ReadError, match=r"^a\.docx has no text\.$"):
        read(write("a.docx", package("<w:p/>")))
    data = bytearray(package(paragraph("word " * 1000)))
    at = data.index(b"word/document.xml") + 60
    data[at : at + 20] = b"\xff" * 20
    with pytest.raises(ReadError, match="damaged"):
        read(write("a.docx", bytes(data)))


def test_deep_nesting_is_read_or_refused(write: Write, read: Read) -> None:
    deep = "<w:sdt><w:sdtContent>" * 3000 + paragraph("bottom") + "</w:sdtContent></w:sdt>" * 3000
    with pytest.raises(ReadError, match="damaged"):
        read(write("deep.docx", package(deep)))


@pytest.mark.parametrize(
    ("count", "form", "shown"),
    [
        (4, "decimal", "4"),
        (4, "lowerLetter", "d"),
        (28, "upperLetter", "BB"),
        (4, "lowerRoman", "iv"),
        (1999, "upperRoman", "MCMXCIX"),
        (7, "decimalZero", "07"),
        (7, "none", ""),
        (7, "chicago", "7"),
    ],
)
def test_counts_are_spelled(count: int, form: str, shown: str) -> None:
    assert spelled(count, form) == shown
