"""Answers as a terminal shows them (`explorer.cli.unmarked`)."""

from __future__ import annotations

import pytest

from explorer.cli.unmarked import Unmarking, in_columns, unmarked

ANSWER = (
    "Net sales: **$900** million (a\\_b.pdf · 2022) [1]\n\n"
    "| $ in millions | 2022 | 2021 |\n| --- | --- | --- |\n| Net sales | **$ 900** | $ 800 |\n"
    "\nsales\\_2022.xlsx"
)
SHOWN = (
    "Net sales: $900 million (a_b.pdf · 2022) [1]\n\n"
    "$ in millions  2022   2021\nNet sales      $ 900  $ 800\n\nsales_2022.xlsx"
)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 500])
def test_an_answer_is_shown_alike_in_whatever_pieces_it_comes(size: int) -> None:
    unmarking = Unmarking()
    pieces = [unmarking.feed(ANSWER[at : at + size]) for at in range(0, len(ANSWER), size)]
    assert "".join(pieces) + unmarking.rest() == SHOWN


def test_words_are_shown_as_they_come() -> None:
    assert Unmarking().feed("The **roof") == "The roof"


def test_a_table_at_the_end_is_shown() -> None:
    unmarking = Unmarking()
    assert unmarking.feed("| a | b |\n| --- | --- |\n| c | d |") == ""
    assert unmarking.rest() == "a  b\nc  d"


def test_signs_that_mark_nothing_stay() -> None:
    assert unmarked("2 * 3 = 6, __init__.py and a_b\\*") == "2 * 3 = 6, __init__.py and a_b*"
    assert in_columns(["| a \\| b | c |"]) == "a | b  c\n"
