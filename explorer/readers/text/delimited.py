"""CSV and TSV: delimiter and encoding are found out; each row is a line, its cells separated by " | ".

The first full row names the columns; titles before it stay above the table.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator

from explorer.errors import ReadError
from explorer.readers.assembly import column_names, one_page
from explorer.readers.detection.text_sniffing import delimiter
from explorer.readers.limits import variable
from explorer.readers.reading import Reading, Source
from explorer.readers.tables import told_apart
from explorer.readers.text import plain

_SAMPLE = 65_536
_LINES_IN_A_CELL = 500
"""A cell with more lines begins with an open quotation mark that swallowed what follows."""
_MOST_REPAIRS = 50
"""After 50 open quotation marks all others count as characters: each may cost a look at the whole file."""
_LOOKED_AT = 50
_FULL = 0.6
"""A row with this share of the usual number of cells may name the columns; rows before it are titles."""
_TITLE_ROWS = 2
"""So many rows right above the names belong to the table; more, or a blank row, part it from them."""
_NUMBER = re.compile(r"[-+(]?\W?\d[\d.,' ]*\W?\)?")


def read(source: Source) -> Reading:
    """Reads a table of text. Raises ReadError where it has no text or more cells than the limit."""
    text, warnings = plain.load(source)
    mark = delimiter(text[:_SAMPLE])
    lines, is_broken = _lines(source, text, mark)
    if is_broken:
        warnings += ("A quotation mark is never closed; quotation marks were read as they stand.",)
    if not lines:
        raise ReadError(f"{source.shown} has no text: all of its cells are empty.")
    full = first = _first_full(lines)
    while first and not lines[first - 1][0]:  # names that stand above others, not above the first column
        first -= 1
    title = "\n".join(" | ".join(row) for row in lines[:first])
    rows = "\n".join(" | ".join(row) for row in lines[first:])
    body = f"{title}\n\n{rows}" if title else rows
    start = len(body) - len(rows)
    names = column_names(lines[full : full + 1]) if _names_columns(lines[full:]) else ""
    out = one_page(source, body, warnings)
    if first <= _TITLE_ROWS and _are_joined(text, mark, first):
        start = first = 0
    kept = (told_apart(" | ".join(row), row) for row in lines[first:])
    out.add_table(start, names, apart=[(place, row) for place, row in enumerate(kept) if row])
    return out.reading("csv")


def _lines(source: Source, text: str, mark: str) -> tuple[list[list[str]], bool]:
    """The rows that have words, each cell on one line, and whether a quotation mark stays open."""
    rows: list[list[str]] = []
    cells = 0
    is_broken = False
    for row, is_open in _parsed(text, mark):
        is_broken |= is_open
        kept = [" ".join(cell.split()) if cell else "" for cell in row]
        while kept and not kept[-1]:
            kept.pop()
        if not kept:
            continue
        cells += len(kept)
        if cells > source.limits.cells:
            raise ReadError(
                f"{source.shown} has more than {source.limits.cells:,} table cells, the limit. Split it, or "
                f"raise {variable('cells')}."
            )
        rows.append(kept)
    return rows, is_broken


def _parsed(text: str, mark: str) -> Iterator[tuple[list[str], bool]]:
    """Each row, and whether a quotation mark stayed open in it; then the row is its first line alone.

    A quotation mark counts as open where the row that it begins runs over the end of the file, over more
    lines than a cell has, or up to a quotation mark in the midst of a cell.
    """
    csv.field_size_limit(2**31 - 1)
    lines = text.split("\n")
    at = 1 if text.startswith(f"sep={mark}\n") else 0
    repairs = 0
    while at < len(lines):
        if repairs >= _MOST_REPAIRS:
            yield from ((row, True) for row in _as_they_stand(lines[at:], mark))
            return
        used, is_whole = 0, True
        for row, used, is_whole in _strictly(lines, at, mark):
            if not is_whole:
                break
            yield row, False
            at += used
        if is_whole or not used:
            return
        if used == 1:  # text behind a closing quotation mark, on its own line
            yield next(csv.reader(lines[at : at + 1], delimiter=mark)), False
        else:
            repairs += 1
            yield next(_as_they_stand(lines[at : at + 1], mark)), True
        at += 1


def _strictly(lines: list[str], at: int, mark: str) -> Iterator[tuple[list[str], int, bool]]:
    """(row, its number of lines, whether it is whole) from line `at` on, up to the first that is not."""
    reader = csv.reader(
        (f"{lines[number]}\n" for number in range(at, len(lines))), delimiter=mark, strict=True
    )
    before = 0
    try:
        for row in reader:
            used, before = reader.line_num - before, reader.line_num
            is_long = used > _LINES_IN_A_CELL and any(cell.count("\n") > _LINES_IN_A_CELL for cell in row)
            yield row, used, not is_long
    except csv.Error:
        yield [], reader.line_num - before, False


def _as_they_stand(lines: list[str], mark: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_NONE)


def _first_full(rows: list[list[str]]) -> int:
    """The place of the first row with about the usual number of cells."""
    filled = [sum(map(bool, row)) for row in rows[:_LOOKED_AT]]
    usual = Counter(filled).most_common(1)[0][0]
    wanted = max(1, _FULL * usual)
    return next((number for number, count in enumerate(filled) if count >= wanted), 0)


def _are_joined(text: str, mark: str, rows: int) -> bool:
    """Whether no blank row stands among the first ones."""
    lines = text.removeprefix(f"sep={mark}\n").split("\n", rows + 1)[: rows + 1]
    return all(line.strip(f'{mark}" \t') for line in lines)


def _names_columns(rows: list[list[str]]) -> bool:
    """Whether the first row names columns: it does unless it has numbers wherever the second one has."""
    if len(rows) < 2:
        return False
    both = [(name, value) for name, value in zip(rows[0], rows[1], strict=False) if name and value]
    return not both or not all(_NUMBER.fullmatch(name) and _NUMBER.fullmatch(value) for name, value in both)
