"""Files that are empty, cut off, mislabelled or too large: one clear message, whatever they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.errors import ReadError
from explorer.readers import registry
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Reading
from tests.readers.conftest import Write
from tests.readers.test_zoo import FILES, ZOO, check, check_message

EXTENSIONS = sorted(set(registry.extensions()))
SAMPLES = {Path(name).suffix: name for name in FILES}
"""One file of the zoo for each extension."""


def end(pool: ReaderPool, path: Path, limits: Limits | None = None) -> Reading | str:
    """What became of a file: a reading that keeps its promises, or its message."""
    try:
        reading = pool.read(path, path.name, limits=limits or Limits(seconds=60, ocr=False))
    except ReadError as error:
        check_message(str(error), path.name)
        assert "its reader stopped" not in str(error)
        return str(error)
    check(reading)
    return reading


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_file_without_bytes(pool: ReaderPool, write: Write, extension: str) -> None:
    assert end(pool, write(f"a{extension}", b"")) == f"a{extension} is empty."


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_file_of_nothing_but_white_space(pool: ReaderPool, write: Write, extension: str) -> None:
    message = end(pool, write(f"a{extension}", b" \n\t\r\n" * 100))
    assert isinstance(message, str), message.text[:100]
    assert "no text" in message.lower()


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_text_is_read_whatever_it_is_called(pool: ReaderPool, write: Write, extension: str) -> None:
    reading = end(pool, write(f"a{extension}", b"Some words that somebody wrote.\n"))
    assert isinstance(reading, Reading), reading
    assert "Some words that somebody wrote." in reading.text


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_bytes_of_no_format(pool: ReaderPool, write: Write, extension: str) -> None:
    message = end(pool, write(f"a{extension}", bytes(range(256)) * 16))
    assert isinstance(message, str), message.text[:100]


@pytest.mark.data
@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
@pytest.mark.parametrize("extension", sorted(SAMPLES))
def test_a_file_that_was_cut_off(pool: ReaderPool, write: Write, extension: str, share: float) -> None:
    content = (ZOO / SAMPLES[extension]).read_bytes()
    end(pool, write(f"cut{extension}", content[: int(len(content) * share)]))


@pytest.mark.data
@pytest.mark.parametrize("extension", sorted(SAMPLES))
def test_a_file_with_zeros_for_its_second_half(pool: ReaderPool, write: Write, extension: str) -> None:
    content = (ZOO / SAMPLES[extension]).read_bytes()
    half = len(content) // 2
    end(pool, write(f"zeros{extension}", content[:half] + bytes(len(content) - half)))


def test_a_file_beyond_the_limit_is_not_opened(pool: ReaderPool, tmp_path: Path) -> None:
    path = tmp_path / "huge.pdf"
    with path.open("wb") as file:
        file.truncate(3 * 2**30)  # takes no room
    assert end(pool, path, Limits()) == (
        "huge.pdf is larger than 2,048 MB, the limit for one file. Split it, or raise EXPLORER_MAX_FILE_MB."
    )


@pytest.mark.parametrize(
    "name", ["a" * 240 + ".pdf", "line\nbreak.pdf", "tab\tand \x1b[31mred.pdf", "ünï—名.pdf"]
)
def test_messages_stay_short_whatever_the_name_is(pool: ReaderPool, tmp_path: Path, name: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\x00\x01\x02" * 100)
    with pytest.raises(ReadError) as raised:
        pool.read(path, name)
    message = str(raised.value)
    assert len(message) <= 400
    assert message.isprintable()
    assert message.endswith(".")
