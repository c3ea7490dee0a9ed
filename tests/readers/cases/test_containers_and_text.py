"""Containers, mails and text that came out wrong, lost or unnamed: `cases/README.md` in the data tells them.

By `explorer.readers.containers.archives`, `explorer.readers.containers.member_names`,
`explorer.readers.containers.mail`, `explorer.readers.containers.mail_head`,
`explorer.readers.containers.msg`, `explorer.readers.containers.encoded_words`,
`explorer.readers.containers.lzfu`, `explorer.readers.text.plain` and `explorer.readers.encodings`.
"""

from __future__ import annotations

import base64
import gzip
import io
import struct
import tarfile
import zlib
from email.message import EmailMessage
from pathlib import Path

import pytest

from explorer.errors import ReadError
from explorer.readers import registry
from explorer.readers.containers import lzfu
from explorer.readers.containers.encoded_words import decoded
from tests.readers.cases.conftest import Opened
from tests.readers.cases.outlook_files import msg, ole
from tests.readers.conftest import Write
from tests.readers.containers.archive_files import stored, tarred, zipped
from tests.readers.pdf.pdfs import make_pdf

# Anything that holds or mentions a PDF


def test_d01_a_stored_zip_of_pdfs(cases: Path, opened: Opened) -> None:
    reading, files = opened(cases / "d01_stored_zip_with_pdfs.zip")
    assert reading.kind == "zip"
    assert list(files) == ["minutes/jan.pdf", "minutes/feb.pdf", "notes.txt"]


def test_a_tar_of_pdfs(opened: Opened, write: Write) -> None:
    _, files = opened(write("a.tar", tarred({"one.pdf": make_pdf(["x"]), "two.pdf": make_pdf(["y"])})))
    assert list(files) == ["one.pdf", "two.pdf"]


def test_a_mail_whose_first_part_is_a_pdf(opened: Opened, write: Write) -> None:
    pdf = make_pdf(["x"]).decode("latin-1")
    mail = (
        "From: a@example.org\nSubject: Minutes\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
        'boundary="B"\n\n'
        f'--B\nContent-Type: application/pdf; name="m.pdf"\nContent-Transfer-Encoding: 8bit\n\n{pdf}\n'
        "--B\nContent-Type: text/plain\n\nSee the minutes.\n--B--\n"
    )
    reading, files = opened(write("a.eml", mail.encode("latin-1")))
    assert (reading.kind, list(files)) == ("eml", ["m.pdf"])
    assert "See the minutes." in reading.text


# Lists in local code pages


def test_d04_lists_in_code_pages(cases: Path, opened: Opened) -> None:
    polish, _ = opened(cases / "d04_polish_cp1250.csv")
    assert "Łódź | Świętokrzyska" in polish.text
    turkish, _ = opened(cases / "d04b_turkish_cp1254.csv")
    assert "Iğdır" in turkish.text
    assert "Güneş Sokağı" in turkish.text


# Odd heads of mails


def test_d10_odd_lines_at_the_head(cases: Path, opened: Opened) -> None:
    reading, files = opened(cases / "d10_leading_spaces.eml")
    assert reading.title == "Boiler inspection"
    assert reading.text.endswith("\n\nThe boiler valve leaks at the flange.\n")
    assert reading.warnings == ("1 file in it is in formats that cannot be read: pic.png.",)  # no picture
    reading, files = opened(cases / "d10b_bad_header_line.eml")
    assert reading.title == "Broken header mail"
    assert reading.text.endswith("\n\nValve report body\n")
    assert reading.warnings == (
        "1 line among its headers is no header and left out: This is not a header line.",
    )
    assert not files


HEADERS = (
    "From: Ann <ann@example.org>",
    "To: bob@example.org",
    "Subject: Valve",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
)
BODY = base64.b64encode("The flange leaks – büro.".encode()).decode()


