"""explorer.chat.tabled.quoted_sides: documents compared in their own words, by the real model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import Library
from explorer.chat.composing import Composition
from explorer.chat.tabled import quoted_sides
from explorer.questions import DocumentNames
from tests.folders import write

SAMPLES = Path(__file__).parents[3] / "samples"
NAMES = ("beekeeping-year.md", "sourdough-handbook.md", "chess-endgames.md", "workshop-lease.docx")
HEADED = "# {title}\n\n## 1. Aim\n\n{aim}\n\n## 2. Costs\n\n{costs}\n\n## Aside\n\n{aside}\n"

HARBOUR = " ".join(
    f"As the masters say, {what}; so it was written down." * 2
    for what in (
        "boats that come in at low water have to wait at the outer mole",
        "nets dry along the whole wall",
    )
)
READING = " ".join(
    f"As the readers say, {what}; so it was written down." * 2
    for what in (
        "the lamps on the long tables should burn until the evening",
        "maps are lent from the upper floor",
    )
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("compared")
    plans = write(
        folder,
        harbour_plan_md=HEADED.format(
            title="Harbour plan",
            aim="The harbour plan wants to keep the old quay open for fishing boats all year. " + HARBOUR,
            costs="The repairs of the quay cost four million euros over three years. " + HARBOUR,
            aside="Gulls nest on the roof of the customs house in every spring. " + HARBOUR,
        ),
        library_plan_md=HEADED.format(
            title="Library plan",
            aim="The library plan wants to open the reading rooms on every Sunday. " + READING,
            costs="The longer hours of the reading rooms cost ninety thousand euros each year. " + READING,
            aside="A cat has lived in the basement of the library since the winter. " + READING,
        ).replace("## Aside", "## Beside"),
    )
    with Library(folder / "library") as library:
        added = library.add([*(SAMPLES / name for name in NAMES), *plans])
        assert {one.status for one in added} == {"added"}
        yield library


def told(library: Library, question: str) -> str:
    return "".join(library.ask(question))


def rows(answer: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in answer.splitlines()
        if line.startswith("|")
    ]


@pytest.mark.parametrize(
    "question",
    [
        "Compare the sourdough handbook and the beekeeping year",
        "What differs between the sourdough handbook and the beekeeping year?",
        "What do sourdough-handbook.md and beekeeping-year.md have in common?",
    ],
)
def test_documents_stand_beside_each_other_in_the_order_asked(library: Library, question: str) -> None:
    answer = library.ask(question)
    head, sides, row = rows("".join(answer))
    assert sides == ["---"] * 3, "words begin on the left"
    assert head == ["", "sourdough-handbook.md", "beekeeping-year.md"]
    assert row[0] == "In short"
    names = {one.id: one.name for one in library.documents()}
    for name, cell in zip(head[1:], row[1:], strict=True):
        marks = [int(mark) for mark in re.findall(r"\[(\d+)\]", cell)]
        assert len(marks) >= 2
        cited = [one for one in answer.citations if one.number in marks]
        assert {names[one.document_id] for one in cited} == {name}
        for one in cited:
            assert library.span(one.document_id, one.start, one.end) == one.text


def test_what_only_one_says_is_not_stated_by_the_other(library: Library) -> None:
    head, _, row = rows(told(library, "Compare the beekeeping year and the chess endgames on queens"))
    assert head == ["", "beekeeping-year.md", "chess-endgames.md"]
    assert row[0] == "queens"
    assert "queen" in row[1]
    assert row[2] == "not stated"


def test_headings_that_both_have_are_rows(library: Library) -> None:
    answer = library.ask("Compare the harbour plan and the library plan")
    _, _, *found = rows("".join(answer))
    assert [row[0] for row in found] == ["In short", "1. Aim", "2. Costs"]
    for heading, *cells in found[1:]:
        for cell in cells:
            (mark,) = re.findall(r"\[(\d+)\]", cell)
            cited = answer.citations[int(mark) - 1]
            above = library.span(cited.document_id, 0, cited.start)
            assert heading in above.splitlines()[-1] or heading in above.rpartition("##")[2]


def test_a_whole_name_with_its_sort_is_a_document(library: Library) -> None:
    names = DocumentNames(library.documents())
    (named,) = names.named("What does it say on bread, the sourdough handbook?")
    assert (named.document.name, named.is_sure, named.is_whole) == ("sourdough-handbook.md", True, True)
    assert not any(one.is_sure for one in names.named("what happens to sourdough in the year of the bees?"))


def test_a_question_of_its_own_takes_nothing_over(library: Library) -> None:
    before = "Compare the beekeeping year and the sourdough handbook"
    asked = "Who won the 1998 world cup?"
    assert library._answerer.understood(asked, [(before, told(library, before))])[0].complete == asked


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("Compare beekeeping-year.md with chess-endgames.md, please", ""),
        ("How do the beekeeping year and the chess endgames differ in winter?", "winter"),
        ("What is the difference between the beekeeping year and the chess endgames?", ""),
    ],
)
def test_what_is_compared_of_them(library: Library, question: str, aspect: str) -> None:
    entities = DocumentNames(library.documents()).entities(question)
    assert [group[0].document.name for group in entities] == ["beekeeping-year.md", "chess-endgames.md"]
    assert quoted_sides.aspect(question, entities) == aspect


def test_two_of_the_same_name_have_a_column_each() -> None:
    first, second, told = Composition(), Composition(), Composition()
    first.quote("a", 1, 0, 9, "The first.")
    second.quote("b", 1, 0, 10, "The second.")
    quoted_sides.table_of_quotes(told, "order", ["plan.md", "plan.md"], [first, second])
    assert rows(told.text) == [
        ["", "plan.md", "plan.md"],
        ["---"] * 3,
        ["order", "“The first.” [1]", "“The second.” [2]"],
    ]
