"""Periods and items that are highest, beyond a threshold or listed. See also `explorer.figures.listing`."""

from __future__ import annotations

import pytest

from explorer.figures.answering import answer

TABLE = [
    ["Revenue by country (in millions)", "2019", "2018"],
    ["Germany", "$50", "$70"],
    ["France", "30", "20"],
    ["Spain", "20", "20"],
    ["Total revenue", "$100", "$110"],
]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Which country had the highest revenue in 2019?", "Germany"),
        ("Which country had the lowest revenue in 2019?", "Spain"),
        ("In which year was total revenue higher?", "2018"),
        ("In which year was revenue in Germany above 60 million?", "2018"),
        ("In which year was revenue in France less than 25 million?", "2018"),
        ("How many years did total revenue exceed $90 million?", "2"),
        ("What are the components of total revenue?", "Germany; France; Spain"),
        ("How many components are there under total revenue?", "3"),
    ],
)
def test_it_is_compared(question: str, text: str) -> None:
    found = answer(question, TABLE)
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize(
    "question",
    [
        "Which country had the lowest revenue in 2018?",  # two had
        "Which country had the highest profit in 2019?",
        "Which country had the second highest revenue in 2019?",
        "Which country had the highest revenue in 2017?",
        "In which year was revenue in Spain higher?",  # it was the same
        "What are the components of goodwill?",
    ],
)
def test_it_is_refused(question: str) -> None:
    assert answer(question, TABLE) is None
