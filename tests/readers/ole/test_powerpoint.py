"""What an old PowerPoint file holds by its last save: `explorer.readers.ole.powerpoint`."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from explorer.readers.ole.powerpoint import as_saved_last
from tests.readers.conftest import Read, Write
from tests.readers.ole_files import ole

ATOM, CONTAINER = 0, 15


def record(kind: int, content: bytes, *, version: int = CONTAINER, instance: int = 0) -> bytes:
    return struct.pack("<HHI", version | instance << 4, kind, len(content)) + content


def text(words: str) -> bytes:
    return record(3999, struct.pack("<I", 1), version=ATOM) + record(
        4008, words.encode("latin-1"), version=ATOM
    )


class Saves:
    """A presentation while it is saved, time after time, as PowerPoint's fast saves do."""

    def __init__(self) -> None:
        self._stream = b""
        self._edit = 0

    def save(self, slides: dict[int, str], order: Sequence[int]) -> None:
        """Appends changed slides (number → words), the document with the order of all, and the notes."""
        places = {}
        for number, words in slides.items():
            places[number] = len(self._stream)
            self._stream += record(
                1006, record(1036, record(61442, record(61443, record(61444, record(61453, text(words))))))
            )
        listed = b"".join(
            record(1011, struct.pack("<IIIII", number, 0, 0, 256 + number, 0), version=ATOM)
            for number in order
        )
        places[1] = len(self._stream)
        document = record(1001, bytes(40), version=1) + record(4080, listed) + record(1002, b"", version=ATOM)
        self._stream += record(1000, document)
        directory = len(self._stream)
        entries = b"".join(struct.pack("<II", 1 << 20 | number, place) for number, place in places.items())
        self._stream += record(6002, entries, version=ATOM)
        note = struct.pack("<IIIIII", 0, 0x03000000, self._edit, directory, 1, max(places)) + bytes(4)
        self._edit = len(self._stream)
        self._stream += record(4085, note, version=ATOM)

    def file(self, *, with_user: bool = True) -> bytes:
        user = record(4086, struct.pack("<III", 20, 0xE391C05F, self._edit) + bytes(12), version=ATOM)
        streams = {"PowerPoint Document": self._stream}
        return ole({**streams, "Current User": user} if with_user else streams)


def saved() -> Saves:
    saves = Saves()
    saves.save({2: "Draft price is 900 euro", 3: "Second slide", 4: "Taken out"}, (2, 3, 4))
    saves.save({2: "Price is 800 euro"}, (2, 3, 4))
    saves.save({2: "Final price is 700 euro"}, (2, 3))
    return saves


@pytest.mark.parametrize("with_user", [True, False])
def test_only_the_last_save_counts(write: Write, read: Read, with_user: bool) -> None:
    reading = read(write("a.ppt", saved().file(with_user=with_user)))
    assert reading.text == "Final price is 700 euro\n\nSecond slide"


def test_slides_are_read_in_their_order_not_in_that_of_their_writing(write: Write, read: Read) -> None:
    saves = Saves()
    saves.save({2: "Was first", 3: "Was second"}, (2, 3))
    saves.save({}, (3, 2))
    assert read(write("a.ppt", saves.file())).text == "Was second\n\nWas first"


@pytest.mark.parametrize("place", range(0, 8000, 400))
def test_damage_changes_nothing_or_leaves_a_file(place: int) -> None:
    data = bytearray(saved().file())
    data[place % len(data) : place % len(data) + 8] = b"\xff" * 8
    assert len(as_saved_last(bytes(data))) == len(data)


def test_what_is_no_presentation_is_left_as_it_is() -> None:
    for data in (b"", b"words", ole({"Workbook": b"x"}), ole({"PowerPoint Document": b"x"})):
        assert as_saved_last(data) == data
