"""What documents are told apart by, and how many of a scope have it: explorer.search.facets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from explorer.search import facets
from explorer.search.facets import Shelved
from explorer.types import Document, Scope

SHELVED = Shelved("0", "a.txt", 1, ("text",), (), (), (), ())


def test_a_mail_is_no_folder_and_tags_are_compared_folded() -> None:
    some = Document("0", "plan.pdf", "pdf", 1, 1, 9, datetime(2026, 1, 1, tzinfo=UTC))
    part = replace(some, source="/home/you/mails/offer.eml/plan.pdf", part_of="offer.eml")
    (one,) = facets.shelved([part])
    assert one.folders == (str(Path("/home/you/mails")),)
    tagged = replace(SHELVED, tags=("Büro",))
    assert facets.fitting([tagged, SHELVED], Scope(tags=["buro"])) == [tagged]


def test_they_are_counted_beside_the_other_limits_of_a_scope() -> None:
    papers = [
        replace(SHELVED, id="1", kinds=("pdf",), years=(2020,), tags=("tax",)),
        replace(SHELVED, id="2", kinds=("pdf",), years=(2021,)),
        replace(SHELVED, id="3", kinds=("text",), years=(2021,), tags=("home",)),
    ]
    scope = Scope(kinds=["pdf"], years=[2021])
    assert [one.id for one in facets.fitting(papers, scope)] == ["2"]
    assert facets.counted(papers, scope, "kinds") == {"pdf": 1, "text": 1}, "by the years alone"
    assert facets.counted(papers, scope, "years") == {2021: 1, 2020: 1}, "the latest first"
    assert facets.counted(papers, scope, "tags") == {"home": 0, "tax": 0}
    assert [one.id for one in facets.fitting(papers, Scope(documents=[]))] == []


def test_folders_below_a_chosen_one_count_and_their_namesakes_do_not() -> None:
    places = {"/a/b": True, "/a/b/c": True, "/a/bc": False, "/a": False}
    documents = [replace(SHELVED, id=place, folders=(place,)) for place in places]
    left = facets.fitting(documents, Scope(folders=["/a/b"]))
    assert [one.id for one in left] == [place for place, is_in in places.items() if is_in]
    assert facets.fitting(documents, Scope(folders=["/"])) == documents


def test_half_of_many_documents_are_counted_without_comparing_each_with_each() -> None:
    documents = [replace(SHELVED, id=str(number)) for number in range(5000)]
    compared = _Counted(str(number) for number in range(0, 5000, 2))
    assert len(facets.fitting(documents, Scope(documents=compared))) == 2500
    assert compared.asked == 0


class _Counted(list[str]):
    """A list that counts how often it is searched through."""

    asked = 0

    def __contains__(self, one: object) -> bool:
        self.asked += 1
        return super().__contains__(one)
