"""Figures beside each other (`explorer.chat.tabled.side_by_side`)."""

from __future__ import annotations

from dataclasses import replace

from explorer.chat import tabled
from explorer.chat.tabled.side_by_side import NOT_STATED, chosen, table, two_things
from tests.chat.tabled.test_finding import ALL, INCOME, ORDERS, found


def of(question: str, *tables: object) -> tabled.FoundFigure:
    one = found(question, tables or ALL)  # type: ignore[arg-type]
    assert one is not None
    return one


def test_like_stands_beside_like() -> None:
    revenue, profit = (
        of("What was Contoso's revenue in 2022?"),
        of("What was Contoso's gross profit in 2022?"),
    )
    other = replace(profit, rank=revenue.rank - 0.1)
    near = replace(revenue, rank=revenue.rank - 0.2)
    assert chosen([[revenue], [other, near]]) == [revenue, near], "called alike before somewhat surer"
    assert chosen([[revenue], []]) == [revenue, None]
    assert chosen([[], []]) == [None, None]


def test_what_differs_is_said() -> None:
    revenue = of("What was Contoso's revenue in 2022?")
    alike = table(["a", "b"], [revenue, revenue], lambda _: "[1]")
    assert alike.splitlines()[2] == "| Net revenue · 2022 | **$900 million** [1] | **$900 million** [1] |"
    orders = of("What was Contoso's order intake in 2022?", ORDERS)
    apart = table(["a", "b", "c"], [revenue, orders, None], lambda _: "[1]")
    row = apart.splitlines()[2]
    assert "**$900 million** (Net revenue; 2022) [1]" in row
    assert (
        f"{NOT_STATED} for the year; fourth quarter: **$52 thousand** (Order intake; Three Months Ended"
        in row
    )
    assert row.endswith(f"| {NOT_STATED} |")


def test_two_things_of_one_company_are_two_questions() -> None:
    assert two_things("Compare Contoso's marketing and research costs in 2022.") == [
        "What was Contoso's marketing in 2022?",
        "What was Contoso's research costs in 2022?",
    ]
    assert two_things("How did sales change?") == []
    assert INCOME in ALL
