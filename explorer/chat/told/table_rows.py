"""The rows of tables that a question asks for, as small Markdown tables with their heads, title and unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.catalog import Catalog
from explorer.chat import tabled
from explorer.chat.composing import in_table
from explorer.chat.tabled import AskedTable, TablesOf, span_of_rows
from explorer.chat.told.given import Given
from explorer.errors import NotFound
from explorer.figures.labels import words_of
from explorer.questions import Understood
from explorer.types import Chunk, Document, Hit, Passage

MOST_TABLES = 3
"""Tables that are given for one question."""
MOST_ROWS, MOST_COLUMNS = 12, 10
_PAGES = 4
"""Passages whose pages are looked at for further tables."""
_ABOVE = 400
"""Characters above a table in which its title and its unit are looked for, to be cited with it."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Rows of a table, by their numbers, and how many of the question's words they are called by."""

    document: Document
    table: AskedTable
    rows: tuple[int, ...]
    words: int


def rows_for(
    part: str, question: Understood, hits: Sequence[Hit], tables_of: TablesOf, catalog: Catalog
) -> list[Given]:
    """The rows that one part of a question asks for, the surest table first; [] where none is like it."""
    words = frozenset(words_of(part))
    chosen: list[_Chosen] = []
    found = tabled.find(part, question, hits, tables_of, catalog.documents.span)
    if found is not None:
        cells = {row for row, _ in found.figure.cells}
        rows = _rows(found.table, words, cells)
        chosen.append(_Chosen(found.document, found.table, rows, len(words)))
    for one in _nearby(words, hits, tables_of):
        is_there = any(
            (each.document.id, each.table.start) == (one.document.id, one.table.start) for each in chosen
        )
        if len(chosen) < MOST_TABLES and not is_there:
            chosen.append(one)
    return [given for one in chosen if (given := _given(one, catalog)) is not None]


def _nearby(words: frozenset[str], hits: Sequence[Hit], tables_of: TablesOf) -> list[_Chosen]:
    """Tables on the pages that search found, with rows that are called by words of the question, those with
    most of them first."""
    pages = dict.fromkeys((hit.document.id, hit.passage.page) for hit in hits[:_PAGES])
    documents = {hit.document.id: hit.document for hit in hits[:_PAGES]}
    found = []
    for document in documents.values():
        for table in tables_of(document.id)[: tabled.MOST_TABLES]:
            if (document.id, table.page) not in pages:
                continue
            best = max((len(words & _label_words(table, row)) for row in _body(table)), default=0)
            if best:
                found.append(_Chosen(document, table, _rows(table, words, set()), best))
    return sorted(found, key=lambda one: -one.words)


def _body(table: AskedTable) -> range:
    return range(table.header_rows, len(table.rows))


def _label_words(table: AskedTable, row: int) -> frozenset[str]:
    cells = table.rows[row]
    return frozenset(words_of(cells[0])) if cells and cells[0] else frozenset()


def _rows(table: AskedTable, words: frozenset[str], needed: set[int]) -> tuple[int, ...]:
    """All rows of a small table; of a larger one those that are `needed` and those that share most words with
    the question, each below the row without amounts that names its group. In their order."""
    body = _body(table)
    if len(body) <= MOST_ROWS:
        return tuple(body)
    like = sorted(body, key=lambda row: -len(words & _label_words(table, row)))
    wanted = [
        *sorted(needed),
        *(row for row in like if row not in needed and words & _label_words(table, row)),
    ]
    kept: set[int] = set()
    for row in wanted:
        pair = {row} | ({above} if (above := _group(table, row)) is not None else set())
        if len(kept | pair) > MOST_ROWS:
            break
        kept |= pair
    return tuple(sorted(kept))


def _group(table: AskedTable, row: int) -> int | None:
    """The nearest row above that only names what follows."""
    for above in range(row - 1, table.header_rows - 1, -1):
        cells = table.rows[above]
        if cells and cells[0].strip() and not any(cell.strip() for cell in cells[1:]):
            return above
    return None


def _given(one: _Chosen, catalog: Catalog) -> Given | None:
    """None where the document was removed meanwhile."""
    try:
        passage = _passage(one, catalog)
        chunk = _chunk_at(catalog.chunks.of_document(one.document.id), passage)
    except NotFound:
        return None
    if chunk is None:
        return None
    return Given(_markdown(one), Hit(1, 1.0, chunk, one.document, passage), is_table=True)


def _passage(one: _Chosen, catalog: Catalog) -> Passage:
    """The rows as they stand in the document, with the heads, and the title and unit right above them."""
    table, span = one.table, catalog.documents.span
    text = span(one.document.id, table.start, table.end)
    _, end = span_of_rows(table.start, text, 0, max(one.rows, default=0))
    low = max(table.start - _ABOVE, 0)
    before = span(one.document.id, low, table.start)
    places = [before.rfind(said) for said in (table.title, table.unit) if said and said in before]
    start = low + min(places) if places else table.start
    return Passage(table.page, table.page, start, end, span(one.document.id, start, end))


def _chunk_at(chunks: Sequence[Chunk], passage: Passage) -> Chunk | None:
    """The chunk with the last of the rows."""
    return next((chunk for chunk in chunks if chunk.start < passage.end <= chunk.end), None) or next(
        (chunk for chunk in chunks if chunk.end > passage.start), None
    )


def _markdown(one: _Chosen) -> str:
    table = one.table
    width = max((len(table.rows[row]) for row in one.rows), default=1)
    filled = [
        column
        for column in range(1, width)
        if any(column < len(table.rows[row]) and table.rows[row][column].strip() for row in one.rows)
    ][:MOST_COLUMNS]
    head = ["", *(_head(table, column) for column in filled)]
    lines = [[_cell(table, row, column) for column in (0, *filled)] for row in one.rows]
    said = [f"Table: {' '.join(table.title.split())}"] if table.title else []
    said += [f"Amounts: {' '.join(table.unit.split())}"] if table.unit else []
    return "\n".join([*said, in_table(head, lines)])


def _head(table: AskedTable, column: int) -> str:
    cells = [_cell(table, row, column) for row in range(min(table.header_rows, len(table.rows)))]
    return " ".join(dict.fromkeys(cell for cell in cells if cell))


def _cell(table: AskedTable, row: int, column: int) -> str:
    cells = table.rows[row]
    return " ".join(cells[column].replace("|", "/").split()) if column < len(cells) else ""
