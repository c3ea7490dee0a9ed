"""Where in a page's text its pictures stand, which caption is whose, and text written in between."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from explorer.readers.pdf.clean_text import Written
from explorer.readers.pdf.offset_map import Run
from explorer.readers.pdf.ordering import Row
from explorer.readers.pdf.pictures.finding import is_beside
from explorer.readers.pdf.pictures.region import Place
from explorer.readers.pictures import captions

_PARAGRAPHS = re.compile(r"\n\n")
_SLACK = 6.0
"""Points that a line may reach into a picture's edge and still stand above it."""


def caption(written: Written, place: Place) -> tuple[int, str] | None:
    """(offset, text) of the caption beside a picture; None where there is none."""
    text = written.text
    for offset, row in written.rows:
        head = text[offset : offset + 200]
        if captions.is_caption(head) and is_beside(place, row[0]):
            end = text.find("\n\n", offset)
            return offset, captions.tidy(text[offset : end if end >= 0 else len(text)])
    return None


def offset_of(written: Written, place: Place) -> int:
    """Where in the text a picture stands: at a paragraph's beginning, or at the end of the text."""
    text = written.text
    starts = [0, *(found.end() for found in _PARAGRAPHS.finditer(text)), len(text)]
    rows = [each for each in written.rows if not _is_aside(written, each[0])]
    above = [number for number, (_, row) in enumerate(rows) if _is_above(row, place)]
    if above:
        following = rows[above[-1] + 1 :]
        at = following[0][0] if following else _end_of_body(written)
        return min((start for start in starts if start >= at), default=len(text))
    below = next((offset for offset, row in rows if _overlaps(row, place)), rows[0][0] if rows else 0)
    return max((start for start in starts if start <= below), default=0)


def letters_within(written: Written, place: Place) -> int:
    """About how many characters of the page's own text stand on a picture."""
    count = 0
    for _, row in written.rows:
        for line in row:
            middle = (line.top + line.bottom) / 2
            wide = min(line.right, place[2]) - max(line.left, place[0])
            if place[1] <= middle <= place[3] and wide > 0:
                count += round((line.last - line.first) * wide / max(line.right - line.left, 0.1))
    return count


def inserted(written: Written, texts: Sequence[tuple[int, str]]) -> tuple[Written, list[int]]:
    """The text with others in between, each a paragraph of its own, and where each of them begins.

    `texts`: (offset, text) by rising offset; an empty text stands at its offset and adds nothing.
    """
    old = written.text
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    begins: list[int] = []
    at = added = 0
    for offset, text in texts:
        if not text:
            begins.append(offset + added)
            continue
        lead = "" if old[:offset].endswith("\n\n") or not (offset or parts) else "\n\n"
        trail = "\n\n" if offset < len(old) else ""
        begins.append(offset + added + len(lead))
        parts += [old[at:offset], lead, text, trail]
        added += len(lead) + len(text) + len(trail)
        places.append((offset, added))
        at = offset
    parts.append(old[at:])
    moved = Written(parts=["".join(parts)], length=len(old) + added)
    moved.rows = [(_moved(offset, places), row) for offset, row in written.rows]
    moved.runs = [each for run in written.runs for each in _runs(run, places)]
    moved.asides = [
        (_moved(first, places), _moved(last, places, is_end=True)) for first, last in written.asides
    ]
    return moved, begins


def _moved(offset: int, places: Sequence[tuple[int, int]], *, is_end: bool = False) -> int:
    by = 0
    for place, added in places:
        if place < offset or (place == offset and not is_end):
            by = added
    return offset + by


def _runs(run: Run, places: Sequence[tuple[int, int]]) -> list[Run]:
    """A run where it stands now: in two parts where something was written into it."""
    end = run.start + run.length
    cut = next((place for place, _ in places if run.start < place < end), None)
    if cut is None or run.length != run.chars:
        return [replace(run, start=_moved(run.start, places))]
    head = cut - run.start
    tail = Run(cut, run.length - head, run.char + head, run.chars - head)
    return [Run(_moved(run.start, places), head, run.char, head), *_runs(tail, places)]


def _is_aside(written: Written, offset: int) -> bool:
    return any(first <= offset < last for first, last in written.asides)


def _end_of_body(written: Written) -> int:
    """Where the page's subject ends: before what is set aside at its end."""
    last = max((offset for offset, _ in written.rows if not _is_aside(written, offset)), default=0)
    return min((first for first, _ in written.asides if first > last), default=written.length)


def _is_above(row: Row, place: Place) -> bool:
    return _overlaps(row, place) and max(line.bottom for line in row) <= place[1] + _SLACK


def _overlaps(row: Row, place: Place) -> bool:
    return min(line.left for line in row) < place[2] and max(line.right for line in row) > place[0]
