"""What an old PowerPoint file holds by its last save.

`explorer.readers.ole.powerpoint`, `explorer.readers.ole.slide_remarks`, `explorer.readers.ole.ppt_records`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from explorer.readers.ole.powerpoint import SavedLast, as_saved_last
from tests.readers.conftest import Read, Write
from tests.readers.ole_files import ole

ATOM, CONTAINER = 0, 15


def record(kind: int, content: bytes, *, version: int = CONTAINER, instance: int = 0) -> bytes:
    return struct.pack("<HHI", version | instance << 4, kind, len(content)) + content


def text(words: str) -> bytes:
    return record(3999, struct.pack("<I", 1), version=ATOM) + record(
        4008, words.encode("latin-1"), version=ATOM
    )


def drawing(box: bytes) -> bytes:
    return record(1036, record(61442, record(61443, record(61444, record(61453, box)))))


def string(number: int, words: str) -> bytes:
    return record(4026, words.encode("utf-16-le"), version=ATOM, instance=number)


def comment(author: str, words: str) -> bytes:
    """A comment where PowerPoint keeps it: among records that a tag of the slide holds as bytes."""
    held = record(12000, string(0, author) + string(1, words) + record(12001, bytes(28), version=ATOM))
    return record(5000, record(5002, string(0, "___PPT10") + record(5003, held, version=ATOM)))


class Saves:
    """A presentation while it is saved, time after time, as PowerPoint's fast saves do."""

    def __init__(self) -> None:
        self._stream = b""
        self._edit = 0

    def save(
        self,
        slides: dict[int, str],
        order: Sequence[int],
        *,
        notes: dict[int, bytes] | None = None,
        remarks: bytes = b"",
        head: bytes = b"",
    ) -> None:
        """Appends changed slides (number → words), the document with the order of all, and the notes.

        `notes`: number of a slide → what stands in the text box of its page of notes. `remarks` are records
        of every slide, `head` records of the document.
        """
        places = {}
        for number, words in slides.items():
            places[number] = len(self._stream)
            self._stream += record(1006, drawing(text(words)) + remarks)
        for number, box in (notes or {}).items():
            places[100 + number] = len(self._stream)
            of_slide = record(1009, struct.pack("<II", 256 + number, 0), version=ATOM)
            field = record(3999, bytes(4), version=ATOM) + record(4000, b"*\0", version=ATOM)
            page_number = drawing(field + record(4056, bytes(4), version=ATOM))
            self._stream += record(1008, of_slide + drawing(box) + page_number + bytes(8) * 30)
        listed = b"".join(
            record(1011, struct.pack("<IIIII", number, 0, 0, 256 + number, 0), version=ATOM)
            for number in order
        )
        places[1] = len(self._stream)
        document = (
            record(1001, bytes(40), version=1) + head + record(4080, listed) + record(1002, b"", version=ATOM)
        )
        self._stream += record(1000, document)
        self._end(places, 1)

    def add(self, kind: int, number: int) -> None:
        """Appends an object that the presentation holds, by a save of its own."""
        place = len(self._stream)
        self._stream += record(kind, bytes(20), version=ATOM)
        self._end({number: place}, 1)

    def _end(self, places: dict[int, int], document: int) -> None:
        directory = len(self._stream)
        entries = b"".join(struct.pack("<II", 1 << 20 | number, place) for number, place in places.items())
        self._stream += record(6002, entries, version=ATOM)
        note = struct.pack("<IIIIII", 0, 0x03000000, self._edit, directory, document, max(places)) + bytes(4)
        self._edit = len(self._stream)
        self._stream += record(4085, note, version=ATOM)

    def without_saves(self) -> bytes:
        """The file with nothing that says where its objects are."""
        return ole({"PowerPoint Document": self._stream.replace(b"\xf5\x0f", b"\xf7\x0f")})

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
    assert len(as_saved_last(bytes(data)).data) == len(data)


def test_what_is_no_presentation_is_left_as_it_is() -> None:
    for data in (b"", b"words", ole({"Workbook": b"x"}), ole({"PowerPoint Document": b"x"})):
        assert as_saved_last(data) == SavedLast(data, is_told=False)


def test_notes_and_comments_stand_behind_their_slide(write: Write, read: Read) -> None:
    saves = Saves()
    noted = record(3999, struct.pack("<I", 2), version=ATOM) + record(
        4000, "Say that Łódź\rwas first".encode("utf-16-le"), version=ATOM
    )
    saves.save({2: "Old", 3: "Second"}, (2, 3), notes={2: text("Old notes"), 3: text("Notes of second")})
    saves.save({2: "First"}, (2, 3), notes={2: noted}, remarks=comment("Ann", "Is it so?"))
    reading = read(write("a.ppt", saves.file()))
    assert reading.text == (
        "First\n\nNotes: Say that Łódź\n\nwas first\n\nComment by Ann: Is it so?\n\n"
        "Second\n\nNotes: Notes of second"
    )


def test_notes_for_which_there_is_no_room_stand_at_the_end(write: Write, read: Read) -> None:
    saves = Saves()
    saves.save({2: "First", 3: "Second"}, (2, 3), remarks=comment("", "x" * 300))
    text = read(write("a.ppt", saves.file())).text
    assert text.startswith("First\n\nSecond\n\nSlide 1: Comment: xxx")
    assert "\n\nSlide 2: Comment: xxx" in text


def test_footers_objects_and_macros_of_a_presentation(write: Write, read: Read) -> None:
    shown = record(4058, struct.pack("<HH", 0, 32), version=ATOM)
    head = record(4057, shown + string(1, "No header") + string(2, "Harbour  board"), instance=3)
    head += record(1023, record(1024, struct.pack("<III", 9, 1, 2), version=ATOM))
    saves = Saves()
    saves.save({2: "First"}, (2,), head=head)
    saves.add(4113, 9)
    saves.add(4113, 10)
    reading = read(write("a.ppt", saves.file()))
    assert reading.text == "First\n\nHarbour board"
    assert [reading.text[start:end] for start, end in reading.asides] == ["Harbour board"]
    assert reading.warnings == (
        "Its macros were not read.",
        "1 embedded object (a file, a formula) was not read.",
    )


def test_a_presentation_whose_last_save_is_lost_says_so(write: Write, read: Read) -> None:
    whole = saved()
    reading = read(write("a.ppt", whole.without_saves()))
    assert "Final price is 700 euro" in reading.text
    assert reading.warnings == (
        "What was saved last is not told: notes are missing, and old text may be there.",
    )
