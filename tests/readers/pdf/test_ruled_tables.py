"""Tables in grids of lines or of filled cells, and pages that were drawn in no order.

`explorer.readers.pdf.tabular.rulings` makes grids of lines, `explorer.readers.pdf.tabular.ruled` puts words
in them, `explorer.readers.pdf.tabular.finding` brings both kinds of tables together, and
`explorer.readers.pdf.tabular.scattered` mends the order.
"""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from explorer.readers.pdf.pdfium import Line
from explorer.readers.pdf.tabular.rulings import Edges, grids
from explorer.readers.pdf.tabular.scattered import in_order
from tests.readers.conftest import Read, Write
from tests.readers.pdf.table_pages import LEFT, STEP, TOP, Text, broken, drawn_table, pdf, width
from tests.readers.pdf.test_tables import found, rows

WORDS = [
    ["Part", "Made of", "Kept by"],
    ["Hull", "Oak, in planks that were laid over each other and nailed with copper", "The dock"],
    ["Sails", "Flax", "Ada and her brother, who sew them again every winter in the loft"],
    ["Mast", "Fir", "The dock"],
]


def lines(xs: list[float], ys: list[float]) -> list[Edges]:
    across = [(xs[0], y, xs[-1], y) for y in ys]
    return across + [(x, ys[0], x, ys[-1]) for x in xs]


def test_lines_make_a_grid() -> None:
    (grid,) = grids([*lines([0, 50, 100], [0, 20, 40]), (0, 21, 100, 21.4)])
    assert [len(grid.xs), len(grid.ys)] == [3, 3]
    assert [grid.cell(60, 10), grid.cell(10, 30), grid.cell(160, 10)] == [(0, 1), (1, 0), None]


def test_cells_without_a_line_between_are_one() -> None:
    rules = [
        (0, 0, 100, 0),
        (0, 20, 100, 20),
        (0, 40, 100, 40),
        (0, 0, 0, 40),
        (100, 0, 100, 40),
        (50, 20, 50, 40),
    ]
    (grid,) = grids(rules)
    assert [grid.cell(60, 10), grid.cell(60, 30)] == [(0, 0), (1, 1)]


def test_lines_that_do_not_meet_make_none() -> None:
    assert grids([(0, 0, 100, 0), (0, 20, 100, 20), (200, 0, 200, 50), (0, 0, 0, 20)]) == []


def test_a_drawing_of_very_many_lines_is_no_table() -> None:
    assert grids(lines([5.0 * n for n in range(300)], [5.0 * n for n in range(300)])) == []


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_table_of_words_with_cells_of_several_lines(read: Read, write: Write, *, shuffled: bool) -> None:
    (table,) = found(read, write, drawn_table(WORDS, ruled=True, right=False, shuffled=shuffled))
    assert rows(table) == WORDS
    assert table.header_rows == 1


def test_its_rows_are_lines_of_the_text(read: Read, write: Write) -> None:
    reading = read(write("a.pdf", drawn_table(WORDS, ruled=True, right=False)))
    (table,) = reading.tables
    assert reading.text[table.start : table.end].split() == " ".join(" ".join(row) for row in WORDS).split()
    assert table.header == "Part Made of Kept by"


def test_a_name_over_two_columns_stands_in_the_first(read: Read, write: Write) -> None:
    grid = [["", "Ships", ""], ["", "2022", "2021"], ["North", "7", "8"], ["South", "9", "12"]]
    edges, heights = [50.0, 150.0, 250.0, 350.0], [TOP + 12 - 18 * number for number in range(5)]
    rules = [(edges[0], y, edges[-1], y) for y in heights]
    rules += [(x, heights[0], x, heights[-1]) for x in (edges[0], edges[1], edges[3])]
    rules.append((edges[2], heights[1], edges[2], heights[-1]))
    texts: list[Text] = [
        (cell, edges[column] + 4, TOP - 18 * number)
        for number, row in enumerate(grid) for column, cell in enumerate(row) if cell
    ]  # fmt: skip
    texts[0] = ("Ships", 250 - width("Ships") / 2, TOP)
    (table,) = found(read, write, pdf(texts, rules))
    assert rows(table) == grid
    assert table.header_rows == 2


