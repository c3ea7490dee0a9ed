"""The tables of a reading as rows of cells, with how many rows name the columns, a title and a unit.

The text is the one copy of what a table says: a row is a line, and its cells are what " | " parts in it. Only
where a line does not tell its cells (a merged cell, a bar within a cell) are they kept beside it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from explorer.readers.reading import Reading, Table

_BETWEEN = " | "
_MOST_HEADER_ROWS = 6
_TITLE_CHARACTERS = 200
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
_SCALE = r"millions?|thousands?|billions?|mio\.?|mrd\.?|tsd\.?|millionen|milliers|milliards|tausend"
_UNIT = re.compile(
    rf"\(([^()]{{0,60}}\b(?:{_SCALE})\b[^()]{{0,60}})\)"
    r"|((?:amounts?|dollars?|all figures|Beträge|Angaben|montants)?\s*"
    rf"\bin\s+(?:[^\s,;:.]+\s+){{0,3}}?(?:{_SCALE}))\b"
    r"|((?:US)?[$€£¥]['’]?\s?(?:000s?|m|mn|bn|k)|T(?:EUR|€)|(?:USD|EUR|GBP|CHF)\s?(?:m|mn|bn|k|000))(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """One table of a document: `text[start:end]`, in the order of the text."""

    page: int
    start: int
    end: int
    rows: tuple[tuple[str, ...], ...]
    """Its cells as printed, the names of its columns included; every row has as many. A merged cell stands
    in the first column that it covers."""
    header_rows: int
    """How many of the first rows name the columns."""
    title: str | None = None
    """What stands right above it."""
    unit: str | None = None
    """What its amounts are in, as it says: "in millions"."""


def told_apart(line: str, cells: Sequence[str]) -> tuple[str, ...] | None:
    """The cells of a row where its line does not tell them; None where `rows_of` gets them from it."""
    last = next((place for place in range(len(cells), 0, -1) if cells[place - 1]), 0)
    kept = tuple(cells[:last])
    return None if kept == tuple(line.split(_BETWEEN)) else kept


def rows_of(text: str, table: Table) -> tuple[tuple[str, ...], ...]:
    """The rows of a table as cells, all of the same number. `text` is the document's."""
    apart = dict(table.apart)
    lines = [line for line in text[table.start : table.end].split("\n") if line.strip()]
    rows = [apart.get(place, tuple(line.split(_BETWEEN))) for place, line in enumerate(lines)]
    rows = [row for row in rows if any(row)]
    width = max(map(len, rows), default=0)
    return tuple((*(cell.strip() for cell in row), *[""] * (width - len(row))) for row in rows)


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
    for table in reading.tables:
        since, before = before, table.end
        rows = rows_of(text, table)
        if not rows:
            continue
        page = min(bisect_right(starts, table.start), len(reading.text_pages))
        title = _title(text[max(starts[page - 1], since) : table.start])
        count = header_rows(rows) if table.header_rows is None else min(table.header_rows, len(rows))
        names = " ".join(cell for row in rows[: max(count, 1)] for cell in row)
        found = _UNIT.search(names) or _UNIT.search(title or "")
        unit = next((each.strip() for each in found.groups() if each), None) if found else None
        yield DocumentTable(
            page=page, start=table.start, end=table.end, rows=rows, header_rows=count, title=title, unit=unit
        )


def _title(before: str) -> str | None:
    """The line right above a table, if it is short and no sentence of the text around it."""
    block = before.rstrip("\n").rpartition("\n\n")[2].strip()
    line = " ".join(block.split())
    if not line or len(line) > _TITLE_CHARACTERS or _BETWEEN in line:
        return None
    is_sentence = line.endswith((".", "!", "?", ";")) and not _NUMBERED.match(line)
    return None if is_sentence else line.rstrip(":")


_NUMBERED = re.compile(r"(?:table|tabelle|tableau|tabla|tabella|tabel|tab\.)\s*[\dIVX]", re.IGNORECASE)
