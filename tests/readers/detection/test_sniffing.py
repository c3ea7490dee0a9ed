"""What some bytes are, looked at and nothing else: `explorer.readers.detection.sniffing` and `.sample`."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from explorer.readers.detection import mail_sniffing, sniffing, text_sniffing
from explorer.readers.detection.sample import Sample
from tests.readers.conftest import Write


def sample(path: Path, name: str) -> Sample:
    return Sample(path, name, path.read_bytes()[:65_536])


def test_a_sample_knows_its_text_and_its_extension(write: Write) -> None:
    found = sample(write("stored", "Größe".encode("utf-16")), "Notes.TXT")
    assert (found.extension, found.text) == (".txt", "Größe")
    assert not found.members and not found.streams
    assert sample(write("b", bytes(range(256)) * 4), "b").text is None


def test_a_sample_lists_what_is_in_a_zip_and_nothing_of_a_broken_one(write: Write) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document2.xml", "")
        archive.writestr("[Content_Types].xml", "")
    whole = sample(write("a.zip", out.getvalue()), "a.zip")
    assert whole.members == {"word/document2.xml", "[Content_Types].xml"}
    assert sniffing.is_word(whole.members)
    assert not sample(write("b.zip", out.getvalue()[:60]), "b.zip").members


def test_what_a_program_or_a_picture_begins_with_is_no_text(write: Write) -> None:
    found = sample(write("a.txt", b"GIF89a as a text\x00 goes on"), "a.txt")
    assert not found.is_text(lambda text, extension: True)
    assert sample(write("b.txt", b"GIF89a as a text goes on"), "b.txt").is_text(lambda text, extension: True)


def test_a_tar_vouches_for_itself() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    head = out.getvalue()
    assert sniffing.is_tar(head)
    assert not sniffing.is_tar(b"b" + head[1:]), "its checksum is of other bytes"
    assert not sniffing.is_tar(bytes(512))


@pytest.mark.parametrize(
    ("head", "named_mail", "is_mail"),
    [
        (b"From: a@b.org\nTo: c@d.org\n\nHello", True, True),
        (b"From: a@b.org\nTo: c@d.org\n\nHello", False, False),  # a letter may begin so
        (b"Received: by x\nFrom: a@b.org\nDate: today\n folded\n\nHello", False, True),
        (b"Dear all,\nFrom: now on", True, False),
    ],
)
def test_a_mail_has_the_headers_of_one(head: bytes, named_mail: bool, is_mail: bool) -> None:
    assert mail_sniffing.is_mail(head, named_mail) is is_mail


@pytest.mark.parametrize(
    ("head", "decoder"),
    [
        (b"RIFF\0\0\0\0WEBP", "WEBP"),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"BM" + bytes(12) + b"\x28\0\0\0", "BMP"),
        (b"BMW makes cars, and others, too", None),
        (b"MM\x00+", "TIFF"),
    ],
)
def test_the_decoder_of_an_image(head: bytes, decoder: str | None) -> None:
    assert sniffing.image_decoder(head) == decoder


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"\0\0\0\x18ftypmp42", "a video or HEIF image"),
        (sniffing.OLE + "WordDocument".encode("utf-16-le"), "a damaged Word document (.doc)"),
        (b"PK\x03\x04", "a damaged zip or Office file"),
        (b"Rar! is how a text may begin", None),
    ],
)
def test_what_nobody_reads_has_a_name(head: bytes, what: str | None) -> None:
    assert sniffing.refused(head, frozenset()) == what


def test_the_delimiter_is_what_gives_even_rows() -> None:
    assert text_sniffing.delimiter("a;b\n1,5;2\n3,5;4\n") == ";"
    assert text_sniffing.delimiter("sep=^\na^b\n") == "^"
    assert not text_sniffing.is_delimited("One, two.\nThree, four.\nFive, six.\nSeven, eight.\n", ".txt")
