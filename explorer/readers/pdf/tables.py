"""Tables of numbers in a PDF's text, with their column heads.

A PDF has no tables, only rows. Rows that end in two numbers or more are data; a stretch of them, with short
labels between, is a table. Its header is what stands above the first one and names columns: years, dates,
periods, units, cells beside each other. Without such rows there is nothing to repeat, and no table is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from explorer.readers.pdf.clean_text import Written
from explorer.readers.reading import ReadPage, ReadTable

LEAST_ROWS = 3
BETWEEN = 3
"""At most this many rows without numbers stand between two with numbers: labels of sections, of two rows."""
ABOVE = 8
"""At most this many rows above the first data row may be column heads."""
LONGEST_LABEL = 110
LONGEST_ROW = 300
LONGEST_HEADER = 300

_NUMBER = r"[$€£¥]?\s?[(+-]?[$€£¥]?\d[\d,.]*\)?\s?%?\)?"
_CELL = rf"(?:{_NUMBER}|[—–-]+(?:\s?%)?|N/?[AM]|\*)"
_DATA = re.compile(rf"(?:^|\s){_CELL}(?:\s+[$€£¥]?\s*{_CELL}(?:\s?\(\w\))?)+$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DATES = re.compile(
    r"\b(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2},?|(?:19|20)\d\d\b)", re.I
)
_NAMES_COLUMNS = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:in|of) (?:millions|thousands|billions)\b|\b(?:ended|ending)\b|\bas of\b"
    r"|^(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"|\b(?:unaudited|% of|percent|change|total)\b",
    re.I,
)
_SENTENCE = re.compile(r"[^\W_]{3,}[.;]$")
_INTRODUCES = re.compile(r".{50}:$")


def found(pages: Sequence[ReadPage], written: Sequence[Written]) -> Iterator[ReadTable]:
    """The tables of all pages, by rising start."""
    start = 0
    for page, made in zip(pages, written, strict=True):
        yield from _on_page(start, page.text, made)
        start += len(page.text)


def _on_page(start: int, text: str, written: Written) -> Iterator[ReadTable]:
    aside = [range(first, last) for first, last in written.asides]
    offsets = [offset for offset, _ in written.rows if not any(offset in each for each in aside)]
    if len(offsets) < LEAST_ROWS + 1:
        return
    body_end = next((each.start for each in aside if each.start > offsets[-1]), len(text))
    lines = [text[first:last].strip() for first, last in zip(offsets, [*offsets[1:], body_end], strict=True)]
    several = {offset for offset, row in written.rows if len(row) > 1}
    first_free = 0
    for first, last in _stretches(lines):
        heads = _heads(lines, [offset in several for offset in offsets], first, first_free)
        if heads:
            header = " ".join(lines[place] for place in heads)
            end = offsets[last] + len(lines[last])
            yield ReadTable(start + offsets[heads[0]], start + end, " ".join(header.split())[:LONGEST_HEADER])
        first_free = last + 1


def _is_data(line: str) -> bool:
    if len(line) > LONGEST_ROW or not _DATA.search(line):
        return False
    return re.search(r"[\d—–-]", _DATES.sub("", line)) is not None  # else it is a row of years or dates


def _stretches(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last data row of each table."""
    first = last = -1
    count = 0
    for place, line in enumerate(lines):
        if _is_data(line):
            if count and place - last - 1 > BETWEEN:
                if count >= LEAST_ROWS:
                    yield first, last
                count = 0
            first = first if count else place
            last = place
            count += 1
        elif count and (len(line) > LONGEST_LABEL or _SENTENCE.search(line)):
            if count >= LEAST_ROWS:
                yield first, last
            count = 0
    if count >= LEAST_ROWS:
        yield first, last


def _heads(lines: Sequence[str], several: Sequence[bool], first: int, free: int) -> list[int]:
    """The rows above the first data row that name columns, from the top."""
    heads: list[int] = []
    for place in range(first - 1, max(first - 1 - ABOVE, free - 1), -1):
        line = lines[place]
        if (
            len(line) > LONGEST_LABEL + 40
            or _SENTENCE.search(line)
            or _INTRODUCES.search(line)
            or _is_data(line)
        ):
            break
        if _NAMES_COLUMNS.search(line) or (several[place] and not heads):
            heads.insert(0, place)
        elif heads and _YEAR.search(" ".join(lines[each] for each in heads)):
            break
    return heads
