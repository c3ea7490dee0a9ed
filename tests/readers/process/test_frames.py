"""What goes over the pipe comes back, and nonsense is refused: `explorer.readers.process.frames`."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest

from explorer.readers.process import frames
from explorer.readers.reading import Heading, Part, Reading, ReadPage, ReadTable
from explorer.types import Box, PageImage


def test_a_reading_comes_back() -> None:
    reading = Reading(
        "pdf",
        (ReadPage(1, "Größe 𝄞\n\n", "i", b"run", b""), ReadPage(2, "", None, b"", b"boxes")),
        title="T",
        date=date(2026, 1, 2),
        headings=(Heading(0, 1, "Größe"),),
        tables=(ReadTable(0, 5, "a | b"),),
        asides=((1, 2),),
        addresses=((3, 4),),
        warnings=("One.",),
    )
    values, blobs = frames.pack_reading(reading)
    assert frames.unpack_reading(json.loads(json.dumps(values)), blobs) == reading


def test_an_image_comes_back() -> None:
    image = PageImage(b"png", 3, 4, (Box(0.0, 0.25, 0.5, 1.0),))
    values, blobs = frames.pack_image(image)
    assert frames.unpack_image(json.loads(json.dumps(values)), blobs) == image


def test_a_large_file_goes_in_blocks() -> None:
    pipe = io.BytesIO()
    content = bytes(frames.BLOCK_BYTES + 1)
    frames.write_part(pipe, Part("a/b.txt", content))
    pipe.seek(0)
    found = [frames.read(pipe) for _ in range(5)]
    assert found[0] == (b"N", b"a/b.txt")
    assert [len(frame[1]) for frame in found[1:3] if frame] == [frames.BLOCK_BYTES, 1]
    assert found[3:] == [(b"F", b""), None]


def test_a_file_that_breaks_off_is_marked_as_void() -> None:
    def broken() -> object:
        yield b"first"
        raise ValueError("it breaks off")

    pipe = io.BytesIO()
    with pytest.raises(ValueError, match="breaks off"):
        frames.write_part(pipe, Part("a", broken()))  # type: ignore[arg-type]
    pipe.seek(0)
    kinds = [frame[0] for frame in iter(lambda: frames.read(pipe), None)]
    assert kinds == [b"N", b"D", b"X"]


@pytest.mark.parametrize("data", [b"?\0\0\0\0", b"R\xff\xff\xff\xff"])
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no frame"):
        frames.read(io.BytesIO(data))


def test_a_frame_that_is_cut_off_is_the_end() -> None:
    assert frames.read(io.BytesIO(b"R\0\0\0\x05abc")) is None


def test_a_path_of_any_bytes_survives() -> None:
    assert frames.unpacked_path(frames.packed_path(b"/tmp/\xff\xfe")) == b"/tmp/\xff\xfe"
