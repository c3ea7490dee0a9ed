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
