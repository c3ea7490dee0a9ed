"""`explorer.catalog.tables`: where tables stand is kept with the document, and goes with it."""

from __future__ import annotations

import pytest

from explorer.catalog import Catalog
from explorer.catalog.records import NewTable
from explorer.errors import NotFound
from tests.catalog.making import add

PAGES = ["Above.\n\nName | Sum\nAda | 7\n\n", "Other\n\nx | y\n1 | 2\n"]
FIRST, SECOND = NewTable(8, 26), NewTable(35, 46, 1, ((1, ("1", "2", "3")),))


def count(catalog: Catalog) -> int:
    with catalog.read() as con:
        return int(con.execute("SELECT count(*) FROM document_table").get)


def test_tables_come_back_with_their_text_and_what_stands_above_on_their_page(catalog: Catalog) -> None:
    document_id = add(catalog, PAGES, tables=(FIRST, SECOND))
    one, other = catalog.tables.overlapping(document_id, 0, None)
    assert (one.number, one.page, one.text, one.above) == (1, 1, "Name | Sum\nAda | 7", "Above.\n\n")
    assert (other.number, other.page, other.text, other.above) == (2, 2, "x | y\n1 | 2", "Other\n\n")
    assert [one.kept, other.kept] == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("start", "end", "numbers"),
    [(0, 8, []), (0, 9, [1]), (25, 35, [1]), (26, 35, []), (25, 36, [1, 2]), (40, None, [2]), (46, None, [])],
)
def test_those_of_a_span_are_those_that_hold_something_of_it(
    catalog: Catalog, start: int, end: int | None, numbers: list[int]
) -> None:
    document_id = add(catalog, PAGES, tables=(FIRST, SECOND))
    assert [one.number for one in catalog.tables.overlapping(document_id, start, end)] == numbers


@pytest.mark.parametrize(
    ("start", "end", "spans"),
    [
        (0, 8, ()),
        (0, 12, ((8, 12),)),
        (20, 40, ((20, 26), (35, 40))),
        (26, 35, ()),
        (0, 99, ((8, 26), (35, 46))),
    ],
)
def test_what_of_a_span_is_tables(
    catalog: Catalog, start: int, end: int, spans: tuple[tuple[int, int], ...]
) -> None:
    document_id = add(catalog, PAGES, tables=(FIRST, SECOND))
    assert catalog.tables.spans(document_id, start, end) == spans
    with pytest.raises(NotFound):
        catalog.tables.spans("no such document", start, end)


def test_the_first_tables_are_those_that_are_short_enough(catalog: Catalog) -> None:
    document_id = add(catalog, PAGES, tables=(FIRST, SECOND))
    every = catalog.tables.overlapping(document_id, 0, None)
    assert catalog.tables.first(document_id, 9, 18) == every
    assert catalog.tables.first(document_id, 1, 18) == every[:1]
    assert catalog.tables.first(document_id, 9, 17) == every[1:]
    with pytest.raises(NotFound):
        catalog.tables.first("no such document", 9, 18)


def test_documents_with_a_table_are_known(catalog: Catalog) -> None:
    document_id = add(catalog, PAGES, tables=(FIRST, SECOND))
    add(catalog, ["no table"], name="other.txt")
    assert catalog.tables.holders() == {document_id}
    catalog.bin.put([document_id])
    assert catalog.tables.holders() == frozenset()


def test_they_are_hidden_in_the_bin_and_gone_with_the_document(catalog: Catalog) -> None:
    document_id = add(catalog, PAGES, tables=(FIRST, SECOND))
    catalog.bin.put([document_id])
    with pytest.raises(NotFound):
        catalog.tables.overlapping(document_id, 0, None)
    catalog.bin.restore([document_id])
    assert len(catalog.tables.overlapping(document_id, 0, None)) == 2
    catalog.documents.remove([document_id])
    assert count(catalog) == 0


@pytest.mark.parametrize("tables", [(NewTable(8, 99),), (NewTable(8, 8),), (FIRST, NewTable(20, 30))])
def test_a_table_outside_the_text_or_in_another_is_refused(
    catalog: Catalog, tables: tuple[NewTable, ...]
) -> None:
    with pytest.raises(ValueError, match=r"the table .* lies outside the text"):
        add(catalog, PAGES, tables=tables)
    assert count(catalog) == 0


def test_the_doctor_names_a_document_whose_tables_lie_outside_its_text(catalog: Catalog) -> None:
    add(catalog, PAGES, tables=(FIRST, SECOND))
    with catalog.write() as con:
        con.execute('UPDATE document_table SET "end" = 99 WHERE number = 2')
    assert catalog.check().problems == ("1 document with tables outside the text: note.txt.",)
