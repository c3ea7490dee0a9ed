"""`library.tables`: tables by way of the library. Runs explorer.tables and explorer.cli.tables."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypdf import PdfWriter

from explorer import Library, NotFound, Table
from tests.cli.test_commands import Shell
from tests.folders import eventually
from tests.readers.pdf.pdfs import make_pdf
from tests.readers.pdf.table_pages import drawn_table

MARKDOWN = """# Report

Sales by region (in millions)

| Region | 2023 | 2024 |
|---|---:|---:|
| North \\| South | 7 | 8 |
| West | 1 | 2 |

Some words between the two tables, which stand apart from each other.

## Staff

| Name | Town |
|---|---|
| Ada | Paris |
"""
FIGURES = (
    ("Year ended", "2022", "2021"),
    ("Cash", "3,655", "4,564"),
    ("Debt", "5,372", "4,985"),
    ("Tax", "6,201", "7,105"),
)
SALES = (("Region", "2023", "2024"), ("North | South", "7", "8"), ("West", "1", "2"))


def figures_pdf() -> bytes:
    """A page of words, and one with a table under a line of them."""
    writer = PdfWriter()
    for data in (make_pdf(["A page without any."]), drawn_table(FIGURES, above=["Some words before it."])):
        writer.append(io.BytesIO(data))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@dataclass(frozen=True)
class Kept:
    library: Library
    ids: dict[str, str]

    def tables(self, name: str, page: int | None = None, start: int | None = None) -> list[Table]:
        return self.library.tables(self.ids[name], page, start)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "report.md").write_text(MARKDOWN)
    (folder / "people.csv").write_text("Name,Sum\nAda,7\nBob,8\n")
    (folder / "figures.pdf").write_bytes(figures_pdf())
    (folder / "plain.txt").write_text("There is no table in this one.\n")
    with Library(folder / "library") as library:
        library.add(sorted(folder.glob("*.*")))
        yield Kept(library, {one.name: one.id for one in library.documents()})


def test_tables_come_in_order_with_their_rows_title_and_unit(kept: Kept) -> None:
    sales, staff = kept.tables("report.md")
    assert (sales.number, sales.page, sales.header_rows, sales.rows) == (1, 1, 1, SALES)
    assert (sales.title, sales.unit) == ("Sales by region (in millions)", "in millions")
    assert (staff.number, staff.title, staff.unit) == (2, "Staff", None)
    assert staff.rows == (("Name", "Town"), ("Ada", "Paris"))
    assert sales.document_id == kept.ids["report.md"]
    text = kept.library.text(sales.document_id)
    assert text[sales.start : sales.end].startswith("| Region")
    assert kept.tables("people.csv")[0].rows == (("Name", "Sum"), ("Ada", "7"), ("Bob", "8"))
    assert kept.tables("plain.txt") == []
    with pytest.raises(NotFound):
        kept.library.tables("nothing")


def test_the_table_that_a_chunk_stands_in(kept: Kept) -> None:
    library, report = kept.library, kept.ids["report.md"]
    sales, staff = library.tables(report)
    place = library.text(report).index("West")
    assert library.tables(report, start=place, end=place + 4) == [sales]
    assert library.tables(report, start=sales.end, end=staff.start) == []
    assert library.tables(report, page=1, start=sales.end) == [staff]
    with pytest.raises(NotFound):
        library.tables(report, page=2)


def test_the_boxes_of_a_table_frame_it_on_its_page(kept: Kept) -> None:
    (table,) = kept.tables("figures.pdf", page=2)
    assert (table.page, kept.tables("figures.pdf", page=1)) == (2, [])
    assert table.rows == FIGURES
    (box,) = table.boxes
    image = kept.library.page_image(table.document_id, 2, table.start, table.end)
    assert box.left <= min(each.left for each in image.boxes) + 0.01
    assert box.bottom >= max(each.bottom for each in image.boxes) - 0.01
    around = kept.library.page_image(table.document_id, 2, table.start - 22, table.start).boxes
    assert around[0].top < box.top < box.bottom < 0.5
    assert table.boxes is table.boxes, "they are worked out once"
    assert [one.boxes for one in kept.tables("report.md")] == [(), ()]


def test_they_stay_through_the_bin_a_redo_and_a_move(kept: Kept, tmp_path: Path) -> None:
    library, report = kept.library, kept.ids["report.md"]
    before = {name: kept.tables(name) for name in kept.ids}
    library.bin(report)
    with pytest.raises(NotFound):
        library.tables(report)
    library.restore(report)
    assert kept.tables("report.md") == before["report.md"]
    library.redo()
    eventually(lambda: not library.is_redoing)
    assert {name: kept.tables(name) for name in kept.ids} == before
    library.transfer.export(tmp_path / "library.zip")
    with Library(tmp_path / "other") as other:
        other.transfer.bring_in(tmp_path / "library.zip")
        for one in other.documents():
            found, wanted = other.tables(one.id), before[one.name]
            assert [(each.rows, each.title, each.header_rows) for each in found] == [
                (each.rows, each.title, each.header_rows) for each in wanted
            ]
        assert other.needs_redo == ()
    assert library.doctor(verify=True).ok


def test_the_command_prints_them(kept: Kept) -> None:
    shell = Shell(kept.library.folder)
    shown = shell.run("tables", "report.md").stdout.splitlines()
    assert shown[:4] == [
        "Table 1, page 1: Sales by region (in millions), in millions",
        "  Region | 2023 | 2024",
        "  ---",
        "  North | South | 7 | 8",
    ]
    (table,) = json.loads(shell.run("tables", "people.csv", "--json").stdout)
    assert (table["number"], table["header_rows"], table["rows"][1]) == (1, 1, ["Ada", "7"])
    printed = shell.run("tables", "report.md", "--csv").stdout
    assert printed == "Region,2023,2024\nNorth | South,7,8\nWest,1,2\n\nName,Town\nAda,Paris\n"
    assert "No table" in shell.run("tables", "plain.txt").stderr
    assert shell.run("tables", "report.md", "--page", "2").returncode == 1
