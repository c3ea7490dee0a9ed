"""The rows of a document's tables, as search sees them: `explorer.search.rows.labels`."""

from __future__ import annotations

import pytest

from explorer.catalog.records import NewTable
from explorer.catalog.tables import StoredTable
from explorer.search.rows import labels

TEXT = (
    " | 2022 | 2021\n"
    "Operating expenses |  | \n"
    "Cost of sales (Note 3) | 12 | 11\n"
    "\n"
    "Marketing in 2020 | 4 | —\n"
    "7 | Rent | 3\n"
    " | 19 | 18"
)


def rows(
    text: str = TEXT, start: int = 100, above: str = "Statement of Income (in millions)\n\n"
) -> labels.DocumentRows:
    table = StoredTable(1, 5, NewTable(start, start + len(text)), text, above)
    return labels.document_rows([table], "en")


def test_a_row_has_a_label_and_a_figure_beside_it() -> None:
    found = rows().rows
    assert [one.cells for one in found] == [
        ("Cost of sales (Note 3)", "12", "11"),
        ("Marketing in 2020", "4", "—"),
        ("7", "Rent", "3"),
    ]
    for one in found:
        assert TEXT[one.start - 100 : one.end - 100].startswith(one.cells[0])


def test_its_words_are_those_of_label_section_columns_title_and_unit() -> None:
    cost, marketing, rent = rows().rows
    assert {"cost", "sale", "note"} <= set(cost.label)
    assert "note" not in cost.kernel
    assert "expens" in cost.section and "expens" in marketing.section
    assert "rent" in rent.label
    assert "million" in cost.table.heads
    assert {"statement", "incom"} <= set(cost.table.about)
    assert (cost.table.page, cost.table.unit, cost.table.columns) == (5, "in millions", ("", "2022", "2021"))


def test_years_of_columns_labels_and_titles_are_known_apart() -> None:
    cost, marketing, _ = rows(above="Income of 2019\n\n").rows
    assert cost.table.head_years == {"2022", "2021"}
    assert cost.table.title_years == {"2019"}
    assert not cost.years
    assert marketing.years == {"2020"}
    assert labels.years_in("FY2022, 2,020 of 1999.5, 2021% and $2018") == {"2022", "2018"}


def test_labels_are_found_by_their_terms() -> None:
    found = rows()
    assert [found.rows[number].cells[0] for number in found.by_term["sale"]] == ["Cost of sales (Note 3)"]
    assert "expens" not in found.by_term


def test_of_a_document_only_so_many_rows_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "MOST_ROWS", 2)
    found = rows()
    assert len(found.rows) == 2
    assert "rent" not in found.by_term
