"""What the text around a table says in answer."""

from __future__ import annotations

import pytest

from explorer.figures.paragraphs import said

TEXT = (
    "Revenue increased in fiscal 2019 primarily due to higher volumes. Stock-based compensation expense was "
    "$4.1 million in 2019, compared with $3.9 million in 2018. Capital leases reflect building and office "
    "equipment lease obligations. Depreciation is calculated using the straight-line method. The useful life "
    "of the machinery is 5 years. The plan was approved on May 5, 2017."
)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Why did revenue increase in fiscal 2019?", "primarily due to higher volumes"),
        ("What was stock-based compensation expense in 2018?", "$3.9 million"),
        ("What was stock-based compensation expense in 2019?", "$4.1 million"),
        ("What do capital leases reflect?", "building and office equipment lease obligations"),
        ("When was the plan approved?", "May 5, 2017"),
        ("What is the useful life of the machinery?", "5 years"),
    ],
)
def test_a_sentence_answers(question: str, text: str) -> None:
    found = said(question, [TEXT])
    assert found is not None
    assert found.text == text
    assert found.paragraph == 0
    assert found.coverage > 0.5


@pytest.mark.parametrize(
    "question",
    [
        "What was stock-based compensation expense in 2017?",
        "Who is the auditor?",
        "Why did goodwill decline?",
        "",
    ],
)
def test_what_no_sentence_says_is_not_answered(question: str) -> None:
    assert said(question, [TEXT]) is None


def test_no_text_says_nothing() -> None:
    assert said("Why did revenue increase?", []) is None
