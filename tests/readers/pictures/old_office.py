"""Old Office files, RTF, Outlook messages, XPS and OpenDocument sheets with pictures, made by the tests."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping, Sequence

from tests.readers.cases.outlook_files import msg as message
from tests.readers.cases.outlook_files import ole as container
from tests.readers.office.office_files import opendocument, zipped
from tests.readers.ole.test_excel import record as cells
from tests.readers.ole.test_excel import workbook
from tests.readers.ole_files import ole

PNG, JPEG, BITMAP, EMF = (0xF01E, 0x6E0), (0xF01D, 0x46A), (0xF01F, 0x7A8), (0xF01A, 0x3D4)
_XPS = "http://schemas.microsoft.com/xps/2005/06"


def art(kind: int, content: bytes, *, version: int = 15, instance: int = 0) -> bytes:
    """A record of Office's drawings."""
    return struct.pack("<HHI", version | instance << 4, kind, len(content)) + content


def stored(image: bytes, how: tuple[int, int] = PNG) -> bytes:
    """A picture as it is stored: a checksum, a tag, its bytes."""
    kind, instance = how
    if how == EMF:
        packed = zlib.compress(image)
        head = struct.pack("<I16x8xIBB", len(image), len(packed), 0, 0xFE)
        return art(kind, bytes(16) + head + packed, version=0, instance=instance)
    return art(kind, bytes(17) + image, version=0, instance=instance)


def entry(record: bytes, place: int | None = None) -> bytes:
    """An entry of the store that holds a picture, or says where in another stream it stands."""
    head = struct.pack("<BB16xHIII4x", 6, 6, 0, len(record), 1, 0xFFFFFFFF if place is None else place)
    return art(0xF007, head + (record if place is None else b""), version=2)


def store(*entries: bytes) -> bytes:
    return art(0xF000, art(0xF006, bytes(16), version=0) + art(0xF001, b"".join(entries)))


