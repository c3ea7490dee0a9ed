"""winmail.dat: its text and its attachments."""

from __future__ import annotations

import struct

import pytest

from explorer.errors import ReadError
from explorer.readers.containers import tnef
from explorer.readers.reading import Source
from tests.readers.cases.conftest import Opened, opened
from tests.readers.conftest import Write

__all__ = ["opened"]


def attribute(tag: int, value: bytes, level: int = 1) -> bytes:
    return struct.pack("<BHHI", level, tag, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def properties(*held: tuple[int, int, bytes]) -> bytes:
    out = struct.pack("<I", len(held))
    for kind, number, value in held:
        out += struct.pack("<HH", kind, number)
        if kind == 0x03:
            out += value
        else:
            out += struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)
    return out


HEAD = b"\x78\x9f\x3e\x22\x01\x00" + attribute(0x9007, struct.pack("<II", 1251, 0))


def test_text_and_attachments(opened: Opened, write: Write) -> None:
    body = "Words of the mail".encode("utf-16-le")
    long_name = "Отчёт за май.csv\0".encode("utf-16-le")
    data = (
        HEAD
        + attribute(0x8004, "Уровень воды\0".encode("cp1251"))
        + attribute(0x9003, properties((0x03, 0x0E07, b"\1\0\0\0"), (0x1F, 0x1000, body)))
        + attribute(0x9002, b"\0" * 14, 2)
        + attribute(0x8010, b"OTCHET~1.CSV\0", 2)
        + attribute(0x800F, b"a,b\n1,2\n", 2)
        + attribute(0x9005, properties((0x1F, 0x3707, long_name)), 2)
    )  # fmt: skip
    reading, files = opened(write("winmail.dat", data))
    assert reading.kind == "msg"
    assert reading.text.strip() == "Subject: Уровень воды\n\nWords of the mail"
    assert files == {"Отчёт за май.csv": b"a,b\n1,2\n"}


def test_a_page_and_a_body_in_a_code_page(opened: Opened, write: Write) -> None:
    page = "<html><body><p>Страница письма</p></body></html>".encode("cp1251")
    reading, _ = opened(write("winmail.dat", HEAD + attribute(0x9003, properties((0x102, 0x1013, page)))))
    assert reading.text.strip() == "Страница письма"
    reading, _ = opened(write("a.tnef", HEAD + attribute(0x800C, "Тело письма\0".encode("cp1251"))))
    assert reading.text.strip() == "Тело письма"


def test_what_is_cut_off_is_read_as_far_as_it_goes(opened: Opened, write: Write) -> None:
    whole = HEAD + attribute(0x8004, b"Levels\0") + attribute(0x800C, b"Some words of the mail\0")
    reading, _ = opened(write("winmail.dat", whole[:-8]))
    assert reading.text.strip() == "Subject: Levels"
    assert reading.warnings == ("The end of the message is damaged or missing.",)
    with pytest.raises(ReadError, match="the message is damaged"):
        tnef.read(Source(write("b.dat", b"\x78\x9f\x3e\x22\x01\x00\x01"), "b.dat"))
