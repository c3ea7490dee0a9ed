"""Each pair of kinds that can be confused: `explorer.readers.detection.order`, and what it is built of.

`refusals`, `package_sniffing` and `mail_sniffing` of `explorer.readers.detection`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from explorer.readers import known_formats, registry
from explorer.readers.detection import mail_sniffing, package_sniffing, refusals
from explorer.readers.detection.order import ORDER
from explorer.readers.detection.sample import Sample
from tests.readers.cases.outlook_files import msg, ole
from tests.readers.conftest import Write
from tests.readers.containers.archive_files import stored, tarred
from tests.readers.pdf.pdfs import make_pdf

PDF = make_pdf(["x"])
MARK = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
TYPES = {"[Content_Types].xml": b"<Types/>"}
HEAD = "From: a@example.org\nTo: b@example.org\nSubject: S\nMIME-Version: 1.0\n"
PAGE = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=B\n\n--B\nContent-Type: text/html\n\n"
OLD = b"application/vnd.sun.xml.writer"
ODF = b"application/vnd.oasis.opendocument."

PAIRS: dict[tuple[str, str], tuple[str, bytes]] = {
    ("image", "pdf"): ("a.pdf", b"\x89PNG\r\n\x1a\n" + MARK.encode()),
    ("docx", "zip"): ("a.zip", stored({**TYPES, "word/document.xml": b"<x/>"})),
    ("docx", "pdf"): ("a.pdf", stored({"word/a.pdf": PDF, **TYPES, "word/document.xml": b"<x/>"})),
    ("pptx", "zip"): ("a.zip", stored({**TYPES, "ppt/presentation.xml": b"<x/>"})),
    ("xlsx", "zip"): ("a.zip", stored({**TYPES, "xl/workbook.xml": b"<x/>"})),
    ("protected", "doc"): ("a.doc", ole({"EncryptedPackage": b"x", "WordDocument": b"x"})),
    ("xls", "zip"): ("a.zip", stored({**TYPES, "xl/workbook.bin": b"x"})),
    ("odt", "zip"): ("a.zip", stored({"mimetype": ODF + b"text", "content.xml": b"<x/>"})),
    ("ods", "zip"): ("a.zip", stored({"mimetype": ODF + b"spreadsheet", "content.xml": b"<x/>"})),
    ("odp", "zip"): ("a.zip", stored({"mimetype": ODF + b"presentation", "content.xml": b"<x/>"})),
    ("doc", "pdf"): ("a.pdf", ole({"0": PDF, "WordDocument": b"x"})),
    ("epub", "zip"): ("a.zip", stored({"mimetype": b"application/epub+zip", "o.opf": b"<x/>"})),
    ("xps", "zip"): ("a.zip", stored({**TYPES, "FixedDocSeq.fdseq": b"<x/>"})),
    ("iwork", "zip"): ("a.zip", stored({"QuickLook/Preview.pdf": PDF})),
    ("openoffice", "zip"): (
        "a.zip",
        stored({"mimetype": OLD, "content.xml": b"<x/>"}),
    ),
    ("openoffice", "xml"): ("a.xml", b'<?xml version="1.0"?><office:document office:mimetype="x"/>'),
    ("zip", "pdf"): ("a.pdf", stored({"a.pdf": PDF})),
    ("tar", "pdf"): ("a.pdf", tarred({"a.pdf": PDF})),
    ("msg", "pdf"): ("a.pdf", ole({"0": PDF, **msg({0x37: "S"})})),
    ("rtf", "pdf"): ("a.pdf", b"{\\rtf1 the mark\n" + MARK.encode() + b"}"),
    ("rtf", "text"): ("a.txt", b"{\\rtf1 words}"),
    ("mbox", "eml"): ("a", f"From a Tue\n{HEAD}\nx".encode()),
    ("mbox", "pdf"): ("a.pdf", f"From a Tue\n{HEAD}\n{MARK}".encode()),
    ("mhtml", "eml"): ("a.mht", f"{HEAD}Content-Type: text/html\n\n<p>x".encode()),
    ("mhtml", "html"): ("a.html", f"{PAGE}<html><p>x".encode()),
    ("mhtml", "pdf"): ("a.pdf", f"{PAGE}<p>\n{MARK}".encode()),
    ("eml", "pdf"): ("a.pdf", f"{HEAD}Content-Type: application/pdf\n\n".encode() + PDF),
    ("eml", "text"): ("a.txt", f"{HEAD}\nwords".encode()),
    ("pdf", "text"): ("a.txt", PDF),
    ("office_xml", "xml"): ("a.xml", b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><x/>'),
    ("html", "markdown"): ("a.md", b"<!doctype html><p>x"),
    ("html", "xml"): ("a.xml", b'<?xml version="1.0"?><html><body>x'),
    ("markdown", "text"): ("a.md", b"words"),
    ("notebook", "json"): ("a.json", b'{"cells": [{"cell_type": "code"}]}'),
    ("json", "text"): ("a.txt", b'{"a": 1}'),
    ("jsonl", "text"): ("a.txt", b'{"a": 1}\n{"a": 2}\n'),
    ("xml", "text"): ("a.txt", b'<?xml version="1.0"?><a/>'),
    ("subtitles", "text"): ("a.txt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nx"),
    ("calendar", "csv"): ("a.csv", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
    ("calendar", "text"): ("a.txt", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
    ("contacts", "csv"): ("a.csv", b"BEGIN:VCARD\nEND:VCARD\n"),
    ("contacts", "text"): ("a.txt", b"BEGIN:VCARD\nEND:VCARD\n"),
    ("csv", "text"): ("a.txt", b"a;b;c\n" + b"1;2;3\n" * 9),
    ("code", "text"): ("a.py", b"import a"),
}


def test_every_kind_has_its_place_and_stands_before_what_it_is_taken_for() -> None:
    places = {rank.name: place for place, rank in enumerate(ORDER)}
    assert set(places) == {each.name for each in known_formats.FORMATS}
    assert [each.name for each in registry.in_order()] == list(places)
    for rank in ORDER:
        assert all(places[rank.name] < places[other] for other in rank.before)


def test_each_pair_of_the_table_has_a_file() -> None:
    assert set(PAIRS) == {(rank.name, other) for rank in ORDER for other in rank.before}


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_it_is_what_it_is(write: Write, pair: tuple[str, str]) -> None:
    name, content = PAIRS[pair]
    assert registry.detect(write(name, content), name).name == pair[0]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.html", f"<html><pre>\n{MARK}</pre>", "html"),
        ("a.md", f"# PDF\n\n```\n{MARK}```\n", "markdown"),
        ("a.json", json.dumps({"a": MARK}), "json"),
        ("a.xml", f"<a>\n{MARK}</a>", "xml"),
        ("a.py", f"HEAD = '''\n{MARK}'''", "code"),
        ("a.csv", f"kind,mark\nPDF,%PDF-1.4\n{MARK}", "csv"),
        ("a.ics", f"BEGIN:VCALENDAR\nX:\n{MARK}", "calendar"),
        ("a.txt", f"A PDF begins so:\n{MARK}", "text"),
        ("a.txt", "%PDF-1.4 is what a PDF begins with.", "text"),
        ("a", "What is %PDF-1.4\n1 0 obj?", "text"),
    ],
)
def test_a_text_that_mentions_a_pdf_is_what_it_is(write: Write, name: str, content: str, kind: str) -> None:
    assert registry.detect(write(name, content), name).name == kind


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.bin"])
@pytest.mark.parametrize("junk", [b"\0\1\2\3" * 30, b"\xfa\1junk\2\3", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_a_pdf_behind_junk_is_one(write: Write, name: str, junk: bytes) -> None:
    assert registry.detect(write(name, junk + PDF), name).name == "pdf"


def test_other_containers_are_named_though_a_pdf_is_in_them(write: Write) -> None:
    for start in (
        b"7z\xbc\xaf\x27\x1c\0\4",
        b"Rar!\x1a\7\1\0",
        b"MSCF\0\0\0\0",
        b"!<arch>\n",
        b"070701a.pdf\0",
    ):
        sample = Sample(write("a.pdf", start + PDF), "a.pdf", start + PDF)
        assert registry.is_readable("a.pdf", start + PDF) is False
        assert sample.extension == ".pdf"


def test_a_table_without_its_row_is_tried_before_the_next_row(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tuple(rank for rank in ORDER if rank.name != "csv")
    monkeypatch.setattr(registry, "ORDER", kept)
    names = [each.name for each in registry.in_order()]
    assert names.index("code") - names.index("csv") == 1


def test_heads_of_mails() -> None:
    head = mail_sniffing.head_of(b"  \n From: a\nodd line\nContent-Type: text/plain;\n charset=x\n\nTo: b\n")
    assert (head.odd_lines, head.names) == (1, {b"from", b"content-type"})
    assert b"charset=x" in head.content_type
    assert not mail_sniffing.is_mail(b"one line\ntwo\nthree\nFrom: x\n\n", named_mail=True)
    assert not mail_sniffing.is_saved_page(b"Content-Type: text/plain\n\n", ".mht")


def test_what_is_asked_of_a_sample(write: Write) -> None:
    path = write("a.key", stored({"Index/Document.iwa": b"x"}))
    sample = Sample(path, "a.key", path.read_bytes())
    assert refusals.named(sample) == "a presentation of Apple Keynote without a preview"
    assert not refusals.is_archive(sample)
    assert not package_sniffing.is_iwork(sample)


def test_the_guide_has_the_same_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reading.md").read_text(encoding="utf-8")
    section = page.partition("## In which order")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.*?) ?\|$", section, re.MULTILINE)[1:]
    assert rows == [
        (
            registry.find(rank.name).label,
            rank.sign,
            "; ".join(f"{registry.find(other).label}: {why}" for other, why in rank.before.items()),
        )
        for rank in ORDER
    ]
