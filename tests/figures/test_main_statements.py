"""Main statements, and their lines by the names that companies have for them."""

from __future__ import annotations

import pytest

from explorer.figures.labels import words_of
from explorer.figures.main_statements import Statement, asked_line, lines_called, statement_of

INCOME = [
    ["(in millions)", "2022", "2021"], ["Total Operating Revenues", "136", "133"],
    ["Cost of services", "28", "31"],
    ["Operating Income", "30", "32"], ["Provision for income taxes", "(6)", "(6)"],
    ["Net income", "21", "22"],
    ["Net income attributable to noncontrolling interests", "1", "1"], ["Earnings per share:", "", ""],
    ["Basic", "$5.06", "$5.32"], ["Diluted", "$5.05", "$5.31"],
]  # fmt: skip
BALANCE = [
    ["", "2022", "2021"], ["Cash", "2", "3"], ["Inventories", "5", "4"], ["Total assets", "9", "8"],
    ["Long-term debt", "3", "3"], ["Total liabilities", "4", "4"], ["Total equity", "5", "4"],
]  # fmt: skip
CASH = [
    ["", "2022"], ["Net income", "21"], ["Net cash provided by operating activities", "7"],
    ["Capital spending", "(2)"],
    ["Net cash used for investing activities", "(2)"], ["Dividends", "(1)"], ["Cash at end of year", "2"],
]  # fmt: skip


def test_a_main_statement_is_told_by_its_lines_or_its_title() -> None:
    assert statement_of(INCOME, None) is Statement.INCOME
    assert statement_of(BALANCE, None) is Statement.BALANCE
    assert statement_of(CASH, None) is Statement.CASH
    notes = [["", "2022"], *([f"Item {letter}", "1"] for letter in "abcdef")]
    assert statement_of(notes, "Consolidated Statements of Cash Flows (continued)") is Statement.CASH
    assert statement_of(notes, "Consolidated Statement of Income") is Statement.INCOME
    assert statement_of(notes, "Inventories by region") is None
    assert statement_of(notes[:3], "Balance sheet") is None


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What was the revenue in 2022?", "revenue"),
        ("What were total net sales in 2022?", "net sales"),
        ("Quel a été le chiffre d'affaires total en 2022 ?", "chiffre d'affaires"),
        ("cost of sales 2022", "cost of sales"),
        ("What was rooms revenue in 2022?", None),
        ("What was deferred revenue in 2022?", None),
        ("What was revenue growth in 2022?", None),
    ],
)
def test_a_question_names_a_line_of_the_whole_company(question: str, name: str | None) -> None:
    found = asked_line(question)
    assert (found and found["name"]) == name


def test_a_line_goes_by_the_names_of_all_companies() -> None:
    own = frozenset(words_of("Contoso"))
    assert lines_called("net sales", INCOME, own) == ["Total Operating Revenues"]
    assert lines_called("operating profit", INCOME, own) == ["Operating Income"]
    assert lines_called("net earnings", INCOME, own) == ["Net income"]
    assert lines_called("diluted EPS", INCOME, own) == ["Earnings per share Diluted"]
    assert lines_called("capital expenditures", CASH, own) == ["Capital spending"]
    owners = [
        ["Net income including noncontrolling interest", "9"],
        ["Net income attributable to Contoso", "8"],
    ]
    assert set(lines_called("net income", owners, own)) == {owners[0][0], owners[1][0]}
    assert lines_called("net income", owners, frozenset()) == [owners[0][0]]
    assert lines_called("anything else", INCOME, own) == []
