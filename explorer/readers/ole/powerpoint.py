"""An old PowerPoint file (PPT) as it was saved last.

PowerPoint keeps what it overwrites: each save appends what changed, and a directory of where the objects now
are. docling-rs reads all that was ever there, in the order in which it was written. Here the last directory
is followed, and the file's stream is written anew with what is valid, slide after slide. By Microsoft's
documentation of the format, [MS-PPT].
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import NamedTuple

from explorer.readers.ole import container

_STREAM, _USER = "PowerPoint Document", "Current User"
_DOCUMENT, _SLIDE, _NOTES = 1000, 1006, 1008
_LIST, _PERSIST, _EDIT, _DIRECTORY = 4080, 1011, 4085, 6002
_MOST_EDITS = 10_000
_HEAD = struct.Struct("<HHI")


class _Record(NamedTuple):
    start: int
    instance: int
    is_container: bool
    kind: int
    end: int


def as_saved_last(data: bytes) -> bytes:
    """The file with nothing in its stream but what its last save holds; `data` where that cannot be told."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as opened:
            stream = opened.openstream(_STREAM).read()
            user = opened.openstream(_USER).read() if opened.exists(_USER) else b""
        valid = _valid(stream, _last_edit(stream, user))
        if not valid or len(valid) > len(stream):
            return data
        held = io.BytesIO(data)
        with olefile.OleFileIO(held, write_mode=True) as opened:
            opened.write_stream(_STREAM, valid.ljust(len(stream), b"\0"))
            return held.getvalue()
    except (*container.DAMAGE, struct.error):
        return data


def _last_edit(stream: bytes, user: bytes) -> int:
    """Where the last save noted itself: as the file says, else the last note there is; -1 for none."""
    if len(user) >= 20:
        place = int.from_bytes(user[16:20], "little")
        if (found := _record(stream, place)) is not None and found.kind == _EDIT:
            return place
    return max((each.start for each in _records(stream, 0, len(stream)) if each.kind == _EDIT), default=-1)


def _valid(stream: bytes, edit: int) -> bytes:
    """The document, its slides and its notes in their order, then what else is valid."""
    places, main = _directory(stream, edit)
    document = _record(stream, places.get(main, -1))
    if document is None or document.kind != _DOCUMENT:
        return b""
    listed = list(_listed(stream, document))
    kept = {places.get(number, -1): None for number in [main, *listed]}
    for number in sorted(places):
        found = _record(stream, places[number])
        # a slide that no list names was taken out; what is neither slide nor notes is a master or a helper
        if found is not None and (found.kind not in (_SLIDE, _NOTES) or not listed):
            kept.setdefault(places[number])
    records = (_record(stream, place) for place in kept)
    return b"".join(stream[each.start : each.end] for each in records if each is not None)


def _directory(stream: bytes, edit: int) -> tuple[dict[int, int], int]:
    """(number of an object → where its valid form is, number of the document), by the last save."""
    places: dict[int, int] = {}
    main = 0
    seen: set[int] = set()
    while edit not in seen and len(seen) < _MOST_EDITS:
        seen.add(edit)
        note = _record(stream, edit)
        if note is None or note.kind != _EDIT or note.end - note.start < 8 + 20:
            break
        before, directory, document = struct.unpack_from("<III", stream, note.start + 16)
        main = main or document
        for number, place in _entries(stream, directory):
            places.setdefault(number, place)
        if not before:
            break
        edit = before
    return places, main


def _entries(stream: bytes, directory: int) -> Iterator[tuple[int, int]]:
    found = _record(stream, directory)
    if found is None or found.kind != _DIRECTORY:
        return
    at = found.start + 8
    while at + 4 <= found.end:
        head = int.from_bytes(stream[at : at + 4], "little")
        first, count = head & 0xFFFFF, head >> 20
        for step in range(min(count, (found.end - at - 4) // 4)):
            place = at + 4 + 4 * step
            yield first + step, int.from_bytes(stream[place : place + 4], "little")
        at += 4 + 4 * count


def _listed(stream: bytes, document: _Record) -> Iterator[int]:
    """The numbers of the slides and notes that the document names, each slide's notes with the notes."""
    for each in _records(stream, document.start + 8, document.end):
        if each.kind == _LIST and each.instance in (0, 2):
            for inner in _records(stream, each.start + 8, each.end):
                if inner.kind == _PERSIST and inner.end - inner.start >= 12:
                    yield int.from_bytes(stream[inner.start + 8 : inner.start + 12], "little")


def _records(stream: bytes, start: int, end: int) -> Iterator[_Record]:
    """The records that follow each other from `start` on."""
    while start < end and (found := _record(stream, start)) is not None:
        yield found
        start = found.end


def _record(stream: bytes, start: int) -> _Record | None:
    """The record that begins at a place; None where it does not fit."""
    if not 0 <= start <= len(stream) - 8:
        return None
    version, kind, size = _HEAD.unpack_from(stream, start)
    end = start + 8 + size
    return _Record(start, version >> 4, version & 15 == 15, kind, end) if end <= len(stream) else None
