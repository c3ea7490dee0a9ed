"""What stands beside the text of a file: it is read, or a warning says that it was not."""

from __future__ import annotations

import io
import zipfile

from explorer.readers.office import left_out, odp_texts
from explorer.readers.reading import Source
from tests.readers.cases.outlook_files import ole
from tests.readers.conftest import Read, Write

_OPEN = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = (
    f'xmlns:office="{_OPEN}office:1.0" xmlns:text="{_OPEN}text:1.0" xmlns:table="{_OPEN}table:1.0" '
    f'xmlns:style="{_OPEN}style:1.0" xmlns:draw="{_OPEN}drawing:1.0" '
    f'xmlns:presentation="{_OPEN}presentation:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def zipped(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def flat(kind: str, body: str, rest: str = "") -> str:
    return (
        f'<?xml version="1.0"?><office:document {_SPACES} office:mimetype='
        f'"application/vnd.oasis.opendocument.{kind}">{rest}<office:body>{body}</office:body></office:document>'
    )


def test_running_headers_and_comments_of_one_xml_file(write: Write, read: Read) -> None:
    styles = (
        '<office:master-styles><style:master-page style:name="Standard"><style:header><text:p>Circular of '
        "the office</text:p></style:header><style:footer><text:p>7</text:p></style:footer>"
        "</style:master-page></office:master-styles>"
    )
    note = "<office:annotation><dc:creator>Ann</dc:creator><text:p>Check it</text:p></office:annotation>"
    body = f"<office:text><text:p>The level{note} fell.</text:p></office:text>"
    reading = read(write("a.fodt", flat("text", body, styles)))
    assert reading.text.strip() == "The level fell.\n\nComment by Ann: Check it\n\nCircular of the office"
    assert [reading.text[start:end] for start, end in reading.asides] == ["Circular of the office"]


def test_merged_cells_of_one_xml_file(write: Write, read: Read) -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<table:table-cell{more}><text:p>{text}</text:p></table:table-cell>"

    covered = "<table:covered-table-cell/>"
    rows = (
        cell("Gauge", ' table:number-rows-spanned="2"')
        + cell("Year", ' table:number-columns-spanned="2"')
        + covered,
        covered + cell("First") + cell("Second"),
        cell("Kestrel") + cell("1") + cell("2"),
    )
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    body = f"<office:text><text:p>Levels</text:p><table:table>{table}</table:table></office:text>"
    text = read(write("a.fodt", flat("text", body))).text
    assert text.strip() == "Levels\n\nGauge | Year\nGauge | First | Second\nKestrel | 1 | 2"


def test_days_and_comments_on_cells_of_one_xml_file(write: Write, read: Read) -> None:
    note = "<office:annotation><dc:creator>Ann</dc:creator><text:p>Paid</text:p></office:annotation>"
    day = 'office:value-type="date" office:date-value="2024-03-05"'
    row = f"<table:table-cell {day}><text:p>05/03/24</text:p></table:table-cell>"
    row += f"<table:table-cell>{note}<text:p>12.50</text:p></table:table-cell>"
    long = 'office:value-type="float" office:value="999999999999999"'
    row += f"<table:table-cell {long}><text:p>1E+15</text:p></table:table-cell>"
    table = f'<table:table table:name="May"><table:table-row>{row}</table:table-row></table:table>'
    body = f"<office:spreadsheet>{table}</office:spreadsheet>"
    text = read(write("a.fods", flat("spreadsheet", body))).text
    assert text.strip() == "May\n\n2024-03-05 | 12.50 (comment by Ann: Paid) | 999999999999999"


def test_shapes_in_groups_of_a_presentation(write: Write, read: Read) -> None:
    shape = "<draw:custom-shape><text:p>Closed in <text:span>winter</text:span></text:p></draw:custom-shape>"
    page = f'<draw:page draw:name="page1"><draw:g><draw:g>{shape}</draw:g></draw:g></draw:page>'
    content = (
        f"<office:document-content {_SPACES}><office:body><office:presentation>{page}</office:presentation>"
        "</office:body></office:document-content>"
    )
    members = {"mimetype": "application/vnd.oasis.opendocument.presentation", "content.xml": content}
    assert read(write("a.odp", zipped(members))).text.strip() == "Closed in winter"
    assert odp_texts.missing(["One line", "Another"], "One\nline") == ["Another"]


def test_a_reminder_says_what_its_appointment_does_not(write: Write, read: Read) -> None:
    lines = [
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "SUMMARY:Dredging", "BEGIN:VALARM", "DESCRIPTION:Bring the maps",
        "END:VALARM", "BEGIN:VALARM", "DESCRIPTION:Dredging", "END:VALARM", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    assert read(write("a.ics", "\r\n".join(lines))).text.strip() == "Dredging\nReminder: Bring the maps"


def test_a_page_outside_of_the_reading_order(write: Write, read: Read) -> None:
    pages = {name: f"<html><body><p>{name} words</p></body></html>" for name in ("one", "aside")}
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>' for name in pages
    )
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<a><rootfiles><rootfile full-path="c.opf"/></rootfiles></a>',
        "c.opf": f'<package><manifest>{items}</manifest><spine><itemref idref="one"/></spine></package>',
        **{f"{name}.xhtml": page for name, page in pages.items()},
    }
    reading = read(write("a.epub", zipped(members)))
    assert [page.text.strip() for page in reading.text_pages] == ["one words", "aside words"]
    assert reading.warnings == ("1 page stands outside of the reading order, and behind the chapters here.",)


