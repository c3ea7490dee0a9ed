"""What a reader found, put together: pages, blocks, headings, tables row by row, asides, within the limits.

A row of a table is one line, its cells separated by " | ", and a table's column names are known to every
chunk of it. Text is in Unicode's composed form (NFC) and holds no control characters but line ends and tabs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812  (an argument is called `date`)

from explorer.errors import ReadError
from explorer.readers.decoding import normal
from explorer.readers.limits import variable
from explorer.readers.reading import Heading, Reading, ReadPage, ReadPicture, ReadTable, Source
from explorer.readers.tables import told_apart

HEADING_CHARACTERS = 500
_COLUMN_CHARACTERS = 500
HEADER_ROWS = 3
"""A table that claims to have more rows of column names has none."""
_BREAKS = re.compile(r"[\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """`text` in the form that is stored: NFC, no lone surrogates, no control characters but tabs, "\\n"."""
    if text.isascii() and text.isprintable():
        return text
    return normal(_BREAKS.sub("\n", text))


def one_line(text: str, most: int | None = None) -> str:
    """`text` with every run of white space as one space, no longer than `most`."""
    return " ".join(clean(text).split())[:most]


def row_line(cells: Iterable[str | None]) -> str:
    """One row of a table on one line, up to the last cell that holds something.

    None is a place that the cell on its left covers too: a merged cell is said once in a row.
    """
    return " | ".join(one_line(cell) for cell in cells if cell is not None).rstrip(" |")


def uncovered(cells: Iterable[str | None]) -> list[str]:
    """A row with the text of a merged cell in each column that it covers: each column keeps its names."""
    filled: list[str] = []
    for cell in cells:
        filled.append(one_line(cell) if cell is not None else filled[-1] if filled else "")
    return filled


def column_names(rows: Sequence[Sequence[str]]) -> str:
    """The names that the rows of a table's head give its columns, joined by " | "; "" for none.

    Names that stand above each other ("2025" over "Q1") are joined by a space.
    """
    width = max(map(len, rows), default=0)
    stacked = [[row[column] for row in rows if column < len(row)] for column in range(width)]
    names = [" ".join(filter(None, dict.fromkeys(cells))) for cells in stacked]
    while names and not names[-1]:
        names.pop()
    return " | ".join(names)[:_COLUMN_CHARACTERS].rstrip(" |")


def day(stamp: str | None) -> Date | None:
    """The day of an ISO date or time; None where it is none."""
    try:
        return Date.fromisoformat((stamp or "")[:10])
    except ValueError:
        return None


@dataclass(slots=True)
class Assembly:
    """Collects what a reader finds, in the order of the document. Every reader ends with its `reading`.

    Text grows block by block (`page`, `put`, `heading`, `table`), or comes page by page as it is to be kept
    (`add_page`), with headings, tables and asides by their offsets in the whole text. Raises ReadError beyond
    a limit.
    """

    source: Source
    headings: list[Heading] = field(default_factory=list)
    tables: list[ReadTable] = field(default_factory=list)
    asides: list[tuple[int, int]] = field(default_factory=list)
    pictures: list[ReadPicture] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    cells: int = 0
    length: int = 0
    """Characters so far: where the next block or page begins."""
    _parts: list[str] = field(default_factory=list)
    _pages: list[ReadPage] = field(default_factory=list)
    _label: str | None = None
    _page_start: int = 0
    _opened: bool = False

    def page(self, label: str | None = None) -> None:
        """Begins the next page; the text so far, if there is a page yet, is the page before."""
        if self._opened:
            self._close_page("\n\n")
        self.check_pages()
        self._opened = True
        self._label = one_line(label, 60) if label else None

    @property
    def page_text(self) -> str:
        """The text of the page that is being written."""
        return "".join(self._parts)

    def put(self, text: str, separator: str = "\n\n") -> int:
        """Adds a block of text after a separator and gives its start; empty text is not added."""
        text = clean(text)
        if text and self.length > self._page_start:
            self._add(separator)
        start = self.length
        if text:
            self._add(text)
        return start

    def heading(self, text: str, level: int, separator: str = "\n\n") -> int:
        """Adds a heading that stands on lines of its own; gives its start."""
        start = self.put(text, separator)
        if title := one_line(text, HEADING_CHARACTERS):
            self.headings.append(Heading(start, level, title))
        return start

    def withdraw_heading(self) -> None:
        """Takes back the page's first block if it is a heading and nothing followed: an empty sheet."""
        if self.headings and self.headings[-1].start == self._page_start and len(self._parts) == 1:
            self.length -= len(self._parts.pop())
            self.headings.pop()

    def aside(self, text: str) -> None:
        """Adds a block that is not the document's subject: a running header, a page's footer."""
        start = self.put(text)
        if self.length > start:
            self.asides.append((start, self.length))

    def table(
        self, rows: Iterable[Sequence[str | None]], header_rows: int, *, is_stated: bool = False
    ) -> None:
        """Adds a table; its first `header_rows` rows name the columns. Raises ReadError beyond the cells.

        None is a place that the cell on its left covers too. `is_stated`: whether the file itself says how
        many rows are names.
        """
        start: int | None = None
        header: list[list[str]] = []
        apart: list[tuple[int, tuple[str, ...]]] = []
        count = 0
        for index, cells in enumerate(rows):
            self.count_cells(len(cells))
            line = row_line(cells)
            if not line:
                continue
            begin = self.put(line, "\n\n" if start is None else "\n")
            start = begin if start is None else start
            if index < header_rows <= HEADER_ROWS:
                header.append(uncovered(cells))
            if kept := told_apart(line, [one_line(cell or "") for cell in cells]):
                apart.append((count, kept))
            count += 1
        if start is not None:
            self.add_table(start, column_names(header), header_rows if is_stated else None, apart)

    def add_table(
        self,
        start: int,
        header: str,
        header_rows: int | None = None,
        apart: Sequence[tuple[int, tuple[str, ...]]] = (),
    ) -> None:
        """Notes that the text from `start` on is a table. `header` is one line and may be empty."""
        if self.length > start:
            self.tables.append(ReadTable(start, self.length, header, header_rows, tuple(apart)))

    def add_page(self, text: str, label: str | None = None, *, runs: bytes = b"", boxes: bytes = b"") -> None:
        """Adds a page whose text is kept as it stands, with what parts it from the next one."""
        self.check_pages()
        self._pages.append(ReadPage(len(self._pages) + 1, text, label, runs, boxes))
        self.length = self._page_start = self.length + len(text)
        self.source.check_characters(self.length)

    @property
    def page_number(self) -> int:
        """The number of the page that is being written, from 1."""
        return len(self._pages) + 1

    def so_far(self) -> str:
        """The text so far."""
        return "".join((*(page.text for page in self._pages), *self._parts))

    def keep_first(self, found: list[Heading], what: str = "headings") -> list[Heading]:
        """Those headings that are within the limit; a warning says what the others, left out, are called."""
        limit = self.source.limits.headings
        if len(found) > limit:
            self.warnings.append(f"Only the first {limit:,} {what} are kept.")
        return found[:limit]

    def count_cells(self, count: int) -> None:
        """Raises ReadError when this many cells more are beyond the limit."""
        self.cells += count
        if self.cells > self.source.limits.cells:
            raise ReadError(
                f"{self.source.shown} has more than {self.source.limits.cells:,} table cells, the limit. "
                f"Split it, or raise {variable('cells')}."
            )

    def check_pages(self, what: str = "pages") -> None:
        """Raises ReadError when one page more is beyond the limit. `what`: what pages are called there."""
        if len(self._pages) >= self.source.limits.pages:
            raise ReadError(
                f"{self.source.shown} has more than {self.source.limits.pages:,} {what}. Split it, or "
                f"raise {variable('pages')}."
            )

    def reading(
        self,
        kind: str,
        *,
        title: str | None = None,
        author: str | None = None,
        language: str | None = None,
        date: Date | None = None,
        addresses: Iterable[tuple[int, int]] = (),
        needs_text: bool = True,
    ) -> Reading:
        """The document. Raises ReadError when there is no text, unless `needs_text` is False (an archive)."""
        if self._opened:
            self._close_page("")
        if needs_text and not any(page.text.strip() for page in self._pages):
            raise ReadError(f"{self.source.shown} has no text.")
        headings = sorted(self.keep_first(self.headings), key=lambda heading: heading.start)
        return Reading(
            kind=kind,
            text_pages=tuple(self._pages),
            title=title,
            author=author,
            language=language,
            date=date,
            headings=tuple(headings),
            tables=tuple(self.tables),
            asides=tuple(self.asides),
            addresses=tuple(addresses),
            pictures=tuple(sorted(self.pictures, key=lambda picture: (picture.start, picture.page))),
            warnings=tuple(self.warnings),
        )

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)
        self.source.check_characters(self.length)

    def _close_page(self, separator: str) -> None:
        if separator:
            self._add(separator)
        number = len(self._pages) + 1
        self._pages.append(ReadPage(number, "".join(self._parts), self._label))
        self._parts.clear()
        self._page_start = self.length


def one_page(source: Source, text: str, warnings: Iterable[str] = ()) -> Assembly:
    """An assembly whose only page is `text`, kept character by character: what most formats of text need."""
    out = Assembly(source, warnings=list(warnings))
    out.add_page(text)
    return out
