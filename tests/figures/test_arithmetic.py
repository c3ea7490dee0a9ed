"""Figures that are worked out: `explorer.figures.result` names their cells and how."""

from __future__ import annotations

import pytest

from explorer.figures.answering import answer
from explorer.figures.result import Figure

TABLE = [
    ["(in thousands)", "2019", "2018"],
    ["Assets", "", ""],
    ["Land", "$600", "$500"],
    ["Buildings", "300", "200"],
    ["Equipment", "100", "300"],
    ["Total assets", "$1,000", "$1,000"],
    ["Operating expenses", "(400)", "(300)"],
    ["Net income (loss)", "50", "(20)"],
]


@pytest.mark.parametrize(
    ("question", "value", "formula"),
    [
        ("What is the sum of land and buildings in 2019?", 900, "$600 + 300"),
        ("What percentage of total assets was land in 2018?", 50, "$500 ÷ $1,000"),
        ("What is the ratio of land and buildings to total assets in 2019?", 0.9, "($600 + 300) ÷ $1,000"),
        ("What is the sum of land for 2018 and 2019?", 1100, "$500 + $600"),
        ("What was the change in operating expenses between 2018 and 2019?", 100, "(400) − (300)"),
        ("What is the difference between buildings in 2018 and 2019?", 100, "300 − 200"),
        ("What was total assets in 2019?", 1000, ""),
    ],
)
def test_it_is_worked_out(question: str, value: float, formula: str) -> None:
    found = answer(question, TABLE)
    assert isinstance(found, Figure)
    assert (found.value, found.formula) == (value, formula)


@pytest.mark.parametrize(
    "question",
    [
        "What was the percentage change in net income from 2018 to 2019?",  # the sign turns
        "What is the ratio of land to goodwill in 2019?",
        "What is the ratio of land to land in 2019?",
        "What was the average land in 2019?",
        "What was the change in average land between 2018 and 2019?",
    ],
)
def test_it_is_refused(question: str) -> None:
    assert answer(question, TABLE) is None


def test_points_of_percentages_are_not_percentages_of_them() -> None:
    table = [["", "2019", "2018"], ["Discount rate", "4.0%", "5.0%"]]
    points = answer("What was the percentage point change in the discount rate from 2018 to 2019?", table)
    relative = answer("What was the percentage change in the discount rate from 2018 to 2019?", table)
    assert points is not None and relative is not None
    assert (points.value, points.scale) == (-1.0, "percent")
    assert (relative.value, relative.scale) == (-20.0, "percent")
