"""The tables of a reading as rows of cells, with how many rows name the columns, a title and a unit.

The text is the one copy of what a table says: a row is a line, and its cells are what " | " parts in it. Only
where a line does not tell its cells (a merged cell, a bar within a cell) are they kept beside it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, zip_longest
from typing import Protocol

from explorer.readers.reading import Reading, ReadTable

_BETWEEN = " | "
_MOST_HEADER_ROWS = 6
_MOST_CELLS = 5_000_000
"""Of a table whose rows are made equally long."""
_TITLE_CHARACTERS = 200
_TITLE_ROWS = 3
_LOOKED_AT = 1_000
"""Characters above a table, and of the names of its columns, in which a title or a unit may stand."""
_LINES_ABOVE = 3
"""Blocks of text above a table that may be its title and its unit."""
_AMOUNT = re.compile(
    r"[(\[]?[-+–−]?\s?(?:[^\W\d_]{0,3}[$€£¥₹฿]|(?:US|C|A|HK|NZ|S)\$|USD|EUR|GBP|CHF|Rs\.?)?\s?[(]?[-+–−]?\s?"
    r"(?:\d[\d.,'’\u00a0\u202f ]*|\.\d+)\s?[)\]]?\s?(?:%|x|bps?|pp|[$€£¥])?\s?[)\]]?\*?"
)
_NOTHING = re.compile(r"[$€£¥]?\s?[-–—−]+\s?%?|n/?a|nil|none", re.IGNORECASE)
_YEAR = re.compile(
    r"(?:FY|CY|Q[1-4]|H[12])?\s?['’]?(?:19|20)\d\d(?:\s?[/–-]\s?(?:\d\d|(?:19|20)\d\d))?\s?[*A-Ea-e]?|'\d\d"
)
_YEAR_IN = re.compile(r"[^\W\d_]{2}.*\b(?:19|20)\d\d\b|\b(?:19|20)\d\d\b.*[^\W\d_]{2}")
_CURRENCY = re.compile(r"\(?(?:(?:US|C|A|HK|NZ|S)?[$€£¥₹]|USD|EUR|GBP|CHF|JPY|RMB)\)?")
_NOTE = re.compile(r"\s*(?:\(\d{1,2}\)|\[\d{1,2}\])$")
_SCALE = (
    r"millions?|thousands?|billions?|crores?|lakhs?|mio\.?|mrd\.?|tsd\.?|millionen|milliers|milliards|tausend"
)
_MONEY = r"(?:(?:US|C|A|HK|NZ|S|R)?[$€£¥₹]|\b(?:USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|Rs\.?))"
_MONEY_WORD = rf"(?:{_MONEY}|euros?|(?:U\.?S\.?\s)?dollars?|pounds?|yen|francs?|rupees?)"
_UNIT = re.compile(
    rf"\(([^()]{{0,60}}\b(?:{_SCALE})\b[^()]{{0,60}})\)"
    rf"|((?:amounts?|dollars?|all figures|Beträge|Angaben|montants|{_MONEY})?\s*"
    rf"\bin\s+(?:[^\s,;:.]+\s+){{0,3}}?(?:{_SCALE})(?:\s(?:of\s)?{_MONEY_WORD}(?!\w))?)(?!\w)"
    rf"|({_MONEY}\s?(?:{_SCALE})(?!\w)|\b(?:{_SCALE})\s(?:of\s)?{_MONEY_WORD}(?!\w))"
    rf"|({_MONEY}['’]?\s?(?:000s?|mn|m|bn|k)|T(?:EUR|€))(?!\w)",
    re.IGNORECASE,
)
_MEASURE = re.compile(r"\(((?:in|measured in|expressed in|en)\s[^()\d]{1,40}|%|percent)\)", re.IGNORECASE)
"""What else may stand in a title or above the labels: "(in tonnes)"."""
_UNIT_LINE = re.compile(
    r"\W*(?:all\s)?(?:in\s+(?!\d)|amounts?\b|figures\b|dollars\b|values\b|expressed\b|stated\b|Angaben\b|Beträge\b"
    rf"|montants\b|{_MONEY}|T(?:EUR|€)|(?:{_SCALE})(?!\w))",
    re.IGNORECASE,
)
"""How a line begins that says in what the amounts are, and nothing else."""

_NO_ROOM = re.compile(r"#+|-?\d[.,]\d{5,}E[+-]?\d+")
_EXPONENT = re.compile(r"-?\d(?:[.,]\d+)?E[+-]?\d+")
_LONG_WHOLE = re.compile(r"-?\d{12,17}")


class TableSpan(Protocol):
    """What is kept of a table beside the text, such as a `ReadTable`."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def header_rows(self) -> int | None: ...
    @property
    def apart(self) -> Sequence[tuple[int, Sequence[str]]]: ...


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """One table of a document: `text[start:end]`, in the order of the text."""

    page: int
    start: int
    end: int
    rows: tuple[tuple[str, ...], ...]
    """Its cells as printed, the names of its columns included; every row has as many (of five million
    cells and more, as many as it has). A merged cell stands in the first column that it covers."""
    header_rows: int
    """How many of the first rows name the columns."""
    title: str | None = None
    """What stands right above it."""
    unit: str | None = None
    """What its amounts are in, as it says: "in millions"."""