@pytest.mark.parametrize(
    "head",
    [
        ["", " \t ", *HEADERS],
        [">From bob@example.org Tue Jan 14 12:00:00 2025", *HEADERS],
        ["From - Tue Jan 14 12:00:00 2025", *HEADERS],
        ["  a folded line first", *HEADERS],
        [*HEADERS[:2], "no header", "nor this", *HEADERS[2:]],
        [*HEADERS[:3], "   ", *HEADERS[3:]],
        ["Received: by mx", "X-Spam: no", "", *HEADERS],
        [header.replace(": ", " : ", 1) for header in HEADERS],
        [*HEADERS[:4], "*** Forwarded by the gateway ***", *HEADERS[4:]],
    ],
    ids=[
        "blank",
        "escaped From",
        "From",
        "folded",
        "two odd",
        "spaces",
        "parted",
        "space before",
        "at the end",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_more_odd_heads(opened: Opened, write: Write, head: list[str], end: str) -> None:
    mail = end.join([*head, "", BODY, ""])
    reading, _ = opened(write("a.eml", mail.encode()))
    assert (reading.kind, reading.title, reading.author) == ("eml", "Valve", "Ann <ann@example.org>")
    assert reading.text.endswith("\n\nThe flange leaks – büro.\n")
    assert BODY not in reading.text


def test_an_odd_line_within_a_part(opened: Opened, write: Write) -> None:
    mail = (
        "From: a@example.org\nSubject: S\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
        "boundary=B\n\n--B\n"
        "Content-Type: text/plain; charset=utf-8\nan odd line\nContent-Transfer-Encoding: base64\n\n"
        f"{BODY}\n--B--\n"
    )
    reading, _ = opened(write("a.eml", mail))
    assert reading.text.endswith("\n\nThe flange leaks – büro.\n")


def test_a_body_that_looks_like_headers_stays_a_body(opened: Opened, write: Write) -> None:
    body = "From: Bob\nTo: Cleo\nSubject: Older\n\nquoted"
    reading, _ = opened(write("a.eml", f"From: a@example.org\nSubject: New\n\n{body}\n"))
    assert reading.title == "New"
    assert reading.text.endswith(f"\n\n{body}\n")
    assert not reading.warnings


# Raw headers


def test_d11_a_raw_subject(cases: Path, opened: Opened) -> None:
    reading, _ = opened(cases / "d11_raw_8bit_subject_gb2312.eml")
    assert reading.title == "发票通知"
    assert "请查收发票。" in reading.text


@pytest.mark.parametrize(
    ("charset", "subject"),
    [
        ("koi8-r", "Отчёт о насосах"),
        ("big5", "臺北會議"),
        ("euc-kr", "회의 기록"),
        ("iso-8859-2", "Zpráva o čerpadlech"),
        ("windows-1256", "تقرير المضخات"),
        ("utf-8", "Büro – 会議"),
    ],
)
def test_raw_headers_in_the_charset_of_the_body(
    opened: Opened, write: Write, charset: str, subject: str
) -> None:
    mail = (
        f"From: a@example.org\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: "
        f'multipart/mixed; boundary="B"\n\n'
        f"--B\nContent-Type: text/plain; charset={charset}\n\n{subject}.\n"
        f'--B\nContent-Type: text/csv; name="{subject}.csv"\n\na,b\n1,2\n--B--\n'
    )
    reading, files = opened(write("a.eml", mail.encode(charset)))
    assert reading.title == subject
    assert reading.text.endswith(f"\n\n{subject}.\n")
    assert list(files) == [f"{subject}.csv"]


def test_a_raw_subject_in_a_charset_that_nobody_names(opened: Opened, write: Write) -> None:
    reading, _ = opened(
        write("a.eml", "From: a@example.org\nSubject: Świętokrzyska w Łodzi\n\nx\n".encode("cp1250"))
    )
    assert reading.title == "Świętokrzyska w Łodzi"


def test_all_raw_headers_together_tell_their_charset(opened: Opened, write: Write) -> None:
    head = "From: Łukasz <l@example.org>\nTo: Żaneta <z@example.org>\nSubject: Gęś"
    mail = f"{head}\nContent-Type: text/plain; charset=us-ascii\n\nx\n".encode("iso8859-2")
    reading, _ = opened(write("a.eml", mail))
    assert (reading.title, reading.author) == ("Gęś", "Łukasz <l@example.org>")


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("=?utf-8?q?J=C3=B6rg?= <j@example.org>", "Jörg <j@example.org>"),
        ("=?utf-8?B?5pel?=\r\n =?utf-8?B?5pys?=", "日本"),
        ("=?utf-8?B?5pc=?= =?utf-8?B?pQ==?=", "日"),  # one character over two words
        ("=?gb2312?B?" + base64.b64encode("镕基".encode("gbk")).decode() + "?=", "镕基"),
        ("=?iso-2022-jp?B?" + base64.b64encode("会議".encode("iso2022_jp")).decode() + "?=", "会議"),
        ("=?no-such?q?plain?=", "plain"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("=?utf-8?Q?two words?=", "two words"),
        ("=?utf-8?x?y?=", "=?utf-8?x?y?="),
    ],
)
def test_encoded_words(header: str, text: str) -> None:
    assert decoded(header) == text


# HTML mails, and mails within mails


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ('<font face="Arial">The rent is <u>950</u> crowns.</font>', "The rent is 950 crowns."),
        ("<table><tr><td>Rent<td>950</table>", "Rent | 950"),
        ("<html><body bgcolor=white>The rent</body></html>", "The rent"),
        ("no tags at all & an entity: &auml;", "no tags at all & an entity: ä"),
    ],
)
def test_a_page_shows_no_tags(opened: Opened, write: Write, page: str, text: str) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.org", "Rent"
    message.set_content(page, subtype="html")
    reading, _ = opened(write("a.eml", message.as_bytes()))
    assert reading.text == f"From: a@example.org\nSubject: Rent\n\n{text}\n"


