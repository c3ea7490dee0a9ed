r"""RTF: character sets, characters by number, what `\*` hides: `explorer.readers.rtf.rewriting`.

With `explorer.readers.rtf.charsets` and `explorer.readers.rtf.facts`.
"""

from __future__ import annotations

import pytest

from explorer.readers.rtf import charsets, facts, rewriting
from tests.readers.conftest import Read, Write

FONTS = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset%d Other;}}"


def text(write: Write, read: Read, body: str | bytes) -> str:
    data = body if isinstance(body, bytes) else body.encode("latin-1")
    return read(write("a.rtf", data)).text


@pytest.mark.parametrize(
    ("charset", "encoding", "words"),
    [
        (77, "mac_roman", "Größe"),
        (128, "cp932", "見積書 ソース"),
        (129, "cp949", "회의록"),
        (134, "gbk", "发票通知"),
        (136, "cp950", "臺北會議功"),
        (161, "cp1253", "Αθήνα"),
        (162, "cp1254", "Güneş Iğdır"),
        (163, "cp1258", "Hà Nôi"),
        (177, "cp1255", "שלום"),
        (178, "cp1256", "مرحبا"),
        (186, "cp1257", "Šiauliai"),
        (204, "cp1251", "Привет"),
        (222, "cp874", "สวัสดี"),
        (238, "cp1250", "Łódź Świętokrzyska"),
        (254, "cp437", "Größe"),
        (255, "cp850", "Größe Ø"),
    ],
)
def test_each_font_has_its_own_characters(
    write: Write, read: Read, charset: int, encoding: str, words: str
) -> None:
    escaped = "".join(f"\\'{byte:02x}" for byte in words.encode(encoding))
    raw = words.encode(encoding)
    head = r"{\rtf1\ansi\ansicpg1252" + FONTS % charset
    assert text(write, read, rf"{head}\f1 {escaped}\f0  caf\'e9\par}}") == f"{words} café"
    if b"\\" not in raw:
        body = head.encode() + rb"{\f1 " + raw + rb"}\f0  caf\'e9\par}"
        assert text(write, read, body) == f"{words} café"


@pytest.mark.parametrize(
    ("head", "body", "words"),
    [
        (r"\mac", r"\'8a", "ä"),
        (r"\pc", r"\'81", "ü"),
        (r"\pca", r"\'9d", "Ø"),
        (r"\ansi\ansicpg1251", r"\'cf\'f0", "Пр"),
        (r"\ansi\ansicpg932", r"\'93\'fa\'96\'7b", "日本"),
        (r"\ansi\ansicpg10007", r"\'80\'81", "АБ"),
        (r"\ansi\ansicpg99999", r"\'e9", "é"),
        (r"\ansi" + r"{\fonttbl{\f0\cpg1251 Arial;}}\f0", r"\'cf\'f0", "Пр"),
        (r"\ansi\ansicpg1251" + FONTS % 204, r"\f0 \'e9\f1 \'cf\'f0", "éПр"),
        (r"\ansi\ansicpg1251{\fonttbl{\f0\fcharset0 A;}}", r"\f0 \'cf\'f0", "Пр"),
        (r"\ansi\deff1" + FONTS % 204, r"\'cf{\f0 \'e9}\plain\'f0", "Пéр"),
        (r"\ansi" + FONTS % 128, r"\loch\f0\hich\f0\dbch\af1 \'93\'fa\loch\f0 \'e9", "日é"),
    ],
)
def test_the_characters_of_a_file(write: Write, read: Read, head: str, body: str, words: str) -> None:
    assert text(write, read, rf"{{\rtf1{head} {body}\par}}") == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (r"party \u-10179?\u-8704? tonight", "party 😀 tonight"),
        (r"\u55357?\u56832?!", "😀!"),
        (r"\uc0\u-10179\u-8704 a", "😀a"),
        (r"\uc2\u26085\'93\'fa\u26412\'96\'7b!", "日本!"),
        (r"{\uc0\u8364 x}\u8364?y", "€x€y"),
        (r"\u-10179?alone \u-8704?", "alone"),
        (r"a\{b\}c\\d \'7bx\'7d \'5c", "a{b}c\\d {x} \\"),
        (r"cut \'zz end", "cut zz end"),
    ],
)
def test_characters_by_number(write: Write, read: Read, body: str, words: str) -> None:
    assert text(write, read, rf"{{\rtf1\ansi {body}\par}}") == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (r"{\f0\fs24\*\cs7\cf0 The quick brown fox}", "The quick brown fox"),
        (r"{\*\cs7 styled} and {\*\unknown hidden}plain", "styled and plain"),
        (r"{\*\s3\f0 a paragraph's}", "a paragraph's"),
        (r"{\b\*\mystery shown}", "shown"),
        (r"{\upr{old}{\*\ud{new \u8364?}}} end", "new € end"),
        (r"{\*\do\dodhgt1\dptxbx{\dptxbxtext In an old box.\par}\dpx0}", "In an old box."),
        (r"{\*\bkmkstart a}b{\*\bkmkend a}{\*\pnseclvl1 x}{\*\docvar {n}{v}}", "b"),
        (r"a{\*\annotation \pard Is that so?\par} b", "a (comment: Is that so? ) b"),
        (r"word{\footnote First.\par Second.} on", "word First. Second. on"),
        (r"{\pard\dropcapli3\dropcapt1 T\par}\pard he lock keeper", "The lock keeper"),
    ],
)
def test_what_a_star_does_not_hide(write: Write, read: Read, body: str, words: str) -> None:
    head = r"{\rtf1\ansi{\stylesheet{\*\cs7 Teletype;}}"
    assert text(write, read, rf"{head}{body}\par}}") == words