def told_apart(line: str, cells: Sequence[str]) -> tuple[str, ...] | None:
    """The cells of a row where its line does not tell them; None where `rows_of` gets them from it."""
    kept = _trimmed(cells)
    return None if kept == _trimmed(_told_by(line)) else kept


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """The cells up to the last in which something stands."""
    return tuple(cells[: next((place for place in range(len(cells), 0, -1) if cells[place - 1]), 0)])


def _told_by(line: str) -> tuple[str, ...]:
    """The cells that a line tells; in Markdown, bars stand around it too."""
    if not line.startswith("| "):
        return tuple(line.split(_BETWEEN))
    return tuple(cell.strip() for cell in line[1:].removesuffix("|").split(_BETWEEN))


def rows_of(text: str, apart: Iterable[tuple[int, Sequence[str]]]) -> tuple[tuple[str, ...], ...]:
    """The rows of a table as cells, all of the same number. `text` is the table's own.

    Rows stay as long as they are where that would make too many cells of one long row among many short ones.
    """
    rows = [tuple(cell.strip() for cell in row) for row in _rows(text, apart)]
    width = max(map(len, rows), default=0)
    if width * len(rows) > _MOST_CELLS:
        return tuple(rows)
    return tuple((*row, *[""] * (width - len(row))) for row in rows)


def row_spans(text: str, apart: Iterable[tuple[int, Sequence[str]]]) -> list[tuple[int, int]]:
    """Where each row of `rows_of` stands in the table's own text, (start, end) of its line."""
    return [(start, start + len(line)) for start, line, _ in _lines(text, apart)]


def _rows(text: str, apart: Iterable[tuple[int, Sequence[str]]]) -> Iterator[tuple[str, ...]]:
    """The rows in which something stands."""
    return (row for _, _, row in _lines(text, apart))


def _lines(
    text: str, apart: Iterable[tuple[int, Sequence[str]]]
) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """The lines in which something stands: where each begins, the line and its cells."""
    told = {row: tuple(cells) for row, cells in apart}
    start = place = 0
    for line in text.split("\n"):
        if line.strip():
            row = told.get(place, _told_by(line))
            place += 1
            if any(row):
                yield start, line, row
        start += len(line) + 1


