"""Mails: headers and body are the text, attachments come out as files; odd and hostile ones do no harm.

By `explorer.readers.containers.mail`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from explorer.errors import ReadError
from explorer.readers import registry
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Reading, Spent
from tests.readers.conftest import Write
from tests.readers.containers.archive_files import HARMLESS_NAMES, HOSTILE_NAMES

PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(60)


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(size=1) as one:
        yield one


def opened(pool: ReaderPool, path: Path, **options: object) -> tuple[Reading, dict[str, bytes]]:
    files: dict[str, bytes] = {}

    def take(name: str, blocks: Iterator[bytes]) -> None:
        files[name] = b"".join(blocks)

    reading = pool.read(path, path.name, on_part=take, **options)  # type: ignore[arg-type]
    return reading, files


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    given = {
        "From": "Åsa Berg <asa@example.com>",
        "To": "Bo Ek <bo@example.com>",
        "Cc": "cleo@example.com",
        "Date": "Tue, 05 Mar 2024 09:30:00 +0100",
        "Message-ID": "<1@example.com>",
        "Subject": "Miete für März",
    }
    for name, value in {**given, **headers}.items():
        message[name] = value
    return message


def test_headers_body_and_attachments(pool: ReaderPool, write: Write) -> None:
    message = mail()
    message.set_content("The rent is 950 crowns.\n")
    message.add_alternative(
        "<p>The rent is <b>950</b> crowns.</p><img src='cid:x'><img src='http://127.0.0.1:9/pixel'>",
        subtype="html",
    )
    message.get_payload()[1].add_related(PIXEL, "image", "png", cid="<x>")  # type: ignore[index,union-attr]
    message.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="räknïng.csv")
    message.add_attachment(b"MZ\0\0", maintype="application", subtype="octet-stream", filename="tool.exe")
    reading, files = opened(pool, write("x.eml", message.as_bytes()))
    assert reading.text == (
        "From: Åsa Berg <asa@example.com>\nTo: Bo Ek <bo@example.com>\nCc: cleo@example.com\n"
        "Date: Tue, 05 Mar 2024 09:30:00 +0100\nSubject: Miete für März\n\nThe rent is 950 crowns.\n"
    )
    assert (reading.kind, reading.title, reading.date) == ("eml", "Miete für März", date(2024, 3, 5))
    assert reading.author == "Åsa Berg <asa@example.com>"
    assert files == {"räknïng.csv": b"a,b\n1,2\n"}
    assert reading.warnings == (
        "1 file in it is in formats that cannot be read: tool.exe.",
        "1 small picture in the mail was left out.",
    )


RENT = "The rent is 950 crowns"


@pytest.mark.parametrize(
    ("plain", "page", "body"),
    [
        ("Please view this mail in HTML.", RENT, f"Please view this mail in HTML.\n\n{RENT}"),
        ("The rent", RENT, RENT),
        (RENT, f"{RENT}. Unsubscribe", RENT),
        (f"{RENT}, at the bank", "The rent!", f"{RENT}, at the bank"),
        ("租金是九百\n五十克朗。", "租金是九百五十克朗。", "租金是九百\n五十克朗。"),
        ("\N{THUMBS UP SIGN}", "\N{THUMBS UP SIGN}", "\N{THUMBS UP SIGN}"),
    ],
    ids=["another", "a part", "all", "more", "without spaces", "no word"],
)
def test_of_two_versions_no_words_are_lost(
    pool: ReaderPool, write: Write, plain: str, page: str, body: str
) -> None:
    message = mail()
    message.set_content(plain)
    message.add_alternative(f"<p>{page}</p>", subtype="html")
    reading, _ = opened(pool, write("x.eml", message.as_bytes()))
    assert reading.text.partition("\n\n")[2].strip() == body


def test_a_mail_with_nothing_but_a_file_says_its_name(pool: ReaderPool, write: Write) -> None:
    message = EmailMessage()
    message.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="lease.csv")
    reading, files = opened(pool, write("x.eml", message.as_bytes()))
    assert files == {"lease.csv": b"a,b\n1,2\n"}
    assert reading.text == "lease.csv\n"


def test_html_is_read_where_there_is_no_plain_text(pool: ReaderPool, write: Write) -> None:
    message = mail()
    message.set_content("<html><body><p>Only <b>HTML</b> here.</p></body></html>", subtype="html")
    reading, _ = opened(pool, write("x.eml", message.as_bytes()))
    assert reading.text.endswith("\n\nOnly HTML here.\n")


def test_a_forwarded_mail_is_a_file_of_its_own(pool: ReaderPool, write: Write) -> None:
    inner = mail(Subject="The first mail")
    inner.set_content("Once.\n")
    message = mail()
    message.set_content("See below.\n")
    message.add_attachment(inner)
    _, files = opened(pool, write("x.eml", message.as_bytes()))
    assert list(files) == ["The first mail.eml"]
    assert b"Once." in files["The first mail.eml"]


def test_attachment_names_are_text(pool: ReaderPool, write: Write) -> None:
    message = mail()
    message.set_content("Names.\n")
    for name in HOSTILE_NAMES:
        message.add_attachment(b"x\n", maintype="text", subtype="plain", filename=name)
    _, files = opened(pool, write("x.eml", message.as_bytes()))
    assert tuple(files) == HARMLESS_NAMES


def test_beyond_the_limits_the_mail_itself_is_kept(pool: ReaderPool, write: Write) -> None:
    message = mail()
    message.set_content("Still here.\n")
    for number in range(3):
        message.add_attachment(b"x\n", maintype="text", subtype="plain", filename=f"{number}.txt")
    path = write("x.eml", message.as_bytes())
    for options in ({"limits": Limits(members=1)}, {"spent": Spent(members=9_999)}):
        reading, files = opened(pool, path, **options)
        assert "Still here." in reading.text
        assert list(files) == ["0.txt"]
        assert reading.warnings == (
            "2 files in it are beyond the limits for files within files: 1.txt, 2.txt.",
        )
    assert opened(pool, path, spent=Spent(depth=4))[1] == {}


@pytest.mark.parametrize(
    "content",
    [
        b"From: a\nTo: b\nSubject: =?utf-8?q?broken\nMessage-ID: <\nDate: nonsense\n\nBody text.\n",
        b'From: "\nReceived: x\nTo: <<<>>>\nSubject: \xff\xfe\nContent-Type: ;;;=\n\nBody text.\n',
        b"From: a\nReceived: x\nTo: b\nContent-Type: text/plain; charset=no-such\n\nBody text.\n",
        b"From: a\nReceived: x\nTo: b\nContent-Type: multipart/mixed\n\nBody text.\n",
        b"From: a\nReceived: x\nTo: b\nContent-Transfer-Encoding: base64\n\nBody text.\n",
    ],
)
def test_broken_mails_are_read_as_far_as_they_go(pool: ReaderPool, write: Write, content: bytes) -> None:
    reading, _ = opened(pool, write("x.eml", content))
    assert reading.kind == "eml"
    assert reading.text.startswith("From: ")


def test_parts_within_parts_end(pool: ReaderPool, write: Write) -> None:
    deep = b"From: a\nReceived: x\nTo: b\n"
    for number in range(3000):
        deep += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number)
    with pytest.raises(ReadError) as raised:
        opened(pool, write("x.eml", deep))
    assert len(str(raised.value)) < 400


def test_an_outlook_message(pool: ReaderPool, shared_data: Path) -> None:
    folder = shared_data / "zoo/docling/email"
    reading, files = opened(pool, folder / "msg_with_attachment.msg")
    assert reading.kind == "msg"
    assert "Email with Attachment" in reading.text
    assert reading.text.endswith("This email contains an attachment.\n")
    assert reading.title == "Email with Attachment"
    assert list(files) == ["test.txt", "report.pdf"]
    reading, files = opened(pool, folder / "msg_simple.msg")
    assert "Alice Example <alice@example.com>" in reading.text
    assert "To: Bob Example <bob@example.com>" in reading.text
    assert (reading.date, files) == (date(2026, 5, 20), {})


def test_a_broken_outlook_message_says_so(pool: ReaderPool, write: Write, shared_data: Path) -> None:
    whole = (shared_data / "zoo/docling/email/msg_simple.msg").read_bytes()
    for cut in (whole[: len(whole) // 2], whole[:4096] + bytes(len(whole) - 4096)):
        with pytest.raises(ReadError) as raised:
            opened(pool, write("x.msg", cut))
        assert len(str(raised.value)) < 400


def test_a_mailbox_opens_into_its_mails(pool: ReaderPool, write: Write) -> None:
    box = b""
    for number in range(3):
        message = mail(Subject=f"Letter {number}/3")
        message.set_content(f"Text {number}.\n>From here on.\n")
        box += b"From asa Tue Mar  5 09:30:00 2024\n" + message.as_bytes() + b"\n"
    reading, files = opened(pool, write("x.mbox", box))
    assert (reading.kind, reading.text_pages) == ("mbox", ())
    assert list(files) == ["00001 Letter 0 3.eml", "00002 Letter 1 3.eml", "00003 Letter 2 3.eml"]


def test_text_that_looks_like_a_mail_stays_text(write: Write) -> None:
    memo = "From: the office\nTo: all\nSubject: keys\n\nPlease return your keys.\n"
    assert registry.detect(write("memo.txt", memo.encode()), "memo.txt").name == "text"
    assert registry.detect(write("memo.eml", memo.encode()), "memo.eml").name == "eml"


def test_nothing_is_fetched(pool: ReaderPool, write: Write) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    address = f"http://127.0.0.1:{server.getsockname()[1]}"
    message = mail()
    message.set_content(f'<link rel=stylesheet href="{address}"><img src="{address}/i">Text', subtype="html")
    opened(pool, write("x.eml", message.as_bytes()))
    with pytest.raises(TimeoutError):
        server.accept()
    server.close()
