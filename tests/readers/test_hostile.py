"""Files made to do harm, through real children: each ends in time, asks nobody, and costs no other file."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from explorer.errors import ReadError
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool
from tests.readers import bombs
from tests.readers.conftest import Write
from tests.readers.office.test_docx import W, paragraph
from tests.readers.pdf.pdfs import make_pdf

SECONDS = 20
BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BOMB = f'<!DOCTYPE x [<!ENTITY l0 "ha">{BOMB}]>'
XLINK = "http://www.w3.org/1999/xlink"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Listener:
    """A port that counts who comes. What a parser's C code opens comes by here too."""

    def __init__(self) -> None:
        self.came = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._socket.accept()
                self.came += 1
                caller.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


def with_metadata(xmp: bytes) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(make_pdf(["Some words"])))
    stream = DecodedStreamObject()
    stream.set_data(xmp)
    stream.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
    return _bytes(writer)


def that_opens(address: str) -> bytes:
    """A PDF that wants a web page, another file and a form's target as soon as it is opened."""
    writer = PdfWriter(clone_from=io.BytesIO(make_pdf(["Some words"])))
    uri = DictionaryObject(
        {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject(f"{address}/uri")}
    )
    remote = DictionaryObject(
        {
            NameObject("/S"): NameObject("/GoToR"),
            NameObject("/F"): DictionaryObject(
                {NameObject("/FS"): NameObject("/URL"), NameObject("/F"): TextStringObject(f"{address}/f")}
            ),
        }
    )
    uri[NameObject("/Next")] = writer._add_object(remote)
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(uri)
    code = f"app.launchURL('{address}/js'); this.submitForm('{address}/form');"
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(code)}
    )
    remote[NameObject("/Next")] = writer._add_object(script)
    return _bytes(writer)


def _bytes(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def word(document: str, **others: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
        for name, xml in others.items():
            archive.writestr(f"word/{name.replace('__', '/')}", xml)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("xmp.pdf", with_metadata(f"{BOMB}<x>&l11;</x>".encode())),
        ("outline.pdf", make_pdf(["Chapter one", "Chapter two"], looping_outline=True)),
        ("bomb.docx", word(f"{BOMB}<w:document {W}><w:body>&l11;</w:body></w:document>")),
        ("bomb.html", f"{BOMB}<html><body><p>Some words &l11;</p></body></html>"),
        ("bomb.xhtml", f'<?xml version="1.0"?>{BOMB}<html><body><p>Some words &l11;</p></body></html>'),
        ("deep.html", "<div>" * 50_000 + "Some words"),
        ("deep.docx", word(f"<w:document {W}><w:body>{'<w:p><w:r>' * 60_000}")),
        ("wide.md", "[" * 200_000 + "a" + "](" * 200_000),
        ("table.md", "|" * 300_000),
    ],
)
def test_it_ends_in_time_and_the_next_file_is_read(
    pool: ReaderPool, write: Write, name: str, content: bytes | str
) -> None:
    started = time.monotonic()
    path, limits = write(name, content), Limits(seconds=SECONDS)
    if name.endswith(".docx"):
        with pytest.raises(ReadError, match=rf"^{name} could not be read: the file is damaged\.$"):
            pool.read(path, name, limits=limits)
    else:
        reading = pool.read(path, name, limits=limits)
        assert 0 < len(reading.text) < 2_000_000
        assert "hahaha" not in reading.text
    assert time.monotonic() - started < SECONDS + 5
    assert pool.read(write("fine.txt", "Some words"), "fine.txt").text == "Some words"


def test_nothing_that_a_file_names_is_fetched(pool: ReaderPool, write: Write, listener: Listener) -> None:
    there = listener.address
    entity = f'<!DOCTYPE html SYSTEM "{there}/dtd" [<!ENTITY % p SYSTEM "{there}/p"> %p; '
    entity += f'<!ENTITY e SYSTEM "{there}/e">]>'
    page = f"""<html xmlns:xi="http://www.w3.org/2001/XInclude"><head><base href="{there}/">
<meta http-equiv="refresh" content="0; url={there}/refresh"><link rel="stylesheet" href="{there}/css">
<script src="{there}/js"></script></head><body><p>Some words &e;</p><img src="{there}/img">
<iframe src="{there}/frame"></iframe><object data="{there}/data"></object>
<xi:include href="{there}/include"/></body></html>"""
    relation = f'<Relationship Id="r1" Type="{RELATIONS}/image" Target="{there}/i" TargetMode="External"/>'
    chunk = relation.replace("r1", "r2").replace("/image", "/aFChunk")
    relations = f"<Relationships>{relation}{chunk}</Relationships>"
    body = paragraph("Some words") + f'<w:altChunk xmlns:r="{RELATIONS}" r:id="r2"/>'
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    files = {
        "page.html": page,
        "dtd.html": entity + page,
        "dtd.xhtml": f'<?xml version="1.0"?>{entity}{page}',
        "relations.docx": word(document, **{"_rels__document.xml.rels": relations}),
        "entity.docx": word(entity + document),
        "opens.pdf": that_opens(there),
        "xmp.pdf": with_metadata(f"{entity}<x>&e;</x>".encode()),
        "image.md": f"Some words ![x]({there}/md) <img src={there}/md2>\n\n[r]: {there}/r\n",
    }
    read = 0
    for name, content in files.items():
        with suppress(ReadError):
            assert "Some words" in pool.read(write(name, content), name).text
            read += 1
    assert read >= len(files) - 1, "only the entity in the Office file is refused"
    assert listener.came == 0
    _would_tell(listener)


