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

from explorer.readers.ole import container, slide_remarks
from explorer.readers.ole.ppt_records import Record, record, records
from explorer.readers.reading import Source

_STREAM, _USER = "PowerPoint Document", "Current User"
_DOCUMENT, _SLIDE, _NOTES = 1000, 1006, 1008
_LIST, _PERSIST, _EDIT, _DIRECTORY, _OBJECT = 4080, 1011, 4085, 6002, 4113
_MOST_EDITS = 10_000


class SavedLast(NamedTuple):
    """A presentation as it was saved last."""

    data: bytes
    """The file with nothing in its stream but what the last save holds; what the notes and comments of a
    slide say stands on a slide of its own behind it."""
    remarks: tuple[str, ...] = ()
    """Notes and comments for which there was no room in the stream, each behind the number of its slide."""
    running: tuple[str, ...] = ()
    """Headers and footers of the slides."""
    objects: int = 0
    """How many objects (charts, files) are embedded in it."""
    has_macros: bool = False
    is_told: bool = True
    """False where the last save could not be told, and `data` is the file as it was."""


def saved_last(source: Source) -> SavedLast:
    """What the last save of a file holds; all of it where that cannot be told."""
    prepared = container.prepared(source)
    return as_saved_last(prepared.path.read_bytes() if prepared.content is None else prepared.content)


def as_saved_last(data: bytes) -> SavedLast:
    """What the last save of a presentation holds; `data` alone where that cannot be told."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as opened:
            stream = opened.openstream(_STREAM).read()
            user = opened.openstream(_USER).read() if opened.exists(_USER) else b""
        saved = _saved(stream, _last_edit(stream, user))
        if not saved.data or len(saved.data) > len(stream):
            return SavedLast(data, is_told=False)
        held = io.BytesIO(data)
        with olefile.OleFileIO(held, write_mode=True) as opened:
            opened.write_stream(_STREAM, saved.data.ljust(len(stream), b"\0"))
            return saved._replace(data=held.getvalue())
    except (*container.DAMAGE, struct.error):
        return SavedLast(data, is_told=False)


def _last_edit(stream: bytes, user: bytes) -> int:
    """Where the last save noted itself: as the file says, else the last note there is; -1 for none."""
    if len(user) >= 20:
        place = int.from_bytes(user[16:20], "little")
        if (found := record(stream, place)) is not None and found.kind == _EDIT:
            return place
    return max((each.start for each in records(stream, 0, len(stream)) if each.kind == _EDIT), default=-1)


def _saved(stream: bytes, edit: int) -> SavedLast:
    """The document, its slides in their order, each before what is said about it, then what else is valid."""
    places, main = _directory(stream, edit)
    document = record(stream, places.get(main, -1))
    if document is None or document.kind != _DOCUMENT:
        return SavedLast(b"")
    listed = dict(_listed(stream, document))
    slides = [each for number in listed if (each := record(stream, places.get(number, -1))) is not None]
    held = [each for number in sorted(places) if (each := record(stream, places[number])) is not None]
    # a slide that no list names was taken out; what is neither slide nor notes is a master or a helper
    others = [each for each in held if not listed or each.kind not in (_SLIDE, _NOTES)]
    pieces = {each.start: stream[each.start : each.end] for each in (document, *slides, *others)}
    room = len(stream) - sum(map(len, pieces.values()))
    left: list[str] = []
    for number, (slide, said) in enumerate(_remarks(stream, slides, held, listed, places), start=1):
        written = slide_remarks.as_slide(said) if said else b""
        if len(written) <= room:
            room -= len(written)
            pieces[slide.start] += written
        else:
            left += [f"Slide {number}: {each}" for each in said]
    running = (text for each in (document, *slides) for text in slide_remarks.running(stream, each))
    has_macros = slide_remarks.has_macros(stream, document)
    objects = sum(each.kind == _OBJECT for each in held) - has_macros
    return SavedLast(
        b"".join(pieces.values()), tuple(left), tuple(dict.fromkeys(running)), max(objects, 0), has_macros
    )


def _remarks(
    stream: bytes, slides: list[Record], held: list[Record], listed: dict[int, int], places: dict[int, int]
) -> Iterator[tuple[Record, list[str]]]:
    """Each slide, with what its notes and its comments say."""
    numbers = {places[number]: slide for number, slide in listed.items() if number in places}
    notes: dict[int, str] = {}
    for each in held:
        if each.kind == _NOTES and (text := slide_remarks.notes_text(stream, each)):
            notes[slide_remarks.noted_slide(stream, each)] = text
    for slide in slides:
        noted = notes.get(numbers.get(slide.start, -1))
        yield slide, [*([f"Notes: {noted}"] if noted else ()), *slide_remarks.comments(stream, slide)]


def _directory(stream: bytes, edit: int) -> tuple[dict[int, int], int]:
    """(number of an object → where its valid form is, number of the document), by the last save."""
    places: dict[int, int] = {}
    main = 0
    seen: set[int] = set()
    while edit not in seen and len(seen) < _MOST_EDITS:
        seen.add(edit)
        note = record(stream, edit)
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
    found = record(stream, directory)
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


def _listed(stream: bytes, document: Record) -> Iterator[tuple[int, int]]:
    """(number of a slide's object, number by which its notes know it), in the order of the slides."""
    for each in records(stream, document.start + 8, document.end):
        if each.kind == _LIST and each.instance == 0:
            for inner in records(stream, each.start + 8, each.end):
                if inner.kind == _PERSIST and inner.end - inner.start >= 24:
                    number, _, _, slide = struct.unpack_from("<IIII", stream, inner.start + 8)
                    yield number, slide
