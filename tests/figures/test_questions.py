"""The table of examples of questions: what each asks. See `explorer.figures.wordings`, `.operands`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures import wordings
from explorer.figures.operands import parts
from explorer.figures.operations import Operation
from explorer.figures.periods import Period
from explorer.figures.questions import understood


@pytest.mark.parametrize(
    ("question", "operation"),
    [
        ("What was revenue in 2019?", Operation.VALUE),
        ("How much did the company pay in 2019?", Operation.VALUE),
        ("What were diluted earnings per share in 2019?", Operation.VALUE),
        ("What was the change in revenue between 2018 and 2019?", Operation.CHANGE),
        ("How much did net sales increase from 2018 to 2019?", Operation.CHANGE),
        ("What was the percentage change in revenue from 2018 to 2019?", Operation.PERCENT_CHANGE),
        ("By what percentage did revenue grow in 2019?", Operation.PERCENT_CHANGE),
        ("What percentage of total assets was goodwill in 2019?", Operation.SHARE),
        ("What was goodwill as a proportion of total assets in 2019?", Operation.SHARE),
        ("What is the ratio of debt to equity in 2019?", Operation.RATIO),
        ("What is the sum of goodwill and inventories in 2019?", Operation.SUM),
        ("What was the average revenue for 2018 and 2019?", Operation.AVERAGE),
        ("What is the difference between debt and equity in 2019?", Operation.DIFFERENCE),
        ("In which year was revenue highest?", Operation.HIGHEST),
        ("In which of the years was revenue highest?", Operation.HIGHEST),
        ("Which segment had the lowest revenue in 2019?", Operation.LOWEST),
        ("In which years did revenue exceed $5 million?", Operation.ABOVE),
        ("In which years was revenue less than 5 million?", Operation.BELOW),
        ("How many years did revenue exceed $5 million?", Operation.COUNT),
        ("Which years does the table show?", Operation.PERIODS),
        ("What are the components of total assets?", Operation.ITEMS),
        ("How many components are there under current assets?", Operation.ITEMS),
        ("Why did revenue decrease in 2019?", Operation.WORDS),
        ("Who audits the company?", Operation.WORDS),
        ("Which segment had the second highest revenue?", Operation.WORDS),
    ],
)
def test_a_question_has_its_operation(question: str, operation: Operation) -> None:
    assert understood(question).operation is operation


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What is the ratio of debt to equity in 2019?", ("debt", "equity in ")),
        ("What was goodwill as a percentage of total assets in 2019?", ("goodwill", "total assets in ")),
        ("What percentage of total assets was goodwill in 2019?", ("goodwill in ", "total assets")),
        ("What is the difference between debt and equity in 2019?", ("debt", "equity in ")),
        ("What share of net sales in 2019 came from services?", ("services", "net sales")),
        ("How much more was debt than equity?", ("was debt", "equity")),
    ],
)
def test_an_operation_on_two_has_both(question: str, asked: tuple[str, ...]) -> None:
    assert tuple(part.strip() for part in understood(question).parts) == tuple(part.strip() for part in asked)


def test_parts_that_are_not_both_named_are_none() -> None:
    assert parts(Operation.RATIO, "What is the ratio?", wordings.RATIO) == ()


def test_periods_thresholds_and_ranges_are_understood() -> None:
    asked = understood("In which years from 2017 to 2019 was revenue less than $1.5 million?")
    assert asked.periods == (Period(2017), Period(2019))
    assert asked.is_range
    assert (asked.threshold, asked.is_below, asked.is_each_period) == (1_500_000.0, True, True)
    assert understood("What was revenue in 2018 and 2019, respectively?").is_several
    assert understood("What was the gross margin in 2019?").is_percent


def test_years_of_a_term_are_no_threshold() -> None:
    assert understood("What are the leases of more than 5 years in total?").threshold is None


@given(st.text(alphabet="abc 0129.,%$?what highest share of ratio", max_size=120))
def test_no_question_breaks_it(text: str) -> None:
    assert isinstance(understood(text).operation, Operation)
