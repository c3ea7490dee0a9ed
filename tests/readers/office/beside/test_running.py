"""Headers and footers of sheets: `explorer.readers.office.beside.running`."""

from __future__ import annotations

import struct

import pytest

from explorer.readers.office.beside.running import printed
from explorer.readers.reading import Reading
from tests.readers.conftest import Read, Write
from tests.readers.office.office_files import O, rows, xlsx, zipped
from tests.readers.office.test_xlsb import SHEET, record, string, workbook
from tests.readers.ole.test_excel import record as old_record
from tests.readers.ole.test_excel import workbook as old_workbook
from tests.readers.ole_files import ole


def asides(reading: Reading) -> list[str]:
    return [reading.text[start:end] for start, end in reading.asides]


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        ("&LHarbour board&CLedger of &A&RPage &P of &N", "Harbour board | Ledger of Sums"),
        ('&C&"Arial,Bold"&12 Annual &KFF0000report && plan', "Annual report & plan"),
        ("Confidential &D &T", "Confidential"),
        ("&L&A&RSeite &P+1", ""),
        ("&RAnnual report 2024 - &P/&N", "Annual report 2024"),
        ("&C7", ""),
        ("&L&G&F&Z", ""),
        ("", ""),
        ("&", "&"),
    ],
)
def test_codes_are_resolved_or_left_out(codes: str, text: str) -> None:
    assert printed(codes, "Sums") == text


def headers(**texts: str) -> str:
    """A sheet's element of headers; `texts` are those of its parts and its attributes (in capitals)."""
    flags = "".join(f' {name.removeprefix("is_")}="{held}"' for name, held in texts.items() if held == "1")
    parts = "".join(f"<{name}>{held}</{name}>" for name, held in texts.items() if held != "1")
    return f"<headerFooter{flags}>{parts}</headerFooter>"


def test_headers_of_xlsx_stand_once_behind_their_sheet(write: Write, read: Read) -> None:
    first = rows(("x",)) + headers(
        oddHeader="&amp;CHarbour board", oddFooter="&amp;L&amp;ASurvey&amp;RPage &amp;P", evenHeader="unused",
        firstHeader="Title page &amp;G", differentFirst="1",
    )  # fmt: skip
    saved_view = '<customSheetViews><customSheetView guid="x"><headerFooter><oddHeader>A view</oddHeader>'
    saved_view += "</headerFooter></customSheetView></customSheetViews>"
    book = {
        "One": first,
        "Two": rows(("y",)) + saved_view + headers(oddHeader="&amp;CHarbour board"),
        "Empty": "",
    }
    book["Empty"] = headers(oddHeader="Printed never")
    reading = read(write("a.xlsx", xlsx(book)))
    assert reading.text == "One\n\nx\n\nHarbour board\n\nOneSurvey\n\nTitle page\n\nTwo\n\ny\n\n"
    assert asides(reading) == ["Harbour board", "OneSurvey", "Title page"]
    assert reading.warnings == ("A picture in the header or footer of a sheet was not read.",)


def test_headers_of_xlsb(write: Write, read: Read) -> None:
    nothing = b"\xff" * 4
    texts = string("&CHarbour board") + nothing + string("&LEven pages") + nothing + string("First") + nothing
    reading = read(write("a.xlsb", workbook(SHEET + record(479, b"\1\0" + texts) + record(480))))
    assert asides(reading) == ["Harbour board", "Even pages"]


def test_headers_of_xls(write: Write, read: Read) -> None:
    def text(words: str) -> bytes:
        return struct.pack("<HB", len(words), 1) + words.encode("utf-16-le")

    more = struct.pack("<12x16xHHHHH", 2, 4, 0, 5, 0) + text("Even") + text("First")
    view = struct.pack("<12x16sHHHHH", b"view", 3, 0, 0, 6, 0) + text("A view")
    stream = old_workbook(
        old_record(0x203, struct.pack("<HHHd", 0, 0, 0, 7.0)),
        old_record(0x14, text("&CŁódź board")),
        old_record(0x15, b""),
        old_record(0x89C, more),
        old_record(0x89C, view),
    )
    assert asides(read(write("a.xls", ole({"Workbook": stream})))) == ["Łódź board", "First"]


def ods(master: str, sheets: str) -> bytes:
    styles = '<style:style style:name="ta1" style:family="table" style:master-page-name="Printed"/>'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content {O}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:spreadsheet>{sheets}</office:spreadsheet>"
            "</office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {O}><office:master-styles>{master}"
            "</office:master-styles></office:document-styles>",
            "meta.xml": f"<office:document-meta {O}/>",
        }
    )


def test_headers_of_ods_are_those_of_the_page_that_a_sheet_is_printed_on(write: Write, read: Read) -> None:
    master = (
        '<style:master-page style:name="Printed"><style:header><style:region-left><text:p>Ledger of '
        "<text:sheet-name>???</text:sheet-name></text:p></style:region-left><style:region-center><text:p>"
        "Harbour<text:s/>board</text:p><text:p>Office <text:date>1.1.</text:date></text:p>"
        "</style:region-center></style:header>"
        '<style:header-left style:display="false"><text:p>Unused</text:p></style:header-left>'
        "<style:footer><text:p>Page <text:page-number>1</text:page-number> of <text:page-count>9"
        "</text:page-count></text:p></style:footer></style:master-page>"
        '<style:master-page style:name="Report"><style:header><text:p>Of none</text:p></style:header>'
        "</style:master-page>"
    )
    row = "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    sheets = f'<table:table table:name="One" table:style-name="ta1">{row}</table:table>'
    sheets += f'<table:table table:name="Two">{row}</table:table>'
    reading = read(write("a.ods", ods(master, sheets)))
    assert reading.text == "One\n\nx\n\nLedger of One | Harbour board Office\n\nTwo\n\nx"
    assert asides(reading) == ["Ledger of One | Harbour board Office"]


def test_sheets_are_read_whose_styles_are_damaged(write: Write, read: Read) -> None:
    row = "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    damaged = ods("<broken>", f'<table:table table:name="One" table:style-name="ta1">{row}</table:table>')
    assert read(write("a.ods", damaged)).text == "One\n\nx"