def test_merged_cells_are_said_once_and_equal_ones_twice(write: Write, read: Read) -> None:
    merged = r"\trowd\clmgf\cellx1000\clmrg\cellx2000\cellx3000\intbl Wide\cell\cell Last\cell\row"
    wide = r"\trowd\cellx2000\cellx3000\intbl Wide too\cell Last\cell\row"
    equal = r"\trowd\cellx1000\cellx2000\cellx3000\intbl 100\cell 100\cell 3\cell\row"
    assert (
        text(write, read, rf"{{\rtf1\ansi {merged}{wide}{equal}}}")
        == "Wide | Last\nWide too | Last\n100 | 100 | 3"
    )


def test_line_ends_within_the_file_part_no_words(write: Write, read: Read) -> None:
    assert (
        text(write, read, "{\\rtf1\\ansi {\\loch\nFirst wo\r\nrds}{\\b\n second}\\par}")
        == "First words second"
    )


def test_facts_are_in_the_characters_of_the_file(write: Write, read: Read) -> None:
    head = r"{\rtf1\ansi\ansicpg1251{\info{\title \'cf\'f0}{\author \u1040?da}{\creatim\yr2020\mo3\dy4}}"
    assert facts.facts(rf"{head} x}}".encode()) == {
        "title": "Пр",
        "authors": ["Аda"],
        "created": "2020-03-04",
    }
    assert facts.facts(b"{\\rtf1 x}") == {"title": None, "authors": [], "created": None}


def test_code_pages_by_number() -> None:
    assert [charsets.of_page(page) for page in (1252, 936, 65001, 28592, 7)] == [
        "cp1252", "gbk", "utf-8", "iso8859-2", None,
    ]  # fmt: skip


def test_any_bytes_are_rewritten() -> None:
    whole = rb"{\rtf1\ansi{\fonttbl{\f0\fcharset128 A;}}\f0 \'93\'fa\u-10179?\u-8704?{\*\cs1 x}{\header h}"
    whole += rb"\bin3 }}}}"
    for end in range(len(whole)):
        assert isinstance(rewriting.prepared(whole[:end]), bytes)
