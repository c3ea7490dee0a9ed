"""Other currencies and companies in a question."""

from __future__ import annotations

import pytest

from explorer.figures.grid import TableGrid
from explorer.figures.strangers import is_strange

GRID = TableGrid([["", "2019"], ["Revenue of Teekay LNG", "$5"]])


@pytest.mark.parametrize(
    ("question", "strange"),
    [
        ("What was revenue in 2019?", False),
        ("What was revenue in dollars in 2019?", False),
        ("What was revenue in euros in 2019?", True),
        ("What was the revenue of Teekay LNG in December 2019?", False),
        ("What was the revenue of Contoso in 2019?", True),
        ("What was the revenue of Fabrikam in 2019?", False),
        ("What was Total Revenue in 2019?", False),
    ],
)
def test_a_question_is_strange_to_a_table(question: str, strange: bool) -> None:
    assert is_strange(question, GRID, ["Fabrikam owns the fleet."]) is strange
