"""Pages, books, XML and cards that came out wrong, lost or unnamed: `cases/README.md` in the data tells them.

By `explorer.readers.markup.html_walk`, `explorer.readers.markup.epub`, `explorer.readers.markup.office_xml`,
`explorer.readers.markup.opendocument`, `explorer.readers.markup.xps`, `explorer.readers.containers.mhtml`,
`explorer.readers.containers.iwork` and `explorer.readers.text.cards`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from explorer.errors import ReadError
from tests.readers.cases.conftest import Opened
from tests.readers.conftest import Write
from tests.readers.containers.archive_files import stored, zipped
from tests.readers.pdf.pdfs import make_pdf

# Ruby


def test_d13_readings_stand_apart(cases: Path, opened: Opened) -> None:
    reading, _ = opened(cases / "d13_ruby.html")
    assert "山路を登りながら" in reading.text
    assert "東京都の条例" in reading.text
    assert "山路 やまみち" in reading.text[reading.asides[0][0] :]


@pytest.mark.parametrize(
    ("markup", "base"),
    [
        ("<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>を読む", "漢字を読む"),
        ("<ruby>漢<rp>(<rt>かん<rp>)</ruby>字", "漢字"),
        ("<ruby><rb>東</rb><rb>京</rb><rtc><rt>とう</rt><rt>きょう</rt></rtc></ruby>都", "東京都"),
        ("<ruby>\n 東京\n <rp>（</rp><rt>とうきょう</rt><rp>）</rp>\n</ruby>都", "東京都"),
        ("<table><tr><td><ruby>山<rt>やま</rt></ruby>路<td>1</table>", "山路 | 1"),
    ],
)
def test_more_ruby(opened: Opened, write: Write, markup: str, base: str) -> None:
    reading, _ = opened(write("a.html", f"<html><body><p>{markup}</p></body></html>"))
    assert reading.text.split("\n")[0] == base
    assert len(reading.asides) == 1


def test_ruby_in_a_book(opened: Opened, write: Write) -> None:
    made = book({"c1": "<p><ruby>山路<rt>やまみち</rt></ruby>を登る</p>"})
    assert "山路を登る\n\n山路 やまみち" in opened(write("a.epub", made))[0].text


# Saved pages, settings, containers like Office's


def test_d19_a_saved_page_is_one_document(cases: Path, opened: Opened) -> None:
    reading, files = opened(cases / "d19_saved_page_with_css.mhtml")
    assert (reading.kind, reading.title, files) == ("mhtml", "Orchard page", {})
    assert reading.text == "Orchard page\n\nPears ripen in September.\n"
    assert reading.warnings == ("4 style sheets, scripts or other parts of its layout were left out.",)


def saved(parts: list[tuple[str, str]], head: str = "") -> str:
    listed = "".join(
        f"--B\nContent-Type: {kind}\nContent-Location: file:///C:/x/{number}\n\n{content}\n"
        for number, (kind, content) in enumerate(parts)
    )
    return f'MIME-Version: 1.0\n{head}Content-Type: multipart/related; boundary="B"\n\n{listed}--B--\n'


def test_a_workbook_that_was_saved_as_a_page(opened: Opened, write: Write) -> None:
    parts = [
        (
            "text/html",
            "<html><head><title>Prices</title></head><frameset><frame src=sheet1.htm></frameset></html>",
        ),
        ("text/html", "<html><body><table><tr><td>Pump<td>400<tr><td>Valve<td>20</table></body></html>"),
        ("text/css", "td { color: red }"),
        ("image/png", "x"),
        ("text/xml", "<xml><o:File HRef='sheet1.htm'/></xml>"),
        ("application/pdf", make_pdf(["x"]).decode("latin-1")),
    ]
    reading, files = opened(write("report.xls", saved(parts).encode("latin-1")))
    assert reading.kind == "mhtml"
    assert reading.text == "Pump | 400\nValve | 20\n"
    assert list(files) == ["attachment 1.pdf"]
    assert set(reading.warnings) == {
        "1 picture was left out.",
        "2 style sheets, scripts or other parts of its layout were left out.",
    }


def test_frames_stand_behind_their_page(opened: Opened, write: Write) -> None:
    parts = [("text/html", "<p>Main words</p>"), ("text/html", "<title>Map</title><p>Frame words</p>")]
    reading, _ = opened(write("a.mht", saved(parts, "From: <Saved by Blink>\nSubject: Site\n")))
    assert [page.text.strip() for page in reading.text_pages] == ["Main words", "Frame words"]
    assert reading.title == "Site"


def test_a_mail_with_pictures_stays_a_mail(opened: Opened, write: Write) -> None:
    head = "From: a@example.org\nTo: b@example.org\nSubject: S\nMessage-ID: <1@example.org>\n"
    assert opened(write("a", saved([("text/html", "<p>Words</p>")], head)))[0].kind == "eml"


def test_settings_are_no_documents(opened: Opened, write: Write) -> None:
    made = zipped({"a.txt": "Words.", "press.joboptions": "<< /ASCII85EncodePages false >>"})
    reading, files = opened(write("a.zip", made))
    assert list(files) == ["a.txt"]
    assert reading.warnings == ("1 file in it is settings of a program, no document: press.joboptions.",)


OLD = 'xmlns:office="http://openoffice.org/2000/office" xmlns:text="http://openoffice.org/2000/text"'
OLD += ' xmlns:table="http://openoffice.org/2000/table" xmlns:draw="http://openoffice.org/2000/drawing"'


def openoffice(kind: str, body: str) -> bytes:
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE office:document-content PUBLIC '
        '"-//OpenOffice.org//DTD '
        f'OfficeDocument 1.0//EN" "office.dtd"><office:document-content {OLD}><office:body>{body}'
        "</office:body></office:document-content>"
    )
    meta = '<office:document-meta xmlns:office="o" xmlns:dc="d"><office:meta><dc:title>Sluices</dc:title>'
    return stored(
        {
            "mimetype": f"application/vnd.sun.xml.{kind}".encode(),
            "content.xml": content.encode(),
            "meta.xml": f"{meta}</office:meta></office:document-meta>".encode(),
            "styles.xml": b"<styles/>",
            "settings.xml": b"<settings>secret</settings>",
        }
    )


def test_a_text_of_openoffice_1(opened: Opened, write: Write) -> None:
    made = openoffice(
        "writer",
        '<text:h text:level="2">The lock</text:h><text:p>The keeper <text:span>opens</text:span> '
        "at<text:s/>six."
        "<text:footnote><text:footnote-body><text:p>In winter.</text:p></text:footnote-body>"
        "</text:footnote></text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>Gate</text:p></table:table-cell>"
        "<table:table-cell>"
        "<text:p>North</text:p></table:table-cell></table:table-row></table:table>",
    )
    reading, files = opened(write("a.sxw", made))
    assert reading.text == "The lock\n\nThe keeper opens at six.\n\nIn winter.\n\nGate | North"
    assert (reading.title, reading.headings[0].level, files) == ("Sluices", 2, {})


def test_a_workbook_and_a_presentation_of_openoffice_1(opened: Opened, write: Write) -> None:
    row = "<table:table-row><table:table-cell><text:p>{}</text:p></table:table-cell></table:table-row>"
    sheets = "".join(
        f'<table:table table:name="{name}">{row.format(word)}</table:table>' for name, word in ("Ax", "By")
    )
    book, _ = opened(write("a.sxc", openoffice("calc", sheets)))
    assert [page.text.strip() for page in book.text_pages] == ["A\n\nx", "B\n\ny"]
    slides = "".join(f"<draw:page><text:p>{word}</text:p></draw:page>" for word in ("One", "Two"))
    talk, _ = opened(write("a.sxi", openoffice("impress", slides)))
    assert [page.text.strip() for page in talk.text_pages] == ["One", "Two"]


def test_opendocument_in_one_file(opened: Opened, write: Write) -> None:
    made = (
        '<?xml version="1.0"?><office:document xmlns:office="o" xmlns:text="t" '
        'office:mimetype="application/'
        'vnd.oasis.opendocument.text"><office:styles><style>Calibri</style></office:styles>'
        "<office:body><office:text>"
        "<text:p>The sluice</text:p></office:text></office:body></office:document>"
    )
    reading, _ = opened(write("a.fodt", made))
    assert (reading.kind, reading.text) == ("openoffice", "The sluice")


@pytest.mark.parametrize("name", ["a.pages", "a.numbers", "a.key"])
def test_a_document_of_apple_is_read_by_its_preview(opened: Opened, write: Write, name: str) -> None:
    made = stored(
        {
            "QuickLook/Preview.pdf": make_pdf(["The harbour plan"]),
            "Index/Document.iwa": b"\0",
            "buildVersionHistory.plist": b"<plist/>",
        }
    )
    reading, files = opened(write(name, made))
    assert (reading.kind, files) == ("iwork", {})
    assert "The harbour plan" in reading.text
    assert reading.warnings == ("Read from the preview that it was saved with.",)


def test_without_a_preview_it_is_named(opened: Opened, write: Write) -> None:
    made = stored(
        {
            "Index/Document.iwa": b"\0",
            "preview.jpg": b"\xff\xd8\xff",
            "Metadata/Properties.plist": b"<plist/>",
        }
    )
    with pytest.raises(ReadError, match="is a document of Apple Pages without a preview, which cannot"):
        opened(write("a.pages", made))


# Books


def book(chapters: Mapping[str, str]) -> bytes:
    items = "".join(
        f'<item id="{key}" href="{key}.xhtml" media-type="application/xhtml+xml"/>' for key in chapters
    )
    spine = "".join(f'<itemref idref="{key}"/>' for key in chapters)
    toc = '<item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    return stored(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": b'<container><rootfile full-path="o.opf"/></container>',
            "o.opf": f"<package><manifest>{items}{toc}</manifest><spine>{spine}</spine></package>".encode(),
            "toc.ncx": b"<ncx><navMap/></ncx>",
            **{
                f"{key}.xhtml": f"<html><body>{text}</body></html>".encode() for key, text in chapters.items()
            },
        }
    )


def test_d20_one_bad_chapter_costs_itself(cases: Path, opened: Opened) -> None:
    reading, _ = opened(cases / "d20_one_bad_chapter.epub")
    assert "heron arrives" in reading.text
    assert "heron fishes" in reading.text
    assert reading.warnings == ("1 chapter is damaged and left out: c3.xhtml.",)


def test_more_damage_to_books(opened: Opened, write: Write) -> None:
    made = book({"c1": "<p>The first</p>", "c2": "<p>The second</p>", "c3": "<p>The third</p>"})
    first_and_third = made.replace(b"<p>The first", b"<p>The fxrst", 1).replace(
        b"<p>The third", b"<p>The txird", 1
    )
    reading, _ = opened(write("a.epub", first_and_third))
    assert reading.text.strip() == "The second"
    assert reading.warnings == ("2 chapters are damaged and left out: c1.xhtml, c3.xhtml.",)
    reading, _ = opened(write("b.epub", made.replace(b"<navMap/>", b"<navMax/>", 1)))
    assert len(reading.text_pages) == 3
    assert reading.warnings == ("The table of contents is damaged: chapters go by their own headings.",)
    all_of_them = made.replace(b"<p>The ", b"<p>Thx ")
    with pytest.raises(ReadError, match="all of its chapters are damaged"):
        opened(write("c.epub", all_of_them))


# Office XML of 2003


def test_d21_word_2003(cases: Path, opened: Opened) -> None:
    reading, _ = opened(cases / "d21_word2003.xml")
    assert reading.text == "The lock keeper opens the sluice at six."


WORD = 'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"'


def test_more_of_word_2003(opened: Opened, write: Write) -> None:
    made = (
        f'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument {WORD} '
        f'xmlns:o="o"><o:'
        "DocumentProperties><o:Title>Locks</o:Title></o:DocumentProperties><w:styles><w:style "
        "w:styleId='H1'><w:name "
        "w:val='heading 2'/></w:style></w:styles><w:body><w:sect><w:p><w:pPr><w:pStyle w:val='H1'/>"
        "</w:pPr><w:r><w:t>"
        "Gates</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>North</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>"
        "4 m</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:t>Se</w:t></w:r><w:r><w:t>"
        "ven</w:t><w:footnote><w:p>"
        "<w:r><w:t>Or eight.</w:t></w:r></w:p></w:footnote></w:r></w:p><w:sectPr><w:hdr><w:p><w:r>"
        "<w:t>Head</w:t>"
        "</w:r></w:p></w:hdr></w:sectPr></w:sect></w:body></w:wordDocument>"
    )
    reading, _ = opened(write("a.doc", made))
    assert reading.text == "Gates\n\nNorth | 4 m\n\nSeven\n\nOr eight.\n\nHead"
    assert (reading.title, reading.headings[0].text, reading.headings[0].level) == ("Locks", "Gates", 2)


def test_a_package_of_2007_in_one_file(opened: Opened, write: Write) -> None:
    made = (
        '<?xml version="1.0"?><?mso-application progid="Word.Document"?><pkg:package xmlns:pkg="p">'
        "<pkg:part pkg:name="
        '"/word/document.xml"><pkg:xmlData><w:document xmlns:w="m"><w:body><w:p><w:r><w:t>The '
        "</w:t></w:r><w:r><w:t>"
        "sluice</w:t></w:r></w:p></w:body></w:document></pkg:xmlData></pkg:part><pkg:part "
        'pkg:name="/word/fontTable.xml">'
        '<pkg:xmlData><w:fonts xmlns:w="m"><w:font w:name="Calibri"/></w:fonts></pkg:xmlData>'
        "</pkg:part></pkg:package>"
    )
    assert opened(write("a.xml", made))[0].text == "The sluice"


def test_a_workbook_of_2003(opened: Opened, write: Write) -> None:
    def row(*cells: str) -> str:
        return f"<Row>{''.join(cells)}</Row>"

    def cell(value: str, kind: str = "String", more: str = "") -> str:
        return f'<Cell{more}><Data ss:Type="{kind}">{value}</Data></Cell>'

    rows = row(cell("Part"), cell("Price"), cell("Since")) + row(
        cell("Pump"), cell("400.5", "Number"), cell("2024-03-05T00:00:00.000", "DateTime")
    )
    rows += row(cell("All", more=' ss:MergeAcross="1"'), cell("now")) + row(cell("x", more=' ss:Index="3"'))
    made = (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
        'xmlns="urn:schemas-microsoft-com:'
        'office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles>'
        '<Style ss:ID="s"/></Styles>'
        f'<Worksheet ss:Name="Prices"><Table>{rows}</Table></Worksheet><Worksheet ss:Name="Empty">'
        f"<Table/></Worksheet>"
        "</Workbook>"
    )
    reading, _ = opened(write("a.xls", made))
    assert (
        reading.text.strip()
        == "Prices\n\nPart | Price | Since\nPump | 400.5 | 2024-03-05\nAll |  | now\n |  | x"
    )
    assert reading.text_pages[0].label == "Prices"


def test_comments_and_headers_of_a_workbook_of_2003(opened: Opened, write: Write) -> None:
    def workbook(comment: str, options: str) -> str:
        names = 'xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        return (
            f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook {names} '
            'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:'
            f'office:excel"><Worksheet ss:Name="Prices"><Table><Row><Cell><Data ss:Type="String">Pump</Data>'
            f"{comment}</Cell></Row></Table>{options}</Worksheet></Workbook>"
        )

    comment = '<Comment ss:Author="Ann"><ss:Data>Out of stock</ss:Data></Comment>'
    header = '<x:WorksheetOptions><x:PageSetup><x:Header x:Data="&amp;CSecret"/>'
    header += "</x:PageSetup></x:WorksheetOptions>"
    reading, _ = opened(write("a.xls", workbook(comment, header)))
    assert reading.text.strip().endswith("Comment by Ann: Out of stock")
    assert reading.warnings == ("Headers and footers of its sheets were not read.",)
    plain, _ = opened(write("b.xls", workbook("", header.replace("&amp;CSecret", ""))))
    assert plain.warnings == ()


BOMB = '<!DOCTYPE a [<!ENTITY lol "lol lol lol"><!ENTITY file SYSTEM "file:///etc/passwd">]>'


FLAT = '<office:document xmlns:office="o" office:mimetype="x"><office:body><p>A&lol;&file;B</p></office:body>'
NOTE = '<?mso-application progid="Word.Document"?>'
RUN = (
    f"<w:wordDocument {WORD}><w:body><w:p><w:r><w:t>A&lol;&file;B</w:t></w:r></w:p></w:body></w:wordDocument>"
)


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.fodt", f"{BOMB}{FLAT}</office:document>"), ("a.xml", f"{NOTE}{BOMB}{RUN}")],
)
def test_entities_stay_what_they_are(opened: Opened, write: Write, name: str, text: str) -> None:
    assert opened(write(name, f'<?xml version="1.0"?>{text}'))[0].text == "AB"


def test_xps_with_a_document_type_is_refused(opened: Opened, write: Write) -> None:
    made = stored(
        {"FixedDocSeq.fdseq": f"{BOMB}<FixedDocumentSequence>&lol;</FixedDocumentSequence>".encode()}
    )
    with pytest.raises(ReadError, match="declares a document type"):
        opened(write("a.xps", made))


# Calendars and contacts


def test_d24_a_calendar_is_unfolded(cases: Path, opened: Opened) -> None:
    reading, _ = opened(cases / "d24_folded_lines.ics")
    assert "northern sluice gate" in reading.text
    assert "September." in reading.text
    assert reading.title == "Meeting about the sluice"


def test_more_of_calendars(opened: Opened, write: Write) -> None:
    text = (
        "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Boards\r\nBEGIN:VEVENT\r\nDTSTART;"
        "TZID=Europe/Berlin:20240305T093000\r\n"
        'SUMMARY:Größenprüfu\r\n ng\\, zweite\r\nATTENDEE;CN="Lee, Ann":mailto:ann@example.org\r\n'
        "DESCRIPTION:One\\nTwo\r\nATTACH;VALUE=BINARY;ENCODING=BASE64:AAAA\r\n BBBB\r\nBEGIN:VALARM\r\n"
        "DESCRIPTION:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\nBEGIN:VTODO\r\nDUE;VALUE=DATE:20250101\r\n"
        "SUMMARY:Pay\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
    )
    folded = text.encode().replace(
        "ü".encode(), b"\xc3\r\n \xbc"
    )  # within a character, as some programs fold
    reading, _ = opened(write("a.txt", folded))
    assert reading.text == (
        "Größenprüfung, zweite\nBegins: 2024-03-05 09:30 Europe/Berlin\nWith: Lee, Ann "
        "<ann@example.org>\nOne\nTwo\n\n"
        "To do: Pay\nDue: 2025-01-01"
    )
    assert reading.title == "Boards"
    assert str(reading.date) == "2024-03-05"
    assert reading.warnings == ("1 photo, sound or key was left out.",)


def test_contacts(opened: Opened, write: Write) -> None:
    photo = "\r\n ".join(["/9j/4AAQSkZJRg"] * 20)
    text = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;"
        "J=C3=B6rg;;;\r\n"
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg =\r\nM=C3=BCller\r\nTEL;CELL:+49 170 12\r\n"
        f"PHOTO;ENCODING=BASE64;JPEG:{photo}\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nN:Lee;Ann;;;\r\n"
        "ORG:Harbour\\, Inc;Locks\r\nitem1.EMAIL;TYPE=work:ann@example.org\r\nADR;TYPE=home:;;5 "
        "Quay;Hull;;HU1;UK\r\n"
        "NOTE:Knows the slu\r\n ice\r\nPHOTO:data:image/png;base64,AAAA\r\nEND:VCARD\r\n"
    )
    reading, _ = opened(write("a.vcf", text))
    assert reading.text == (
        "Jörg Müller\nPhone (cell): +49 170 12\n\nAnn Lee\nOrganization: Harbour, Inc, Locks\n"
        "Mail (work): ann@example.org\nAddress (home): 5 Quay, Hull, HU1, UK\nKnows the sluice"
    )
    assert [each.text for each in reading.headings] == ["Jörg Müller", "Ann Lee"]
    assert reading.warnings == ("2 photos, sounds or keys were left out.",)


@pytest.mark.parametrize(
    "text", ["BEGIN:VCARD\nEND:VCARD\n", "BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n"]
)
def test_nothing_in_it(opened: Opened, write: Write, text: str) -> None:
    with pytest.raises(ReadError, match="has no text"):
        opened(write("a.ics", text))


# XPS


XPS = 'xmlns="http://schemas.microsoft.com/xps/2005/06"'


def xps(pages: list[str], *, in_pieces: bool = False) -> bytes:
    members = {
        "[Content_Types].xml": "<Types/>",
        "FixedDocSeq.fdseq": f"<FixedDocumentSequence {XPS}><DocumentReference "
        'Source="/Documents/1/D.fdoc"/></FixedDocumentSequence>',
        "Documents/1/D.fdoc": f"<FixedDocument {XPS}>"
        + "".join(f'<PageContent Source="Pages/{number}.fpage"/>' for number in range(1, len(pages) + 1))
        + "</FixedDocument>",
    }
    for number, page in enumerate(pages, 1):
        text, name = f"<FixedPage {XPS}>{page}</FixedPage>", f"Documents/1/Pages/{number}.fpage"
        if in_pieces:
            members |= {f"{name}/[0].piece": text[:40], f"{name}/[1].last.piece": text[40:]}
        else:
            members[name] = text
    return zipped(members)


def glyphs(x: float, y: float, text: str) -> str:
    return f'<Glyphs OriginX="{x}" OriginY="{y}" FontRenderingEmSize="12" UnicodeString="{text}"/>'


@pytest.mark.parametrize("in_pieces", [False, True])
def test_xps(opened: Opened, write: Write, in_pieces: bool) -> None:
    first = glyphs(50, 100, "The lock") + glyphs(104, 100, "keeper") + glyphs(50, 120, "{}{opens}")
    second = (
        f'<Canvas RenderTransform="2,0,0,2,0,40">{glyphs(25, 40, "Gate")}{glyphs(150, 40, "4 m")}</Canvas>'
    )
    reading, _ = opened(write("a.xps", xps([first, second, "<Path/>"], in_pieces=in_pieces)))
    assert [page.text.strip() for page in reading.text_pages] == [
        "The lock keeper\n{opens}",
        "Gate | 4 m",
        "",
    ]
    assert reading.warnings == ("1 page is a picture without text and not read.",)
    with pytest.raises(ReadError, match="its pages are pictures"):
        opened(write("b.oxps", xps(["<Path/>"])))