def test_a_page_that_is_sent_as_plain_text(opened: Opened, write: Write) -> None:
    mail = "From: a@example.org\nSubject: S\n\n<html><body><font>Only words</font></body></html>\n"
    assert opened(write("a.eml", mail))[0].text.endswith("\n\nOnly words\n")


def test_an_attached_mail_that_was_encoded(opened: Opened, write: Write) -> None:
    inner = "From: b@example.org\nSubject: Inner\n\nWords inside.\n"
    mail = (
        "From: a@example.org\nSubject: Outer\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
        "boundary=B\n\n"
        "--B\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        f"{base64.b64encode(inner.encode()).decode()}\n--B--\n"
    )
    _, files = opened(write("a.eml", mail))
    assert files == {"Inner.eml": inner.encode()}


# Outlook messages


def test_d12_code_pages_and_encoded_words(cases: Path, opened: Opened) -> None:
    reading, _ = opened(cases / "d12_msg_big5_codepage950.msg")
    assert reading.title == "臺北會議的紀錄"
    assert reading.text.endswith("body 臺北會議的紀錄\n")
    reading, _ = opened(cases / "d12b_msg_encoded_word_from.msg")
    assert "From: Jörg Müller <joerg@example.org>\nTo: André <andre@example.org>\n" in reading.text


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (1250, "Żółta łódź w Łodzi"),
        (1251, "Отчёт о насосах"),
        (1253, "Αναφορά αντλιών"),
        (1254, "Güneş Sokağı"),
        (1255, "דוח משאבות"),
        (1256, "تقرير المضخات"),
        (1257, "Ataskaita apie siurblius šįryt"),
        (874, "รายงาน"),
        (932, "ポンプの報告"),
        (936, "水泵报告"),
        (949, "펌프 보고서"),
        (950, "幫浦報告"),
        (20866, "Отчёт о насосах"),
        (28592, "Zpráva o čerpadlech"),
    ],
)
def test_every_code_page_of_windows(opened: Opened, write: Write, page: int, text: str) -> None:
    name = {20866: "koi8-r", 28592: "iso8859-2"}.get(page, f"cp{page}")
    made = ole(msg({0x37: text.encode(name), 0x1000: text.encode(name)}, code_page=page))
    reading, _ = opened(write("a.msg", made))
    assert (reading.title, reading.text) == (text, f"Subject: {text}\n\n{text}\n")


