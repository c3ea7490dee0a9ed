"""The statements of composed answers are held against their cells (`explorer.chat.composed_proof`)."""

from __future__ import annotations

import pytest

from explorer.chat.composed_proof import composed_proofs
from explorer.types import Citation

ROW = "| Net sales | $ 34,229 | $ 35,355 | $ 32,184 |"
CITED = [Citation(1, "d" * 16, 3, 100, 100 + len(ROW), ROW)]
TABLE = "\n\n| Millions | 2022 | 2021 |\n| --- | --- | --- |\n| Net sales | **$ 34,229** | $ 35,355 |"


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ("Net sales: **$ 34,229** million (3M.pdf · Income · 2022 · Millions) [1]", "supported"),
        ("Net sales: **$ 34,228** million (3M.pdf · Income · 2022 · Millions) [1]", "contradicted"),
        ("Net sales: **-1,126 million** = $ 34,229 − $ 35,355 [1]", "supported"),
        ("Net sales: **-1,126 million** = $ 34,229 [1] − $ 35,355 [1]", "supported"),
        ("Net sales: **-1,127 million** = $ 34,229 − $ 35,356 [1]", "contradicted"),
        ("Zebras in the zoo: **$ 34,229** million [1]", "not found"),
    ],
)
def test_a_statement_holds_where_its_cells_say_so(statement: str, verdict: str) -> None:
    (check,) = composed_proofs(statement + TABLE, "What were net sales in 2022?", CITED)
    assert check.verdict == verdict
    assert (check.start, check.end) == (0, len(statement))
    assert all(100 <= span.start < span.end <= 100 + len(ROW) for span in check.spans)


INCOME = "| Operating income | 6,539 | 7,369 | 7,161 |"
CELLS = [
    Citation(1, "d" * 16, 3, 120, 125, "6,539"),
    Citation(2, "d" * 16, 3, 220, 228, "$ 34,229"),
    Citation(3, "d" * 16, 3, 100, 100 + len(INCOME), INCOME),
]


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ("Operating income: **19.1 %** = 6,539 [1] ÷ $ 34,229 [2] [3]", "supported"),
        ("Operating income: **0.19** = 6,539 [1] ÷ $ 34,229 [2] [3]", "supported"),
        ("Operating income: **18.1 %** = 6,539 [1] ÷ $ 34,229 [2] [3]", "contradicted"),
        ("Operating income: **19.1 %** = 6,539 [1] ÷ $ 34,228 [2] [3]", "contradicted"),
        ("Operating income: **19.1 %** = 6,538 [1] ÷ $ 34,229 [2] [3]", "contradicted"),
        ("Operating income: **20,384 million** = (6,539 [1] + $ 34,229 [2] ) ÷ 2 [3]", "supported"),
        ("Zebras in the zoo: **19.1 %** = 6,539 [1] ÷ $ 34,229 [2] [3]", "not found"),
    ],
)
def test_a_ratio_is_worked_out_again_from_its_cells(statement: str, verdict: str) -> None:
    (check,) = composed_proofs(statement, "What was the operating margin in 2022?", CELLS)
    assert check.verdict == verdict


def test_a_share_that_is_printed_has_its_sign(
    statement: str = "Operating income margin: **19.1%** [1]",
) -> None:
    row = "| Operating income margin | 19.1% | 20.8% |"
    cited = [Citation(1, "d" * 16, 3, 0, len(row), row)]
    (check,) = composed_proofs(statement, "What was the margin in 2022?", cited)
    assert check.verdict == "supported"


@pytest.mark.parametrize(
    "text",
    [
        "“Net sales were $ 34,229 million.” [1]",
        "- **Sales**: Net sales: **34,229** [1]",
        "There are **31 documents**, with 1,390 pages in all.",
        TABLE.strip() + " [1]",
    ],
)
def test_words_of_documents_and_of_the_catalogue_need_no_proof(text: str) -> None:
    assert composed_proofs(text, "What were net sales in 2022?", CITED) == ()
