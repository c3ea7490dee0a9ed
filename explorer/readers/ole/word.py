"""The pictures of an old Word file (DOC), in the order of the text, each with the paragraph it stands in.

By Microsoft's documentation of the format, [MS-DOC]. What stands in running headers is left out.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from explorer.readers.ole import art

_CHARACTERS, _FLAGS, _OTHER_TABLE, _SEALED = 0x4C, 0x0A, 0x0200, 0x0100
_RUNS, _PIECES, _ANCHORS, _DRAWINGS = 0xFA, 0x1A2, 0x1DA, 0x22A
"""Where the file's head says where each of these stands, and how long it is."""
_PAGE = 512
_LOCATION, _IS_DATA, _IS_OBJECT = 0x6A03, 0x0806, 0x080A
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
"""Bytes behind the name of a property, by its upper three bits; 0: a byte says how many."""
_LINKED = 0x66
_HEAD = 68
_MOST = 100_000
_ENDS = re.compile(r"[\r\x07\x0c]")
_FIELD = re.compile(r"\x13[^\x13-\x15]*\x14?|\x15")
_MARKS = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class WordPicture:
    """A picture in the text, as the record that stores it."""

    record: memoryview
    said: tuple[str, ...]
    paragraph: str
    """What is said where it stands, or before; "" where nothing is."""


class _Piece(NamedTuple):
    """A stretch of the text that begins at a character and stands at a byte of the stream."""

    character: int
    byte: int
    length: int
    width: int


def pictures(stream: bytes, tables: tuple[bytes, bytes], data: bytes) -> list[WordPicture]:
    """The pictures by the streams WordDocument, (0Table, 1Table) and Data; none where the file is sealed."""
    flags = _number(stream, _FLAGS, 2)
    if len(stream) < _DRAWINGS + 8 or flags & _SEALED:
        return []
    text = _Text(stream, tables[bool(flags & _OTHER_TABLE)])
    found = [*_in_lines(text, data), *_floating(text)]
    found.sort(key=lambda each: each[0])
    return [WordPicture(record, said, text.around(place)) for place, record, said in found]