def test_nor_from_other_formats(pool: ReaderPool, write: Write, listener: Listener) -> None:
    there = listener.address
    image = f'<Relationship Id="r9" Type="{RELATIONS}/image" Target="{there}/i" TargetMode="External"/>'
    link = f'<text:p>Some words<draw:image xmlns:draw="urn:d" xmlns:xlink="{XLINK}" xlink:href="{there}/i"/>'
    html = f'<p>Some words</p><img src="{there}/img"><link rel="stylesheet" href="{there}/css">'
    mail = f"Subject: Some words\nContent-Type: text/html\n\n{html}"
    outside = f"Subject: Some words\nContent-Type: message/external-body; access-type=URL; URL={there}/body"
    outside += "\n\nContent-Type: a/b\n\n"
    cells = bombs.cell("A1", "Some words") + f'<row r="2"><c r="A2"><f>WEBSERVICE("{there}/f")</f></c></row>'
    cell = {"cell_type": "markdown", "metadata": {}, "source": f"Some words ![x]({there}/nb)"}
    cue = "00:00:01.000 --> 00:00:02.000\nSome words\n"
    files = {
        "linked.pptx": _related(bombs.pptx("Some words"), "ppt/slides/_rels/slide1.xml.rels", image),
        "linked.xlsx": _related(bombs.xlsx(cells), "xl/worksheets/_rels/sheet1.xml.rels", image),
        "linked.odt": bombs.opendocument("text", f"{link}</text:p>"),
        "linked.epub": bombs.epub(f'Some words<img src="{there}/i"/>'),
        "page.eml": mail,
        "outside.eml": outside + "Some words",
        "field.rtf": rf'{{\rtf1 Some words {{\field{{\*\fldinst INCLUDEPICTURE "{there}/rtf"}}}}}}',
        "image.ipynb": json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}),
        "style.xml": f'<?xml version="1.0"?><?xml-stylesheet href="{there}/xsl"?><a>Some words</a>',
        "cues.vtt": f"WEBVTT\n\nSTYLE\n::cue {{ background: url({there}/vtt) }}\n\n{cue}",
    }
    for name, content in files.items():
        with suppress(ReadError):
            assert (
                "Some words" in pool.read(write(name, content), name, limits=Limits(seconds=SECONDS)).text
            ), name
    assert listener.came == 0
    _would_tell(listener)


@pytest.mark.parametrize(
    "name", ["a.xlsx", "a.pptx", "a.odt", "a.epub", "a.docx", "a.xhtml", "a.xml", "a.svg"]
)
def test_no_other_file_of_this_machine_is_read(pool: ReaderPool, write: Write, name: str) -> None:
    canary = write("canary.txt", "canary of this machine")
    types = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{canary.as_uri()}">]>'
    page = (
        f'<?xml version="1.0"?>{types}<html xmlns="http://www.w3.org/1999/xhtml"><p>Some words &e;</p></html>'
    )
    contents = {
        "a.xlsx": lambda: bombs.xlsx(bombs.cell("A1", "Some words &e;"), types),
        "a.pptx": lambda: bombs.pptx("Some words &e;", types),
        "a.odt": lambda: bombs.opendocument("text", "<text:p>Some words &e;</text:p>", types),
        "a.epub": lambda: bombs.epub("Some words &e;", types),
        "a.docx": lambda: word(f"{types}<w:document {W}><w:body>{paragraph('Some words &e;')}"),
        "a.xhtml": page.encode,
        "a.xml": f"{types}<x>Some words &e;</x>".encode,
        "a.svg": f'{types}<svg xmlns="http://www.w3.org/2000/svg"><text>Some words &e;</text></svg>'.encode,
    }
    with suppress(ReadError):
        assert "canary" not in pool.read(write(name, contents[name]()), name).text.replace("canary.txt", "")


def _related(package: bytes, name: str, relation: str) -> bytes:
    out = io.BytesIO(package)
    with zipfile.ZipFile(out, "a") as archive:
        relations = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr(name, f'<Relationships xmlns="{relations}">{relation}</Relationships>')
    return out.getvalue()


def _would_tell(listener: Listener) -> None:
    there = listener.address
    socket.create_connection(("127.0.0.1", int(there.rpartition(":")[2])), timeout=5).close()
    deadline = time.monotonic() + 5
    while not listener.came:
        assert time.monotonic() < deadline, "the port would have told"
        time.sleep(0.01)
