"""Statements with known figures, made from a seed, and questions about them that lead astray."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

LABELS = (
    "Net sales", "Cost of revenue", "Gross profit", "Research and development", "Interest expense",
    "Operating income", "Provision for income taxes", "Trade receivables", "Inventories", "Goodwill",
    "Deferred revenue", "Depreciation and amortization", "Cash and cash equivalents", "Marketing costs",
)  # fmt: skip
SCALES = {"in thousands": "thousand", "in millions": "million", "in billions": "billion"}
CURRENCIES = ("$", "€", "£")
COMPANIES = ("Contoso", "Fabrikam", "Northwind", "Tailspin", "Wingtip")


@dataclass(frozen=True)
class Trap:
    """A question about a table. `allowed`: the printed figures that are right, none where none is."""

    kind: str
    question: str
    table: list[list[str]]
    allowed: frozenset[str] = frozenset()
    paragraphs: tuple[str, ...] = ()
    scale: str = ""


@dataclass
class Statement:
    """Lines over years."""

    random: random.Random
    years: list[int] = field(init=False)
    labels: list[str] = field(init=False)
    currency: str = field(init=False)
    said_scale: str = field(init=False)

    def __post_init__(self) -> None:
        last = self.random.randint(2008, 2023)
        self.years = [last, last - 1, last - 2]
        self.labels = self.random.sample(LABELS, 6)
        self.currency = self.random.choice(CURRENCIES)
        self.said_scale = self.random.choice(list(SCALES))

    @property
    def scale(self) -> str:
        return SCALES[self.said_scale]

    def figure(self) -> str:
        return f"{self.random.randint(1_000, 99_999):,}"

    def table(self, columns: list[str] | None = None, labels: list[str] | None = None) -> list[list[str]]:
        columns = columns or [str(year) for year in self.years]
        labels = labels or self.labels
        head = [f"({self.said_scale})", *columns]
        rows = [[label, *(self.figure() for _ in columns)] for label in labels]
        rows[0][1:] = [f"{self.currency}{cell}" for cell in rows[0][1:]]
        return [head, *rows]


def plain(seed: int) -> Trap:
    """No trap: a line of a year."""
    one = Statement(random.Random(seed))
    table = one.table()
    row = one.random.randrange(1, len(table))
    column = one.random.randrange(1, 4)
    question = f"What was {table[row][0].lower()} in {one.years[column - 1]}?"
    return Trap("plain", question, table, frozenset({table[row][column]}), scale=one.scale)


def _year_not_there(one: Statement) -> Trap:
    return Trap("year not there", f"What was {one.labels[1].lower()} in {one.years[0] + 2}?", one.table())


def _change_to_a_year_not_there(one: Statement) -> Trap:
    question = f"What was the change in {one.labels[1].lower()} from {one.years[2] - 1} to {one.years[0]}?"
    return Trap("change from a year not there", question, one.table())


def _quarter_of_years(one: Statement) -> Trap:
    nth = one.random.choice(["first", "second", "third", "fourth"])
    question = f"What was {one.labels[2].lower()} in the {nth} quarter of {one.years[0]}?"
    return Trap("quarter of years", question, one.table())


def _year_of_quarters(one: Statement) -> Trap:
    table = one.table([f"Q{quarter} {one.years[0]}" for quarter in range(1, 5)])
    return Trap("year of quarters", f"What was {one.labels[1].lower()} in {one.years[0]}?", table)


def _year_of_months(one: Statement) -> Trap:
    year = one.years[0]
    table = one.table([f"Three months ended June 30, {year}", f"Six months ended June 30, {year}"])
    return Trap("year of months", f"What was {one.labels[1].lower()} in {year}?", table)


def _two_sections(one: Statement) -> Trap:
    label = "Deferred tax assets"
    table = one.table(labels=["Current", label, "Inventories", "Non-current", label, "Goodwill"])
    for row in (1, 4):
        table[row][1:] = ["", "", ""]
    return Trap("two sections", f"What were deferred tax assets in {one.years[0]}?", table)


def _section_that_differs(one: Statement) -> Trap:
    table = one.table(labels=["United States", "Net sales", "Canada", "Net sales"])
    for row in (1, 3):
        table[row][1:] = ["", "", ""]
    question = f"What were net sales in Canada in {one.years[1]}?"
    return Trap("section that differs", question, table, frozenset({table[4][2]}), scale=one.scale)


def _other_currency(one: Statement) -> Trap:
    other = {"$": "euros", "€": "US dollars", "£": "euros"}[one.currency]
    question = f"What was {one.labels[0].lower()} in {one.years[0]} in {other}?"
    return Trap("other currency", question, one.table())


def _percentage_of_amounts(one: Statement) -> Trap:
    table = one.table(labels=["Net sales", "Gross profit", "Goodwill"])
    question = f"What was the gross profit percentage in {one.years[0]}?"
    return Trap("percentage of amounts", question, table)


def _amount_of_percentages(one: Statement) -> Trap:
    table = one.table(labels=["Goodwill", "Gross profit as % of net sales", "Inventories"])
    table[2][1:] = ["31.5%", "30.2%", "28.8%"]
    return Trap("amount of percentages", f"What was the gross profit in {one.years[0]}?", table)


def _other_company(one: Statement) -> Trap:
    own, other = one.random.sample(COMPANIES, 2)
    around = (f"The results of {own} for {one.years[0]} are shown {one.said_scale} in the table below.",)
    question = f"What was {one.labels[0].lower()} of {other} in {one.years[0]}?"
    return Trap("other company", question, one.table(), paragraphs=around)


def _total_not_there(one: Statement) -> Trap:
    table = one.table(labels=["Marketing costs", "Research costs", "Building costs", "Net sales"])
    return Trap("total not there", f"What were total operating costs in {one.years[0]}?", table)


def _line_not_there(one: Statement) -> Trap:
    table = one.table(labels=["Net sales", "Cost of sales", "Goodwill"])
    return Trap("line not there", f"What was restructuring expense in {one.years[0]}?", table)


def _per_share(one: Statement) -> Trap:
    table = one.table(labels=["Net sales", "Net income", "Goodwill"])
    return Trap("per share", f"What was diluted net income per share in {one.years[0]}?", table)


def _restated(one: Statement) -> Trap:
    year = one.years[0]
    table = one.table([f"{year} as reported", f"{year} restated"])
    return Trap("restated", f"What was {one.labels[1].lower()} in {year}?", table)


def _amount_beside_percentage(one: Statement) -> Trap:
    table = one.table([str(one.years[0]), "% of sales", str(one.years[1]), "% of sales"])
    for row in table[1:]:
        row[2] = row[4] = f"{one.random.randint(1, 99)}%"
    question = f"What was {one.labels[1].lower()} in {one.years[1]}?"
    return Trap("amount beside percentage", question, table, frozenset({table[2][3]}), scale=one.scale)


def _change_column(one: Statement) -> Trap:
    first, second, _ = one.years
    table = one.table([str(first), str(second), "Change"])
    question = f"What was {one.labels[1].lower()} in {second}?"
    return Trap("change column", question, table, frozenset({table[2][2]}), scale=one.scale)


def _share_of_another_unit(one: Statement) -> Trap:
    table = one.table(labels=["Net sales", "Employees (number)", "Goodwill"])
    question = f"What was the percentage of number of employees over net sales in {one.years[0]}?"
    return Trap("share of another unit", question, table)


def _parts_of_a_table(one: Statement) -> Trap:
    first, second, _ = one.years
    top, below = one.table([f"Q{quarter} {first}" for quarter in (1, 2)]), one.table(["Q1", "Q2"])
    below[0] = [top[0][0], f"Q1 {second}", f"Q2 {second}"]
    question = f"What was {one.labels[2].lower()} in the second quarter of {second}?"
    return Trap("parts of a table", question, top + below, frozenset({below[3][2]}), scale=one.scale)


KINDS: tuple[Callable[[Statement], Trap], ...] = (
    _year_not_there, _change_to_a_year_not_there, _quarter_of_years, _year_of_quarters, _year_of_months,
    _two_sections, _section_that_differs, _other_currency, _percentage_of_amounts, _amount_of_percentages,
    _other_company, _total_not_there, _line_not_there, _per_share, _restated, _amount_beside_percentage,
    _change_column, _share_of_another_unit, _parts_of_a_table,
)  # fmt: skip


def traps(of_each: int) -> list[Trap]:
    """So many of each kind, each from a seed of its own."""
    return [
        kind(Statement(random.Random(f"{kind.__name__} {seed}"))) for kind in KINDS for seed in range(of_each)
    ]
