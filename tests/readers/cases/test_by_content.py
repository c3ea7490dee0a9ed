"""Files whose names say another kind than they are, and mailboxes: what programs export as .xls and .doc.

By `explorer.readers.detection.sniffing` and `explorer.readers.containers.mail`.
"""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from tests.readers.cases.conftest import Opened
from tests.readers.conftest import Write

BARE = '<table border="1"><tr><td>Gauge</td><td>cm</td></tr><tr><td>Otterbury</td><td>142</td></tr></table>'
PAGE = f"<html><body><h1>Levels</h1>{BARE}</body></html>"
TABBED = "Gauge\tRiver\tcm\nOtterbury\tLune\t142\nMillrace\tWye\t98\n"
RICH = r"{\rtf1\ansi\ansicpg1252 The keeper of L\'fcbeck\par opens the sluice.\par}"


@pytest.mark.parametrize(
    ("name", "content", "kind", "said"),
    [
        ("a.xls", PAGE.encode(), "html", "Otterbury | 142"),
        ("a.xls", BARE.encode("utf-16"), "html", "Otterbury | 142"),
        ("a.xls", b"\xef\xbb\xbf" + BARE.encode(), "html", "Otterbury | 142"),
        ("a.doc", PAGE.encode(), "html", "Otterbury | 142"),
        ("a.doc", b"\r\n" + BARE.encode(), "html", "Otterbury | 142"),
        ("a.xls", TABBED.encode(), "csv", "Otterbury | Lune | 142"),
        ("a.xls", TABBED.encode("utf-16"), "csv", "Otterbury | Lune | 142"),
        ("a.xlsx", TABBED.replace("\n", "\r\n").encode(), "csv", "Otterbury | Lune | 142"),
        ("a.doc", RICH.encode(), "rtf", "The keeper of Lübeck"),
        ("a.xls", RICH.encode(), "rtf", "opens the sluice."),
        ("a.docx", RICH.encode(), "rtf", "The keeper of Lübeck"),
    ],
)
def test_what_is_called_like_office_is_what_it_is(  # noqa: PLR0917
    opened: Opened, write: Write, name: str, content: bytes, kind: str, said: str
) -> None:
    reading, _ = opened(write(name, content))
    assert reading.kind == kind
    assert said in reading.text
    assert "<" not in reading.text
    assert "\\" not in reading.text


def letter(number: int, body: str, end: str, **attached: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = f"a{number}@example.org", f"Sluice {number}"
    message.set_content(body)
    for name, content in attached.items():
        message.add_attachment(content, "application", "octet-stream", filename=name.replace("_", "."))
    return message.as_bytes().replace(b"\n", end.encode())


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "line", ["From the keeper: all is well.", ">From the keeper: all is well.", "From me"]
)
def test_a_mailbox_is_parted_between_its_mails_only(
    opened: Opened, write: Write, end: str, line: str
) -> None:
    first = letter(1, f"Dear Ann,\n\n{line}\nYours\n", end, levels_csv=b"a,b\n1,2\n", note_txt=b"Gate 4")
    second, third = letter(2, "Second.\n", end), letter(3, "Third.\n", end, levels_csv=b"a,b\n3,4\n")
    parting = f"From a@example.org Tue Mar  5 09:30:00 2024{end}".encode()
    box = b"".join(parting + each + end.encode() for each in (first, second, third))
    reading, mails = opened(write("a.mbox", box))
    assert reading.kind == "mbox"
    assert list(mails) == ["00001 Sluice 1.eml", "00002 Sluice 2.eml", "00003 Sluice 3.eml"]
    held = [opened(write(f"{number}.eml", content)) for number, content in enumerate(mails.values())]
    assert line.lstrip(">") in held[0][0].text
    assert "Yours" in held[0][0].text
    assert [list(files) for _, files in held] == [["levels.csv", "note.txt"], [], ["levels.csv"]]
    assert held[2][1]["levels.csv"] == b"a,b\n3,4\n"


@pytest.mark.parametrize("name", ["a.mbox", "Inbox", "a.txt"])
def test_a_mailbox_is_one_by_any_name(opened: Opened, write: Write, name: str) -> None:
    box = b"From - Tue Mar  5 09:30:00 2024\n" + letter(1, "One.\n", "\n")
    reading, mails = opened(
        write(name, box + b"\nFrom - Wed Mar  6 09:30:00 2024\n" + letter(2, "Two.\n", "\n"))
    )
    assert (reading.kind, len(mails)) == ("mbox", 2)


def test_a_file_called_a_mailbox_may_have_mails_with_few_headers(opened: Opened, write: Write) -> None:
    mails = "".join(f"From - Tue Mar  5 09:30:00 2024\nFrom: a@b.c\nSubject: {n}\n\n{n}\n\n" for n in "12")
    reading, files = opened(write("drafts.mbox", mails))
    assert (reading.kind, len(files)) == ("mbox", 2)
    assert opened(write("drafts.txt", mails))[0].kind == "text"