def filled(data: bytes, edges: list[float], heights: list[float]) -> bytes:
    """A page with a pale rectangle behind each cell."""
    cells = [
        f"{left + 0.5} {low + 0.5} {right - left - 1} {high - low - 1} re f"
        for left, right in pairwise(edges)
        for high, low in pairwise(heights)
    ]
    begin, end = data.index(b"stream\n") + 7, data.index(b"\nendstream")
    stream = b"0.9 g\n" + "\n".join(cells).encode() + b"\n0 g\n" + data[begin:end]
    head = data[: data.index(b"<</Length")]
    return head + b"<</Length %d>>stream\n%s" % (len(stream), stream) + data[end:]


def test_filled_cells(read: Read, write: Write) -> None:
    edges, heights = [50.0, 150.0, 290.0, 450.0], [TOP + 12 - 30 * number for number in range(5)]
    texts = [
        (line, edges[column] + 4, TOP - 30 * number - 11 * place)
        for number, row in enumerate(WORDS)
        for column, cell in enumerate(row)
        for place, line in enumerate(broken(cell[:50], 130))
    ]
    (table,) = found(read, write, filled(pdf(texts), edges, heights))
    assert rows(table) == [[cell[:50].strip() for cell in row] for row in WORDS]


PROSE = "The company sold ships and boats to its customers, who paid for them in the year before. "


@pytest.mark.parametrize("wide", [200.0, 500.0])
def test_prose_in_frames_stays_text(read: Read, write: Write, *, wide: float) -> None:
    grid = [[PROSE * 7, PROSE * 6], [PROSE * 5, PROSE * 8]]
    assert found(read, write, drawn_table(grid, ruled=True, right=False, widest=wide)) == []


def test_lines_under_rows_alone_make_no_grid(read: Read, write: Write) -> None:
    texts = [(PROSE[:60], LEFT, TOP - STEP * number) for number in range(6)]
    rules = [(LEFT, TOP - STEP * number - 3, 500, TOP - STEP * number - 3) for number in range(6)]
    assert found(read, write, pdf(texts, rules)) == []


def line(x: float, y: float) -> Line:
    return Line(0, 1, x, y, x + 40, y + 10, y + 8, 10.0)


def test_what_was_drawn_in_no_order_is_read_from_the_top() -> None:
    page = [line(x, y) for y in range(0, 200, 20) for x in (0, 100, 200)]
    mixed = list(page)
    random.Random(1).shuffle(mixed)
    assert in_order(mixed) == page


def test_columns_and_cards_keep_their_order() -> None:
    columns = [line(x, y) for x in (0, 100, 200) for y in range(0, 200, 20)]
    cards = [line(x, top + y) for top in (0, 100) for x in (0, 100, 200, 300) for y in (0, 12, 24)]
    assert in_order(list(columns)) == columns
    assert in_order(list(cards)) == cards


def test_lines_between_columns_alone_leave_each_height_a_row(read: Read, write: Write) -> None:
    grid = [["Ship", "2022", "2021"], ["Sail", "1,200", "800"], ["Steam", "34", "12"], ["Row", "7", "9"]]
    edges = [50.0, 150.0, 250.0, 350.0]
    rules = [(50.0, y, 350.0, y) for y in (TOP + 10, TOP - 4, TOP - 50)]
    rules += [(x, TOP + 10, x, TOP - 50) for x in edges]
    texts = [
        (cell, edges[column] + 4, TOP - STEP * number)
        for number, row in enumerate(grid)
        for column, cell in enumerate(row)
    ]
    (table,) = found(read, write, pdf(texts, rules))
    assert rows(table) == grid
    assert table.header_rows == 1
