"""The rows of a document's tables as search sees them: what each is called, above which columns, under which
title, and where it stands in the text."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from explorer.readers.tables import made_of, row_spans
from explorer.words import terms

if TYPE_CHECKING:
    from explorer.catalog.tables import StoredTable
    from explorer.readers.tables import DocumentTable

MOST_ROWS = 20_000
"""Of a document: its first ones, and each takes about a kilobyte."""
_ABOVE = 200
"""Characters above a table that tell what it is about."""
_NAMES = 2_000
"""Characters of what columns are called that are looked at."""
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d%]|[.,]\d)")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
"""What a label says in brackets: notes, units, other names."""
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")

Terms = tuple[str, ...]
"""Distinct, in order of the text. So few are found as fast in a tuple as in a set, in a tenth of the room."""
Years = frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class TableWords:
    """What a table is called."""

    start: int
    end: int
    page: int
    title: str | None
    unit: str | None
    columns: tuple[str, ...]
    """What each of its columns is called, one for each cell of a row."""
    heads: Terms
    """The words above its columns and of its unit."""
    about: Terms
    """The words of its title."""
    above: Terms
    """The last words above it."""
    head_years: Years
    title_years: Years
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class LabelledRow:
    """A row with a label and a figure beside it: `text[start:end]` of its document."""

    start: int
    end: int
    table: TableWords
    cells: tuple[str, ...]
    label: Terms
    kernel: Terms
    """The words of the label without what stands in brackets."""
    section: Terms
    """The words of the label above it that has no figures beside it."""
    years: Years
    """The years in its label and section."""


@dataclass(frozen=True, slots=True, eq=False)
class DocumentRows:
    """The rows of a document's tables, in the order of its text."""

    rows: tuple[LabelledRow, ...] = ()
    by_term: dict[str, list[int]] = field(default_factory=dict)
    """For each term the numbers of the rows whose labels hold it."""


def document_rows(stored: Iterable[StoredTable], language: str | None) -> DocumentRows:
    """The rows of these tables of a document in this language (ISO 639-1), the first `MOST_ROWS`."""
    rows: list[LabelledRow] = []
    for one in stored:
        table = made_of(one.kept, one.page, one.text, one.above)
        spans = row_spans(one.text, one.kept.apart)
        rows += _of_table(table, spans, one.above[-_ABOVE:], language)
        if len(rows) >= MOST_ROWS:
            break
    by_term: dict[str, list[int]] = {}
    for number, row in enumerate(rows[:MOST_ROWS]):
        for term in row.label:
            by_term.setdefault(term, []).append(number)
    return DocumentRows(tuple(rows[:MOST_ROWS]), by_term)


def years_in(text: str) -> Years:
    """The years that a text names, as they are written in four digits."""
    return frozenset(_YEAR.findall(text))


def _of_table(
    table: DocumentTable, spans: Sequence[tuple[int, int]], above: str, language: str | None
) -> list[LabelledRow]:
    words = _table_words(table, above, language)
    found: list[LabelledRow] = []
    section = ""
    body = zip(table.rows[table.header_rows :], spans[table.header_rows :], strict=True)
    for cells, (start, end) in body:
        at = next((place for place, cell in enumerate(cells[:2]) if _LETTER.search(cell)), None)
        if at is None:
            continue
        label, values = cells[at], cells[at + 1 :]
        if not any(values):
            section = label
        elif any(map(_DIGIT.search, values)):
            found.append(
                LabelledRow(
                    table.start + start,
                    table.start + end,
                    words,
                    cells,
                    _terms(label, language),
                    _terms(_ASIDE.sub(" ", label), language) or _terms(label, language),
                    _terms(section, language),
                    years_in(label) | years_in(section),
                )
            )
    return found


def _table_words(table: DocumentTable, above: str, language: str | None) -> TableWords:
    named = table.rows[: table.header_rows]
    heads = " ".join(cell for row in named for cell in row if cell)[:_NAMES]
    title = table.title or ""
    return TableWords(
        table.start,
        table.end,
        table.page,
        table.title,
        table.unit,
        tuple(" ".join(filter(None, column)) for column in zip(*named, strict=False)),
        _terms(f"{heads} {table.unit or ''}", language),
        _terms(title, language),
        _terms(above, language),
        years_in(heads),
        years_in(f"{title} {above}"),
        len(table.rows) - table.header_rows,
    )


@lru_cache(maxsize=20_000)
def _terms(text: str, language: str | None) -> Terms:
    """Labels repeat from table to table: cut into terms, and kept, once."""
    return tuple(dict.fromkeys(map(sys.intern, terms.row(text, language))))