def test_a_mail_within_a_message_becomes_a_document(opened: Opened, write: Write) -> None:
    inner = msg({0x37: "Inner: one", 0x1000: "Words inside"}, header=24, attached={"deep.txt": b"deep"})
    made = ole(msg({0x37: "Outer", 0x1000: "See below"}, attached={"x.txt": b"text", "m.msg": inner}))
    _, files = opened(write("a.msg", made))
    assert list(files) == ["x.txt", "Inner: one.eml"]
    reading, deeper = opened(write("b.eml", files["Inner: one.eml"]))
    assert reading.text == "Subject: Inner: one\n\nWords inside\n"
    assert deeper == {"deep.txt": b"deep"}


def test_a_message_in_html_or_rich_text_only(opened: Opened, write: Write) -> None:
    page = ole(msg({0x37: "S", 0x1013: "<font>Größe</font>".encode("cp1252")}, body_page=1252))
    assert opened(write("a.msg", page))[0].text == "Subject: S\n\nGröße\n"
    rtf = b"{\\rtf1\\ansi The pump costs 400 euro.}"
    packed = struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf
    rich = ole(msg({0x37: "S", 0x1009: packed}))
    assert "The pump costs 400 euro." in opened(write("b.msg", rich))[0].text
    broken = ole(msg({0x37: "S", 0x1009: b"nothing"}))
    assert opened(write("c.msg", broken))[0].warnings == (
        "The text of the mail is damaged and was left out.",
    )


def test_packed_rich_text() -> None:
    """The examples of [MS-OXRTFCP], 4.1 and 4.2."""
    packed = bytes.fromhex(
        "2D0000002B0000004C5A4675F1C5C7A703000A007263706731323542320AF32068656C090020627705B06C647D0A800FA0"
    )
    assert lzfu.unpacked(packed, 1_000) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    overlapping = bytes.fromhex("1A0000001C0000004C5A4675E2D44B51410004205758595A0D6E7D010EB0")
    assert lzfu.unpacked(overlapping, 1_000) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    for broken in (b"", packed[:10], packed[:8] + b"????" + packed[12:]):
        with pytest.raises(lzfu.PackingError):
            lzfu.unpacked(broken, 1_000)
    with pytest.raises(lzfu.PackingError):
        lzfu.unpacked(packed, 10)


# Names of members


def test_d18_names_in_shift_jis(cases: Path, opened: Opened) -> None:
    assert list(opened(cases / "d18_shift_jis_names.zip")[1]) == ["見積書2024.txt"]


def zip_with_bare_names(names: list[str], encoding: str, extra: bytes = b"") -> bytes:
    """A zip whose names stand there in an older encoding, without a word about it."""
    body = directory = b""
    for name in names:
        raw, content = name.encode(encoding), b"Words."
        facts = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, zlib.crc32(content), 6, 6, len(raw), len(extra))
        directory += (
            b"PK\x01\x02" + struct.pack("<H", 20) + facts + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        )
        directory += raw + extra
        body += b"PK\x03\x04" + facts + raw + extra + content
    tail = struct.pack("<HHHHIIH", 0, 0, len(names), len(names), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + tail


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp932", ["カタカナ.txt", "請求書_山田.txt"]),
        ("gbk", ["会议记录/三月.txt", "报价单.txt"]),
        ("cp866", ["Отчёт.txt", "Счёт-фактура.txt"]),
        ("cp437", ["Übersicht Größe.txt", "Änderung.txt"]),
        ("cp850", ["Reunión año.txt", "Façade.txt"]),
        ("cp852", ["Żółta łódź.txt", "Święto.txt"]),
        ("cp1251", ["Отчёт.txt", "Договор.txt"]),
        ("cp949", ["회의 기록.txt"]),
        ("big5", ["會議紀錄.txt"]),
        ("utf-8", ["Ünï/会議.txt"]),
    ],
)
def test_names_in_other_encodings(opened: Opened, write: Write, encoding: str, names: list[str]) -> None:
    assert list(opened(write("a.zip", zip_with_bare_names(names, encoding)))[1]) == names


