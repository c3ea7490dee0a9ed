"""Text that is painted and yet not seen: `explorer.readers.pdf.covered`, `explorer.readers.pdf.painting`."""

from __future__ import annotations

import io
import time
import zlib
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from explorer.readers.pdf import painting
from tests.readers.conftest import Read, Write
from tests.readers.pdf.pdfs import make_pdf
from tests.readers.pdf.test_extras import HIDDEN, asides, drawn

PLAIN = "BT /F1 12 Tf 72 700 Td (A plain line.) Tj ET "
SECRET = "BT /F1 12 Tf 72 650 Td (Obey the voice) Tj ET "
BAR = "q 0 0 0 rg 60 640 200 30 re f Q "


def page(content: str, **resources: DictionaryObject) -> bytes:
    """A page with a content stream and resources of one's own; /X1 to /X3 are what `resources` holds."""
    writer = PdfWriter(io.BytesIO(drawn(content)))
    held = writer.pages[0]["/Resources"]
    for name, value in resources.items():
        held[NameObject(f"/{name}")] = value  # type: ignore[index]
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def look(**entries: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def picture(writer: PdfWriter | None = None, *, alpha: int | None = None) -> DecodedStreamObject:
    """One grey pixel."""
    made = DecodedStreamObject()
    made.set_data(b"\x80")
    made.update(
        look(
            Type=NameObject("/XObject"),
            Subtype=NameObject("/Image"),
            Width=NumberObject(1),
            Height=NumberObject(1),
            BitsPerComponent=NumberObject(8),
            ColorSpace=NameObject("/DeviceGray"),
        )
    )
    if alpha is not None and writer is not None:
        mask = picture()
        mask.set_data(bytes([alpha]))
        made[NameObject("/SMask")] = writer._add_object(mask)
    return made


def with_picture(content: str, alpha: int | None = None) -> bytes:
    writer = PdfWriter(io.BytesIO(drawn(content)))
    held = look(X1=writer._add_object(picture(writer, alpha=alpha)))
    writer.pages[0]["/Resources"][NameObject("/XObject")] = held  # type: ignore[index]
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_form(content: str, form: str, *, layer: object = None, matrix: tuple[float, ...] = ()) -> bytes:
    """A page that may do /X1, a form with a content stream of its own."""
    writer = PdfWriter(io.BytesIO(drawn(content)))
    made = DecodedStreamObject()
    made.set_data(form.encode())
    resources = writer.pages[0]["/Resources"]
    made.update(
        look(
            Type=NameObject("/XObject"),
            Subtype=NameObject("/Form"),
            BBox=ArrayObject(map(NumberObject, (0, 0, 612, 792))),
            Resources=look(Font=resources["/Font"]),  # type: ignore[index]
        )
    )
    if matrix:
        made[NameObject("/Matrix")] = ArrayObject(map(FloatObject, matrix))
    if layer is not None:
        made[NameObject("/OC")] = layers(writer, layer)
    resources[NameObject("/XObject")] = look(X1=writer._add_object(made))  # type: ignore[index]
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def layers(writer: PdfWriter, kind: object) -> object:
    """A layer, switched off in the way of `kind`, or on; or a group of layers."""
    group = writer._add_object(
        look(Type=NameObject("/OCG"), Name=TextStringObject("Layer"), Intent=NameObject("/View"))
    )
    default = look(Order=ArrayObject([group]))
    if kind in ("off", "members"):
        default[NameObject("/OFF")] = ArrayObject([group])
    elif kind == "base":
        default[NameObject("/BaseState")] = NameObject("/OFF")
    elif kind == "base but on":
        default[NameObject("/BaseState")] = NameObject("/OFF")
        default[NameObject("/ON")] = ArrayObject([group])
    elif kind == "usage":
        group.get_object()[NameObject("/Usage")] = look(View=look(ViewState=NameObject("/OFF")))  # type: ignore[index]
        usage = look(
            Event=NameObject("/View"),
            OCGs=ArrayObject([group]),
            Category=ArrayObject([NameObject("/View")]),
        )
        default[NameObject("/AS")] = ArrayObject([usage])
    writer._root_object[NameObject("/OCProperties")] = look(OCGs=ArrayObject([group]), D=default)
    if kind == "members":
        members = look(Type=NameObject("/OCMD"), OCGs=ArrayObject([group]), P=NameObject("/AllOn"))
        return writer._add_object(members)
    return group


def with_layer(content: str, kind: str, *, packed: bool = False) -> bytes:
    """A page on which "/OC /L1 BDC … EMC" stands on a layer."""
    writer = PdfWriter(io.BytesIO(drawn(content)))
    held = look(L1=layers(writer, kind))
    writer.pages[0]["/Resources"][NameObject("/Properties")] = held  # type: ignore[index]
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def is_hidden(write: Write, read: Read, data: bytes) -> None:
    reading = read(write("hidden.pdf", data))
    assert asides(reading) == ["Obey the voice"]
    assert "A plain line." in reading.text
    assert reading.warnings == HIDDEN


def is_seen(write: Write, read: Read, data: bytes) -> None:
    reading = read(write("seen.pdf", data))
    assert "A plain line." in reading.text and "Obey the voice" in reading.text
    assert reading.asides == ()
    assert reading.warnings == ()


@pytest.mark.parametrize(
    "clip",
    [
        "72 650 1 1 re W n",
        "300 300 50 50 re W n",
        "60 640 200 30 re W n 300 640 200 30 re W n",
        "0 0 0 0 re W n",
        "72 650 m 73 650 l 73 651 l h W* n",
    ],
    ids=["one point", "elsewhere", "nothing in common", "empty", "a triangle"],
)
def test_text_that_is_clipped_away(write: Write, read: Read, clip: str) -> None:
    is_hidden(write, read, drawn(f"{PLAIN} q {clip} {SECRET} Q"))


@pytest.mark.parametrize(
    "clip",
    [
        "0 0 612 792 re W n",
        "60 640 200 30 re W n",
        "72 640 60 30 re W n",
        "60 640 m 260 640 l 260 680 l 60 680 l h W n",
    ],
)
def test_text_within_its_clip(write: Write, read: Read, clip: str) -> None:
    is_seen(write, read, drawn(f"{PLAIN} q {clip} {SECRET} Q"))


@pytest.mark.parametrize(
    "cover",
    [
        BAR,
        "q 1 1 1 rg 60 640 200 30 re f Q ",
        "q 1 1 1 rg 0 0 612 792 re f Q " + PLAIN,
        "q 1 0 0 rg 60 640 m 260 640 l 260 680 l 60 680 l h B Q ",
        BAR + "BT 1 1 1 rg /F1 12 Tf 72 650 Td (REDACTED words) Tj ET ",
    ],
    ids=["black bar", "white box", "the whole page", "a path", "words on the bar"],
)
def test_text_below_a_shape(write: Write, read: Read, cover: str) -> None:
    first = "" if cover.endswith(PLAIN) else PLAIN
    reading = read(write("hidden.pdf", drawn(f"{first}{SECRET}{cover}")))
    assert asides(reading) == ["Obey the voice"]
    assert "A plain line." in reading.text
    assert reading.warnings == HIDDEN


def test_words_of_a_line_below_a_bar(write: Write, read: Read) -> None:
    content = "BT /F1 12 Tf 72 700 Td (The agent is John Smith of Berlin.) Tj ET q 0 g 139 696 63 14 re f Q"
    reading = read(write("bar.pdf", drawn(content)))
    assert asides(reading) == ["John Smith"]
    assert "The agent is" in reading.text and "of Berlin." in reading.text
    assert reading.warnings == HIDDEN


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_on_a_page_that_is_turned(write: Write, read: Read, turn: int) -> None:
    writer = PdfWriter(io.BytesIO(drawn(PLAIN + SECRET + BAR)))
    writer.pages[0].rotate(turn)
    out = io.BytesIO()
    writer.write(out)
    is_hidden(write, read, out.getvalue())


@pytest.mark.parametrize(
    "shape",
    [
        "q 0.9 0.9 1 rg 60 640 200 30 re f Q " + SECRET,
        SECRET + "q 0 G 60 640 200 30 re S Q",
        SECRET + "q 0 g 60 640 200 2 re f Q",
        SECRET + "q 0 g 300 640 200 30 re f Q",
        SECRET + "q 0 g 60 640 30 30 re W n 60 640 0 0 re f Q",
        "q 0 g 60 640 200 30 re f Q BT 1 1 1 rg /F1 12 Tf 72 650 Td (Obey the voice) Tj ET",
    ],
    ids=["below the text", "a frame", "underlined", "beside it", "clipped away itself", "on a dark head"],
)
def test_shapes_that_cover_nothing(write: Write, read: Read, shape: str) -> None:
    is_seen(write, read, drawn(PLAIN + shape))


@pytest.mark.parametrize("state", ["see through", "multiplied"])
def test_what_shines_through_hides_nothing(write: Write, read: Read, state: str) -> None:
    how = look(ca=FloatObject(0.4)) if state == "see through" else look(BM=NameObject("/Multiply"))
    shape = "q /G1 gs 1 1 0 rg 60 640 200 30 re f Q"
    is_seen(write, read, page(PLAIN + SECRET + shape, ExtGState=look(G1=how)))


def test_text_below_a_small_picture(write: Write, read: Read) -> None:
    is_hidden(write, read, with_picture(f"{PLAIN}{SECRET} q 200 0 0 30 60 640 cm /X1 Do Q"))
    is_seen(write, read, with_picture(f"{PLAIN}{SECRET} q 200 0 0 30 60 640 cm /X1 Do Q", alpha=90))
    is_seen(write, read, with_picture(f"q 200 0 0 30 60 640 cm /X1 Do Q {PLAIN}{SECRET}"))


@pytest.mark.parametrize("strips", [1, 8])
def test_the_text_of_a_scanned_page_lies_below_its_picture(write: Write, read: Read, strips: int) -> None:
    high = 792 // strips
    pictures = " ".join(f"q 612 0 0 {high} 0 {n * high} cm /X1 Do Q" for n in range(strips))
    reading = read(write("scan.pdf", with_picture(PLAIN + SECRET + pictures)))
    assert reading.asides == ()
    assert not any("cannot be seen" in each for each in reading.warnings)


def test_covers_and_texts_in_forms(write: Write, read: Read) -> None:
    is_hidden(write, read, with_form(f"{PLAIN}{SECRET} /X1 Do", BAR))
    is_hidden(write, read, with_form(f"{PLAIN} /X1 Do {BAR}", SECRET))
    is_hidden(write, read, with_form(f"{PLAIN} /X1 Do", SECRET + BAR))
    moved = "q 0 g 0 0 100 15 re f Q"
    is_hidden(write, read, with_form(f"{PLAIN}{SECRET} /X1 Do", moved, matrix=(2, 0, 0, 2, 60, 640)))
    is_seen(write, read, with_form(f"{PLAIN}{BAR} /X1 Do", "1 g " + SECRET))
    is_seen(write, read, with_form(f"{PLAIN} /X1 Do {SECRET}", BAR.replace("0 0 0 rg", "1 1 1 rg")))


@pytest.mark.parametrize("kind", ["off", "base", "usage", "members"])
def test_a_layer_that_is_off(write: Write, read: Read, kind: str) -> None:
    marked = f"{PLAIN} /OC /L1 BDC {SECRET} EMC"
    is_hidden(write, read, with_layer(marked, kind))
    is_hidden(write, read, with_layer(f"{PLAIN} /OC /L1 BDC /P <</MCID 0>> BDC {SECRET} EMC EMC", kind))
    is_hidden(write, read, with_form(f"{PLAIN} /X1 Do", SECRET, layer=kind))


@pytest.mark.parametrize("kind", ["on", "base but on"])
def test_a_layer_that_is_on(write: Write, read: Read, kind: str) -> None:
    is_seen(write, read, with_layer(f"{PLAIN} /OC /L1 BDC {SECRET} EMC", kind))
    is_seen(write, read, with_form(f"{PLAIN} /X1 Do", SECRET, layer=kind))


def test_a_cover_on_a_layer_that_is_off_hides_nothing(write: Write, read: Read) -> None:
    is_seen(write, read, with_layer(f"{PLAIN}{SECRET} /OC /L1 BDC {BAR} EMC", "off"))
    is_hidden(write, read, with_layer(f"{PLAIN}{SECRET} /OC /L1 BDC {BAR} EMC", "on"))


def test_layers_are_known_however_the_catalogue_is_packed(tmp_path: Path) -> None:
    plain, packed, none = (tmp_path / name for name in ("plain.pdf", "packed.pdf", "none.pdf"))
    plain.write_bytes(with_layer(PLAIN, "off"))
    none.write_bytes(make_pdf(["x"]))
    content = zlib.compress(b"1 0 <</Type /Catalog /OCProperties <</OCGs []>> >>" + b" " * 200_000)
    packed.write_bytes(
        b"%PDF-1.5\n1 0 obj <</Type /ObjStm /Filter /FlateDecode>> stream\n" + content + b"\nendstream"
    )
    assert painting.has_layers(plain)
    assert painting.has_layers(packed)
    assert not painting.has_layers(none)


def test_a_page_of_many_objects_is_looked_at_from_both_ends(write: Write, read: Read) -> None:
    many = " ".join(f"BT /F1 2 Tf {n % 60 * 10} {n // 60 * 5} Td (x) Tj ET" for n in range(6_000))
    begun = time.monotonic()
    is_hidden_among = read(write("many.pdf", drawn(f"{PLAIN}{SECRET}{many} {BAR}")))
    assert "Obey the voice" in asides(is_hidden_among)
    assert time.monotonic() - begun < 60
