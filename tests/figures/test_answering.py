"""Questions about tables → figures, and what is not answered."""

from __future__ import annotations

import pytest

from explorer import figures
from explorer.figures.answering import answer
from tests.figures.statements import Trap, plain, traps

TABLE = [
    ["(in millions)", "2019", "2018", "2017"],
    ["Revenue", "$1,200", "$1,000", "$800"],
    ["Cost of revenue", "700", "600", "500"],
    ["Gross profit", "500", "400", "300"],
    ["Gross margin", "41.7%", "40.0%", "37.5%"],
    ["Diluted earnings per share", "$1.25", "$1.10", "$0.90"],
]


@pytest.mark.parametrize(
    ("question", "text", "scale", "formula"),
    [
        ("What was revenue in 2018?", "$1,000", "million", ""),
        ("How much was gross profit in fiscal 2019?", "500", "million", ""),
        ("What was the gross margin in 2018?", "40.0%", "", ""),
        ("What were diluted earnings per share in 2017?", "$0.90", "", ""),
        ("What was revenue in 2018 and 2019, respectively?", "$1,000; $1,200", "million", ""),
        ("What was the change in gross profit between 2018 and 2019?", "100", "million", "500 − 400"),
        ("By what percent did gross profit grow from 2018 to 2019?", "25", "percent", "(500 − 400) ÷ 400"),
        ("What was the average gross profit for 2018 and 2019?", "450", "million", "(400 + 500) ÷ 2"),
        ("What was the average gross profit from 2017 to 2019?", "400", "million", "(300 + 400 + 500) ÷ 3"),
        ("What was gross profit as a percentage of revenue in 2019?", "41.67", "percent", "500 ÷ $1,200"),
        ("What is the ratio of cost of revenue to revenue in 2018?", "0.6", "", "600 ÷ $1,000"),
        ("How much more was revenue than cost of revenue in 2017?", "300", "million", "$800 − 500"),
        ("In which year was revenue the lowest?", "2017", "", "$800 < $1,000 < $1,200"),
        ("In which years was gross profit more than 350 million?", "2019; 2018", "", ""),
        ("How many years did revenue exceed $900 million?", "2", "", ""),
        ("What was the change in gross margin from 2017 to 2019?", "4.2", "percent", "41.7% − 37.5%"),
        ("Which years does the table show?", "2019; 2018; 2017", "", ""),
    ],
)  # fmt: skip
def test_a_question_is_answered(question: str, text: str, scale: str, formula: str) -> None:
    found = answer(question, TABLE)
    assert found is not None
    assert (found.text, found.scale, found.formula) == (text, scale, formula)


@pytest.mark.parametrize(
    "question",
    [
        "What was revenue in 2016?",
        "What was revenue?",
        "What was operating income in 2019?",
        "What was revenue in the first quarter of 2019?",
        "Who is the chief executive?",
    ],
)
def test_what_the_table_does_not_say_is_not_answered(question: str) -> None:
    assert answer(question, TABLE) is None


@pytest.mark.parametrize("trap", traps(6), ids=lambda trap: trap.kind)
def test_no_trap_is_answered_with_another_unit_or_period(trap: Trap) -> None:
    found = answer(trap.question, trap.table, trap.paragraphs)
    if found is not None:
        assert (found.text, found.scale) in {(text, trap.scale) for text in trap.allowed}, trap


def test_plain_questions_about_such_tables_are_answered() -> None:
    asked = [plain(seed) for seed in range(60)]
    found = [figures.answer(one.question, one.table) for one in asked]
    right = [
        got is not None and got.text in one.allowed and got.scale == one.scale
        for one, got in zip(asked, found, strict=True)
    ]
    assert sum(right) >= 57


def test_an_answer_names_its_cells() -> None:
    found = answer("What was the change in revenue between 2018 and 2019?", TABLE)
    assert found is not None
    assert found.cells == ((1, 1), (1, 2))
    assert found.value == 200
    assert found.unit == "$"


def test_the_text_around_answers_what_no_cell_does() -> None:
    around = ["Operating income was $210 million in 2019, compared with $190 million in 2018."]
    found = answer("What was operating income in 2018?", TABLE, around)
    assert found is not None
    assert (found.text, found.paragraph, found.cells) == ("$190 million", 0, ())


def test_an_empty_table_is_not_answered() -> None:
    assert answer("What was revenue in 2019?", []) is None
    assert answer("What was revenue in 2019?", [["", ""], []]) is None


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What was the debt ratio in 2019?", None),
        ("What was the debt percentage in 2019?", None),
        ("What was the current ratio in 2019?", "1.8"),
        ("How many calories does a portion of berries have in 2019?", "150"),
    ],
)
def test_only_a_printed_ratio_or_percentage_answers_for_one(question: str, text: str | None) -> None:
    table = [
        ["", "2019", "2018"], ["Debt", "$310", "$290"], ["Current ratio", "1.8", "1.7"],
        ["Calories of a portion of berries", "150", "160"],
    ]  # fmt: skip
    found = answer(question, table)
    assert (found and found.text) == text
