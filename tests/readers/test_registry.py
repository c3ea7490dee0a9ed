"""Formats are found by content; everything else ends in one clear message."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from explorer.errors import ReadError
from explorer.readers import known_formats, registry
from explorer.readers.format import Format, module
from explorer.readers.reading import Source
from tests.readers.conftest import Write
from tests.readers.office.test_docx import package, paragraph
from tests.readers.pdf.pdfs import make_pdf

READABLE = f"Formats that can be read: {registry.labels()}."


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "content")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", make_pdf(["x"]), "pdf"),
        ("a.txt", make_pdf(["x"]), "pdf"),
        ("nothing", b"\n\n  junk\n" + make_pdf(["x"]), "pdf"),
        ("a.doc", package(paragraph("x")), "docx"),
        ("a.pdf", b"<!DOCTYPE html><p>An error page", "html"),
        ("a.txt", b"\xef\xbb\xbf<html><body>x", "html"),
        ("a", b"<!-- c -->\n<div>x</div>", "html"),
        ("README.md", b'<p align="center">logo</p>\n\n# Title', "markdown"),
        ("README.md", b"plain", "markdown"),
        ("a.html", b"just <b>bold</b> words", "html"),
        ("a.html", b"no tags: 1 < 2", "text"),
        ("notes", b"BMW makes cars", "text"),
        ("notes.dat", "Größe".encode("utf-16"), "text"),
        ("a.csv", b"a,b\n1,2\n", "csv"),
        ("a.xls", b"Name\tSum\tDay\n" + b"x\t1\t2\n" * 9, "csv"),  # what many programs export
        ("notes.txt", b"One, two, three.\nFour, five, six.\nSeven, eight, nine.\nTen, ten, ten.\n", "text"),
        ("a.json", b'{"a": 1}', "json"),
        ("a.txt", b'[{"a": 1}]', "json"),
        ("a.txt", b"[1] A note\n[2] Another", "text"),
        ("a.json", b"no json", "text"),
        ("a.jsonl", b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("a", b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("a.json", b'{"cells": [{"cell_type": "code"}], "nbformat": 4}', "notebook"),
        ("a.ipynb", b'{"nbformat": 4, "cells": []}', "notebook"),
        ("a.txt", b'<?xml version="1.0"?><a>b</a>', "xml"),
        ("feed", b"<rss><channel/></rss>", "xml"),
        ("a.xml", b"<a>b</a>", "xml"),
        ("a.xml", b'<?xml version="1.0"?><html><body>x', "html"),
        ("a.txt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nx", "subtitles"),
        ("a.txt", b"1\n00:00:01,000 --> 00:00:02,000\nx", "subtitles"),
        ("a.py", b"import a", "code"),
        ("run", b"#!/bin/sh\necho x", "code"),
        ("a.yaml", b"a: 1", "code"),
        ("book.zip", zipped("mimetype", "META-INF/container.xml"), "epub"),
        ("a.pdf", b"only text", "text"),
        ("a.doc", zipped("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        ("a", zipped("[Content_Types].xml", "ppt/presentation.xml"), "pptx"),
        ("a.xlsx", zipped("[Content_Types].xml", "xl/workbook.bin"), "xls"),
        ("a.odt", zipped("content.xml"), "odt"),
        ("a.txt", rb"{\rtf1\ansi Words}", "rtf"),
    ],
)
def test_content_decides(write: Write, name: str, content: bytes, kind: str) -> None:
    assert registry.detect(write(name, content), name).name == kind


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04", "a 7-Zip archive"),
        ("a.rar", b"Rar!\x1a\x07\x01\0", "a RAR archive"),
        ("a.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0", "a video or HEIF image"),
        ("a.exe", b"MZ\x90\0\x03\0\0\0", "a Windows program"),
    ],
)
def test_known_formats_that_cannot_be_read_are_named(
    write: Write, name: str, content: bytes, what: str
) -> None:
    with pytest.raises(ReadError) as raised:
        registry.detect(write(name, content), name)
    assert str(raised.value) == f"{name} is {what}, which cannot be read. {READABLE}"


def test_a_damaged_file_of_a_known_format_says_so(write: Write) -> None:
    with pytest.raises(ReadError) as raised:
        registry.detect(write("a.docx", package(paragraph("x"))[:200]), "a.docx")
    assert str(raised.value) == "a.docx could not be read: it is a damaged zip or Office file."


def test_unknown_binary_names_the_formats(zoo: Path) -> None:
    with pytest.raises(ReadError) as raised:
        registry.detect(zoo / "markitdown/random.bin", "random.bin")
    assert str(raised.value) == f"random.bin is not in a format that can be read. {READABLE}"


def test_the_table_is_whole() -> None:
    names = [each.name for each in known_formats.FORMATS]
    assert len(set(names)) == len(names)
    extensions = registry.extensions()
    assert len(set(extensions)) == len(extensions)
    assert all(re.fullmatch(r"\.[a-z0-9]+", extension) for extension in extensions)
    for each in known_formats.FORMATS:
        assert each.extensions or each.name in ("protected", "office_xml")
        assert each.notes.endswith(".")
        assert callable(each.load())
        assert registry.find(each.name) is each
    with pytest.raises(KeyError, match="there are pdf, "):
        registry.find("nothing")


def test_one_row_makes_a_format(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    shouted = Format(
        "shouted",
        "Shouted text",
        "text",
        (".shout",),
        lambda sample: sample.extension == ".shout",
        module("text.plain"),
        draw=module("no.such.reader", "draw"),  # nothing is imported before it is needed
    )
    monkeypatch.setattr(known_formats, "FORMATS", [shouted, *known_formats.FORMATS])
    monkeypatch.setattr(registry, "FORMATS", known_formats.FORMATS)
    path = write("a.shout", "HELLO")
    found = registry.detect(path, path.name)
    assert found is shouted and ".shout" in registry.extensions() and registry.has_images("shouted")
    assert found.load()(Source(path, path.name)).text == "HELLO"
