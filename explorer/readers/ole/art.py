"""Drawings in old Office files: the pictures that they store, and the shapes that show them.

Word, Excel and PowerPoint share the records: Microsoft's documentation of them is [MS-ODRAW]. Every length is
held to what is there; there is no recursion.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from explorer.errors import ReadError

_SHAPE_ITSELF = 0xF00A
_STORED, _SHAPE, _ENTRY, _STORE = range(0xF01A, 0xF118), 0xF004, 0xF007, 0xF001
_PROPERTIES = frozenset([0xF00B, 0xF121, 0xF122])
_PICTURE, _NAME, _DESCRIPTION = 0x104, 0x380, 0x381
_IS_COMPLEX = 0x8000
_HEAD = struct.Struct("<HHI")
_ENTRY_BYTES = 36
_VECTORS = frozenset([0xF01A, 0xF01B, 0xF01C])
_VECTOR_HEAD = 34
_BITMAP = 0xF01F
_WITH_TWO_SUMS = frozenset([0x3D5, 0x217, 0x543, 0x46B, 0x6E3, 0x6E1, 0x7A9, 0x6E5])
"""Kinds of stored pictures that begin with two checksums of 16 bytes, not one."""
_MOST_RECORDS = 200_000
_CORE_HEAD = 12
_MASKED = 3
"""How a bitmap says that three numbers behind its head tell which bits are which colour."""


class ArtRecord(NamedTuple):
    """A record: `data[start:end]` is its content."""

    kind: int
    instance: int
    is_container: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that a shape shows: its number in the file's store, from 1, and what is said of it."""

    number: int
    said: tuple[str, ...]
    """Its description and its name, where they are stated."""
    shape: int
    """The shape's own number."""


def below(data: bytes) -> Iterator[ArtRecord]:
    """The records in `data` and all within them, each before what it holds."""
    stack = [(0, len(data))]
    for _ in range(_MOST_RECORDS):
        while stack and stack[-1][0] > stack[-1][1] - _HEAD.size:
            stack.pop()
        if not stack:
            return
        at, last = stack.pop()
        version, kind, size = _HEAD.unpack_from(data, at)
        found = ArtRecord(kind, version >> 4, version & 15 == 15, at + 8, min(at + 8 + size, last))
        stack.append((found.end, last))
        if found.is_container:
            stack.append((found.start, found.end))
        yield found


def store(data: bytes, apart: bytes = b"") -> dict[int, memoryview]:
    """The pictures of a file's store by their numbers, from 1, as records; those that it lacks are missing.

    `apart`: the stream that holds them where the store says only where in it they stand.
    """
    whole = next((each for each in below(data) if each.kind == _STORE), None)
    held: dict[int, memoryview] = {}
    view, other = memoryview(data), memoryview(apart)
    at, number = (whole.start, 1) if whole else (0, 1)
    while whole and at <= whole.end - _HEAD.size and number < _MOST_RECORDS:
        _, kind, size = _HEAD.unpack_from(data, at)
        start, end = at + 8, min(at + 8 + size, whole.end)
        record = view[at:end] if kind in _STORED else view[:0]
        if kind == _ENTRY and end - start >= _ENTRY_BYTES:
            place = start + _ENTRY_BYTES + data[start + 33]
            told = int.from_bytes(data[start + 28 : start + 32], "little")
            record = view[place:end] if place < end else _standing(other, told)
        if record:
            held[number] = record
        at, number = end, number + 1
    return held


def shapes(data: bytes) -> Iterator[Shown]:
    """The pictures that shapes show, in their order."""
    number, shape = 0, 0
    said: tuple[str, ...] = ()
    for each in below(data):
        if each.kind == _SHAPE:
            if number:
                yield Shown(number, said, shape)
            number, said, shape = 0, (), 0
        elif each.kind == _SHAPE_ITSELF:
            shape = int.from_bytes(data[each.start : each.start + 4], "little")
        elif each.kind in _PROPERTIES:
            stated, texts = _stated(data, each)
            number = number or stated.get(_PICTURE, 0)
            said += tuple(texts[key] for key in (_DESCRIPTION, _NAME) if key in texts)
    if number:
        yield Shown(number, said, shape)