class _Text:
    """The main text of a file, and what its head points at."""

    def __init__(self, stream: bytes, table: bytes) -> None:
        self.stream = stream
        self.table = table
        self.pieces = list(self._found())

    def part(self, place: int) -> bytes:
        """What the head points at in the stream of tables."""
        start, size = struct.unpack_from("<II", self.stream, place)
        return self.table[start : start + size]

    def _found(self) -> Iterator[_Piece]:
        part, at = self.part(_PIECES), 0
        while part[at : at + 1] == b"\x01":
            at += 3 + _number(part, at + 1, 2)
        count = min(max(_number(part, at + 1, 4) - 4, 0) // 12, _MOST)
        for number in range(count if part[at : at + 1] == b"\x02" else 0):
            place = at + 5 + 4 * number
            first, last = _number(part, place, 4), _number(part, place + 4, 4)
            byte = _number(part, at + 5 + 4 * (count + 1) + 8 * number + 2, 4)
            width = 1 if byte & 0x40000000 else 2
            start = byte & 0x3FFFFFFF
            if first < last:
                yield _Piece(first, start // 2 if width == 1 else start, last - first, width)

    @cached_property
    def characters(self) -> str:
        """The main text, a character for each place."""
        parts: list[str] = []
        for piece in self.pieces:
            held = self.stream[piece.byte : piece.byte + piece.length * piece.width]
            if piece.width == 1:
                parts.append(held.decode("cp1252", "replace"))
            else:
                parts.append(
                    "".join(map(chr, struct.unpack(f"<{len(held) // 2}H", held[: len(held) // 2 * 2])))
                )
        return "".join(parts)[: _number(self.stream, _CHARACTERS, 4)]

    def place(self, byte: int) -> int:
        """Which character of the text stands at a byte of the stream; -1 for none."""
        for piece in self.pieces:
            if piece.byte <= byte < piece.byte + piece.length * piece.width:
                return piece.character + (byte - piece.byte) // piece.width
        return -1

    @cached_property
    def _paragraphs(self) -> tuple[list[int], list[str]]:
        """Where each paragraph begins, and what it says, or what one before it says."""
        starts, said = [0], [""]
        at = 0
        for end in [*(found.end() for found in _ENDS.finditer(self.characters)), len(self.characters)]:
            words = _MARKS.sub("", _FIELD.sub("", self.characters[at:end])).strip()
            starts.append(at)
            said.append(words or said[-1])
            at = end
        return starts, said

    def around(self, place: int) -> str:
        """The paragraph that a character stands in, or the last one before that says something."""
        starts, said = self._paragraphs
        return said[bisect_right(starts, place) - 1]


def _in_lines(text: _Text, data: bytes) -> Iterator[tuple[int, memoryview, tuple[str, ...]]]:
    """(place, record, words for it) of the pictures that stand in the text as letters do."""
    length = len(text.characters)
    view = memoryview(data)
    for byte, location in _locations(text):
        place = text.place(byte)
        if not 0 <= place < length or text.characters[place] != "\x01" or location > len(data) - _HEAD:
            continue
        size, head, kind = struct.unpack_from("<IHH", data, location)
        if head < _HEAD or size <= head:
            continue
        start = location + head
        start += 1 + data[start] if kind == _LINKED and start < len(data) else 0
        content = view[start : location + size]
        for record in islice(art.stored(content), 1):
            head_of_it = bytes(content[: len(content) - len(record)])
            yield place, record, next((each.said for each in art.shapes(head_of_it)), ())


def _locations(text: _Text) -> Iterator[tuple[int, int]]:
    """(byte of a character in the stream, where in Data its picture stands)."""
    part = text.part(_RUNS)
    count = min(max(len(part) - 4, 0) // 8, _MOST)
    for number in range(count):
        page_at = _PAGE * (_number(part, 4 * (count + 1) + 4 * number, 4) & 0x3FFFFF)
        page = text.stream[page_at : page_at + _PAGE]
        if len(page) < _PAGE:
            continue
        runs = min(page[-1], 101)
        for run in range(runs):
            at = 2 * page[4 * (runs + 1) + run]
            if at and (location := _location(page[at + 1 : at + 1 + page[at]])) is not None:
                yield _number(page, 4 * run, 4), location


def _location(properties: bytes) -> int | None:
    """Where in Data the picture stands that a run of letters is; None where it is none."""
    at, found = 0, None
    while at + 2 <= len(properties):
        name = _number(properties, at, 2)
        size = _SIZES[name >> 13] or 1 + _number(properties, at + 2, 1)
        if name in (_IS_DATA, _IS_OBJECT) and properties[at + 2 : at + 3] == b"\x01":
            return None
        if name == _LOCATION:
            found = _number(properties, at + 2, 4)
        at += 2 + size
    return found


def _floating(text: _Text) -> Iterator[tuple[int, memoryview, tuple[str, ...]]]:
    """The same of the pictures that the text flows around."""
    part = text.part(_DRAWINGS)
    held = art.store(part, text.stream)
    anchors = text.part(_ANCHORS)
    count = min(max(len(anchors) - 4, 0) // 30, _MOST)
    places = {
        _number(anchors, 4 * (count + 1) + 26 * number, 4): _number(anchors, 4 * number, 4)
        for number in range(count)
    }
    for drawing in _drawings(part):
        for shape in art.shapes(drawing):
            if shape.number in held and shape.shape in places:
                yield places[shape.shape], held[shape.number], shape.said


def _drawings(part: bytes) -> Iterator[bytes]:
    """The drawings of the text, not those of its headers, behind the store: a byte before each says which."""
    at = 8 + _number(part, 4, 4)
    while at + 9 <= len(part):
        end = at + 9 + _number(part, at + 5, 4)
        if part[at] == 0:
            yield part[at + 1 : end]
        at = end


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")
