"""Files that are small and want to become large."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

MB = 2**20
ZEROS = bytes(MB)


def zip_of(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def zip_of_spaces(megabytes: int, name: str = "spaces.txt") -> bytes:
    """About a kilobyte a megabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        member.write(b"Some words ")
        for _ in range(megabytes):
            member.write(b" " * MB)
    return out.getvalue()


def nested_zips(levels: int, width: int, megabytes: int) -> bytes:
    """`width` copies on each of `levels` levels of a text of `megabytes`: width ** levels × megabytes."""
    content = zip_of_spaces(megabytes)
    for level in range(levels):
        content = zip_of({f"{level}-{number}.zip": content for number in range(width)})
    return content


def lying_zip(name: str, megabytes: int, claimed: int = 100) -> bytes:
    """A zip whose one member says, wherever it can, that it holds `claimed` bytes."""
    content = bytearray(zip_of_spaces(megabytes, name))
    real = struct.pack("<I", len(b"Some words ") + megabytes * MB)
    at = content.find(real)
    while at >= 0:
        content[at : at + 4] = struct.pack("<I", claimed)
        at = content.find(real, at + 4)
    return bytes(content)


def overlapping_zip(count: int, megabytes: int) -> bytes:
    """`count` entries that share the bytes of one member."""
    content = zip_of_spaces(megabytes, "0000.txt")
    start = content.rindex(b"PK\x01\x02")
    end = content.rindex(b"PK\x05\x06")
    entry = content[start:end]
    entries = b"".join(entry.replace(b"0000.txt", b"%04d.txt" % number) for number in range(count))
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(entries), start, 0)
    return content[:start] + entries + tail


def png(width: int, height: int, *, whole: bool = True) -> bytes:
    """A white image, one bit a pixel; not `whole`: its pixels are missing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    row = b"\0" + b"\xff" * ((width + 7) // 8)
    packer = zlib.compressobj(1)
    pixels = b"".join(packer.compress(row) for _ in range(height if whole else 1)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def many_pages(count: int) -> bytes:
    """A PDF of `count` pages with a line of text each, all with the same content."""
    words = b"BT /F1 12 Tf 72 700 Td (Some words) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>"
        % (count, b" ".join(b"%d 0 R" % (number + 5) for number in range(count))),
        b"<</Length %d>>stream\n%s\nendstream" % (len(words), words),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>"
    objects += [page] * count
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


_OFFICE = "http://schemas.openxmlformats.org"
_REL = f"{_OFFICE}/officeDocument/2006/relationships"
_PACKAGE = f"{_OFFICE}/package/2006"


def _types(part: str, kind: str) -> str:
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{part}" '
        f'ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    entries = "".join(
        f'<Relationship Id="r{number}" Type="{_REL}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def xlsx(cells: str, prologue: str = "", extra: str = "") -> bytes:
    """A workbook of one sheet; `cells` is the inside of its `sheetData`."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    book = f'<workbook xmlns="{main}" xmlns:r="{_REL}"><sheets><sheet name="One" sheetId="1" r:id="r1"/>'
    sheet = f'{prologue}<worksheet xmlns="{main}"><sheetData>{cells}</sheetData>{extra}</worksheet>'
    return zip_of(
        {
            "[Content_Types].xml": _types("xl/workbook.xml", "spreadsheetml.sheet").encode(),
            "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")).encode(),
            "xl/workbook.xml": f"{book}</sheets></workbook>".encode(),
            "xl/_rels/workbook.xml.rels": _relations(("worksheet", "worksheets/sheet1.xml")).encode(),
            "xl/worksheets/sheet1.xml": sheet.encode(),
        }
    )


def cell(place: str, words: str) -> str:
    """A row with one cell of text."""
    row = "".join(letter for letter in place if letter.isdigit())
    return f'<row r="{row}"><c r="{place}" t="inlineStr"><is><t>{words}</t></is></c></row>'


def pptx(words: str, prologue: str = "") -> bytes:
    """A presentation of one slide."""
    main, drawing = f"{_OFFICE}/presentationml/2006/main", f"{_OFFICE}/drawingml/2006/main"
    deck = f'<p:presentation xmlns:p="{main}" xmlns:r="{_REL}"><p:sldIdLst><p:sldId id="256" r:id="r1"/>'
    slide = (
        f'{prologue}<p:sld xmlns:p="{main}" xmlns:a="{drawing}" xmlns:r="{_REL}"><p:cSld><p:spTree>'
        '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody>'
        f"<a:bodyPr/><a:p><a:r><a:t>{words}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )
    return zip_of(
        {
            "[Content_Types].xml": _types("ppt/presentation.xml", "presentationml.presentation").encode(),
            "_rels/.rels": _relations(("officeDocument", "ppt/presentation.xml")).encode(),
            "ppt/presentation.xml": f"{deck}</p:sldIdLst></p:presentation>".encode(),
            "ppt/_rels/presentation.xml.rels": _relations(("slide", "slides/slide1.xml")).encode(),
            "ppt/slides/slide1.xml": slide.encode(),
        }
    )


def opendocument(kind: str, body: str, prologue: str = "") -> bytes:
    """An OpenDocument file; `kind` is text, spreadsheet or presentation."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table")
    )
    content = f"{prologue}<office:document-content{names}><office:body><office:{kind}>{body}"
    return zip_of(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            "content.xml": f"{content}</office:{kind}></office:body></office:document-content>".encode(),
        }
    )


def epub(words: str, prologue: str = "") -> bytes:
    """A book of one chapter."""
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
        'full-path="c.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title></metadata><manifest><item id="a" '
        'href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine>'
        "</package>"
    )
    page = f'{prologue}<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{words}</p></body></html>'
    return zip_of(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": container.encode(),
            "c.opf": package.encode(),
            "a.xhtml": page.encode(),
        }
    )
