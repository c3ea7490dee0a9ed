"""What several readers of Office files share, on elements made by hand.

`explorer.readers.office.by_docling`, `charts`, `formula`, `ooxml` and `sheet_heads`; `explorer.readers.rtf`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.readers import xml_parsing
from explorer.readers.assembly import Assembly
from explorer.readers.office import charts, ooxml, sheet_heads
from explorer.readers.office.formula import latex
from explorer.readers.office.sheet_heads import Cell
from explorer.readers.reading import Source
from explorer.readers.rtf import rewriting as rtf

NAMED = (
    '<c:chart xmlns:c="urn:c"><c:title><c:t>Sales</c:t></c:title>'
    "<c:plotArea><c:barChart>{}</c:barChart></c:plotArea></c:chart>"
)
SERIES = (
    "<c:ser><c:tx><c:v>{name}</c:v></c:tx><c:cat><c:pt idx='0'><c:v>North</c:v></c:pt>"
    "<c:pt idx='1'><c:v>South</c:v></c:pt></c:cat>"
    "<c:val><c:pt idx='1'><c:v>{figure}</c:v></c:pt></c:val></c:ser>"
)


def tree(xml: str) -> Any:
    return xml_parsing.root(xml.encode())


def row(*texts: object) -> list[Cell]:
    """A row of cells; numbers are figures, None is an empty cell."""
    return [
        Cell(column, str(text), isinstance(text, str))
        for column, text in enumerate(texts, 1)
        if text is not None
    ]


def test_a_chart_is_a_table_of_its_figures() -> None:
    out = Assembly(Source(Path("a.xlsx"), "a.xlsx"))
    out.page()
    series = SERIES.format(name="2025", figure="7.000000000000001") + SERIES.format(name="2026", figure="8")
    charts.add_chart(out, tree(f"<x>{NAMED.format(series)}</x>"))
    assert out.reading("xlsx").text == "Sales\n\nBar chart\n\n | 2025 | 2026\nNorth\nSouth | 7 | 8"


def test_a_chart_without_figures_is_nothing() -> None:
    out = Assembly(Source(Path("a.xlsx"), "a.xlsx"))
    charts.add_chart(out, tree("<x><y/></x>"))
    assert out.length == 0


def test_elements_are_found_by_their_local_names() -> None:
    root = tree('<a xmlns:w="urn:w"><w:pPr><w:lvl w:val="3"/></w:pPr></a>')
    found = ooxml.child(root, "pPr", "lvl")
    assert ooxml.local(found) == "lvl"
    assert ooxml.number(ooxml.value(found), 1) == 3
    assert ooxml.child(root, "pPr", "other") is None
    assert ooxml.children(root, "other") == []
    assert [ooxml.number(text, 9) for text in ("x", None, "99999999999", "-7")] == [9, 9, 1_000_000, -1]


def test_a_formula_nested_too_deeply_ends() -> None:
    def text(run: Any) -> str:
        return str(run.text)

    fraction = tree("<f><num><r>x</r></num><den><r>α</r></den></f>")
    assert latex(fraction, text) == r"\frac{x}{\alpha}"
    assert latex(tree("<e>" * 80 + "<r>x</r>" + "</e>" * 80), text) == ""


def test_rtf_is_left_alone_where_nothing_needs_a_change() -> None:
    plain = rb"{\rtf1\ansi Some {\ul words} \{kept\}.}"
    assert rtf.prepared(plain) == plain


def test_rtf_is_put_in_the_order_of_reading() -> None:
    data = rb"{\rtf1 {\header Every page}Text{\*\footnote A note}{\v secret {\v0 seen}} end.}"
    body, _, running = rtf.prepared(data).partition(rb"\par\pard\plain ")
    assert b"Every page" not in body and b"Every page" in running
    assert b"secret" not in body and b"seen" in body
    assert b"footnote" not in body and body.index(b"Text") < body.index(b"A note") < body.index(b"seen")


def test_rtf_with_a_brace_too_many_keeps_its_words() -> None:
    assert b"after" in rtf.prepared(rb"{\rtf1 {\v hidden} before}} after {\footer x")


def test_notes_have_spaces_around_them() -> None:
    edge = "\ue002"
    assert rtf.joined(f"word{edge}A note.{edge}, and") == "word A note., and"
    assert rtf.joined("as it was") == "as it was"


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([row("Name", "Sum"), row("a", 1)], 0),
        ([row("A title"), row("Name", "Sum", "Share"), row("a", 1, 2), row("b", 3, 4)], 1),
        ([row("a", 5, 7), row("b", 9, 2)], None),
        ([row("Shop", 1, 2, 3), row("Sales", 71, 43, 98), row("Costs", 12, 90, 11)], 0),
        ([row("Month", "2026-01-01", "2026-02-01"), row("Rain", 3, 4)], 0),
        ([row("Alone")], None),
    ],
)
def test_which_row_names_the_columns(rows: list[list[Cell]], place: int | None) -> None:
    assert sheet_heads.find(rows, is_named=False) == place


def test_rows_that_are_alike() -> None:
    assert sheet_heads.is_alike(row("a", 1), row("b", 2))
    assert not sheet_heads.is_alike(row("a", 1), row("b", "c"))
    assert sheet_heads.is_as_wide(row(1, 2, 3), row(1, 2)) and not sheet_heads.is_as_wide(row(1), row(1))
    assert sheet_heads.usual_count([row(1), row(1, 2), row(1, 2, 3)]) == 3
