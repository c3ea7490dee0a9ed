"""PDFs whose lines run down the page, written by hand: their fonts are named and not embedded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

FONT = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
Show = tuple[str, float, float, float, str]
"""(font, size, x, y from the bottom, text): "V" writes downwards, "H" to the right, "L" in Latin letters."""
HEIGHT = 842


def pdf(shows: Iterable[Show], *, width: int = 595, height: int = HEIGHT) -> bytes:
    """A page with each text drawn at its place, in this order.

    Skips the test where PDFium has no font to take in place of those named: it gives no characters then.
    """
    if not FONT.is_file():
        pytest.skip(f"there is no {FONT} on this machine")
    drawn = "\n".join(_operations(*show) for show in shows).encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << /Font "
        b"<< /V 5 0 R /H 6 0 R /L 7 0 R >> >> >>" % (width, height),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
        _font(b"UniJIS-UCS2-V"),
        _font(b"UniJIS-UCS2-H"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiMin-W3 /DW 1000 /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /FontDescriptor 9 0 R >>",
        b"<< /Type /FontDescriptor /FontName /HeiseiMin-W3 /Flags 6 /FontBBox [-123 -257 1001 910] "
        b"/ItalicAngle 0 /Ascent 709 /Descent -241 /CapHeight 709 /StemV 69 >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def stacked(size: float, x: float, y: float, text: str, step: float = 1.0) -> list[Show]:
    """Each character of a column drawn by itself, level, one below the other."""
    return [("H", size, x, y - place * step * size, each) for place, each in enumerate(text)]


def _operations(font: str, size: float, x: float, y: float, text: str) -> str:
    if font == "L":
        return f"BT /L {size} Tf {x} {y} Td ({text}) Tj ET"
    if font == "T":  # Latin letters turned to the right, as they stand in a column
        return f"BT /L {size} Tf 0 -1 1 0 {x} {y} Tm ({text}) Tj ET"
    return f"BT /{font} {size} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET"


def _font(encoding: bytes) -> bytes:
    return (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiMin-W3-%b /Encoding /%b "
        b"/DescendantFonts [8 0 R] >>" % (encoding, encoding)
    )
