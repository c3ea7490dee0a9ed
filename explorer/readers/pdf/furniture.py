"""What repeats at the top and bottom of a document's pages: running headers, footers, page numbers.

A row is furniture if it is the outermost of its page, or only furniture lies beyond it, and the same words
stand at the same height on enough other pages; or if it is a lone number that counts the pages, at whatever
height. A number among the words may differ only if it counts the pages too: "Total: 1200" is no header.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from explorer.readers.pdf.clean_text import PartedRows
from explorer.readers.pdf.ordering import Row

EDGE = 5
"""Number of rows that are looked at from the top, and from the bottom."""
SAME_HEIGHT = 6.0
"""Height of a step, in points: on another page the same row may stand one step higher or lower."""
SHARE = 5
MOST_NEEDED = 12
"""Words are furniture if they stand on a fifth of the pages, and on three at least. Twelve pages are always
enough, so that running heads of chapters count in a long book; in a document of up to four pages two are."""
DIGITS = 9
"""Only this many last digits of a number are compared with the number of the page."""

_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]{1,7}", re.I)
_BARE = re.compile(r"\W*(?:page\s+)?(\d{1,5})\W*", re.I)
_WORD = re.compile(r"[^\W\d_]+")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class _Seen:
    """One row near an edge of its page: its words with numbers as "#", and its height in coarse steps."""

    page: int
    place: int
    """The row's place on its page."""
    words: str
    numbers: tuple[int, ...]
    """The numbers among its words."""
    step: int
    number: int | None
    """The number that is all of the row; None for other rows."""

    def headers(self) -> Iterator[_Header]:
        """What the row may share with other pages: all its numbers, or all but those that count the pages."""
        yield self.words, self.numbers, 0
        for place, number in enumerate(self.numbers):
            offset = number - self.page
            yield self.words, (*self.numbers[:place], -1, *self.numbers[place + 1 :]), offset
            yield self.words, tuple(-1 if each == number else each for each in self.numbers), offset


_Header = tuple[str, tuple[int, ...], int]
"""Words, their numbers with -1 for the one that counts the pages, and that one less the page's index."""


def set_aside(pages: Sequence[tuple[str, list[Row]]]) -> list[PartedRows]:
    """The rows of each page (with the page's characters), those that are furniture apart.

    Rows of the subject keep their order; those set aside run down the page.
    """
    edges = [(_edge(index, *page, False), _edge(index, *page, True)) for index, page in enumerate(pages)]
    furniture = [_repeated([seen for edge in edges for seen in edge[side]], len(pages)) for side in (0, 1)]
    parts = []
    for (_, rows), (top, bottom) in zip(pages, edges, strict=True):
        above = list(_outermost(top, furniture[0]))
        below = [place for place in _outermost(bottom, furniture[1]) if place not in above]
        if len(above) + len(below) == len(rows) > 1 and len(pages) < MOST_NEEDED:
            above = below = []  # on a page of nothing else it is the subject
        taken = {*above, *below}
        inner = [row for place, row in enumerate(rows) if place not in taken]
        notes = [row for row in inner if row[0].aside]
        body = [row for row in inner if not row[0].aside]
        parts.append(
            PartedRows(body, [rows[place] for place in above], [rows[place] for place in below[::-1]], notes)
        )
    return parts


def _edge(page: int, characters: str, rows: list[Row], from_below: bool) -> list[_Seen]:
    """The outermost rows of a page, the outermost first."""
    upright = [
        (row[0].top if len(row) == 1 else min(line.top for line in row), place)
        for place, row in enumerate(rows)
        if _counts(row)
    ]
    outermost = sorted(upright, reverse=from_below)[:EDGE]
    seen = []
    for height, place in outermost:
        text = " ".join(characters[line.first : line.last] for line in rows[place])
        bare = _BARE.fullmatch(text)
        words = " ".join(_NUMBER.sub("#", text.casefold()).split())
        numbers = tuple(int(digits[-DIGITS:]) for digits in _NUMBER.findall(text))
        number = int(bare[1]) if bare else _roman(text.strip(" -–—"))
        seen.append(_Seen(page, place, words, numbers, round(height / SAME_HEIGHT), number))
    return seen


def _counts(row: Row) -> bool:
    return row[0].upright and not row[0].turn and not row[0].aside


def _repeated(seen: Sequence[_Seen], pages: int) -> set[tuple[int, int]]:
    """The rows that repeat and the page numbers, as (page, place)."""
    needed = 2 if pages <= 4 else max(3, min(MOST_NEEDED, -(-pages // SHARE)))
    standing: dict[tuple[_Header, int], set[int]] = defaultdict(set)
    counting: dict[int, list[_Seen]] = defaultdict(list)
    for each in seen:
        if each.number is not None:
            counting[each.number - each.page].append(each)
        elif _LETTER.search(each.words):
            for header in each.headers():
                standing[header, each.step].add(each.page)
    found: set[tuple[int, int]] = set()
    for each in seen:
        if each.number is None and _LETTER.search(each.words):
            enough = max(needed, (pages + 1) // 2) if _is_table_head(each.words) else needed
            if any(len(_around(standing, header, each.step)) >= enough for header in each.headers()):
                found.add((each.page, each.place))
    for numbered in counting.values():  # wherever the text ends: some programs put the number right below it
        if len({each.page for each in numbered}) >= min(needed, 3) and pages > 1:
            found |= {(each.page, each.place) for each in numbered}
    return found


def _is_table_head(words: str) -> bool:
    """Whether a row is mostly numbers ("(in millions) 2022 2021"): it must repeat on half of the pages."""
    return words.count("#") > 1 and 2 * words.count("#") > len(_WORD.findall(words))


def _around(standing: Mapping[tuple[_Header, int], set[int]], header: _Header, step: int) -> set[int]:
    """The pages on which the header stands at about this height."""
    steps = (step - 1, step, step + 1)
    return set().union(*(standing.get((header, each), ()) for each in steps))


def _outermost(edge: list[_Seen], furniture: set[tuple[int, int]]) -> Iterator[int]:
    """Places of one edge's furniture, the outermost row first, up to the first row of the subject."""
    for each in edge:
        if (each.page, each.place) not in furniture:
            return
        yield each.place


def _roman(text: str) -> int | None:
    """The value of a lone Roman number, or None."""
    if not _ROMAN.fullmatch(text):
        return None
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[mark] for mark in text.lower()]
    return sum(
        -value if any(other > value for other in values[place + 1 : place + 2]) else value
        for place, value in enumerate(values)
    )
