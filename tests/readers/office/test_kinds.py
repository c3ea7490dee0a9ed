"""Kinds of things that several Office formats have: SmartArt, merged cells, drop caps, parts nobody needs."""

from __future__ import annotations

import io
import zipfile

import pytest

from explorer.errors import ReadError
from tests.readers.conftest import Read, Write
from tests.readers.office.office_files import opendocument, pptx, relations, rows, shape, xlsx, zipped
from tests.readers.office.test_docx import W, paragraph


def body(xml: str) -> str:
    """The main part of a Word file."""
    return f"<w:document {W}><w:body>{xml}</w:body></w:document>"


DGM = 'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
FRAME = (
    "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id='9' name='d'/><p:cNvGraphicFramePr/><p:nvPr/>"
    f"</p:nvGraphicFramePr><p:xfrm/><a:graphic><a:graphicData><dgm:relIds {DGM} r:dm='dm'/></a:graphicData>"
    "</a:graphic></p:graphicFrame>"
)


def added(data: bytes, **parts: str) -> bytes:
    """The zip with these members in it, in place of their namesakes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**held, **parts})


def points(*points: tuple[str, str, str], joined: tuple[tuple[str, str, int], ...] = ()) -> str:
    """SmartArt: (id, type, words) of each point; (id of the upper one, id of the lower one, place)."""
    listed = "".join(
        f"<dgm:pt modelId='{key}' type='{kind}'><dgm:t><a:p xmlns:a='a'><a:r><a:t>{words}</a:t></a:r></a:p>"
        "</dgm:t></dgm:pt>"
        for key, kind, words in points
    )
    lines = "".join(
        f"<dgm:cxn modelId='c{place}' srcId='{upper}' destId='{lower}' srcOrd='{place}'/>"
        for upper, lower, place in joined
    )
    inner = f"<dgm:ptLst>{listed}</dgm:ptLst><dgm:cxnLst>{lines}</dgm:cxnLst>"
    return f"<dgm:dataModel {DGM}>{inner}</dgm:dataModel>"


TREE = points(
    ("3", "node", "Second"), ("0", "doc", ""), ("1", "node", "First"), ("2", "asst", "Below"),
    ("9", "pres", "Drawn"),
    joined=(("0", "3", 1), ("0", "1", 0), ("1", "2", 0)),
)  # fmt: skip
SHOWN = "- First\n  - Below\n- Second"


def test_smartart_on_slides_stands_before_their_notes(write: Write, read: Read) -> None:
    slides = (shape("One", "title"), shape("Two", "title") + FRAME, shape("Three", "title") + FRAME)
    parts = {}
    for number in (2, 3):
        own = {"dm": ("diagramData", f"../diagrams/data{number}.xml")}
        if number == 2:
            own["n"] = ("notesSlide", "../notesSlides/notesSlide2.xml")
        parts[f"ppt/slides/_rels/slide{number}.xml.rels"] = relations(own)
    parts["ppt/diagrams/data2.xml"] = TREE
    parts["ppt/diagrams/data3.xml"] = points(("1", "node", "Alone"))
    reading = read(write("a.pptx", added(pptx(*slides, notes={2: "Say so."}), **parts)))
    assert [page.text.strip() for page in reading.text_pages] == [
        "One",
        f"Two\n\n{SHOWN}\n\nNotes: Say so.",
        "Three\n\n- Alone",
    ]


@pytest.mark.parametrize("within", ["{}", "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"])
def test_smartart_in_word(write: Write, read: Read, within: str) -> None:
    drawing = f"<w:drawing><dgm:relIds {DGM} {R} r:dm='d1'/></w:drawing>"
    drawn = f"<w:p><w:r><w:t>Here</w:t></w:r><w:r>{drawing}</w:r></w:p>"
    data = zipped(
        {
            "word/document.xml": body(within.format(drawn) + paragraph("After")),
            "word/_rels/document.xml.rels": relations({"d1": ("diagramData", "diagrams/data1.xml")}),
            "word/diagrams/data1.xml": TREE,
        }
    )
    assert read(write("a.docx", data)).text == f"Here\n\n{SHOWN}\n\nAfter"


def test_smartart_on_sheets(write: Write, read: Read) -> None:
    drawing = (
        f"<d:wsDr xmlns:d='d'><d:twoCellAnchor><dgm:relIds {DGM} {R} r:dm='d1'/></d:twoCellAnchor></d:wsDr>"
    )
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations({"b": ("drawing", "../drawings/drawing1.xml")}),
        "xl/drawings/drawing1.xml": drawing,
        "xl/drawings/_rels/drawing1.xml.rels": relations({"d1": ("diagramData", "../diagrams/data1.xml")}),
        "xl/diagrams/data1.xml": TREE,
    }
    assert read(write("a.xlsx", xlsx({"S": rows(("x",))}, parts=parts))).text == f"S\n\nx\n\n{SHOWN}"


def test_smartart_that_goes_round_ends(write: Write, read: Read) -> None:
    round_ = points(("1", "node", "A"), ("2", "node", "B"), joined=(("1", "2", 0), ("2", "1", 0)))
    own = {"ppt/slides/_rels/slide1.xml.rels": relations({"dm": ("diagramData", "../diagrams/data1.xml")})}
    data = added(pptx(shape("One") + FRAME), **own, **{"ppt/diagrams/data1.xml": round_})
    assert read(write("a.pptx", data)).text.strip() == "One\n\n- A\n  - B"


CELL = "<a:tc{}><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"


def slide_table() -> bytes:
    lines = (
        CELL.format(' gridSpan="2"', "Wide")
        + CELL.format(' hMerge="1"', "")
        + CELL.format(' rowSpan="2"', "Tall"),
        CELL.format("", "7") + CELL.format("", "7") + CELL.format(' vMerge="1"', ""),
    )
    listed = "".join(f'<a:tr h="1">{line}</a:tr>' for line in lines)
    return pptx(
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="4" name="t"/><p:cNvGraphicFramePr/><p:nvPr/>'
        "</p:nvGraphicFramePr><p:xfrm/><a:graphic><a:graphicData "
        'uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr firstRow="1"/>'
        f'<a:tblGrid><a:gridCol w="1"/><a:gridCol w="1"/><a:gridCol w="1"/></a:tblGrid>{listed}</a:tbl>'
        "</a:graphicData></a:graphic></p:graphicFrame>"
    )


def text_table() -> bytes:
    cell = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>"
    spanned = "<table:covered-table-cell/>"
    first = cell.format(' table:number-columns-spanned="2"', "Wide") + spanned
    first += cell.format(' table:number-rows-spanned="2"', "Tall")
    second = cell.format("", "7") + cell.format("", "7") + spanned
    lines = "".join(f"<table:table-row>{line}</table:table-row>" for line in (first, second))
    return opendocument("text", f"<table:table>{lines}</table:table>")


def word_table(old: bool) -> bytes:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    wide = cell("Wide", '<w:gridSpan w:val="2"/>')
    if old:
        wide = cell("Wide", '<w:hMerge w:val="restart"/>') + cell("", "<w:hMerge/>")
    first = wide + cell("Tall", '<w:vMerge w:val="restart"/>')
    lines = f"<w:tr>{first}</w:tr><w:tr>{cell('7')}{cell('7')}{cell('', '<w:vMerge/>')}</w:tr>"
    return zipped(
        {"word/document.xml": f"<w:document {W}><w:body><w:tbl>{lines}</w:tbl></w:body></w:document>"}
    )


PAGE = (
    "<html><body><table><tr><th colspan=2>Wide</th><th rowspan=2>Tall</th></tr><tr><td>7</td><td>7</td></tr>"
    "</table></body></html>"
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pptx", slide_table()),
        ("a.odt", text_table()),
        ("a.docx", word_table(old=False)),
        ("b.docx", word_table(old=True)),
        ("a.html", PAGE.encode()),
    ],
)
def test_a_merged_cell_is_said_once_in_a_row_and_in_each_row(
    write: Write, read: Read, name: str, data: bytes
) -> None:
    reading = read(write(name, data))
    assert reading.text.strip() == "Wide | Tall\n7 | 7 | Tall"
    assert [each.header for each in reading.tables] == ["Wide | Wide | Tall"]


def test_a_cell_over_two_rows_and_two_columns_of_a_page(write: Write, read: Read) -> None:
    page = "<table><tr><td>a</td><td rowspan=2 colspan=2>Block</td></tr><tr><td>b</td></tr><tr><td>1</td>"
    page += "<td>2</td>"
    assert (
        read(write("a.html", f"<html>{page}<td>3</td></tr></table>")).text
        == "a | Block\nb | Block\n1 | 2 | 3"
    )


CAP = '<w:p><w:pPr><w:framePr w:dropCap="{}" w:lines="3"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (CAP.format("drop", "T") + paragraph("he keeper"), "The keeper"),
        (CAP.format("margin", "The") + "<w:p><w:r><w:t> keeper</w:t></w:r></w:p>", "The keeper"),
        (paragraph("Before") + CAP.format("drop", "„E") + paragraph("s war“"), "Before\n\n„Es war“"),
        (CAP.format("drop", "T"), "T"),
        (
            f"<w:tbl><w:tr><w:tc>{CAP.format('drop', 'T')}{paragraph('he keeper')}</w:tc></w:tr></w:tbl>",
            "The keeper",
        ),
        (CAP.format("none", "A frame") + paragraph("and text"), "A frame\n\nand text"),
    ],
)
def test_a_large_first_letter_joins_its_paragraph(write: Write, read: Read, body: str, text: str) -> None:
    data = zipped({"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"})
    assert read(write("a.docx", data)).text == text


TYPE = '<!DOCTYPE x PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd" [<!ENTITY e "ha">]>'
MATH = f"{TYPE}<math xmlns='http://www.w3.org/1998/Math/MathML'><mi>E</mi><mi>&e;</mi></math>"


@pytest.mark.parametrize(
    ("kind", "name", "body"),
    [
        ("text", "a.odt", "<text:p>Some words.</text:p>"),
        ("spreadsheet", "a.ods", "<table:table table:name='S'><table:table-row><table:table-cell>"
         "<text:p>Some words.</text:p></table:table-cell></table:table-row></table:table>"),
        ("presentation", "a.odp", "<draw:page><draw:frame><draw:text-box><text:p>Some words.</text:p>"
         "</draw:text-box></draw:frame></draw:page>"),
    ],
)  # fmt: skip
def test_parts_that_nobody_needs_are_not_parsed(
    write: Write, read: Read, kind: str, name: str, body: str
) -> None:
    parts = {
        "META-INF/manifest.xml": f"{TYPE}<manifest/>",
        "Basic/script-lc.xml": f"{TYPE}<libraries>&e;</libraries>",
        "Configurations2/accelerator/current.xml": "no XML at all",
        "settings.xml": f"{TYPE}<settings/>",
    }
    assert "Some words." in read(write(name, added(opendocument(kind, body), **parts))).text
    with pytest.raises(ReadError, match="declares a document type"):
        read(write(name, opendocument(kind, body, head=TYPE)))


def test_objects_that_are_not_read_are_said(write: Write, read: Read) -> None:
    text = opendocument("text", "<text:p>Some words.</text:p>")
    one = read(write("a.odt", added(text, **{"Object 1/content.xml": MATH})))
    assert one.text == "Some words."
    assert one.warnings == ("1 embedded object (a formula, a chart or a sheet) was not read.",)
    two = read(write("a.odt", added(text, **{"Object 1/content.xml": MATH, "Object 2/content.xml": MATH})))
    assert two.warnings == ("2 embedded objects (formulas, charts or sheets) were not read.",)


@pytest.mark.parametrize(("kind", "name"), [("text", "a.odt"), ("spreadsheet", "a.ods")])
def test_macros_of_opendocument_are_said(write: Write, read: Read, kind: str, name: str) -> None:
    body = "<text:p>Some words.</text:p>"
    if kind == "spreadsheet":
        body = f'<table:table table:name="One"><table:table-row><table:table-cell>{body}</table:table-cell>'
        body += "</table:table-row></table:table>"
    plain = opendocument(kind, body)
    lists = {"Basic/script-lc.xml": "<a/>", "Basic/Standard/script-lb.xml": "<a/>"}
    assert read(write(name, added(plain, **lists))).warnings == ()
    for module in ("Basic/Standard/Module1.xml", "Scripts/python/tidy.py"):
        found = read(write(name, added(plain, **{**lists, module: "<a/>"})))
        assert found.warnings == ("Its macros were not read.",), module


def test_a_theme_of_slides_may_be_odd(write: Write, read: Read) -> None:
    data = added(pptx(shape("One")), **{"ppt/theme/theme1.xml": f"{TYPE}<a>&e;</a>"})
    assert read(write("a.pptx", data)).text.strip() == "One"
    slide = f"{TYPE}{zipfile.ZipFile(io.BytesIO(data)).read('ppt/slides/slide1.xml').decode()}"
    with pytest.raises(ReadError, match="declares a document type"):
        read(write("a.pptx", added(data, **{"ppt/slides/slide1.xml": slide})))


ODS_CELLS = (
    ('office:value-type="float" office:value="123"', "00123", "00123"),
    (
        'office:value-type="float" office:value="4111111111111112"',
        "4.11111111111111E+015",
        "4111111111111112",
    ),
    ('office:value-type="float" office:value="4111111111111112"', "###", "4111111111111112"),
    ('office:value-type="float" office:value="999999999999999"', "1E+15", "999999999999999"),
    ('office:value-type="float" office:value="12345.678"', "1.23E+04", "1.23E+04"),
    ('office:value-type="currency" office:value="1234.5"', "1.234,50 €", "1.234,50 €"),
    ('office:value-type="percentage" office:value="0.285"', "28,5 %", "28,5 %"),
    ('office:value-type="time" office:time-value="PT36H00M00S"', "36:00", "36:00"),
    ('office:value-type="float" office:value="7"', "", "7"),
    ('office:value-type="date" office:date-value="2024-02-01"', "1.2.24", "2024-02-01"),
)


@pytest.mark.parametrize(("attributes", "written", "shown"), ODS_CELLS)
def test_opendocument_cells_are_given_as_shown(
    write: Write, read: Read, attributes: str, written: str, shown: str
) -> None:
    inner = f"<text:p>{written}</text:p>" if written else ""
    cell = f"<table:table-cell {attributes}>{inner}</table:table-cell>"
    body = f"<table:table table:name='S'><table:table-row>{cell}</table:table-row></table:table>"
    assert read(write("a.ods", opendocument("spreadsheet", body))).text == f"S\n\n{shown}"
