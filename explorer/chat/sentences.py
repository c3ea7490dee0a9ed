"""Sentences of a document that can be quoted: whole ones, without headings, datelines, lists of exhibits,
rows of figures and page furniture. A row of a table in which sentences stand is told as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.chunking.units import units_of

LONGEST = 420
"""Lines are joined to a sentence of at most 420 characters."""
_ENDS = re.compile(r"[.!?:;…。！？؟।][\"'”’»)\]]*$")
_STOPS = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*$")
_WORD = re.compile(r"[^\W\d_]{2,}")
_DOTS = re.compile(r"(?:\.\s?){4,}|_{4,}|\t{2,}")
_EXHIBIT = re.compile(
    r"^\W*(?:exhibit|item|table of contents|index to|part [ivx]+|signature|"
    r"pursuant to the requirements|incorporated (?:herein )?by reference|"
    r".{0,120}\((?:business wire|pr ?newswire|globe newswire)\)|see (?:note|item|page)|page \d+|"
    r"note \d+|©|copyright|all rights reserved|http)",
    re.IGNORECASE,
)
_LEADS = re.compile(r"\b(?:follow\w*|below|as(?=:)|includ\w+|these|table)\b[^:]{0,40}:$", re.IGNORECASE)
"""A colon that only leads to what comes next; "the proposal was defeated:" says something by itself."""
_LEADING = 8
_FULL = 60
"""Characters of a line that goes on below rather than ends."""
_LINE = re.compile(r"[^\n]+")
_CELL = re.compile(r"(?:\\.|[^|\n])+")
_BETWEEN_CELLS = re.compile(r"(?<!\\)\s*\|\s*")
_SHORTEST_WORDS = 4
_MOST_DIGITS = 0.3
"""A sentence of which more than three tenths of the letters and digits are digits is a row of a table."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is `[start, end)` of a document."""

    start: int
    end: int
    text: str
    is_row: bool = False
    """Whether it is a row of a table, bars between its cells."""


def spans(text: str, offset: int = 0, tables: Sequence[tuple[int, int]] = ()) -> Iterator[Sentence]:
    """The sentences of a text in order, each put together again where a line break cut it; `offset` is where
    the text begins in its document, of which `tables` are spans. A line of a table, or one that begins with a
    bar as in Markdown, is a row."""
    at = 0
    for line in _LINE.finditer(text):
        is_barred = line.group().lstrip()[:1] == "|"
        is_inside = any(start <= line.start() + offset < end for start, end in tables)
        if is_barred or (is_inside and " | " in line.group()):
            yield from _between(text, at, line.start(), offset)
            yield from _of_row(text, line.start(), line.end(), offset)
            at = line.end()
    yield from _between(text, at, len(text), offset)


def is_told_row(span: Sentence) -> bool:
    """Whether it is a row of a table in which a cell says something: "no light | Check the fuse first." """
    return span.is_row and any(is_prose(cell.strip()) for cell in _CELL.findall(span.text))


def in_one_line(span: str) -> str:
    """A sentence in one line, the cells of a row with dashes between them: no other sentence has bars with
    room around them (`is_prose`)."""
    line = " ".join(span.split())
    if " | " not in line:
        return line
    return " – ".join(cell for cell in _BETWEEN_CELLS.split(line) if cell)


def _between(text: str, start: int, end: int, offset: int) -> Iterator[Sentence]:
    """The sentences of what is no row."""
    for first, last in _joined(text, start, end):
        yield Sentence(offset + first, offset + last, text[first:last])


def _of_row(text: str, start: int, end: int, offset: int) -> Iterator[Sentence]:
    """A row without the bars around it; the sentences of its cells where it is too long to be told as one."""
    row = text[start:end]
    first = start + len(row) - len(row.lstrip("| \t"))
    last = end - len(row) + len(row.rstrip("| \t"))
    if last - first <= LONGEST:
        if first < last:
            yield Sentence(offset + first, offset + last, text[first:last], is_row=True)
        return
    for cell in _CELL.finditer(text, first, last):
        yield from _between(text, cell.start(), cell.end(), offset)


def is_prose(span: str) -> bool:
    """Whether a sentence says something when it stands alone."""
    line = " ".join(span.split())
    words = _WORD.findall(line)
    if len(words) < _SHORTEST_WORDS or _DOTS.search(line) or _EXHIBIT.search(line) or " | " in line:
        return False
    marks = [mark for mark in line if mark.isalnum()]
    if sum(mark.isdigit() for mark in marks) > _MOST_DIGITS * len(marks):
        return False
    says = _STOPS.search(line) or (line.endswith(":") and len(words) >= _LEADING and not _LEADS.search(line))
    if not says or line[0].islower():
        return False
    capitals = sum(word[0].isupper() for word in words)
    return bool(capitals <= 0.7 * len(words))


def without_dateline(text: str) -> str:
    """A sentence without the place, date and agency that a press release begins with."""
    found = re.match(r"^[A-Z][^.!?]{3,120}?(?:\([^()]{3,40}\)|\d{4})\s*[–—-]{1,2}\s*(?=[A-Z])", text)
    return text[found.end() :] if found else text


def _joined(text: str, begin: int, stop: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for unit in units_of(text, begin, stop):
        if found:
            start, end = found[-1]
            gap = text[end : unit.start]
            ends = _ENDS.search(text[max(start, end - 8) : end]) is not None
            is_full = end - start > _FULL and (text[end - 1].islower() or text[end - 1] == ",")
            goes_on = text[unit.start].islower() or is_full
            if gap.count("\n") > 1:  # where lines are far apart, a reader takes each for a paragraph
                goes_on = text[unit.start].islower() and is_full and not gap.strip()
            if "\n" in gap and goes_on and not ends and unit.end - start <= LONGEST:
                found[-1] = (start, unit.end)
                continue
        found.append((unit.start, unit.end))
    return found