def header_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows name the columns, by what stands in them; 0 where none seems to.

    A row belongs to the table's body once it has a label and an amount beside it, or a label alone below
    names. Years, dates and words name columns; so does a unit.
    """
    count = 0
    for row in rows[:_MOST_HEADER_ROWS]:
        before = rows[count - 1] if count else ()
        if not _is_of_head(row, before, rows[count + 1 : count + 2]):
            break
        count += 1
    return count if count < len(rows) else 0


def _is_of_head(row: Sequence[str], before: Sequence[str], after: Sequence[Sequence[str]]) -> bool:
    """Whether a row names columns. `before`: the row above, if that does; `after`: the next one, if any."""
    label, values = (row[0] if row else ""), _values(row)
    amounts = sum(map(_is_amount, values))
    if not values:  # a title over names, or a section of the body
        return (
            bool(label) and not before and any(not below[0] or _are_names(_values(below)) for below in after)
        )
    if not label:
        return 2 * amounts <= len(values)
    if amounts:
        return False
    if not before or _are_names(values):
        return True
    is_parted = not before[0] and len(_values(before)) < len(values)  # "Fair value | Cost" below "2019"
    return (is_parted or _UNIT.search(label) is not None) and not any(map(_NOTHING.fullmatch, values))


def _values(row: Sequence[str]) -> list[str]:
    return [cell for cell in row[1:] if cell]


def _are_names(values: Sequence[str]) -> bool:
    """Whether cells below other names name columns too: years, dates or units stand among them."""
    return bool(values) and any(_is_period(value) or _is_unit(value) for value in values)


def _is_unit(cell: str) -> bool:
    return _CURRENCY.fullmatch(cell) is not None or _UNIT.search(cell) is not None


def _is_period(cell: str) -> bool:
    bare = _NOTE.sub("", cell).strip()
    return (
        _YEAR.fullmatch(bare) is not None
        or _DATE.search(bare) is not None
        or _YEAR_IN.search(bare) is not None
    )


_DATE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\b.{0,12}\d|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b"
    r"|\d{4}-\d\d-\d\d",
    re.IGNORECASE,
)


def _is_amount(cell: str) -> bool:
    if _is_period(cell) or _is_unit(cell):
        return False
    return _AMOUNT.fullmatch(cell) is not None and any(mark.isdigit() for mark in cell)


def document_tables(reading: Reading) -> Iterator[DocumentTable]:
    """The tables of a reading in their order."""
    starts = [0, *accumulate(len(page.text) for page in reading.text_pages)]
    text = reading.text
    before = 0
    for table in that_say_something(reading):
        page = min(bisect_right(starts, table.start), len(reading.text_pages))
        first = max(starts[page - 1], before, table.start - _LOOKED_AT)
        before = table.end
        yield made_of(table, page, text[table.start : table.end], text[first : table.start])


def that_say_something(reading: Reading) -> Iterator[ReadTable]:
    """Those tables of a reading that have a row with something in it. Up to three lines of one cell right
    above a table on a sheet are what it is called."""
    text = reading.text
    for table, following in zip_longest(reading.tables, reading.tables[1:]):
        rows = list(islice(_rows(text[table.start : table.end], table.apart), _TITLE_ROWS + 1))
        is_title = (
            following is not None
            and len(rows) <= _TITLE_ROWS
            and all(len(row) == 1 for row in rows)
            and not text[table.end : following.start].strip()
        )
        if rows and not is_title:
            yield table


def made_of(table: TableSpan, page: int, text: str, above: str) -> DocumentTable:
    """A table from its own text, and the text of its page above it or the last part of that."""
    rows = rows_of(text, table.apart)
    count = header_rows(rows) if table.header_rows is None else min(table.header_rows, len(rows))
    title, said = _title(above)
    label = rows[0][0] if rows else ""
    is_title = count > 1 and not any(rows[0][1:]) and _is_title(label) and not _is_unit_line(label)
    if is_title and not _NUMBERED.match(title or ""):
        title, said = label, f"{title or ''} {said}"  # a row of the table is its title
    names = " ".join(cell for row in rows[: max(count, 1)] for cell in row if cell)[:_LOOKED_AT]
    unit = _unit(_UNIT, names) or _unit(_UNIT, title or "") or _unit(_UNIT, said)
    unit = unit or _unit(_MEASURE, label) or _unit(_MEASURE, title or "") or _unit(_MEASURE, said)
    return DocumentTable(page, table.start, table.end, rows, count, title, unit)


def _unit(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return next((each.strip() for each in found.groups() if each), None) if found else None


def _title(above: str) -> tuple[str | None, str]:
    """The line right above a table, if it is short and no sentence of the text around it; and the lines
    beside it that say in what the amounts are."""
    title, said = None, ""
    for block in reversed(above.strip().split("\n\n")[-_LINES_ABOVE:]):
        line = _MARKS.sub(r"\1\2", " ".join(block.split()))
        if _is_unit_line(line):
            said = f"{line} {said}"
        elif title is None and _is_title(line):
            title = line.rstrip(":")
        else:
            break
    return title, said


def _is_title(line: str) -> bool:
    if not line or len(line) > _TITLE_CHARACTERS or _BETWEEN in line:
        return False
    return not line.endswith((".", "!", "?", ";")) or _NUMBERED.match(line) is not None


def _is_unit_line(line: str) -> bool:
    if len(line) > _TITLE_CHARACTERS or _UNIT_LINE.match(line) is None:
        return False
    return _UNIT.search(line) is not None or _MEASURE.fullmatch(line) is not None


_MARKS = re.compile(r"^#{1,6} (.+?)(?: #+)?$|(?<![\w*])[*_]{1,3}(\S(?:[^*_]*[^\s*_])?)[*_]{1,3}(?![\w*])")
"""What makes a heading, bold or slanted words of Markdown."""
_NUMBERED = re.compile(r"(?:table|tabelle|tableau|tabla|tabella|tabel|tab\.)\s*[\dIVX]", re.IGNORECASE)


def is_shortened(shown: str, figure: str) -> bool:
    """Whether a cell shows its number without all of its digits, since it has no room for them.

    `figure` is the number itself. A long whole number with an exponent is a code or an account, no measure.
    """
    if _NO_ROOM.fullmatch(shown):
        return True
    return _LONG_WHOLE.fullmatch(figure) is not None and _EXPONENT.fullmatch(shown) is not None
