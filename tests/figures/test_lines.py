"""Which line of a table is named. See also `explorer.figures.grid`, `.labels`, `.cells`, `.blocks`."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.figures.answering import answer
from explorer.figures.blocks import blocks
from explorer.figures.cells import Cells, pieces_of
from explorer.figures.grid import TableGrid
from explorer.figures.labels import filled_head, heading, words_of
from explorer.figures.lines import Lines
from explorer.figures.periods import Period
from explorer.figures.questions import understood
from tests.figures.statements import Statement

SALES = [
    ["", "", "December 31,", "", "Change"],
    ["", "2019", "2018", "$", "%"],
    ["Net sales", "$ 93", "$ 103", "$ (10)", "(9.7%)"],
    ["Net income (loss) (1)", "5", "(4)", "9", "–"],
    ["", "98", "99", "(1)", ""],
]


def test_columns_have_the_heads_above_them() -> None:
    grid = TableGrid(SALES)
    assert grid.head == 2
    assert [one.periods for one in grid.columns[1:]] == [
        (Period(2019, 12, 31),),
        (Period(2018, 12, 31),),
        (),
        (),
    ]
    assert grid.labels[4].words == {"total"}


def test_a_head_in_the_middle_of_its_columns_stands_over_each() -> None:
    grid = TableGrid(
        [["", "", "2019", "", "2018"], ["", "Cost", "Value", "Cost", "Value"], ["Bonds", "1", "2", "3", "4"]]
    )
    assert [one.periods[0].year for one in grid.columns[1:]] == [2019, 2019, 2018, 2018]


@pytest.mark.parametrize(
    ("rows", "cell", "scale"),
    [
        ([["(in millions)", "2019"], ["Sales", "5"]], (1, 1), "million"),
        ([["$’000", "2019"], ["Sales", "5"]], (1, 1), "thousand"),
        ([["(in millions)", "2019"], ["Margin (%)", "5"]], (1, 1), "percent"),
        ([["(in millions)", "2019"], ["Earnings per share", "5.10"]], (1, 1), ""),
        ([["(in millions)", "2019"], ["Year of expiry", "2027"]], (1, 1), ""),
        ([["(in millions, except shares)", "2019"], ["Shares issued", "5,000"]], (1, 1), ""),
        ([["(in millions)", "2019"], ["Tax at the statutory rate", "$182"]], (1, 1), "million"),
        ([["", "2019"], ["Sales", "5"]], (1, 1), ""),
    ],
)
def test_a_cell_has_its_scale(rows: list[list[str]], cell: tuple[int, int], scale: str) -> None:
    assert TableGrid(rows, 1).scale(*cell) == scale


def test_the_text_around_tells_the_scale() -> None:
    grid = TableGrid([["", "2019"], ["Sales", "45,007"]], 1)
    assert grid.scale(1, 1, ["The table is in thousands."]) == "thousand"
    assert grid.scale(1, 1, ["Sales were $45.0 million in 2019."]) == "thousand"


def test_a_line_is_named_or_none_is() -> None:
    lines = Lines(TableGrid(SALES))
    named = lines.named("net sales", Period(2019))
    assert named is not None
    assert named.cells == ((2, 1), (2, 2))
    assert lines.named("net income", Period(2018)) is not None
    assert lines.named("goodwill") is None
    assert lines.named("net sales", Period(2017)) is None


def test_cells_of_two_units_are_not_alike() -> None:
    table = [["(in millions)", "2019"], ["Sales", "$5"], ["Margin", "5%"], ["Profit", "€3"]]
    cells = Cells(TableGrid(table, 1), Lines(TableGrid(table, 1)), understood("What were sales in 2019?"))
    assert cells.of("sales", Period(2019)) == (1, 1)
    assert not cells.are_alike([(1, 1), (2, 1)])
    assert not cells.are_alike([(1, 1), (3, 1)])
    assert cells.are_alike([(1, 1)])
    assert pieces_of("land, buildings and plant") == ["land", "buildings", "plant"]


def test_labels_leave_out_notes_and_signs() -> None:
    assert words_of("Net income (loss) (1) (see Note 13)") == words_of("net income")
    assert heading("Outstanding at 31 March").days == (Period(0, 3, 31),)
    assert heading("2019 vs. 2018 change").periods == ()
    assert filled_head(["", "2019", "2018"])
    assert not filled_head(["Sales", "2,019", "5"])


def test_a_table_that_names_its_columns_anew_has_parts() -> None:
    rows = [["", "2019"], ["Sales", "5"], ["", "2018"], ["Sales", "4"]]
    assert blocks(rows, 1) == [(0, 2), (2, 4)]
    assert blocks(rows[:2], 1) == [(0, 2)]


@given(st.integers(0, 10_000), st.integers(0, 5), st.integers(0, 2))
@settings(max_examples=40, deadline=None)
def test_a_cell_that_is_asked_by_its_label_and_head_is_found(seed: int, row: int, column: int) -> None:
    one = Statement(random.Random(seed))
    table = one.table()
    found = answer(f"What was {one.labels[row]} in {one.years[column]}?", table)
    assert found is not None
    assert found.cells == ((row + 1, column + 1),)
    assert (found.text, found.scale) == (table[row + 1][column + 1], one.scale)


@given(st.lists(st.lists(st.text(alphabet="ab 12%$(),.-", max_size=8), max_size=5), max_size=6))
@settings(max_examples=60, deadline=None)
def test_no_table_breaks_it(rows: list[list[str]]) -> None:
    found = answer("What was the change in a between 2018 and 2019?", rows)
    assert found is None or found.cells
