"""The records that an old PowerPoint file is made of, read and written. By Microsoft's [MS-PPT]."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

_HEAD = struct.Struct("<HHI")
_CONTAINER = 15


class Record(NamedTuple):
    """A record in a stream: where it begins and ends, what it is, and which of its kind."""

    start: int
    instance: int
    is_container: bool
    kind: int
    end: int


def records(stream: bytes, start: int, end: int) -> Iterator[Record]:
    """The records that follow each other from `start` on."""
    while start < end and (found := record(stream, start)) is not None:
        yield found
        start = found.end


def record(stream: bytes, start: int) -> Record | None:
    """The record that begins at a place; None where it does not fit."""
    if not 0 <= start <= len(stream) - 8:
        return None
    version, kind, size = _HEAD.unpack_from(stream, start)
    end = start + 8 + size
    return Record(start, version >> 4, version & 15 == _CONTAINER, kind, end) if end <= len(stream) else None


def record_of(kind: int, content: bytes) -> bytes:
    """A record with a content of its own."""
    return _HEAD.pack(0, kind, len(content)) + content


def container_of(kind: int, content: bytes) -> bytes:
    """A record that holds other records."""
    return _HEAD.pack(_CONTAINER, kind, len(content)) + content
