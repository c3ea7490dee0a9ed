"""Every file of the zoo ends as read, with text that keeps the promises, or with the one message expected.

The files are other people's and stand beside the checkout: see `shared_data` in tests/conftest.py.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.errors import PasswordNeeded, ReadError
from explorer.readers import registry
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Reading
from tests.conftest import SHARED

ZOO = SHARED / "zoo"
FILES = sorted(
    path.relative_to(ZOO).as_posix()
    for path in ZOO.rglob("*")
    if path.is_file() and not path.parent.name.startswith("expected")
)

EXPECTED_FAILURES: dict[str, tuple[str, str]] = {
    "markitdown/random.bin": ("is not in a format that can be read", "1,024 random bytes"),
    "pypdf-sample-files/005-libreoffice-writer-password/libreoffice-writer-password.pdf": (
        "protected",
        "opens with its password only",
    ),
    "pdfjs/empty_protected.pdf": ("No text found", "one empty page; it opens with the empty password"),
    "pypdf-sample-files/007-imagemagick-images/imagemagick-CCITTFaxDecode.pdf": (
        "No text found",
        "a face of a few pixels",
    ),
    "pypdf-sample-files/019-grayscale-image/grayscale-image.pdf": ("No text found", "a drawn scout, no word"),
}
"""What the message must hold, and why the file cannot be read."""

PASSWORDS = {
    "pypdf-sample-files/005-libreoffice-writer-password/libreoffice-writer-password.pdf": "openpassword",
}

AS_THEY_ARE = {"text", "markdown", "code"}
"""Kept character by character; the text of all other formats is composed (NFC)."""
CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")


@pytest.fixture(scope="module")
def zoo_pool() -> Iterator[ReaderPool]:
    with ReaderPool(size=1) as pool:
        yield pool


def check(reading: Reading) -> None:
    """What every reading promises, whatever it was read from."""
    text = reading.text
    registry.find(reading.kind)
    assert text.strip(), "a document without a word is no document"
    assert not CONTROLS.search(text)
    assert reading.kind in AS_THEY_ARE or text == unicodedata.normalize("NFC", text)
    assert [page.number for page in reading.text_pages] == list(range(1, len(reading.text_pages) + 1))
    starts = [heading.start for heading in reading.headings]
    assert starts == sorted(starts)
    assert all(0 <= heading.start < len(text) and heading.text.strip() for heading in reading.headings)
    assert all(heading.level >= 1 for heading in reading.headings)
    for spans in ([(table.start, table.end) for table in reading.tables], reading.asides):
        ends = [0, *(end for _, end in spans)]
        assert all(start < end <= len(text) for start, end in spans)
        assert all(before <= start for before, (start, _) in zip(ends, spans, strict=False))
    assert all("\n" not in table.header for table in reading.tables)
    assert all(
        warning.strip() and "\n" not in warning and len(warning) <= 400 for warning in reading.warnings
    )
    for said in (reading.title, reading.author, reading.language):
        assert said is None or (said.strip() and "\n" not in said)


def check_message(message: str, name: str) -> None:
    assert len(message) <= 400
    assert message.count("\n") <= 1
    assert name in message
    assert "Traceback" not in message
    assert message.endswith((".", ")")), message


def test_the_zoo_is_here(shared_data: Path) -> None:
    assert len(FILES) > 100
    assert set(EXPECTED_FAILURES) | set(PASSWORDS) <= set(FILES)


@pytest.mark.data
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_zoo(zoo_pool: ReaderPool, name: str) -> None:
    path, started = ZOO / name, time.monotonic()
    try:
        reading = zoo_pool.read(path, path.name, limits=Limits(seconds=120))
    except ReadError as error:
        check_message(str(error), path.name)
        wanted, reason = EXPECTED_FAILURES.get(name, ("", "should be read"))
        assert wanted, f"{error} ({reason})"
        assert re.search(wanted, str(error))
        assert isinstance(error, PasswordNeeded) == (name in PASSWORDS)
    else:
        assert name not in EXPECTED_FAILURES, f"it was read: {reading.text[:200]!r}"
        check(reading)
    assert time.monotonic() - started < 120


@pytest.mark.data
@pytest.mark.parametrize("name", [name for name in FILES if name in PASSWORDS])
def test_a_protected_file_opens_with_its_password(zoo_pool: ReaderPool, name: str) -> None:
    path = ZOO / name
    check(zoo_pool.read(path, path.name, PASSWORDS[name]))
    with pytest.raises(PasswordNeeded) as raised:
        zoo_pool.read(path, path.name, "wrong")
    check_message(str(raised.value), path.name)
