"""Details that a named document has or lacks: what it is asked about (`explorer.questions.telling`), how near
its words are to those of the quotes (`explorer.chat.weighing.kinship`), and what that weighs
(`explorer.chat.weighing.signs`)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from explorer.catalog import Catalog
from explorer.chat.answers import Answerer
from explorer.chat.support import SUPPORTED, Signs, lacking
from explorer.chat.weighing.kinship import PAIRS, Kinship, scale_of
from explorer.chat.weighing.signs import own_words
from explorer.questions import DocumentNames, understand
from explorer.search.retriever import Retriever
from tests.chat.test_by_rule import DOCUMENTS
from tests.small_library import RealEncoder, fill


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with fill(tmp_path_factory.mktemp("library"), DOCUMENTS) as catalog:
        yield catalog


@pytest.fixture(scope="module")
def retriever(catalog: Catalog) -> Retriever:
    return Retriever(catalog, RealEncoder(catalog))


@pytest.fixture(scope="module")
def answerer(retriever: Retriever) -> Answerer:
    return Answerer(retriever, lambda: None)


@pytest.mark.parametrize(
    ("question", "topic", "documents"),
    [
        ("What does the garden lease say about parking?", "parking", ["garden-lease.txt"]),
        ("What did the walkers guide tell us about wet boots?", "wet boots", ["walkers-guide.txt"]),
        ("Does the garden lease say anything about smoking?", "smoking", ["garden-lease.txt"]),
        ("Does the harbour report mention pilots?", "pilots", ["harbour-report.pdf"]),
        ("What is said about snakes in the walkers guide?", "snakes", ["walkers-guide.txt"]),
        ("Who repairs doors, according to the garden lease?", "Who repairs doors", ["garden-lease.txt"]),
        ("According to the garden lease, who repairs doors?", "who repairs doors", ["garden-lease.txt"]),
        ("What do the documents say about bread?", "bread", []),
        ("What does Acme's 10-K say about tape?", "tape", ["ACME_2022_10K.pdf"]),
    ],
)
def test_what_a_document_is_asked_about(
    catalog: Catalog, question: str, topic: str, documents: list[str]
) -> None:
    found = understand(question, None, DocumentNames(catalog.documents.list()))
    assert found.topic == topic
    if documents:
        assert [one.document.name for one in found.named] == documents
        assert found.is_sure_of_documents


@pytest.mark.parametrize(
    "question",
    [
        "What did Captain Tesla say about parking?",
        "What does the harbour festival document say about pilots?",
        "How long does the garden lease run?",
        "What did Acme report in 2022?",
    ],
)
def test_who_is_no_document_is_asked_nothing(catalog: Catalog, question: str) -> None:
    assert not understand(question, None, DocumentNames(catalog.documents.list())).topic


@pytest.mark.parametrize(
    "question",
    [
        "What does the garden lease say about parking?",
        "What does the garden lease say about pets?",
        "Does the garden lease say anything about smoking?",
        "What does the walkers guide say about avalanches?",
        "What does the harbour report say about ferries to Norway?",
        "Which court decides quarrels, according to the garden lease?",
    ],
)
def test_a_detail_that_a_document_lacks_is_refused(answerer: Answerer, question: str) -> None:
    answer = answerer.answer(question)
    assert not answer.found, answer.text
    assert answer.text.startswith("Not in these documents: ")
    assert answer.hits, "the nearest passages are told"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What does the garden lease say about a deposit?", "three months' rent"),
        ("What does the garden lease say about giving notice?", "six months' notice"),
        ("What does the walkers guide say about an injured ankle?", "If the ankle carries weight"),
        ("What does the harbour report say about storm damage?", "Storms closed the north quay"),
        ("Who repairs the roof, according to the garden lease?", "The landlord repairs the roof"),
    ],
)
def test_a_detail_is_found_in_other_words_too(answerer: Answerer, question: str, said: str) -> None:
    answer = answerer.answer(question)
    assert answer.found, answer.text
    assert said in answer.text


def test_words_are_near_to_those_that_mean_the_same(retriever: Retriever) -> None:
    kinship = Kinship(retriever)
    text = "The panels are guaranteed for ten years. Watch the shadow of the pipe."
    said, same, other = kinship.nearness(["shadows", "warranty", "lawyer"], text, "en")
    assert said == 1.0
    assert other < same < 1.0
    assert kinship.nearness([], text, "en").shape == (0,)
    assert kinship.nearness(["lawyer"], "", "en").tolist() == [0.0]


def test_a_scale_goes_from_what_has_nothing_in_common_to_what_means_the_same(retriever: Retriever) -> None:
    unlike, alike = scale_of(retriever.encode_sentences)
    assert 0.0 < unlike < 0.5 < alike < 1.0
    blind = scale_of(lambda words: np.ones((len(words), 4), np.float32) / 2)
    assert blind[1] > blind[0], "a model that tells no words apart divides by nothing"
    assert len({word for pair in PAIRS for word in pair}) == 2 * len(PAIRS)


def test_own_words_are_what_is_left_of_a_question(catalog: Catalog) -> None:
    question = "How much rent did the tenant of the garden lease pay in 2021?"
    named = DocumentNames(catalog.documents.list()).named(question)
    assert own_words(question, named, is_topic=False) == ["rent", "tenant", "pay"]
    many = "Which red boats carried heavy stones over the northern river?"
    assert own_words(many, [], is_topic=False) == []
    assert len(own_words(many, [], is_topic=True)) > 3


def test_a_word_that_nothing_is_like_weighs_against_an_answer() -> None:
    near = Signs(0.4, 0.5, is_of_named=True, own=(("keepers", 1.0), ("fog", 0.9)), is_topic=True)
    far = Signs(0.4, 0.5, is_of_named=True, own=(("keepers", 1.0), ("salaries", 0.2)), is_topic=True)
    assert far.support < near.support
    assert near.absent == ()
    assert far.absent == ("salaries",)
    nothing = Signs(0.2, 0.0, is_of_named=True, own=(("parking", 0.3),), is_topic=True)
    assert nothing.support < SUPPORTED
    assert lacking("parking", nothing).text == "no passage that was found speaks of “parking”."
