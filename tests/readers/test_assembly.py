"""Every reading is put together in one place, within the limits, and says the same of what was left out."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import explorer.readers
from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, column_names, one_line, one_page, row_line
from explorer.readers.limits import Limits
from explorer.readers.reading import Heading, ReadTable, Source
from tests.readers.conftest import Read, Write

CELLS = [{"cell_type": "markdown", "source": f"# Heading {number}"} for number in range(5)]
FIVE_HEADINGS = {
    "a.md": "".join(f"# Heading {number}\n\nWords.\n\n" for number in range(5)),
    "a.html": "".join(f"<h1>Heading {number}</h1><p>Words.</p>" for number in range(5)),
    "a.xml": f"<?xml version='1.0'?><a>{'<title>Heading</title><p>Words.</p>' * 5}</a>",
    "a.json": json.dumps([{"title": f"Heading {number}", "a": {"b": 1}} for number in range(5)]),
    "a.ipynb": json.dumps({"nbformat": 4, "cells": CELLS}),
}


def source(**limits: int) -> Source:
    return Source(Path("a.txt"), "a.txt", limits=Limits(**limits))  # type: ignore[arg-type]


def test_only_the_assembly_makes_a_reading() -> None:
    folder = Path(explorer.readers.__file__).parent
    makers = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Reading"
    }
    assert makers == {"assembly.py", "process/frames.py"}, "frames.py unpacks what a child made"


@pytest.mark.parametrize("name", FIVE_HEADINGS)
def test_headings_beyond_the_limit_are_left_out_with_a_warning(read: Read, write: Write, name: str) -> None:
    path = write(name, FIVE_HEADINGS[name])
    reading = read(path, headings=4)
    assert len(reading.headings) == 4
    assert reading.warnings == ("Only the first 4 headings are kept.",)
    assert len(read(path).headings) >= 5 and not read(path).warnings


def test_pages_that_are_kept_as_they_stand_are_one_text() -> None:
    out = Assembly(source())
    out.add_page("One.\n\n", "i", runs=b"r")
    start = out.length
    out.headings += [Heading(start, 1, "Two"), Heading(0, 1, "One")]
    out.add_page("Two.")
    out.add_table(start, "names")
    reading = out.reading("text", title="T", addresses=[(1, 2)])
    assert reading.text == "One.\n\nTwo."
    assert [(page.number, page.label, page.runs) for page in reading.text_pages] == [
        (1, "i", b"r"),
        (2, None, b""),
    ]
    assert [heading.text for heading in reading.headings] == ["One", "Two"]
    assert reading.tables == (ReadTable(6, 10, "names"),)
    assert (reading.title, reading.addresses) == ("T", ((1, 2),))


def test_blocks_become_pages_with_tables_and_asides() -> None:
    out = Assembly(source())
    out.page("First")
    out.heading("A heading", 2)
    out.table([["Name", "Sum"], ["a", "1"], ["", ""]], 1)
    out.page()
    out.aside("Footer")
    reading = out.reading("text")
    assert [page.text for page in reading.text_pages] == ["A heading\n\nName | Sum\na | 1\n\n", "Footer"]
    table = reading.tables[0]
    assert (reading.text[table.start : table.end], table.header) == ("Name | Sum\na | 1", "Name | Sum")
    assert [reading.text[start:end] for start, end in reading.asides] == ["Footer"]


def test_a_heading_that_nothing_follows_is_taken_back() -> None:
    out = Assembly(source())
    out.page()
    out.heading("Sheet1", 1)
    out.withdraw_heading()
    with pytest.raises(ReadError, match=r"^a\.txt has no text\.$"):
        out.reading("xlsx")


def test_limits_hold_and_are_named() -> None:
    with pytest.raises(ReadError, match=r"more than 5 characters .* EXPLORER_MAX_CHARACTERS\.$"):
        one_page(source(characters=5), "Six...")
    out = Assembly(source(pages=1, cells=3))
    out.add_page("x")
    with pytest.raises(ReadError, match=r"more than 1 pages\. Split it, or raise EXPLORER_MAX_PAGES\.$"):
        out.add_page("y")
    with pytest.raises(ReadError, match=r"more than 3 table cells, the limit\. .* EXPLORER_MAX_CELLS\.$"):
        out.count_cells(4)


def test_what_holds_files_needs_no_text() -> None:
    assert Assembly(source()).reading("zip", needs_text=False).text_pages == ()
    with pytest.raises(ReadError, match=r"^a\.txt has no text\.$"):
        one_page(source(), " \n").reading("text")


def test_rows_and_names_are_lines() -> None:
    assert row_line(["a\nb", " c ", "", ""]) == "a b | c"
    assert column_names([["2025", "", "2026"], ["Q1", "Q2", "Q1", ""]]) == "2025 Q1 | Q2 | 2026 Q1"
    assert one_line("a\u2028b\x00  c", 4) == "a b "
