"""A guide in Markdown is asked: rows of its tables are quoted and compared (`explorer.chat.tabled.comparing`,
`explorer.chat.tabled.rows_beside`), by the real model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explorer import Library
from tests.chat.tabled.test_quoted_sides import rows
from tests.folders import write

PUMPS = """# The garden pumps

Two pumps are sold. Both are for clean water.

## Which one

| pump | lifts | noise | for whom |
| --- | --- | --- | --- |
| Brook | 8 m | 41 dB | Quiet, for a terrace where people sit. |
| Torrent | 22 m | 63 dB | Strong, for cellars that are flooded. |

## When something is wrong

| it says | what to do |
| --- | --- |
| “No water comes.” | Lower the hose until its end is covered, then press the green knob. |
| “The motor is hot.” | Switch it off. Wait for half an hour in the shade. |

## Limits

| setting | value | what it limits |
| --- | --- | --- |
| `MAX_HOSE` | 40 | The longest hose that may be joined, in metres. |
| `MAX_HEAT` | 35 | The warmest water that may be lifted, in degrees. |

## Words

| word | what it is |
| --- | --- |
| priming | Filling the housing with water before the first start. |
| dry run | A start without water, which the guard ends after ten seconds. |
"""
FILTERS = """# Filters

A sand filter holds what is larger than a grain of flour, and is washed backwards every month.

A reed bed cleans slowly, by roots and what lives on them, and needs no current at all.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("guide")
    with Library(folder / "library") as library:
        added = library.add(write(folder, pumps_md=PUMPS, filters_md=FILTERS))
        assert {one.status for one in added} == {"added"}
        yield library


def told(library: Library, question: str) -> str:
    return "".join(library.ask(question))


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        (
            "What do I do when no water comes?",
            "““No water comes.” – Lower the hose until its end is covered, then press the green knob.” [1]",
        ),
        (
            "How long may a joined hose be?",
            "“`MAX_HOSE` – 40 – The longest hose that may be joined, in metres.”",
        ),
        (
            "What is priming?",
            "priming: **Filling the housing with water before the first start.** (pumps.md) [1]",
        ),
    ],
)
def test_a_row_answers(library: Library, question: str, quote: str) -> None:
    assert told(library, question).startswith(quote)


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference between Brook and Torrent?",
        "Compare the Brook with the Torrent",
        "Brook vs Torrent",
    ],
)
def test_rows_of_one_table_are_compared(library: Library, question: str) -> None:
    head, _, *shown = rows(told(library, question))
    assert [name.casefold() for name in head] == ["", "brook", "torrent"]
    assert shown == [
        ["lifts", "8 m [1]", "22 m [2]"],
        ["noise", "41 dB [1]", "63 dB [2]"],
        [
            "for whom",
            "Quiet, for a terrace where people sit. [1]",
            "Strong, for cellars that are flooded. [2]",
        ],
    ]


def test_only_what_is_asked_of_them_is_compared(library: Library) -> None:
    answer = library.ask("Compare Brook and Torrent in terms of noise")
    assert rows("".join(answer))[2:] == [["noise", "41 dB [1]", "63 dB [2]"]]
    assert [one.text for one in answer.citations] == [
        "| Brook | 8 m | 41 dB | Quiet, for a terrace where people sit. |",
        "| Torrent | 22 m | 63 dB | Strong, for cellars that are flooded. |",
    ]


def test_what_no_table_has_is_compared_in_quotes(library: Library) -> None:
    head, _, (_, sand, reed) = rows(
        told(library, "What is the difference between a sand filter and a reed bed?")
    )
    assert head == ["", "sand filter", "reed bed"]
    assert sand.startswith("“A sand filter holds") and reed.startswith("“A reed bed cleans")


@pytest.mark.parametrize(
    "question", ["Compare cats and dogs", "What is the difference between Brook and Niagara?"]
)
def test_what_is_not_told_of_is_not_compared(library: Library, question: str) -> None:
    answer = library.ask(question)
    assert "Not in these documents" in "".join(answer)


def test_a_summary_names_no_head_of_a_table(library: Library) -> None:
    assert "|" not in told(library, "Summarise the pumps")
