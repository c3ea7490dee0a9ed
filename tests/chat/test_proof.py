"""An answer's sentences are held against what they cite."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from explorer.chat.answers import Answer
from explorer.chat.finished import NOTHING_FITS, FinishedAnswer
from explorer.chat.proof import MOST_SENTENCES, proofs
from explorer.types import Citation

SALES = "Net sales were $34,229 million in 2022. The decline was driven by divestitures."
ROMAN = "Michael Roman was appointed chief executive officer on July 1, 2018."
CITED = (Citation(1, "a", 3, 100, 100 + len(SALES), SALES), Citation(2, "b", 1, 0, len(ROMAN), ROMAN))


def answer(text: str, **more: object) -> Answer:
    def stream() -> Generator[str, None, FinishedAnswer]:
        yield text
        return FinishedAnswer(text, **more)  # type: ignore[arg-type]

    return Answer("What were net sales?", stream())


def test_each_sentence_has_its_verdict_and_its_place() -> None:
    text = (
        "Net sales were $34.2 billion in 2022 [1]. Michael Roman was appointed on July 2, 2018. [2] "
        "Cats purr and sleep [1]."
    )
    found = answer(text, citations=CITED, found=True, kind="model").checks
    assert [text[one.start : one.end] for one in found] == [
        "Net sales were $34.2 billion in 2022 [1].",
        "Michael Roman was appointed on July 2, 2018. [2]",
        "Cats purr and sleep [1].",
    ]
    assert [one.verdict for one in found] == ["supported", "contradicted", "not found"]
    first, second = found[0].spans[0], found[1].spans[0]
    assert (first.number, first.document_id, first.page, first.start) == (1, "a", 3, 100)
    assert ROMAN[second.start : second.end] == "July 1"


def test_only_what_is_cited_counts() -> None:
    (wrong,) = proofs("Net sales were $34,229 million in 2022 [2].", "", CITED, ())
    assert wrong.verdict == "not found"


@pytest.mark.parametrize("text", [NOTHING_FITS, "", "\n"])
def test_an_answer_that_says_nothing_has_no_checks(text: str) -> None:
    assert answer(text, kind="model").checks == ()


def test_quotes_support_themselves() -> None:
    text = f"“{ROMAN}” [2]\n\n“{SALES}” [1]"
    found = proofs(text, "", CITED, ())
    assert {one.verdict for one in found} == {"supported"}
    assert "".join(text[one.start : one.end] for one in found).count("[") == 2


def test_a_long_answer_is_checked_as_far_as_a_limit() -> None:
    assert len(proofs("Cats purr in May. " * 200, "", CITED, ())) == MOST_SENTENCES
