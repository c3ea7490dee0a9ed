"""Rows told cell by cell (`explorer.chat.tabled.rows_of_words`)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.chat import tabled
from explorer.chat.composing import Composition
from explorer.chat.tabled.rows_of_words import head_rows, row_for, tell_row
from explorer.questions import DocumentNames, understand
from tests.chat.tabled.test_finding import Printed, document, table

LAMP = table(
    "What the lamp says", None,
    "Lamp | Meaning | What to do", "Green, steady | feeds the grid | nothing",
    "Red, flashing | fault | call us",
    "Red, steady | too hot | give it air",
)  # fmt: skip
BERTHS = table(
    None, None, "Harbour fees 2024 (EUR)", "Berth class | Longest boat (m) | Per month", "A | 6 | 210",
    "B | 8 | 275", head=0,
)  # fmt: skip
MENU = table(
    None, None, "Dish | Price | Allergens", "Lentil soup | 3.20 | celery", "Fish cakes | 5.40 | fish, egg"
)
TABLES = [LAMP, BERTHS, MENU]


def told(question: str, tables: list[Printed] = TABLES) -> str | None:
    placed = [replace(one, start=100 * place, end=100 * place + 99) for place, one in enumerate(tables)]
    own = replace(document(), name="Contoso-manual.pdf")
    asked = understand(question, None, DocumentNames([own]))
    one = row_for(asked.complete, asked, [], lambda _: placed)
    if one is None:
        return None
    composition = Composition()
    tell_row(composition, one, lambda *_: "text of the table")
    return composition.text


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        (
            "What does it mean when the lamp of the Contoso flashes red?",
            "Red, flashing – Meaning: **fault**; What to do: **call us** (Contoso-manual.pdf",
        ),
        (
            "By the Contoso manual, which allergens are in the fish cakes?",
            "Fish cakes – Allergens: **fish, egg** (",
        ),
        ("By the Contoso manual, what does a berth of class B cost per month?", "B – Per month: **275** ("),
        ("By the Contoso manual, what is the price of the lentil soup?", "Lentil soup – Price: **3.20** ("),
    ],
)
def test_a_row_that_is_named_is_told(question: str, begins: str) -> None:
    text = told(question)
    assert text is not None
    assert text.startswith(begins), text
    assert text.endswith(" [1]")


@pytest.mark.parametrize(
    "question",
    [
        "What does it mean when the lamp of the Contoso is blue?",
        "By the Contoso manual, which allergens are in the pancakes?",
        "By the Contoso manual, what did a berth of class B cost per month in 2019?",
        "By the Contoso manual, what does a berth cost?",
    ],
)
def test_what_no_row_is_called_is_not_told(question: str) -> None:
    assert told(question) is None


def test_a_title_above_the_heads_is_no_head() -> None:
    assert (head_rows(LAMP), head_rows(BERTHS)) == (1, 2)
    assert head_rows(table(None, None, "1 | 2", "3 | 4", head=0)) == 0
    assert tabled.row_for is row_for
