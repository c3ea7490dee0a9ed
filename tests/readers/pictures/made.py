"""Files with pictures in them, made by the tests."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Sequence

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject, StreamObject

from tests.readers.ocr.scans import draw
from tests.readers.office.office_files import P, S, opendocument, pptx, relations, xlsx, zipped
from tests.readers.pdf.pdfs import make_pdf

W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def photo(size: tuple[int, int] = (240, 160), kind: str = "PNG", seed: int = 0) -> bytes:
    """A picture without words: a soft gradient."""
    wide, high = size
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.putpixel((wide - 1, high - 1), (seed % 256, 0, 0))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def sign(words: str, size: tuple[int, int] = (640, 120)) -> bytes:
    """A picture of a line of words."""
    out = io.BytesIO()
    draw([(20, 40, words)], height=34, size=size).save(out, "PNG")
    return out.getvalue()


def blip(key: str, alt: str = "") -> str:
    """A run with a picture in it, as Word writes it."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="{alt}"/><a:graphic>'
        f'<a:graphicData><a:blip r:embed="{key}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def docx(body: str, media: dict[str, bytes]) -> bytes:
    """A Word file; `media`: id of the relation → bytes of the image."""
    held = {key: f"media/{key}.png" for key in media}
    return zipped(
        {
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": relations({key: ("image", name) for key, name in held.items()}),
            **{f"word/{held[key]}": data for key, data in media.items()},
        }
    )


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def picture_shape(key: str, alt: str = "", place: tuple[int, int, int, int] = (0, 0, 100, 100)) -> str:
    """A picture on a slide; `place`: x, y, width and height."""
    x, y, wide, high = place
    return (
        f'<p:pic><p:nvPicPr><p:cNvPr id="9" name="Picture 9" descr="{alt}"/></p:nvPicPr><p:blipFill>'
        f'<a:blip r:embed="{key}"/></p:blipFill><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/>'
        f'<a:ext cx="{wide}" cy="{high}"/></a:xfrm></p:spPr></p:pic>'
    )


def slides(contents: Sequence[str], media: dict[str, bytes]) -> bytes:
    """A presentation of 1,000 by 1,000 units; every slide knows all of `media` by its ids."""
    with zipfile.ZipFile(io.BytesIO(pptx(*contents))) as made:
        members: dict[str, str | bytes] = {name: made.read(name) for name in made.namelist()}
    targets = relations({key: ("image", f"../media/{key}.png") for key in media})
    for name in list(members):
        if name.startswith("ppt/slides/_rels/"):
            members[name] = targets
    main = bytes(members["ppt/presentation.xml"]).decode()
    members["ppt/presentation.xml"] = main.replace(
        "</p:presentation>", '<p:sldSz cx="1000" cy="1000"/></p:presentation>'
    )
    members |= {f"ppt/media/{key}.png": data for key, data in media.items()}
    return zipped(members)


def workbook(image: bytes) -> bytes:
    """A workbook whose sheet has a cell and a picture."""
    cell = '<c r="A1" t="inlineStr"><is><t>Rents of the year</t></is></c>'
    row = f'<sheetData><row r="1">{cell}</row></sheetData>'
    with zipfile.ZipFile(io.BytesIO(xlsx({"Rents": f'{row}<drawing r:id="d"/>'}))) as made:
        members: dict[str, str | bytes] = {name: made.read(name) for name in made.namelist()}
    sheet = next(name for name in members if name.startswith("xl/worksheets/"))
    base = sheet.rpartition("/")[2]
    members[f"xl/worksheets/_rels/{base}.rels"] = relations({"d": ("drawing", "../drawings/drawing1.xml")})
    members["xl/drawings/drawing1.xml"] = (
        f'<xdr:wsDr xmlns:xdr="x" {S.split(" ", 1)[1]} {P.split(" ")[1]}><xdr:oneCellAnchor><xdr:pic>'
        '<xdr:nvPicPr><xdr:cNvPr id="2" name="P" descr="A chart of rents"/></xdr:nvPicPr>'
        '<xdr:blipFill><a:blip r:embed="i"/>'
        "</xdr:blipFill></xdr:pic></xdr:oneCellAnchor></xdr:wsDr>"
    )
    members["xl/drawings/_rels/drawing1.xml.rels"] = relations({"i": ("image", "../media/image1.png")})
    members["xl/media/image1.png"] = image
    return zipped(members)


