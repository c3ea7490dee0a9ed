"""What of a hit's passage is shown: about three lines around its best match, set as running text.

A passage has up to 1,200 characters, as its page is set: lines that end where the paper did, cells a line
each, the page's number in between. Three lines suffice to tell whether it is worth opening.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ui.rich import Range, flow

LINES, LINE = 3, 92
"""Lines that are shown, and the characters that one of them holds where a page has room."""
CUT = "…"
BETWEEN = " · "
"""Stands between short lines, such as the cells of a table that are a line each: side by side they are read
faster, and do not push the match away."""
_SHORT = 34
"""A line of fewer characters is a cell, an entry, a part of an address."""
_BEFORE = 70
"""Characters that are shown before the first match of a sentence that is too long to be shown."""
_ELSEWHERE = 0.4
"""What a match outside of the chunk that was found counts, against one inside."""
_NEAR_PAGE = 25
"""A number alone on its line is taken for the page's where it differs by no more: title pages and contents
are often counted apart."""
_SENTENCE_END = re.compile(r"(?<!\b[^\W\d_])[.!?…]['\"”’»)\]]*\s+(?=[^\sa-z])|[。！？]\s*|\n+")
_PAGE_NUMBER = re.compile(
    r"(?i)(?:page|p\.|seite)?\s*[-–—|]?\s*(\d{1,4}|[ivxl]{1,7})\s*[-–—|]?(?:\s*(?:of|/|von)\s*\d{1,4})?"
)
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
"""Signs that only the fonts of a document know, mostly dots before the entries of a list."""
_BREAKABLE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class FoundText:
    """A passage's text, and what is known of it; all spans are of `text`."""

    text: str
    chunk: Range
    """What was found; the rest stands around it."""
    marks: Sequence[Range] = ()
    tables: Sequence[Range] = ()
    page: int = 0
    """Its number, which may be printed in the text; 0 where there are no pages."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown, and the words of the question in it."""

    text: str
    marks: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, a short line or a row of a table."""

    start: int
    end: int
    line: int
    """The line of running text that it stands in."""
    is_row: bool = False

    @property
    def length(self) -> int:
        return self.end - self.start


def of(source: FoundText) -> Excerpt:
    """The pieces around the best match; without any, from where the chunk begins.

    Where the text holds a match, one is shown, whole.
    """
    source = replace(source, text=_PRIVATE.sub("•", flow(source.text, source.tables)))
    pieces = list(_pieces(source))
    if not pieces:
        return Excerpt("", ())
    marks = [mark for mark in source.marks if any(_touches(piece, mark) for piece in pieces)]
    first, last = _best(source, pieces, marks)
    shown = _without_trailing(pieces[first : last + 1], marks)
    head = _head_of_table(source, pieces, first)
    if head is not None and _lines([head, *shown]) > LINES and len(shown) > 1:
        shown = _without_one(shown, marks)
    if head is not None:
        shown = [head, *shown]
    return _composed(source, pieces, shown, marks, head)


def _pieces(source: FoundText) -> Iterator[_Piece]:
    """The text without its blank lines and page numbers."""
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", source.text)]
    kept = [span for i, span in enumerate(lines) if not _is_page_number(source, lines, i)]
    for number, (start, end) in enumerate(kept):
        if any(low < end and high > start for low, high in source.tables):
            yield from _stripped(source.text, start, end, number, is_row=True)
            continue
        ends = [match.end() for match in _SENTENCE_END.finditer(source.text, start, end)]
        for low, high in pairwise([start, *ends, end]):
            yield from _stripped(source.text, low, high, number)


def _stripped(text: str, start: int, end: int, line: int, *, is_row: bool = False) -> Iterator[_Piece]:
    inside = text[start:end]
    start, end = start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())
    if start < end:
        yield _Piece(start, end, line, is_row)


def _is_page_number(source: FoundText, lines: Sequence[Range], at: int) -> bool:
    """Whether a line is the number of the page, and no figure of the text: those stand among their like."""
    start, end = lines[at]
    match = _PAGE_NUMBER.fullmatch(source.text[start:end].strip())
    if match is None or not source.page or any(low < end and high > start for low, high in source.tables):
        return False
    if match[1].isdigit() and abs(int(match[1]) - source.page) > _NEAR_PAGE:
        return False
    beside = [lines[i] for i in (at - 1, at + 1) if 0 <= i < len(lines)]
    return len(beside) < 2 or any(high - low > _SHORT for low, high in beside)


def _best(source: FoundText, pieces: Sequence[_Piece], marks: Sequence[Range]) -> tuple[int, int]:
    """The first and the last of the pieces to show: those with the most of the question's words, and of these
    the ones that begin with a match."""
    chunk = source.chunk
    if not marks:
        first = next((i for i, piece in enumerate(pieces) if piece.end > chunk[0]), 0)
        return first, _end_of_window(pieces, first)
    best, most = (0, 0), -1.0
    for first in range(len(pieces)):
        last = _end_of_window(pieces, first)
        inside = [mark for mark in marks if pieces[first].start <= mark[0] < pieces[last].end]
        told: dict[str, float] = {}
        for start, end in inside:
            word = source.text[start:end].casefold()
            where = 1.0 if chunk[0] <= start < chunk[1] else _ELSEWHERE
            told[word] = max(told.get(word, 0.0), where * (1 + min(end - start, 12) / 24))
        opens = bool(inside) and inside[0][0] < pieces[first].end
        worth = sum(told.values()) + 0.02 * len(inside) + 0.1 * opens
        if worth > most + 1e-9:
            best, most = (first, last), worth
    first, last = best
    while first and not _breaks(*pieces[first - 1 : first + 1]):  # where there is room, what leads up to it
        if _lines(pieces[first - 1 : last + 1]) > LINES:
            break
        first -= 1
    return first, last


def _end_of_window(pieces: Sequence[_Piece], first: int) -> int:
    """The last piece that is shown where this one is the first."""
    last = first
    while last + 1 < len(pieces) and _lines(pieces[first : last + 2]) <= LINES:
        last += 1
    return last


def _lines(pieces: Sequence[_Piece]) -> int:
    """How many lines pieces take."""
    lengths = [0]
    for number, piece in enumerate(pieces):
        if number and _breaks(pieces[number - 1], piece):
            lengths.append(0)
        lengths[-1] += piece.length + len(BETWEEN)
    return sum(-(-length // LINE) for length in lengths)


def _breaks(before: _Piece, piece: _Piece) -> bool:
    """Whether a piece begins a line of its own."""
    if before.line == piece.line:
        return False
    return before.is_row or piece.is_row or max(before.length, piece.length) > _SHORT


def _head_of_table(source: FoundText, pieces: Sequence[_Piece], first: int) -> _Piece | None:
    """The first row of the table in whose middle the pieces begin: it says what the columns are."""
    at = pieces[first].start
    if not pieces[first].is_row:
        return None
    table = next((low for low, high in source.tables if low < at < high), at)
    return next((piece for piece in pieces[:first] if piece.is_row and piece.start >= table), None)


def _without_trailing(shown: list[_Piece], marks: Sequence[Range]) -> list[_Piece]:
    """The pieces without what begins at their end: a heading, whose text is not shown any more."""
    while len(shown) > 1:
        before, last = shown[-2:]
        is_kept = last.is_row or last.length > _SHORT or not _breaks(before, last)
        if is_kept or any(_touches(last, mark) for mark in marks):
            break
        shown = shown[:-1]
    return shown


def _without_one(shown: Sequence[_Piece], marks: Sequence[Range]) -> list[_Piece]:
    """The pieces without the last one, or the first where only the last one has a match."""
    has_match = [any(_touches(piece, mark) for mark in marks) for piece in shown]
    return list(shown[1:] if not any(has_match[:-1]) and has_match[-1] else shown[:-1])


def _touches(piece: _Piece, mark: Range) -> bool:
    return piece.start < mark[1] and mark[0] < piece.end


def _composed(
    source: FoundText,
    pieces: Sequence[_Piece],
    shown: Sequence[_Piece],
    marks: Sequence[Range],
    head: _Piece | None,
) -> Excerpt:
    """The shown pieces as one text, with a sign where something is left out, and the marks in it."""
    text, placed = "", list[Range]()
    for number, piece in enumerate(shown):
        before = shown[number - 1] if number else None
        is_cut = piece != pieces[0] if before is None else pieces.index(piece) - pieces.index(before) > 1
        if before is not None and _breaks(before, piece):
            text += "\n"
        elif before is not None:
            text += " " if before.line == piece.line else BETWEEN
        low, high = _fitted(source.text, piece, marks, LINE if piece == head else LINES * LINE)
        text += f"{CUT} " if (is_cut and piece != head) or low > piece.start else ""
        shift = len(text) - low
        placed += [
            (max(start, low) + shift, min(end, high) + shift)
            for start, end in marks
            if start < high and end > low
        ]
        text += source.text[low:high] + (f" {CUT}" if high < piece.end else "")
    return Excerpt(text, tuple(placed))


def _fitted(text: str, piece: _Piece, marks: Sequence[Range], most: int) -> Range:
    """The part of a piece that is shown: all of it, or of a long one what stands around its first match."""
    if piece.length <= most:
        return piece.start, piece.end
    inside = [mark for mark in marks if _touches(piece, mark)]
    at = max(inside, key=lambda mark: _worth_from(mark, inside, most), default=(piece.start, piece.start))
    low = piece.start if at[0] - piece.start <= _BEFORE else _word_start(text, at[0] - _BEFORE, at[0])
    high = min(piece.end, max(low + most, at[1]))
    if high < piece.end:
        high = _word_end(text, max(low + 1, at[1]), high)
    return low, high


def _worth_from(mark: Range, marks: Iterable[Range], most: int) -> int:
    """How many matches are seen where the text is shown from this one on."""
    return sum(mark[0] <= start and end <= mark[0] + most - _BEFORE for start, end in marks)


def _word_start(text: str, low: int, high: int) -> int:
    """The first place from `low` on where a word begins, `low` where there is none before `high`."""
    found = _BREAKABLE.search(text, low, high)
    return found.end() if found else low


def _word_end(text: str, low: int, high: int) -> int:
    """The last place up to `high` where a word ends, `high` where there is none behind `low`."""
    ends = [match.start() for match in _BREAKABLE.finditer(text, low, high)]
    return ends[bisect_right(ends, high) - 1] if ends else high
