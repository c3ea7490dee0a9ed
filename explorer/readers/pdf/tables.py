"""The tables that were seen on a PDF's pages → spans of its text, with the cells of each row beside them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from explorer.readers.pdf.clean_text import Written
from explorer.readers.pdf.pdfium import PdfPage
from explorer.readers.pdf.tabular.grid import PageTable
from explorer.readers.pdf.tabular.pieces import joined
from explorer.readers.pdf.tabular.words import Word
from explorer.readers.reading import ReadPage, ReadTable

LONGEST_HEADER = 300
ABOVE = 4
"""At most this many lines above the names of columns may say what the numbers are: their unit, the period."""
LONGEST_LINE = 150

_SAYS_WHAT = re.compile(
    r"\b(?:in|of) (?:millions|thousands|billions)\b|\b(?:ended|ending)\b|\bas (?:of|at)\b"
    r"|\bunaudited\b|^\(.*\)$|^(?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december)\b",
    re.I,
)
_SENTENCE = re.compile(r"[^\W_]{3,}[.;]$|.{50}:$")


def found(
    pages: Sequence[ReadPage], texts: Sequence[PdfPage], written: Sequence[Written]
) -> Iterator[ReadTable]:
    """The tables of all pages, by rising start. Rows that were set aside are in none."""
    start = 0
    for page, text, made in zip(pages, texts, written, strict=True):
        if text.tables and made.rows:
            on_page = _OnPage(page.text, made)
            yield from on_page.tables(start, text.tables)
        start += len(page.text)


class _OnPage:
    def __init__(self, text: str, written: Written) -> None:
        self._text = text
        self._runs = sorted(written.runs, key=lambda run: run.char)
        self._chars = [run.char for run in self._runs]
        aside = [range(first, last) for first, last in written.asides]
        ends = [offset for offset, _ in written.rows[1:]] + [len(text)]
        self._spans = {
            id(row): (offset, end)
            for (offset, row), end in zip(written.rows, ends, strict=True)
            if not any(offset in each for each in aside)
        }

    def tables(self, start: int, tables: Sequence[PageTable]) -> Iterator[ReadTable]:
        """The tables of the page as those of the document, whose text this page begins at `start`."""
        free = 0
        for each in sorted(tables, key=lambda table: self._spans.get(id(table.rows[0]), (0, 0))):
            made = self._table(start, each, free)
            if made and made.start - start >= free:
                free = made.end - start
                yield made

    def _table(self, start: int, table: PageTable, free: int) -> ReadTable | None:
        lines: list[tuple[int, int, list[list[Word]]]] = []
        header_rows = table.header_rows
        for number, (row, cells) in enumerate(zip(table.rows, table.cells, strict=True)):
            span = self._spans.get(id(row))
            text = self._text[span[0] : span[1]] if span else ""
            if span is None or not text.strip():
                header_rows -= number < header_rows
                continue
            lines.append((span[0], span[0] + len(text.rstrip()), cells))
        if len(lines) < 2 or any(one[0] >= other[0] for one, other in pairwise(lines)):
            return None
        first, last = lines[0][0], lines[-1][1]
        rows = tuple(
            (number, tuple(self._said(cell) for cell in cells)) for number, (*_, cells) in enumerate(lines)
        )
        if len([line for line in self._text[first:last].split("\n") if line.strip()]) != len(lines):
            return None
        count = self._lines_of_head(rows, header_rows)
        head = [*self._above(first, free), *(self._text[begin:end] for begin, end, _ in lines[:count])]
        header = " ".join(" ".join(head).split()) if count else ""
        return ReadTable(start + first, start + last, header[:LONGEST_HEADER], max(header_rows, 0), rows)

    def _above(self, first: int, free: int) -> list[str]:
        """The lines right above a table that say what its numbers are. `free`: the end of the one before."""
        lines = [line.strip() for line in self._text[free:first].split("\n") if line.strip()]
        found: list[str] = []
        for line in lines[: -ABOVE - 1 : -1]:
            if len(line) > LONGEST_LINE or _SENTENCE.search(line) or not _SAYS_WHAT.search(line):
                break
            found.insert(0, line)
        return found

    @staticmethod
    def _lines_of_head(rows: Sequence[tuple[int, tuple[str, ...]]], header_rows: int) -> int:
        seen = 0
        for number, cells in rows:
            if seen == header_rows:
                return number
            seen += any(cells)
        return len(rows)

    def _said(self, words: Sequence[Word]) -> str:
        """What the page's text says for the words of a cell."""
        said = [Word(0, 0, 0.0, 0.0, self._of(word)) for word in words]
        return " ".join(joined([word for word in said if word.text]).split())

    def _of(self, word: Word) -> str:
        first, last = self._offset(word.first, False), self._offset(word.last - 1, True)
        return self._text[first:last] if first < last else word.text

    def _offset(self, char: int, is_end: bool) -> int:
        place = bisect_right(self._chars, char) - 1
        if place < 0:
            return 0
        run = self._runs[place]
        if run.length == run.chars and char < run.char + run.chars:
            return run.start + char - run.char + is_end
        return run.start + (run.length if is_end or char >= run.char + run.chars else 0)
