"""Which sentences answer (`explorer.chat.prose`): the very thing that is asked, whole, wherever lines end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explorer.chat import sentences
from explorer.chat.answer_types import fits, fits_best
from explorer.chat.answers import Answer, Answerer
from explorer.search.retriever import Retriever
from tests.chat.test_by_rule import DOCUMENTS
from tests.small_library import RealEncoder, fill


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    with fill(tmp_path_factory.mktemp("library"), DOCUMENTS) as catalog:
        yield Answerer(Retriever(catalog, RealEncoder(catalog)), lambda: None)


def quoted(answerer: Answerer, question: str) -> Answer:
    answer = answerer.answer(question)
    assert answer.found, answer.text
    return answer


@pytest.mark.parametrize("question", ["When does the garden lease end?", "When does the lease expire?"])
def test_when_something_ends_is_its_term_and_not_its_notice(answerer: Answerer, question: str) -> None:
    assert quoted(answerer, question).text.startswith("“The lease runs for five years")


@pytest.mark.parametrize(
    ("sentence", "is_best"),
    [
        ("The lease runs for five years from 1 March.", True),
        ("The offer is valid until 30 June.", True),
        ("Her mandate expires in 2027.", True),
        ("The permit is for a period of twelve months.", True),
        ("Either party may end it after the third year with six months' notice.", False),
        ("The conference begins on 3 May.", False),
    ],
)
def test_what_says_until_when(sentence: str, is_best: bool) -> None:
    assert fits_best("When does it end?", sentence) is is_best
    assert not fits_best("When does it begin?", sentence)


@pytest.mark.parametrize(
    ("question", "sentence", "is_best"),
    [
        ("What is a chunk?", "A chunk is a span of text.", True),
        ("What is a chunk?", "chunk | A span of text.", True),
        ("What is a chunk?", "**Chunk**: a span of text.", True),
        ("What are net sales?", "Net sales are what is left of sales.", True),
        ("What is a chunk?", "Each chunk is embedded.", False),
        ("What is a chunk?", "A chunkier loaf is dense.", False),
        ("How is a chunk made?", "A chunk is a span of text.", False),
    ],
)
def test_what_says_what_something_is(question: str, sentence: str, is_best: bool) -> None:
    assert fits_best(question, sentence) is is_best


@pytest.mark.parametrize("question", ["How big a stake does it keep?", "What portion of the sales is new?"])
def test_a_stake_is_a_share(question: str) -> None:
    assert fits(question, "It maintains a 9.5% stake.")
    assert fits(question, "It holds 73.5 million shares.") is False


def test_a_hose_is_as_long_as_it_is_told_in_metres_or_hours() -> None:
    assert fits("How long may a hose be?", "The longest hose, in metres, is 40.")
    assert fits("How long is the lease?", "It runs for five years.")
    assert fits("How long does it last?", "It is four metres long.") is False
    assert fits("How tall is the tower?", "All heights in this report are given in feet.") is False
    assert fits("How long is the notice period?", "We asked two hundred people about notice.") is False


def test_a_term_is_a_length_of_time() -> None:
    assert fits("What is the term of the lease?", "It runs for five years.")
    assert fits("What is the term of the lease?", "The tenant repairs doors.") is False


def test_a_sentence_goes_on_where_a_reader_takes_each_line_for_a_paragraph() -> None:
    text = (
        "Guarantee\n\nThe panels are guaranteed for twenty-five years to give at least 84 per cent of"
        " their\n\nfirst output, the inverter for ten years. Keep the receipt.\n\nCleaning\n\nRain does it."
    )
    found = [text[one.start : one.end] for one in sentences.spans(text)]
    assert found[1].startswith("The panels") and found[1].endswith("for ten years.")
    assert found[0] == "Guarantee"
    assert sentences.is_prose(found[1])
    listed = "Bring these, all of them, and do not forget a single one of the\n\nTent\n\nrope"
    assert len(list(sentences.spans(listed))) == 3


def test_a_row_is_one_sentence_and_its_bars_are_not_shown() -> None:
    text = (
        "What to do, in a table. It is short.\n\n| it says | what to do |\n| --- | --- |\n"
        "| “No power.” | Check the fuse first. Then call us. |\n| 12 | 14 |\nBelow it the text goes on."
    )
    found = list(sentences.spans(text))
    assert [one.text for one in found] == [
        "What to do, in a table.", "It is short.", "it says | what to do", "--- | ---",
        "“No power.” | Check the fuse first. Then call us.", "12 | 14", "Below it the text goes on.",
    ]  # fmt: skip
    assert [one for one in found if sentences.is_told_row(one)] == [found[4]]
    assert (
        sentences.in_one_line(f"| {found[4].text} |") == "“No power.” – Check the fuse first. Then call us."
    )
    assert sentences.in_one_line("a | | b") == "a – b"


def test_a_bar_in_a_sentence_makes_no_row_of_it() -> None:
    text = (
        "Here P(A | B) is the chance of A given B. To list them run cat file | grep word\nand read all of it."
    )
    found = list(sentences.spans(text))
    assert not any(one.is_row for one in found)
    assert found[-1].text.endswith("grep word\nand read all of it.")
    inside = list(sentences.spans("Fuse | Check it first, then call.\n", 50, [(50, 84)]))
    assert [(one.is_row, sentences.is_told_row(one)) for one in inside] == [(True, True)]


def test_a_row_that_is_too_long_gives_the_sentences_of_its_cells() -> None:
    long = "It was said at the harbour and written down by the clerk. " * 8
    text = f"| first cell | {long}| The last cell has one sentence. |"
    found = list(sentences.spans(text, 100))
    assert {one.text for one in found} >= {long[:57], "The last cell has one sentence.", "first cell"}
    assert all(text[one.start - 100 : one.end - 100] == one.text and "|" not in one.text for one in found)
