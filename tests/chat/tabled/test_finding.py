"""Which of many tables answers (`explorer.chat.tabled.finding`, `explorer.chat.tabled.asked`,
`explorer.chat.tabled.parts_of_years`), and how its figure is shown (`explorer.chat.tabled.showing`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from explorer.chat import tabled
from explorer.chat.composing import Composition
from explorer.chat.tabled.asked import full_name
from explorer.chat.tabled.finding import find
from explorer.chat.tabled.parts_of_years import in_parts
from explorer.chat.tabled.showing import amounts_of
from explorer.questions import DocumentNames, understand
from explorer.types import Chunk, Document, Hit, Passage

TEXT = "Contoso's annual report for the year ended December 31, 2022."


@dataclass(frozen=True)
class Printed:
    rows: tuple[tuple[str, ...], ...]
    title: str | None = None
    unit: str | None = None
    header_rows: int = 1
    page: int = 1
    start: int = 0
    end: int = 0


def table(title: str | None, unit: str | None, *lines: str, head: int = 1) -> Printed:
    """Cells are parted by "|", rows are of one length."""
    rows = [tuple(cell.strip() for cell in line.split("|")) for line in lines]
    width = max(map(len, rows))
    return Printed(tuple((*row, *[""] * (width - len(row))) for row in rows), title, unit, head)


INCOME = table(
    "Contoso Consolidated Statements of Income", "$ in millions",
    "| 2022 | 2021", "Net revenue | $ 900 | $ 800", "Cost of sales | 400 | 350", "Gross profit | 500 | 450",
    "Operating profit | 90 | 70", "Income taxes | 20 | 15", "Net earnings | 70 | 55",
    "Earnings per share: | |", "Diluted | 1.40 | 1.10",
)  # fmt: skip
NOTE = table(
    "Share-based payments", "$ in millions", "| 2022 | 2021", "Cost of sales | 3 | 2", "Marketing | 1 | 1"
)
CASH = table(
    "Contoso Consolidated Statements of Cash Flows", "$ in millions",
    "| 2022 | 2021", "Operating activities | |", "Net earnings | 70 | 55",
    "Change in assets and liabilities: | |",
    "Inventories | (12) | (7)", "Net cash provided by operating activities | 60 | 50",
    "Capital spending | (30) | (20)", "Net cash used for investing activities | (30) | (20)",
)  # fmt: skip
BALANCE = table(
    "Contoso Consolidated Balance Sheets", "$ in millions",
    "| 2022 | 2021", "Cash | 40 | 30", "Inventories | 77 | 65", "Total assets | 500 | 450",
    "Long-term debt | 80 | 90", "Total liabilities | 200 | 190", "Total equity | 300 | 260",
)  # fmt: skip
SEGMENTS = table(
    "Sales by segment", "$ in millions",
    "| 2022 | 2021", "Shops | |", "Net sales | 600 | 500", "Online | |", "Net sales | 300 | 300",
)  # fmt: skip
ORDERS = table(
    "Orders", "in thousands",
    "| Three Months Ended |", "| December 31, 2022 | December 31, 2021", "Order intake | $52 | $47", head=2,
)  # fmt: skip
ALL = [NOTE, SEGMENTS, CASH, BALANCE, INCOME, ORDERS]


def document() -> Document:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    return Document("c", "CONTOSO_2022_10K.pdf", "pdf", 1, 1, 1, now)


def found(question: str, tables: Sequence[Printed] = ALL) -> tabled.FoundFigure | None:
    placed = [replace(one, start=100 * place, end=100 * place + 99) for place, one in enumerate(tables)]
    asked = understand(question, None, DocumentNames([document()]))
    return find(asked.complete, asked, [], lambda _: placed, lambda *_: TEXT)


def told(question: str, *, is_brief: bool = False) -> str:
    one = found(question)
    assert one is not None
    composition = Composition()
    tabled.tell(composition, one, lambda *_: TEXT, is_brief=is_brief)
    return composition.text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What was Contoso's cost of sales in 2022?", "400"),
        ("What was Contoso's revenue in 2021?", "$ 800"),
        ("What was the operating income of Contoso in 2022?", "90"),
        ("What was Contoso's net income in 2021?", "55"),
        ("What were Contoso's diluted earnings per share in 2022?", "1.40"),
        ("What were Contoso's inventories at the end of 2022?", "77"),
        ("What were the capital expenditures of Contoso in 2021?", "(20)"),
        ("What were the net sales of Contoso's Online segment in 2021?", "300"),
    ],
)
def test_a_figure_of_the_company_stands_in_its_main_statements(question: str, text: str) -> None:
    one = found(question)
    assert one is not None
    assert one.figure.text == text


SHOPS = table(
    "Domestic shops open at the end of the years 2022 and 2021", None,
    "| 2022 | 2021", "Outlets | 18 | 20", "Halls | 66 | 70", "Total | 84 | 90",
)  # fmt: skip


def test_the_total_of_what_a_table_is_about_answers_how_many_there_are() -> None:
    one = found("How did the number of domestic Contoso shops change from 2021 to 2022?", [*ALL, SHOPS])
    assert one is not None
    assert (one.figure.text, one.figure.formula) == ("-6", "84 − 90")


def test_a_row_that_has_the_name_of_the_question_answers_whatever_else_it_says() -> None:
    drugs = table("Sales of drugs", None, "| 2022 | 2021", "ZYTIGA | 79 | 60", "ERLEADA | 18 | 12")
    one = found("What were hospital ward sales of ZYTIGA at Contoso in 2022?", [drugs])
    assert one is not None
    assert one.figure.text == "79"


def test_a_row_of_that_name_answers_nothing_that_no_column_has() -> None:
    stock = table(
        "Extended review", None,
        "Product | Category | Unit cost | Total value", "SKU-9201 | Hardware | $32.50 | $25,285.00",
        "SKU-4563 | Software | $120.00 | $18,720.00",
    )  # fmt: skip
    one = found("What is the unit cost of SKU-9201 at Contoso?", [stock])
    assert one is not None
    assert one.figure.text == "$32.50"
    assert found("What is the variance of SKU-9201 at Contoso?", [stock]) is None


def test_a_word_that_may_name_a_document_stays_in_the_question() -> None:
    stock = table("Review", None, "Product | Unit cost | Repair cost", "SKU-9201 | $32.50 | $12.00")
    known = [document(), replace(document(), id="u", name="unit_test_formatting.docx")]
    asked = understand("What is the unit cost of SKU-9201?", None, DocumentNames(known))
    assert [one.is_sure for one in asked.named] == [False]
    chunk = Chunk(1, "c", 1, 1, 0, 8, "SKU-9201")
    hits = [Hit(1, 1.0, chunk, known[0], Passage(1, 1, 0, 8, "SKU-9201"))]
    one = find(asked.complete, asked, hits, lambda _: [stock], lambda *_: TEXT)
    assert one is not None
    assert one.figure.text == "$32.50"


def test_a_figure_of_which_half_the_question_is_said_nowhere_is_none() -> None:
    assert found("How did the number of domestic Contoso lorries change from 2021 to 2022?", [SHOPS]) is None
    assert found("How many did Contoso have at the end of that year 2022?", [CASH]) is None


def test_a_quarter_that_stands_for_a_year_is_said() -> None:
    one = found("What was Contoso's order intake in 2022?")
    assert one is not None
    assert (one.figure.text, one.part) == ("$52", "fourth quarter")
    text = told("What was Contoso's order intake in 2022?")
    assert text.startswith(
        "For the fourth quarter alone, no figure of the whole year was found: Order intake: **$52**"
    )
    assert "Three Months Ended December 31, 2022" in text
    assert found("What was Contoso's order intake in 2020?") is None


def test_a_year_is_asked_for_by_its_parts() -> None:
    asked = in_parts("What was order intake in fiscal year 2022?")
    assert asked[0] == ("fourth quarter", 2022, "What was order intake in the fourth quarter of 2022?")
    assert in_parts("What was order intake in May 2022?") == []
    assert in_parts("What was the change in order intake from 2021 to 2022?") == []


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What was Contoso's revenue in 2021?", "$800"),
        ("What was Contoso's cost of sales in 2022?", "$400"),
        ("What was the change in Contoso's gross profit from 2022 to 2021?", "$50"),
        ("What were the capital expenditures of Contoso in 2021?", "($20)"),
        ("What was Contoso's gross profit as a percentage of net revenue in 2022?", "55.56"),
    ],
)
def test_money_has_the_sign_of_its_table(question: str, text: str) -> None:
    one = found(question)
    assert one is not None
    assert amounts_of(one) == text


def test_a_label_that_says_too_little_has_the_heading_above_it() -> None:
    assert full_name(SEGMENTS, 4) == "Online · Net sales"
    assert full_name(INCOME, 8) == "Earnings per share · Diluted"
    assert full_name(INCOME, 2) == "Cost of sales"
    assert full_name(table(None, None, "| Opened", "3 rd Quarter | 18"), 1) == "3rd Quarter"


def test_one_of_several_figures_is_told_without_the_title() -> None:
    question = "What was Contoso's cost of sales in 2022?"
    assert "Statements of Income" in told(question)
    assert "Statements of Income" not in told(question, is_brief=True)
    assert "| Cost of sales | **400** | 350 |" in told(question, is_brief=True)


def test_heads_are_shown_without_what_all_of_them_begin_with() -> None:
    head = (
        told("What was Contoso's order intake in the fourth quarter of 2022?").split("\n\n")[1].split("\n")[0]
    )
    assert head == "| in thousands | 2022 | 2021 |"