def test_a_name_that_stands_there_in_utf8_as_well(opened: Opened, write: Write) -> None:
    raw = "żó.txt".encode("cp852")
    held = b"\x01" + struct.pack("<I", zlib.crc32(raw)) + "żó.txt".encode()
    made = zip_with_bare_names(["żó.txt"], "cp852", struct.pack("<HH", 0x7075, len(held)) + held)
    assert list(opened(write("a.zip", made))[1]) == ["żó.txt"]


def test_names_of_a_tar(opened: Opened, write: Write) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", encoding="koi8-r", format=tarfile.GNU_FORMAT) as archive:
        for name in ("Отчёт.txt", "Договор.txt"):
            member = tarfile.TarInfo(name)
            member.size = 5
            archive.addfile(member, io.BytesIO(b"Words"))
    assert list(opened(write("a.tar.gz", gzip.compress(made.getvalue())))[1]) == ["Отчёт.txt", "Договор.txt"]


# Terminals' logs


def test_d25_colours(cases: Path, opened: Opened) -> None:
    reading, _ = opened(cases / "d25_ansi_colours.log")
    assert reading.text == "ERROR pump stalled at station Kestrel\nINFO restarted\n"


@pytest.mark.parametrize(
    "line",
    [
        "\x1b[38;5;208mERROR\x1b[m pump",
        "\x1b]8;;http://example.org\x07ERROR\x1b]8;;\x07 pump",
        "\x1b]0;a title\x07ERROR pump\x1b[K",
        "\x1b(B\x1b[?2004hERROR pump\x0f",
        "E\bER\bRR\bRO\bOR\bR _\bp_\bu_\bm_\bp",
    ],
    ids=["256 colours", "links", "title", "charsets", "struck twice"],
)
def test_more_of_terminals(opened: Opened, write: Write, line: str) -> None:
    assert opened(write("a.log", f"{line}\n" * 40))[0].text == "ERROR pump\n" * 40


# Messages that name the format


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        (
            "a.hwp",
            ole({"FileHeader": b"HWP Document File", "BodyText": {"Section0": b"x"}}),
            "a Hangul document (HWP)",
        ),
        ("a.hwp", b"HWP Document File V3.00 \x1a\1\2\3\4\5" + bytes(90), "a Hangul document (HWP)"),
        (
            "a.hwpx",
            stored({"mimetype": b"application/hwp+zip", "Contents/section0.xml": b"<x/>"}),
            "a Hangul document (HWPX)",
        ),
        ("a.wps", ole({"MatOST": b"x", "CONTENTS": b"y" * 99}), "a document of Microsoft Works"),
        ("a.wps", ole({"MM": b"x"}), "a document of Microsoft Works"),
        ("server.key", b"-----BEGIN PRIVATE KEY-----\nMIIE\n", "a key of a program"),
        ("backup.key", b"c2VjcmV0IGtleSBvZiBhIHByb2dyYW0K\n", "a key of a program"),
        ("a.pages", zipped({"index.xml": "<x/>"}), "a document of Apple Pages without a preview"),
        ("a.key", zipped({"index.apxl.gz": "x"}), "a presentation of Apple Keynote without a preview"),
        ("a.wps", bytes(range(1, 30)) * 9, "a document of Microsoft Works"),
        (
            "a.wks",
            b"\xff\x00\x02\x00\x04\x04\x05\x54\x02\x00" + bytes(90),
            "a spreadsheet of Microsoft Works",
        ),
        ("a.wpd", b"\xffWPC\x10\0\0\0" + bytes(90), "a WordPerfect document"),
        ("a.pub", ole({"Quill": {"QuillSub": b"x"}, "Contents": b"y"}), "a Publisher document"),
        ("a.vsdx", zipped({"[Content_Types].xml": "<x/>", "visio/document.xml": "<x/>"}), "a Visio drawing"),
    ],
)
def test_what_cannot_be_read_is_named(write: Write, name: str, content: bytes, what: str) -> None:
    with pytest.raises(ReadError) as raised:
        registry.detect(write(name, content), name)
    assert str(raised.value).startswith(f"{name} is {what}, which cannot be read.")