def test_a_table_of_docbook(write: Write, read: Read) -> None:
    rows = "".join(f"<row><entry>{name}</entry><entry>{name}2</entry></row>" for name in ("a", "b"))
    text = (
        '<?xml version="1.0"?><article><para>Levels</para><informaltable><tgroup cols="2"><tbody>'
        f"{rows}</tbody></tgroup></informaltable></article>"
    )
    assert read(write("a.xml", text)).text.strip() == "Levels\n\na | a2\nb | b2"


def test_the_number_of_a_note_stands_apart_from_it(write: Write, read: Read) -> None:
    note = '<div><p><a href="#1">1</a>The gauge was moved.</p><p>See <a href="#2">2</a>nd</p></div>'
    text = read(write("a.html", f"<html><body>{note}</body></html>")).text
    assert "1 The gauge was moved." in text
    assert "See 2nd" in text


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word(body: str, **more: str) -> bytes:
    document = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return zipped({"word/document.xml": document, "[Content_Types].xml": "<Types/>", **more})


def test_macros_and_objects_of_a_package_are_told(write: Write, read: Read) -> None:
    related = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="embeddings/{number}.bin"/>'
        for number, kind in enumerate(("oleObject", "package", "image"))
    )
    more = {
        "word/vbaProject.bin": "x",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{related}</Relationships>',
        "word/charts/_rels/chart1.xml.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="c" '
        f'Type="{_OFFICE}/package" Target="../embeddings/9.xlsx"/></Relationships>',
    }
    reading = read(write("a.docm", word("<w:p><w:r><w:t>Some words</w:t></w:r></w:p>", **more)))
    assert reading.warnings == (
        "Its macros were not read.",
        "2 embedded objects (files, formulas) were not read.",
    )


def test_deleted_and_hidden_words_are_told(write: Write, read: Read) -> None:
    body = (
        "<w:p><w:r><w:t>Seen</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r></w:p>"
    )
    reading = read(write("a.docx", word(body)))
    assert reading.text.strip() == "Seen"
    assert reading.warnings == (
        "1 piece of text marked as deleted stayed out.",
        "1 piece of hidden text stayed out.",
    )


def test_old_files_tell_of_macros_and_objects(write: Write) -> None:
    data = b"x" * 5_000
    tree = {"Macros": {"dir": data}, "ObjectPool": {"_1": {"Contents": data}}, "WordDocument": data}
    path = write("a.doc", ole(tree))
    assert list(left_out.of_container(Source(path, "a.doc"))) == [
        "Its macros were not read.",
        "1 embedded object (a file, a formula) was not read.",
    ]
    assert left_out.of(Source(path, "a.docx"), "docx") == []


def test_shapes_and_objects_on_a_sheet_of_opendocument(write: Write, read: Read) -> None:
    def drawn(name: str, words: str) -> str:
        return f"<draw:{name}><text:p>{words}</text:p><text:p/></draw:{name}>"

    note = "<office:annotation><dc:creator>Ann</dc:creator><text:p>Paid</text:p></office:annotation>"
    frame = f"<draw:frame>{drawn('text-box', 'In a box')}</draw:frame>"
    cells = (
        f"<table:table-cell><text:p>x</text:p>{note}{drawn('custom-shape', 'At a cell')}</table:table-cell>"
    )
    sheet = f'<table:table table:name="One"><table:shapes>{frame}</table:shapes>'
    sheet += f"<table:table-row>{cells}</table:table-row></table:table>"
    content = (
        f"<office:document-content {_SPACES}><office:body><office:spreadsheet>{sheet}</office:spreadsheet>"
        "</office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    members = {"mimetype": kind, "content.xml": content, "Object 1/content.xml": "<chart/>"}
    reading = read(write("a.ods", zipped(members)))
    assert reading.text == "One\n\nx (comment by Ann: Paid)\n\nIn a box\n\nAt a cell"
    assert reading.warnings == ("1 embedded object (a formula, a chart or a sheet) was not read.",)