def shape(number: int, alt: str = "", own: int = 1025) -> bytes:
    """A shape that shows a picture of the store, or none (0)."""
    said = alt.encode("utf-16-le") + b"\0\0"
    properties = struct.pack("<HI", 0x4104, number) if number else b""
    properties += struct.pack("<HI", 0xC381, len(said))
    stated = art(0xF00B, properties + said, version=3, instance=len(properties) // 6)
    return art(0xF004, art(0xF00A, struct.pack("<II", own, 0), version=2) + stated)


def drawing(*shapes: bytes) -> bytes:
    return art(0xF002, art(0xF003, b"".join(shapes)))


def xls(image: bytes, how: tuple[int, int] = PNG) -> bytes:
    """A workbook whose sheet has a cell and a picture; the store goes on in a second record."""
    whole = store(entry(stored(image, how)))
    head = cells(0xEB, whole[:8_000])
    head += b"".join(cells(0x3C, whole[at : at + 8_000]) for at in range(8_000, len(whole), 8_000))
    rent = cells(0x204, struct.pack("<HHHHB", 0, 0, 0, 5, 0) + b"Rents")
    return ole({"Workbook": workbook(rent, cells(0xEC, drawing(shape(1, "A chart of rents"))), head=head)})


def ppt(image: bytes, lines: Sequence[str] = ("Rents of the quay", "The end")) -> bytes:
    """A presentation: the picture is on the first slide, and another one in the store on none."""
    stream, places = b"", []
    for number, line in enumerate(lines):
        places.append(len(stream))
        text = art(3999, bytes(4), version=0) + art(4008, line.encode("latin-1"), version=0)
        words = art(0xF004, art(0xF00D, text))
        stream += art(1006, art(1036, drawing(words, shape(0 if number else 1, "" if number else "A quay"))))
    records = stored(image, JPEG)
    listed = b"".join(
        art(1011, struct.pack("<IIIII", number, 0, 0, 256 + number, 0), version=0)
        for number in range(2, 2 + len(lines))
    )
    held = store(entry(records, 0), entry(records, 0))
    places.append(len(stream))
    stream += art(1000, art(1001, bytes(40), version=1) + art(1035, held) + art(4080, listed))
    directory = len(stream)
    order = [len(lines), *range(len(lines))]
    entries = b"".join(struct.pack("<II", 1 << 20 | n, places[at]) for n, at in enumerate(order, 1))
    stream += art(6002, entries, version=0)
    edit = len(stream)
    stream += art(4085, struct.pack("<IIIIII", 0, 0x03000000, 0, directory, 1, 9) + bytes(4), version=0)
    user = art(4086, struct.pack("<III", 20, 0xE391C05F, edit) + bytes(12), version=0)
    return ole({"PowerPoint Document": stream, "Current User": user, "Pictures": records})


def doc(inline: bytes, floating: bytes) -> bytes:
    """A text of three paragraphs: a picture stands in the first as a letter, another beside the third."""
    text = "Of the quay.\x01\rIt was long.\rOf the lock.\r"
    begin, page, size = 0x800, 0xA00, len(text)
    picture = shape(1, "A quay") + entry(stored(inline))
    data = struct.pack("<IHH60x", 68 + len(picture), 68, 0x64) + picture
    run = struct.pack("<HIHB", 0x6A03, 0, 0x0855, 1)
    mark = begin + text.index("\x01")
    runs = [begin, mark, mark + 1, begin + size]
    fkp = struct.pack("<4I3B", *runs, 0, 200, 0)
    fkp = fkp.ljust(400, b"\0") + bytes([len(run)]) + run
    fkp = fkp.ljust(511, b"\0") + b"\x03"
    paragraphs = [begin, *(begin + at + 1 for at, letter in enumerate(text) if letter == "\r")]
    count = len(paragraphs) - 1
    papx = struct.pack(f"<{count + 1}I", *paragraphs) + bytes(13 * count)
    papx = papx.ljust(511, b"\0") + bytes([count])
    pieces = b"\x02" + struct.pack("<IIIHIH", 16, 0, size, 0, begin * 2 | 0x40000000, 0)
    drawn = store(entry(stored(floating, JPEG), page + 1024)) + b"\0" + drawing(shape(1, "A lock", 2050))
    anchor = struct.pack("<III22x", text.index("lock"), size, 2050)
    tables, table = {}, b""
    for key, part in {
        0xFA: struct.pack("<III", begin, begin + size, page // 512),
        0x102: struct.pack("<III", begin, begin + size, page // 512 + 1),
        0x1A2: pieces,
        0x1DA: anchor,
        0x22A: drawn,
    }.items():
        tables[key] = (len(table), len(part))
        table += part
    head = bytearray(0x382)
    struct.pack_into("<HHHHHH", head, 0, 0xA5EC, 0xC1, 0, 0x409, 0, 0x1200)
    struct.pack_into("<II", head, 0x18, begin, begin + size)
    struct.pack_into("<H", head, 0x20, 14)
    struct.pack_into("<H", head, 0x3E, 22)
    struct.pack_into("<I", head, 0x4C, size)
    struct.pack_into("<H", head, 0x98, 93)
    for key, (at, length) in tables.items():
        struct.pack_into("<II", head, key, at, length)
    stream = bytes(head).ljust(begin, b"\0") + text.encode("latin-1")
    stream = stream.ljust(page, b"\0") + fkp + papx + stored(floating, JPEG)
    return ole({"WordDocument": stream, "1Table": table.ljust(4_096, b"\0"), "Data": data})


def rtf(image: bytes, kind: str = "pngblip", *, is_binary: bool = False) -> bytes:
    """A text with a picture in its second paragraph, beside the copy that is kept for older programs."""
    said = rb"{\*\picprop{\sp{\sn wzDescription}{\sv A view of the quay}}}{\*\blipuid 00ff00ff}"
    held = rb"\bin%d " % len(image) + image if is_binary else b"\r\n".join(_lines(image.hex().encode()))
    shown = rb"{\*\shppict{\pict%b\%b\picw9 %b}}" % (said, kind.encode(), held)
    older = rb"{\nonshppict{\pict\wmetafile8 %b}}" % (b"\xd7\xcd\xc6\x9a" + bytes(40)).hex().encode()
    header = rb"{\header{\pict\pngblip %b}Of the harbour}" % image.hex().encode()
    return b"".join(
        (
            rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}", header, rb"\pard Before.\par Here: ", shown,
            older, rb" it is.\par Behind.\par}",
        )
    )  # fmt: skip


def _lines(digits: bytes) -> list[bytes]:
    return [digits[at : at + 80] for at in range(0, len(digits), 80)]


def msg(image: bytes, kind: str = "") -> bytes:
    """An Outlook message whose body shows a picture, and to which another is attached."""
    texts = {0x0037: "Quay", 0x1000: "The quay was repaired."}
    tree = dict(message(texts, attached={"a.png": image, "b.png": image}))
    first = tree["__attach_version1.0_#00000000"]
    assert isinstance(first, Mapping)
    more = {"__substg1.0_3712001F": "q@quay".encode("utf-16-le")}
    more |= {"__substg1.0_370E001F": kind.encode("utf-16-le")} if kind else {}
    tree["__attach_version1.0_#00000000"] = {**first, **more}
    return container(tree)


def sheet(image: bytes) -> bytes:
    """An OpenDocument sheet: a picture stands on it, and another in a cell."""
    link = 'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="Pictures/one.png"'

    def frame(alt: str) -> str:
        said = f'<svg:desc xmlns:svg="s">{alt}</svg:desc>'
        return f"<draw:frame><draw:image {link}/>{said}</draw:frame>"

    row = "<table:table-row><table:table-cell><text:p>{}</text:p>{}</table:table-cell></table:table-row>"
    body = (
        f'<table:table table:name="Rents"><table:shapes>{frame("A quay")}</table:shapes>'
        f"{row.format('Rents of the year', '')}{row.format('Seven', frame('A lock'))}</table:table>"
        f'<table:table table:name="Other">{row.format("Nothing", "")}</table:table>'
    )
    return _with(opendocument("spreadsheet", body), {"Pictures/one.png": image})


def flat(image: bytes) -> str:
    """An OpenDocument text in one XML file, the picture within it."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
        for name, space in (("office", "office"), ("text", "text"), ("draw", "drawing"))
    )
    return (
        f'<?xml version="1.0"?><office:document {spaces} xmlns:svg="s" office:mimetype='
        '"application/vnd.oasis.opendocument.text"><office:body><office:text>'
        "<text:p>Before.<draw:frame><draw:image><office:binary-data>"
        f"{base64.encodebytes(image).decode()}</office:binary-data></draw:image><svg:title>A view of the quay"
        "</svg:title></draw:frame></text:p><text:p>Figure 1: The quay</text:p></office:text></office:body>"
        "</office:document>"
    )


def drawing_document(image: bytes) -> bytes:
    """A drawing of OpenDocument with a picture on its page."""
    link = 'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="Pictures/one.png"'
    page = (
        f"<draw:page><draw:frame><draw:text-box><text:p>Plan.</text:p></draw:text-box></draw:frame>"
        f"<draw:frame><draw:image {link}/></draw:frame></draw:page>"
    )
    return _with(opendocument("graphics", page).replace(b"\0none", b""), {"Pictures/one.png": image})


def xps(image: bytes) -> bytes:
    """Two pages of XPS: text and a picture on the first, a picture alone on the second."""
    words = '<Glyphs OriginX="50" OriginY="90" FontRenderingEmSize="12" UnicodeString="The quay."/>'
    painted = (
        '<Path AutomationProperties.Name="A view" Data="M 0,0 L 9,9"><Path.Fill>'
        '<ImageBrush Viewbox="0,0,9,9" ImageSource="{}" Viewport="0,0,9,9"/></Path.Fill></Path>'
    )
    converted = "{ColorConvertedBitmap /Documents/1/Images/q%201.PNG /profile.icc}"
    pages = (words + painted.format("../Images/Q%201.png"), painted.format(converted))
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "FixedDocSeq.fdseq": f'<FixedDocumentSequence xmlns="{_XPS}"><DocumentReference '
            'Source="/Documents/1/D.fdoc"/></FixedDocumentSequence>',
            "Documents/1/D.fdoc": f'<FixedDocument xmlns="{_XPS}"><PageContent Source="Pages/1.fpage"/>'
            '<PageContent Source="Pages/2.fpage"/></FixedDocument>',
            "Documents/1/Images/q 1.png": image,
            **{
                f"Documents/1/Pages/{number}.fpage": f'<FixedPage xmlns="{_XPS}">{page}</FixedPage>'
                for number, page in enumerate(pages, 1)
            },
        }
    )


def _with(package: bytes, more: Mapping[str, bytes]) -> bytes:
    """The package with more members."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(package)) as made:
        members: dict[str, str | bytes] = {name: made.read(name) for name in made.namelist()}
    return zipped({**members, **more})