def text_document(image: bytes) -> bytes:
    """An OpenDocument text with a picture behind its first paragraph."""
    frame = (
        '<text:p>Before the picture.<draw:frame><draw:image xlink:href="Pictures/one.png" '
        'xmlns:xlink="http://www.w3.org/1999/xlink"/><svg:desc xmlns:svg="s">A view of the quay</svg:desc>'
        "</draw:frame></text:p><text:p>Figure 1: The quay</text:p>"
    )
    with zipfile.ZipFile(io.BytesIO(opendocument("text", frame))) as made:
        members: dict[str, str | bytes] = {name: made.read(name) for name in made.namelist()}
    return zipped({**members, "Pictures/one.png": image})


def data_address(image: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(image).decode()}"


def saved_page(image: bytes) -> bytes:
    """A saved web page whose picture is a part of its own."""
    return (
        b'MIME-Version: 1.0\r\nSubject: Quay\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/html\r\nContent-Location: http://quay.example/a/\r\n\r\n"
        b"<p>The quay was repaired.</p><figure><img src=quay.png alt='A view'>"
        b"<figcaption>The quay in June</figcaption></figure>\r\n"
        b"--b\r\nContent-Type: image/png\r\nContent-Location: http://quay.example/a/quay.png\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(image) + b"\r\n--b--\r\n"
    )


def mail(image: bytes) -> bytes:
    """A mail whose body shows a picture."""
    return (
        b'From: a@quay.example\r\nSubject: Quay\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>The quay was repaired.</p><img src='cid:q'>\r\n"
        b"--b\r\nContent-Type: image/png\r\nContent-ID: <q>\r\nContent-Disposition: inline\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(image) + b"\r\n--b--\r\n"
    )


def book(image: bytes) -> bytes:
    """An EPUB of one chapter with a picture."""
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfile full-path="o/p.opf"/></container>',
            "o/p.opf": (
                '<package><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/>'
                '</manifest><spine><itemref idref="c"/></spine></package>'
            ),
            "o/c.xhtml": "<html><body><p>Of the quay.</p><img src='i/q.png' alt='The quay'/></body></html>",
            "o/i/q.png": image,
        }
    )


def pdf(pages: Sequence[tuple[str, bytes | None, tuple[int, int, int, int]]]) -> bytes:
    """A PDF: of each page its text, an image and where that stands (x, y, width, height in points)."""
    writer = PdfWriter(PdfReader(io.BytesIO(make_pdf([text for text, _, _ in pages]))))
    for page, (_, image, (x, y, wide, high)) in zip(writer.pages, pages, strict=True):
        if image is None:
            continue
        pixels = Image.open(io.BytesIO(image)).convert("RGB")
        stream = StreamObject()
        stream._data = zlib.compress(pixels.tobytes())
        stream.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Image"),
                NameObject("/Width"): NumberObject(pixels.width),
                NameObject("/Height"): NumberObject(pixels.height),
                NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
                NameObject("/BitsPerComponent"): NumberObject(8),
                NameObject("/Filter"): NameObject("/FlateDecode"),
            }
        )
        page["/Resources"][NameObject("/XObject")] = DictionaryObject(
            {NameObject("/I"): writer._add_object(stream)}
        )
        drawn = DecodedStreamObject()
        drawn.set_data(page["/Contents"].get_data() + f" q {wide} 0 0 {high} {x} {y} cm /I Do Q".encode())
        page[NameObject("/Contents")] = writer._add_object(drawn)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
