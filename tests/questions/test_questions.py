"""What a question asks (`explorer.questions.question`).

Its kind (`explorer.questions.kinds`), the documents that it names (`explorer.questions.names`), what a
follow-up leaves out (`explorer.questions.followups`), its parts (`explorer.questions.parts`), and how tables
are asked the same (`explorer.questions.plainly`).
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.periods import Period
from explorer.questions import DocumentNames, Kind, understand
from explorer.questions.followups import names_in
from explorer.questions.kinds import kind_of
from explorer.questions.plainly import otherwise, plainly
from explorer.questions.telling import compared
from explorer.types import Document

FILES = (
    "ACME_2022_10K.pdf", "ACME_2023_8K_dated-2023-05-05.pdf", "NORTHWIND_2022_10K.pdf",
    "SOLARTEC2023Q4_EARNINGS.pdf",
    "garden-lease.docx", "beekeeping-year.md", "night-sky-notes.txt",
)  # fmt: skip
NAMES = DocumentNames(
    [
        Document(str(n), name, name.rpartition(".")[2], 3, 5, 10, datetime.now(UTC))
        for n, name in enumerate(FILES)
    ]
)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many documents are in this library?", Kind.LIBRARY),
        ("Which document is about bees?", Kind.LIBRARY),
        ("Which 8-K filings are there?", Kind.LIBRARY),
        ("How many pages does the annual report have?", Kind.LIBRARY),
        ("What is the longest document here?", Kind.LIBRARY),
        ("What is this library about?", Kind.LIBRARY),
        ("Wie viele Dokumente gibt es?", Kind.LIBRARY),
        ("Summarise this library.", Kind.LIBRARY),
        ("What are these documents about?", Kind.LIBRARY),
        ("Which languages are the documents in?", Kind.LIBRARY),
        ("Who are the authors?", Kind.LIBRARY),
        ("When was the lease added?", Kind.LIBRARY),
        ("Summarise the lease.", Kind.SUMMARY),
        ("What are the main points of the report?", Kind.SUMMARY),
        ("What does the strategy update say?", Kind.SUMMARY),
        ("Compare the net income of Acme and Northwind.", Kind.COMPARISON),
        ("Who employs more people, Acme or Northwind?", Kind.COMPARISON),
        ("How did cash change from 2021 to 2022?", Kind.COMPARISON),
        ("Did the gross profit go up or down?", Kind.COMPARISON),
        ("How much notice must be given?", Kind.FIGURE),
        ("What were net sales in 2021?", Kind.FIGURE),
        ("Combien coûte le dépôt ?", Kind.FIGURE),
        ("Is the rent due in advance?", Kind.YES_NO),
        ("What is a queen excluder?", Kind.DEFINITION),
        ("Why was the gravel lost?", Kind.FACT),
        ("Who repairs the roof?", Kind.FACT),
        ("thanks a lot!", Kind.TALK),
        ("hello", Kind.TALK),
    ],
)
def test_the_kind_of_a_question_is_told_by_its_words(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    ("question", "named", "is_sure"),
    [
        (
            "What were Acme's net sales in 2021?",
            ["ACME_2022_10K.pdf", "ACME_2023_8K_dated-2023-05-05.pdf"],
            True,
        ),
        (
            "What is Acme's 8-K of May 5, 2023 about?",
            ["ACME_2023_8K_dated-2023-05-05.pdf", "ACME_2022_10K.pdf"],
            True,
        ),
        ("acme cost of sales 2022", ["ACME_2022_10K.pdf", "ACME_2023_8K_dated-2023-05-05.pdf"], True),
        ("Why did Solar's costs fall?", ["SOLARTEC2023Q4_EARNINGS.pdf"], True),
        ("Summarise the garden lease.", ["garden-lease.docx"], True),
        ("What happened in the night?", ["night-sky-notes.txt"], False),
        ("What was Tesla's revenue?", [], False),
    ],
)
def test_documents_are_named_as_people_shorten_their_names(
    question: str, named: list[str], is_sure: bool
) -> None:
    found = sorted(NAMES.named(question), key=lambda one: -one.score)
    assert [one.document.name for one in found] == named
    assert all(one.is_sure is is_sure for one in found)


def test_companies_are_told_apart() -> None:
    groups = NAMES.entities("Compare the net income of Acme and Northwind in 2022.")
    assert [sorted(one.document.name for one in group) for group in groups] == [
        ["ACME_2022_10K.pdf", "ACME_2023_8K_dated-2023-05-05.pdf"],
        ["NORTHWIND_2022_10K.pdf"],
    ] or len(groups) == 2


@pytest.mark.parametrize(
    ("before", "question", "complete"),
    [
        ("What were Acme's net sales in 2017?", "And in 2016?", "What were Acme's net sales in 2016?"),
        (
            "What were Acme's net sales in 2022?",
            "What was it the year before?",
            "What were Acme's net sales in 2021?",
        ),
        (
            "What were sales of STELARA at Acme in 2022?",
            "And DARZALEX?",
            "What were sales of DARZALEX at Acme in 2022?",
        ),
        (
            "What were Acme's net sales in 2022?",
            "What about Northwind?",
            "What were Northwind net sales in 2022?",
        ),
        (
            "What were Acme's net sales in 2022?",
            "What about Northwind in 2017?",
            "What were Northwind net sales in 2017?",
        ),
        (
            "How long does the garden lease run?",
            "How much is the deposit?",
            "How much is the deposit (garden, lease)?",
        ),
        ("What did Acme sell in 2022?", "How much did it get for it?", "How much did it get for it (Acme)?"),
        (
            "What were Acme's net sales in 2021?",
            "In which year were they highest?",
            "In which year were Acme's net sales highest?",
        ),
        (
            "How much was Acme's rent at the end of 2021?",
            "Did it rise in 2022?",
            "Did Acme's rent rise in 2022?",
        ),
        ("What was Acme's net income in 2022?", "Who said it?", "Who said it (Acme)?"),
        (
            "What were Acme's net sales?",
            "What is the deposit in the garden lease?",
            "What is the deposit in the garden lease?",
        ),
    ],
)
def test_a_follow_up_is_completed(before: str, question: str, complete: str) -> None:
    understood = understand(question, before, NAMES)
    assert understood.complete == complete
    assert understood.is_follow_up is (complete != question)


def test_a_question_for_several_things_is_parted() -> None:
    understood = understand(
        "What are the term, the yearly rent and the deposit in the garden lease?", None, NAMES
    )
    assert understood.parts == (
        "What is the term in the garden lease?",
        "What is the yearly rent in the garden lease?",
        "What is the deposit in the garden lease?",
    )
    parts = understand("To whom did Acme sell Tropical, and what stake did it keep?", None, NAMES).parts
    assert parts[1] == "what stake did it keep (Acme, Tropical)?"
    either = understand(
        "Which is guaranteed for longer, the panels or the inverter of the set?", None, NAMES
    ).parts
    assert either == (
        "how long is guaranteed panels of the set?",
        "how long is guaranteed inverter of the set?",
    )
    people = understand("Who employs more people, Acme or Borealis?", None, NAMES).parts
    assert people == ("how many people employs Acme?", "how many people employs Borealis?")
    assert understand("What were net sales of bread and butter?", None, NAMES).parts == (
        "What were net sales of bread and butter?",
    )


def test_periods_are_part_of_what_is_understood() -> None:
    assert understand("What were net sales in the third quarter of 2022?", None, NAMES).periods == (
        Period(2022, quarter=3),
    )


@pytest.mark.parametrize(
    ("question", "names", "asked"),
    [
        ("What did Acme spend on research in fiscal 2022?", {"acme"}, "What was research in fiscal 2022"),
        (
            "How large was the loss of Acme's branch in 2017?",
            {"acme"},
            "What was the loss of branch in 2017?",
        ),
        (
            "What inventories did Acme show on its balance sheet at the end of 2016?",
            {"acme"},
            "What was inventories at the end of 2016",
        ),
        ("How did cash change from 2021 to 2022?", (), "What was the change in cash from 2021 to 2022?"),
        (
            "How did occupancy in 2022 compare with the year before?",
            (),
            "What was the change in occupancy in 2022 and 2021?",
        ),
        ("How many employees (not full-time equivalents) were there?", (), "How many employees were there?"),
        (
            "What was the rate in the last quarter of 2021?",
            (),
            "What was the rate in the fourth quarter of 2021?",
        ),
    ],
)
def test_tables_are_asked_in_their_own_words(question: str, names: set[str], asked: str) -> None:
    assert plainly(question, names) == asked


def test_a_short_form_stands_for_its_long_one() -> None:
    ways = otherwise("What was operating profit Frito-Lay North America (FLNA) in 2022")
    assert ways == (
        "What was operating profit FLNA in 2022",
        "What was operating profit Frito-Lay North America in 2022",
    )
    assert otherwise("What was the total rent?") == ("What was the rent?",)


@given(st.text(max_size=200), st.lists(st.text(max_size=80), max_size=3))
def test_any_text_is_understood(question: str, history: list[str]) -> None:
    before = None
    for one in history:
        before = understand(one, before, NAMES).complete
    understood = understand(question, before, NAMES)
    assert understood.text == question
    assert understood.parts
    assert isinstance(plainly(understood.complete), str)


def test_only_the_sentences_that_ask_are_asked() -> None:
    text = "Is it heavy? If weight does not matter here, then state that and explain why."
    assert understand(text, None, DocumentNames(())).parts == ("Is it heavy?",)


def test_names_are_neither_periods_nor_first_words() -> None:
    asked = "What drove Acme's FY2022 margin as of May 3, 2023? Which NASA Centre?"
    assert names_in(asked) == ["Acme", "NASA", "Centre"]


@pytest.mark.parametrize(("said", "is_named"), [("S&P's", True), ("SnP's", True), ("snp's", False)])
def test_first_letters_stand_for_a_name_of_several_words(said: str, is_named: bool) -> None:
    name = "SALT_PEPPER_2022_10K.pdf"
    names = DocumentNames([Document("1", name, "pdf", 3, 5, 10, datetime.now(UTC))])
    found = names.named(f"How large was {said} margin?")
    assert bool(found) is is_named
    assert all(one.is_sure for one in found)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        (
            "Compare the garden lease and the beekeeping text.",
            ["garden-lease.docx", "beekeeping-year.md"],
        ),
        (
            "What is the difference between the night sky notes and the lease?",
            ["night-sky-notes.txt", "garden-lease.docx"],
        ),
    ],
)
def test_documents_are_compared_as_a_whole(question: str, named: list[str]) -> None:
    found = understand(question, None, NAMES)
    assert found.kind is Kind.COMPARISON
    assert [side[0].document.name for side in compared(question, NAMES)] == named
    assert [one.document.name for one in found.named] == named


@pytest.mark.parametrize(
    "question",
    [
        "Compare the net sales of Acme and Northwind.",
        "Compare the rent and the deposit in the garden lease.",
    ],
)
def test_what_is_compared_in_documents_is_no_whole(question: str) -> None:
    assert understand(question, None, NAMES).kind is Kind.COMPARISON
    assert compared(question, NAMES) == ()