def stored(data: memoryview) -> Iterator[memoryview]:
    """The pictures that stand in `data` as records, in a store or behind the shape that shows them."""
    at = 0
    while at <= len(data) - _HEAD.size:
        _, kind, size = _HEAD.unpack_from(data, at)
        if kind == _ENTRY and at + 8 + _ENTRY_BYTES <= len(data):
            at += 8 + _ENTRY_BYTES + data[at + 8 + 33]
            continue
        if kind in _STORED:
            yield data[at : at + 8 + size]
        at += 8 + size


def image(record: memoryview, most: int) -> bytes:
    """The file of a stored picture, at most `most` bytes of it. Raises ReadError where there is none."""
    if len(record) < _HEAD.size + 17:
        raise ReadError("The picture is damaged.")
    version, kind, _ = _HEAD.unpack_from(record)
    if kind not in _STORED:
        raise ReadError("The picture is damaged.")
    at = _HEAD.size + (32 if version >> 4 in _WITH_TWO_SUMS else 16)
    if kind in _VECTORS:
        return _vector(record, at, most)
    data = bytes(record[at + 1 : at + 1 + most])
    return bitmap_file(data) if kind == _BITMAP else data


def bitmap_file(data: bytes) -> bytes:
    """A bitmap as it stands in memory, with the head that makes it a file (BMP). Raises ReadError."""
    if len(data) < 16 or data.startswith(b"BM"):
        return data
    head = int.from_bytes(data[:4], "little")
    if head == _CORE_HEAD:
        (depth,), used, step, masks = struct.unpack_from("<H", data, 10), 0, 3, 0
    elif 40 <= head <= 124 and len(data) >= head:
        depth, packing = struct.unpack_from("<HI", data, 14)
        used, step, masks = int.from_bytes(data[32:36], "little"), 4, 12 * (packing == _MASKED and head == 40)
    else:
        raise ReadError("The picture is damaged.")
    colours = min(used or (1 << depth if depth <= 8 else 0), 256 if depth <= 8 else used, len(data) // step)
    return b"BM" + struct.pack("<IHHI", 14 + len(data), 0, 0, 14 + head + masks + step * colours) + data


def _vector(record: memoryview, at: int, most: int) -> bytes:
    """A picture of lines, unpacked: [MS-ODRAW] 2.2.31."""
    head = record[at : at + _VECTOR_HEAD]
    data = record[at + _VECTOR_HEAD :]
    if len(head) < _VECTOR_HEAD:
        raise ReadError("The picture is damaged.")
    if head[32]:
        return bytes(data[:most])
    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error as error:
        raise ReadError("The picture is damaged.") from error


def _standing(stream: memoryview, at: int) -> memoryview:
    """The record that begins at a place of a stream; nothing where none does."""
    if not 0 <= at <= len(stream) - _HEAD.size:
        return stream[:0]
    _, kind, size = _HEAD.unpack_from(stream, at)
    return stream[at : at + 8 + size] if kind in _STORED else stream[:0]


def _stated(data: bytes, record: ArtRecord) -> tuple[dict[int, int], Mapping[int, str]]:
    """What a record of properties states: numbers, and texts, by the property's number."""
    numbers: dict[int, int] = {}
    texts: dict[int, str] = {}
    after = record.start + 6 * record.instance
    for at in range(record.start, min(after, record.end - 5), 6):
        name, value = struct.unpack_from("<HI", data, at)
        key = name & 0x3FFF
        if not name & _IS_COMPLEX:
            numbers[key] = value
            continue
        content = data[after : min(after + value, record.end)]
        if key in (_NAME, _DESCRIPTION):
            texts[key] = content.decode("utf-16-le", "replace").rstrip("\0")
        after += len(content)
    return numbers, texts
