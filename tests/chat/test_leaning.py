"""Short questions after others (`explorer.chat.leaning`): some lean on what was spoken of, some do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explorer.catalog import Catalog
from explorer.chat.leaning import understood_after
from explorer.questions import DocumentNames
from explorer.search.retriever import Retriever
from tests.small_library import RealEncoder, fill

DOCUMENTS = {
    "ACME_2022_annual_report.txt": (
        "Acme's net sales were 34,229 million in 2022. The chief executive officer is Mary Stone. The board "
        "declared a dividend of 1.49 a share. Acme won an award for its bridges.\n",
    ),
    "sourdough-handbook.txt": (
        "Bulk fermentation takes four to five hours at 24 degrees. Feed the starter every twelve hours.\n",
    ),
}
SALES = "What were ACME's net sales in 2022?"


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    with fill(tmp_path_factory.mktemp("library"), DOCUMENTS) as catalog:
        yield Retriever(catalog, RealEncoder(catalog))


def understood(retriever: Retriever, *questions: str) -> str:
    catalog: Catalog = retriever.catalog
    names = DocumentNames(catalog.documents.list())
    history = [(one, "An answer.") for one in questions[:-1]]
    return understood_after(history, questions[-1], names, retriever).complete


def test_an_entry_of_the_list_before_is_meant(retriever: Retriever) -> None:
    names = DocumentNames(retriever.catalog.documents.list())
    listed = "There are 2 documents:\n\n- ACME\\_2022\\_annual\\_report.txt [1]\n- sourdough-handbook.txt [2]"
    history = [("Which documents are there?", listed)]
    found = understood_after(history, "What is the second one about?", names, retriever)
    assert (found.text, found.complete) == (
        "What is the second one about?",
        "What is sourdough-handbook.txt about?",
    )
    history.append((found.text, "It is about bread. [1]"))
    assert "sourdough" in understood_after(history, "Does it say when to feed it?", names, retriever).complete


@pytest.mark.parametrize(
    "question",
    [
        "How long does bulk fermentation take?",
        "Who won the football world cup?",
        "Summarise the sourdough handbook",
        "How many documents are there?",
        "What was Tesla's revenue in 2021?",
    ],
)
def test_one_that_is_about_something_else_stands_alone(retriever: Retriever, question: str) -> None:
    assert understood(retriever, SALES, question) == question


@pytest.mark.parametrize(
    "question", ["Who is the chief executive officer?", "What was the dividend?", "Did it win an award?"]
)
def test_one_whose_words_the_document_holds_leans_on_it(retriever: Retriever, question: str) -> None:
    assert "ACME" in understood(retriever, SALES, question)


def test_what_follows_one_that_stands_alone_leans_on_that_one(retriever: Retriever) -> None:
    aside = "How long does bulk fermentation take?"
    assert understood(retriever, SALES, aside, "And the starter?") == (
        "How long does bulk fermentation take, the starter?"
    )
    assert "ACME" not in understood(retriever, SALES, aside, "Why?")
