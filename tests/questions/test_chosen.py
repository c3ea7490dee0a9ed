"""A question as a person chose to have it understood (`explorer.questions.chosen`)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.questions import QUOTE, Kind, Understood, alike, as_chosen, reading_of, understand
from explorer.types import QuestionReading
from tests.questions.test_questions import FILES, NAMES


def asked(question: str, *before: str) -> Understood:
    earlier = None
    for one in before:
        earlier = understand(one, earlier, NAMES).complete
    return understand(question, earlier, NAMES)


def id_of(name: str) -> str:
    return str(FILES.index(name))


def test_what_was_understood_is_kept() -> None:
    alone = reading_of(asked("What were Acme's net sales in the 10-K of 2022?"))
    assert (alone.kind, alone.periods, alone.complete, alone.is_chosen) == ("figure", ("2022",), "", False)
    assert id_of("ACME_2022_10K.pdf") in alone.documents
    follows = reading_of(asked("And in 2019?", "What were Acme's net sales in 2022?"))
    assert follows.complete == "What were Acme's net sales in 2019?"
    assert follows.periods == ("2019",)


def test_what_was_understood_means_the_same_when_it_is_chosen() -> None:
    question = asked("What were Acme's net sales in 2022?")
    again = as_chosen(question, reading_of(question), NAMES)
    assert (again.complete, again.kind, again.parts) == (question.complete, question.kind, question.parts)
    assert [one.document.id for one in again.named] == [one.document.id for one in question.named]


@pytest.mark.parametrize(
    ("question", "periods", "complete"),
    [
        ("What were Acme's net sales in 2022?", ("2019",), "What were Acme's net sales in 2019?"),
        ("What were Acme's net sales?", ("2019", "2020"), "What were Acme's net sales in 2019 and 2020?"),
        (
            "How did sales change from 2021 to 2022?",
            ("2019", "2020"),
            "How did sales change from 2019 to 2020?",
        ),
    ],
)
def test_another_period_takes_the_place_of_the_questions(
    question: str, periods: tuple[str, ...], complete: str
) -> None:
    chosen = as_chosen(asked(question), QuestionReading(periods=periods, is_chosen=True), NAMES)
    assert chosen.complete == complete
    assert chosen.is_chosen
    assert [one.year for one in chosen.periods] == [int(period) for period in periods]
    assert reading_of(chosen).complete == complete


def test_another_document_takes_the_place_of_the_named_one() -> None:
    question = asked("What were Acme's net sales in 2022?")
    other = QuestionReading(documents=(id_of("NORTHWIND_2022_10K.pdf"),))
    chosen = as_chosen(question, other, NAMES)
    assert [one.document.name for one in chosen.named] == ["NORTHWIND_2022_10K.pdf"]
    assert chosen.is_sure_of_documents
    assert "Acme" not in chosen.complete
    one_of_two = QuestionReading(documents=(id_of("ACME_2023_8K_dated-2023-05-05.pdf"),))
    assert as_chosen(question, one_of_two, NAMES).complete == question.complete
    gone = QuestionReading(documents=("gone",))
    assert as_chosen(question, gone, NAMES).named == question.named


def test_another_kind() -> None:
    question = asked("What were Acme's net sales in 2022?")
    assert as_chosen(question, QuestionReading("summary"), NAMES).kind is Kind.SUMMARY
    quoted = as_chosen(question, QuestionReading(QUOTE), NAMES)
    assert quoted.wants_words
    assert reading_of(quoted).kind == QUOTE
    assert as_chosen(question, QuestionReading("nonsense"), NAMES).kind is Kind.FIGURE


def test_documents_named_alike_come_first() -> None:
    documents = NAMES.documents
    acme = documents[FILES.index("ACME_2022_10K.pdf")]
    found = [one.name for one in alike(documents, acme, 2)]
    assert found == ["ACME_2023_8K_dated-2023-05-05.pdf", "NORTHWIND_2022_10K.pdf"]
    assert alike([acme, replace(acme, id="x", name="other.txt")], acme, 5) == []
