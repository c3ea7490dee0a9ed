"""Answers without a language model, as people get them (`explorer.chat.by_rule`).

From tables (`explorer.chat.tabled`), in quotes (`explorer.chat.prose`,
`explorer.chat.sentences`, `explorer.chat.answer_types`), about the library (`explorer.chat.about_library`,
`explorer.chat.subjects`), refused (`explorer.chat.support`), summed up (`explorer.chat.summaries`,
`explorer.chat.sections`), put together with citations (`explorer.chat.composing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from explorer.catalog import Catalog
from explorer.chat import sentences
from explorer.chat.answer_types import fits
from explorer.chat.answers import Answer, Answerer
from explorer.chat.composing import Composition, counted, listed, plain
from explorer.chat.sections import topic
from explorer.chat.support import SUPPORTED, Signs, lacking
from explorer.chat.tabled import span_of_cell, span_of_rows
from explorer.search.retriever import Retriever
from explorer.types import Atlas, Cluster, Scope
from tests.small_library import PAGES, RealEncoder, fill, id_of

ROWS = (
    ("(in millions)", "2022", "2021"),
    ("Net sales", "34,229", "35,355"),
    ("Cost of sales", "19,232", "18,795"),
    ("Net income", "5,777", "5,921"),
)
TABLE = "\n".join(" | ".join(row) for row in ROWS)
ACME = (
    f"Consolidated statement of income of Acme\n\n{TABLE}\n\nAcme makes tape and files reports every year.\n"
)
NORTHWIND = TABLE.replace("34,229", "8,100").replace("35,355", "7,900")
LEASE = (
    "The lease runs for five years from the first of March. The yearly rent is 18,400 crowns in "
    "twelve payments. "
    "The tenant pays a deposit of three months' rent. The tenant repairs doors and windows. The "
    "landlord repairs the roof "
    "and the heating. Either party may end the lease after the third year with six months' notice "
    "in writing.\n"
)
GUIDE = (
    "A guide for walkers\n\nSprains\n\nIf the ankle carries weight for four steps, it is not broken. "
    "Leave the boot on if the way down is long.\n\nSnake bite\n\nKeep the person still and the limb low. "
    "Remove all rings from the hand at once.\n\nCold\n\nWarm the trunk first and not the arms.\n"
)
DOCUMENTS = {
    **PAGES,
    "ACME_2022_10K.pdf": (ACME,),
    "NORTHWIND_2022_10K.pdf": (f"Statement of income of Northwind\n\n{NORTHWIND}\n",),
    "garden-lease.txt": (LEASE,),
    "walkers-guide.txt": (GUIDE,),
}


@dataclass(frozen=True)
class PrintedTable:
    page: int
    start: int
    end: int
    rows: tuple[tuple[str, ...], ...]
    title: str | None = "Consolidated statement of income"
    unit: str | None = "in millions"
    header_rows: int = 1


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with fill(tmp_path_factory.mktemp("library"), DOCUMENTS) as catalog:
        yield catalog


@pytest.fixture(scope="module")
def answerer(catalog: Catalog) -> Answerer:
    def tables_of(document_id: str) -> Sequence[PrintedTable]:
        text = catalog.documents.text(document_id)
        first = text.find(ROWS[0][0])
        if first < 0:
            return ()
        last = text.index("5,921") + 5
        rows = tuple(tuple(line.split(" | ")) for line in text[first:last].split("\n"))
        return (PrintedTable(1, first, last, rows),)

    return Answerer(Retriever(catalog, RealEncoder(catalog)), lambda: None, tables_of)


def ask(answerer: Answerer, question: str, *history: str, scope: Scope | None = None) -> Answer:
    return answerer.answer(question, scope, [(one, "An answer.") for one in history])


# ---- figures


def test_a_figure_is_named_with_its_row_head_unit_and_document(answerer: Answerer, catalog: Catalog) -> None:
    answer = ask(answerer, "What were Acme's net sales in 2021?")
    assert (answer.found, answer.kind) == (True, "composed")
    line, table = answer.text.split("\n\n")
    assert "Net sales: **35,355** million" in line
    assert "ACME_2022_10K.pdf" in line
    assert "2021" in line
    assert "| Net sales | 34,229 | **35,355** |" in table
    (citation,) = answer.citations
    text = catalog.documents.text(citation.document_id)
    assert text[citation.start : citation.end] == citation.text == "Net sales | 34,229 | 35,355"


def test_a_follow_up_asks_for_another_year(answerer: Answerer) -> None:
    answer = ask(answerer, "And in 2022?", "What were Acme's net sales in 2021?")
    assert "Net sales: **34,229** million" in answer.text


def test_a_change_is_worked_out_from_cited_cells(answerer: Answerer) -> None:
    answer = ask(answerer, "How did Acme's net income change from 2021 to 2022?")
    assert "**-144 million** = 5,777 [1] − 5,921 [2] [3]" in answer.text
    assert "**5,777** | **5,921**" in answer.text
    assert "\n| --- | ---: | ---: |\n" in answer.text, "figures stand on the right"


@pytest.mark.parametrize("which", ["In which year", "In which of the years 2021 to 2022"])
def test_the_year_of_the_highest_is_told_with_all_of_them(answerer: Answerer, which: str) -> None:
    answer = ask(answerer, f"{which} were Acme's net sales highest?")
    assert "Net sales: **2021** = 35,355 [1] \\> 34,229 [2]" in answer.text


def test_companies_are_compared_side_by_side(answerer: Answerer) -> None:
    answer = ask(answerer, "Compare the 2022 net sales of Acme and Northwind.")
    assert answer.text.count("\n") == 2, answer.text
    head, _, row = answer.text.split("\n")
    assert "ACME_2022_10K.pdf" in head
    assert "NORTHWIND_2022_10K.pdf" in head
    assert "**34,229 million** [" in row
    assert "**8,100 million** [" in row
    assert len(answer.citations) == 2


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("What were Acme's net sales in 2012?", "ACME_2022_10K.pdf has nothing for 2012."),
        ("What were Tesla's net sales in 2022?", "no passage that was found speaks of “Tesla”."),
        ("How many people work for Acme?", "no passage that was found gives a number of people."),
    ],
)
def test_what_no_table_or_sentence_says_is_refused_with_the_reason(
    answerer: Answerer, question: str, why: str
) -> None:
    answer = ask(answerer, question)
    assert (answer.found, answer.kind, answer.citations) == (False, "composed", ())
    assert answer.text == f"Not in these documents: {why}"
    assert answer.hits
    assert not answer.checks


def test_a_document_that_is_named_but_not_searched_is_said(answerer: Answerer, catalog: Catalog) -> None:
    scope = Scope(documents=[id_of(catalog, "garden-lease.txt"), id_of(catalog, "bread.md")])
    answer = ask(answerer, "What were Acme's net sales in 2021?", scope=scope)
    assert not answer.found
    said = "ACME_2022_10K.pdf, which you name, is not among the documents that were searched."
    assert answer.text == f"Not in these documents: {said}"
    assert answer.shown == (id_of(catalog, "ACME_2022_10K.pdf"),), "the reason goes when that is removed"


@pytest.mark.parametrize(
    ("signs", "why"),
    [
        (
            Signs(0.5, 0.5, is_of_named=True, is_narrow=True, years=(2012,)),
            "no passage that was found is of 2012.",
        ),
        (Signs(0.3, 0.1, apart=("Macau",)), "no passage says this of “Macau”."),
        (Signs(0.3, 0.1), "no passage that was found says this."),
        (None, "no passage comes near it."),
    ],
)
def test_a_reason_is_the_part_without_support(signs: Signs | None, why: str) -> None:
    assert lacking("Which brand is used?", signs).text == why
    assert signs is None or signs.support < SUPPORTED


def test_a_reason_names_the_sort_of_thing_that_is_asked_for() -> None:
    signs = Signs(0.3, 0.1, is_narrow=True, is_missed=True)
    assert lacking("When was the well dug?", signs).text == "no passage that was found gives a date."


def test_each_sign_speaks_for_what_it_stands_for() -> None:
    plain_ones = Signs(0.5, 0.5)
    better = [Signs(0.6, 0.5), Signs(0.5, 0.7), replace(plain_ones, is_of_named=True)]
    worse = [
        replace(plain_ones, unknown=0.5),
        replace(plain_ones, strangers=("Tesla",)),
        replace(plain_ones, years=(2012,)),
        replace(plain_ones, is_narrow=True),
        replace(plain_ones, is_missed=True),
        replace(plain_ones, is_of_other=True),
        replace(plain_ones, has_no_amount=True),
    ]
    assert all(one.support > plain_ones.support for one in better)
    assert all(0 < one.support < plain_ones.support for one in worse)


def test_rows_are_lines_of_a_tables_text() -> None:
    assert span_of_rows(100, "a | b\n\nc | d\ne | f\n", 1, 2) == (107, 118)
    assert span_of_rows(100, "a | b\n", 1, 4) == (100, 106)
    markdown = "| a | b |\n| --- | :-: |\n| c | c d |\n"
    assert span_of_rows(0, markdown, 1, 1) == (24, 35)
    for row, cells, column, text in ((1, ["c", "c d"], 1, "c d"), (1, ["c", "c d"], 0, "c")):
        start, end = span_of_cell(0, markdown, row, cells, column)
        assert markdown[start:end] == text
    assert span_of_cell(0, markdown, 1, ["c", "else"], 1) == (24, 35), "the row, where a cell is not in it"


# ---- quotes


def test_several_things_are_answered_one_by_one(answerer: Answerer) -> None:
    answer = ask(answerer, "What are the term, the yearly rent and the deposit in the garden lease?")
    for said in ("five years", "18,400 crowns", "three months' rent"):
        assert said in answer.text


def test_an_answer_of_quotes_is_made_of_its_citations(answerer: Answerer) -> None:
    answer = ask(answerer, "Who repairs the roof under the garden lease?")
    assert answer.kind == "quotes"
    assert "The landlord repairs the roof" in answer.text
    assert answer.text == "\n\n".join(f"“{one.text}” [{one.number}]" for one in answer.citations)
    assert {one.document_id for one in answer.citations} == {id_of_lease(answerer)}


def id_of_lease(answerer: Answerer) -> str:
    return id_of(answerer._retriever.catalog, "garden-lease.txt")


@pytest.mark.parametrize(
    ("text", "is_prose"),
    [
        ("Either party may end the lease in writing.", True),
        ("5 Ending the lease", False),
        ("Net sales 34,229 35,355 32,184 31,657 and 30,109.", False),
        ("Item 5.02 Departure of directors or certain officers.", False),
        ("Exhibit 99.1 Press release dated May 5, 2023.", False),
        ("flooded nine times in sixty years, and in dry summers the river.", False),
        ("CHICAGO, Ill.--(BUSINESS WIRE)-- Acme today announced its results.", False),
        ("Chapter one ........ 12", False),
        ("(5) The proposal regarding an independent chair of the board was defeated:", True),
        ("The shareholders of the company voted on the matters that follow:", False),
    ],
)
def test_what_stands_alone_is_told_from_furniture(text: str, is_prose: bool) -> None:
    assert sentences.is_prose(text) is is_prose


@pytest.mark.parametrize(
    ("question", "sentence", "is_fit"),
    [
        ("When was it sold?", "It was sold on August 28, 2017.", True),
        ("When was it sold?", "It was sold to the neighbours.", False),
        ("How long does the lease run?", "It runs for five years.", True),
        ("How long does the lease run?", "It runs with the land.", False),
        ("How fast can it fly?", "It flies at 80 km/h.", True),
        ("How fast can it fly?", "It is 80 years old.", False),
        ("How many people work there?", "It has 92,000 employees.", True),
        ("How many people work there?", "It has 1,355 shops.", False),
        ("Why was it lost?", "It was too fine.", None),
    ],
)
def test_an_answer_holds_what_its_question_asks_for(
    question: str, sentence: str, is_fit: bool | None
) -> None:
    assert fits(question, sentence) is is_fit


REASONS = {
    "sales-report.txt": (
        "Net sales of the mill fell by a tenth in 2022. Net sales fell because the weir was closed for five "
        "months. The office moved because its roof leaked.\n",
    )
}


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("How did the net sales of the mill change in 2022?", "because the weir was closed"),
        ("When was the mill painted?", None),
    ],
)
def test_why_is_answered_with_a_reason_for_what_was_asked(
    tmp_path: Path, before: str, reason: str | None
) -> None:
    with fill(tmp_path, REASONS) as catalog:
        answerer = Answerer(Retriever(catalog, RealEncoder(catalog)), lambda: None)
        answer = ask(answerer, "Why?", before)
        if reason is None:
            assert not answer.found, answer.text
        else:
            assert reason in answer.text
            assert "roof" not in answer.text, "a reason for something else"


# ---- about the library


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many documents are in this library?", "**9 documents**"),
        ("Which PDFs do you have?", "harbour-report.pdf"),
        ("Which 10-K filings are in the library?", "There are 2 10K filings"),
        ("How many pages does the harbour report have?", "has 3 pages"),
        ("What is the longest document here?", "The longest document is harbour-report.pdf"),
        ("Who is the author of the garden lease?", "names no author"),
        ("Which document is about sourdough?", "bread.md"),
        ("Which document is about walkers?", "This document is about walkers"),
        ("Which documents are about Acme?", "about Acme:"),
        ("What is this library about?", "9 documents with"),
        ("Summarise this library.", "9 documents with"),
        ("What kinds of documents are there?", "5 txt"),
        ("When was the harbour report added?", "harbour-report.pdf [1] was added on 20"),
        ("List the spreadsheets you have.", "There is no spreadsheet"),
    ],
)
def test_questions_about_the_documents_are_answered_from_the_catalogue(
    answerer: Answerer, question: str, said: str
) -> None:
    answer = ask(answerer, question)
    assert answer.found
    assert said in answer.text


def test_a_group_is_called_as_a_person_called_its_subject_of_the_map(
    answerer: Answerer, catalog: Catalog
) -> None:
    ids = catalog.chunks.ids()
    both = catalog.chunks.in_scope(Scope(documents=[id_of(catalog, "garden-lease.txt")]))
    of = np.where(np.isin(ids, both), 0, 1)
    clusters = (Cluster(0, "lease", int((of == 0).sum())), Cluster(1, "rest", int((of == 1).sum())))
    live = catalog.generations.live()
    assert live is not None
    xy = np.zeros((len(ids), 2), np.float32)
    assert catalog.layouts.put(live.id, 2, catalog.layouts.sequence(), Atlas(ids, xy, of, clusters))
    try:
        before = ask(answerer, "What is this library about?").text
        assert "What we *rent*" not in before
        catalog.layouts.rename(2, 0, "What we *rent*")
        after = ask(answerer, "What is this library about?").text
        (line,) = [line for line in after.split("\n") if "garden-lease" in line]
        assert line.startswith(r"- **What we \*rent\***"), "as it is written, not as markup"
        catalog.layouts.rename(2, 0, None)
        assert ask(answerer, "What is this library about?").text == before
    finally:
        catalog.layouts.drop()


def test_only_what_is_in_the_scope_is_counted(answerer: Answerer, catalog: Catalog) -> None:
    scope = Scope(documents=[id_of(catalog, "bread.md")])
    assert "**1 document**" in ask(answerer, "How many documents are there?", scope=scope).text


def test_a_greeting_finds_nothing(answerer: Answerer) -> None:
    answer = ask(answerer, "Hello!")
    assert (answer.found, answer.kind, answer.hits) == (False, "none", ())


# ---- summaries


def test_all_that_is_selected_is_summed_up(answerer: Answerer, catalog: Catalog) -> None:
    both = [id_of(catalog, "bread.md"), id_of(catalog, "garden-lease.txt")]
    answer = ask(answerer, "Summarise these documents.", scope=Scope(documents=both))
    assert "**bread.md**" in answer.text
    assert "**garden-lease.txt**" in answer.text
    everything = ask(answerer, "Summarise these documents.")
    assert everything.text.startswith("9 documents with"), "too many for one after the other"


def test_a_mistyped_word_is_read_as_the_one_that_is_there(answerer: Answerer) -> None:
    answer = ask(answerer, "How much is the deposti in the garden lease?")
    assert answer.found, answer.text
    assert "three months' rent" in answer.text


def test_a_document_is_summed_up_in_cited_sentences_of_its_own(answerer: Answerer, catalog: Catalog) -> None:
    answer = ask(answerer, "Summarise the garden lease.")
    assert answer.text.startswith("**garden-lease.txt**")
    assert sum(words in answer.text for words in ("five years", "18,400", "deposit", "notice")) >= 3
    text = catalog.documents.text(id_of_lease(answerer))
    starts = [one.start for one in answer.citations]
    assert starts == sorted(starts)
    for one in answer.citations:
        assert text[one.start : one.end] == one.text


def test_a_section_below_a_line_that_is_no_heading_is_summed_up_alone(
    answerer: Answerer, catalog: Catalog
) -> None:
    answer = ask(answerer, "Sum up the section on snake bites in the guide for walkers.")
    assert answer.text.startswith("**walkers-guide.txt** · Snake bite")
    assert "Keep the person still" in answer.text
    assert "ankle" not in answer.text
    text = catalog.documents.text(id_of(catalog, "walkers-guide.txt"))
    assert all(text[one.start : one.end] == one.text for one in answer.citations)


def test_the_topic_of_a_summary_is_what_is_left_of_its_question() -> None:
    assert topic("Sum up the section on altitude sickness.") == "altitude sickness."
    assert topic("Summary") == "Summary"


# ---- putting it together


def test_words_of_documents_mark_nothing_up() -> None:
    assert plain("a *b* [c](d) <e> f_g _h_ `i`") == r"a \*b\* \[c\](d) \<e\> f_g \_h\_ \`i\`"
    assert (counted(1, "page"), counted(1204, "page")) == ("1 page", "1,204 pages")
    assert listed(["a", "b", "c", "d"], 2) == "a, b and 2 more"


def test_the_same_span_has_the_same_number() -> None:
    told = Composition()
    assert told.cite("d", 1, 0, 5, "words") == told.cite("d", 1, 0, 5, "words") == "[1]"
    assert told.cite("d", 1, 6, 9, "more") == "[2]"
    assert not told.is_quotes
