"""explorer.questions.listed: "the second one" is an entry of the list before."""

from __future__ import annotations

import pytest

from explorer.questions.listed import entries, with_entry

DOCUMENTS = """There are 3 documents:

- mill\\_lease.txt [1]
- 2021 plan.pdf [2]: A plan for the mill
- bread.md [3]"""
ABOUT = """These documents are about bread:

- bread.md (page 2): “It rises.” [1]
- mill.txt: “It grinds.” [2]"""
FACTS = "**bread.md**\n\n- **Starter**: Feed the starter every evening. [1]\n- Bake it hot. [2]"


def test_entries_are_names_or_what_is_said() -> None:
    assert entries(DOCUMENTS) == ["mill_lease.txt", "2021 plan.pdf", "bread.md"]
    assert entries(ABOUT) == ["bread.md", "mill.txt"]
    assert entries(FACTS) == ["Starter: Feed the starter every evening.", "Bake it hot."]
    assert entries("The mill grinds. [1]") == entries("- One alone [1]") == []


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("Summarise the second one", "Summarise 2021 plan.pdf"),
        ("What is the first document about?", "What is mill_lease.txt about?"),
        ("and the last?", "and bread.md?"),
        ("How long is the 3rd of them?", "How long is bread.md?"),
    ],
)
def test_an_entry_takes_the_place_of_its_number(question: str, meant: str) -> None:
    assert with_entry(question, DOCUMENTS) == meant


@pytest.mark.parametrize(
    "question",
    ["What were sales in the second quarter?", "Summarise the fifth one", "Who was the first president?"],
)
def test_what_is_no_entry_stays(question: str) -> None:
    assert with_entry(question, DOCUMENTS) == question


def test_without_a_list_nothing_is_meant() -> None:
    assert with_entry("Summarise the second one", "The mill grinds. [1]") == "Summarise the second one"
