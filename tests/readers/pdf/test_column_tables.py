"""Tables drawn column by column, on pages made by hand."""

from __future__ import annotations

from explorer.readers.pdf.column_tables import join_strips
from explorer.readers.pdf.ordering import in_order, join_rows
from tests.readers.pdf.test_clean_text import page


def rows(*lines: tuple[str, float, float]) -> list[str]:
    """What stands on the rows of a page, in order."""
    made = page(*lines)
    found = in_order(join_strips(made.characters, join_rows(made.lines)))
    return [" ".join(made.characters[line.first : line.last] for line in row) for row in found]


def column(cells: list[str], left: float, top: float = 100) -> list[tuple[str, float, float]]:
    return [(cell, left, top + 12 * place) for place, cell in enumerate(cells)]


LABELS = ["Net sales", "Costs", "Rent", "Taxes", "Profit"]


def test_numbers_drawn_after_all_labels_stand_in_their_rows() -> None:
    drawn = [
        ("Millions of dollars, this year and the last", 50, 60),
        *column(LABELS, 50),
        *[("2022", 300, 88), *column(["1,200", "(700)", "80", "—", "420"], 300)],
        *[("2021", 400, 88), *column(["1,100", "(650)", "75", "5", "370"], 400)],
        ("The words go on below the table.", 50, 200),
    ]
    assert rows(*drawn) == [
        "Millions of dollars, this year and the last",
        "2022 2021",
        "Net sales 1,200 1,100",
        "Costs (700) (650)",
        "Rent 80 75",
        "Taxes — 5",
        "Profit 420 370",
        "The words go on below the table.",
    ]


def test_columns_of_prose_stay_apart() -> None:
    left = [f"words {mark} of the first column" for mark in "abcdef"]
    right = [f"words {mark} of the second one" for mark in "abcdef"]
    assert rows(*column(left, 50), *column(right, 300)) == [*left, *right]


def test_numbers_of_lines_stay_apart() -> None:
    count = [str(number) for number in range(1, 6)]
    assert rows(*column(LABELS, 50), *column(count, 300)) == [*LABELS, *count]


def test_two_numbers_and_numbers_at_other_heights_stay_apart() -> None:
    assert rows(*column(LABELS, 50), *column(["12", "13"], 300)) == [*LABELS, "12", "13"]
    other = ["12", "19", "25"]
    assert rows(*column(LABELS, 50), *column(other, 300, top=106)) == [*LABELS, *other]


def test_a_number_beside_few_of_the_rows_is_no_column() -> None:
    labels = [f"line {mark}" for mark in "abcdefghijklmnop"]
    tenths = [("10", 300, 100.0), ("20", 300, 160.0), ("30", 300, 220.0)]
    assert rows(*column(labels, 50), *tenths) == [*labels, "10", "20", "30"]


def test_items_of_two_lists_stay_apart() -> None:
    one, other = [f"- item {mark}" for mark in "abcd"], [f"• l{number}" for number in range(3, 7)]
    assert rows(*column(one, 50), *column(other, 300)) == [*one, *other]
