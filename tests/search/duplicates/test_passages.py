"""Hits that say nearly the same, and libraries in a language that the model does not read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from explorer.embedding import languages
from explorer.search.duplicates.passages import groups
from explorer.search.retriever import Retriever
from explorer.types import Document
from tests.small_library import RealEncoder, fill

NOTICE = "The information in this section is subject to the notes on page forty of the annual report."


def document(language: str | None = "en", chunks: int = 1) -> Document:
    return Document("0" * 16, "a.txt", "text", 1, chunks, 1, datetime.now(UTC), language=language)


def test_what_says_nearly_the_same_stands_under_the_first() -> None:
    rows = [NOTICE, "Sales grew by 12 percent.", NOTICE.replace("forty", "fifty")]
    assert groups(rows) == [[0, 2], [1]]


def test_short_texts_with_other_figures_stay_apart() -> None:
    assert groups(["Sales grew by 12 percent in 2021.", "Sales grew by 14 percent in 2022.", "", ""]) == [
        [0], [1], [2], [3]
    ]  # fmt: skip


def versions(number: int) -> dict[str, tuple[str, ...]]:
    return {f"version {n}.txt": (f"{NOTICE} Nothing else is said, edition {n}.",) for n in range(number)}


def test_versions_take_one_place_and_all_are_named(tmp_path: Path) -> None:
    with fill(
        tmp_path, {**versions(12), "other.txt": ("The annual report says that sales grew.",)}
    ) as catalog:
        retriever = Retriever(catalog, RealEncoder(catalog))
        for query, exact in (("annual report", False), ("annual report", True)):
            found = retriever.retrieve(query, 3, "keyword", exact=exact, fold=True)
            assert [hit.rank for hit in found.hits] == [1, 2]
            assert sorted(len(hit.also) for hit in found.hits) == [0, 11]
            names = {one.document.name for hit in found.hits for one in (hit, *hit.also)}
            assert names == {*versions(12), "other.txt"}
            assert all(one.rank == hit.rank for hit in found.hits for one in hit.also)
        flat = retriever.retrieve("annual report", 3, "keyword").hits
        assert (len(flat), {hit.also for hit in flat}) == (3, {()})


@pytest.mark.parametrize(
    ("documents", "model", "expected"),
    [
        ([document("de", 9), document("en", 4)], "all-MiniLM-L6-v2", "de"),
        ([document("de", 9), document("en", 4)], "/models/all-MiniLM-L6-v2/", "de"),
        ([document("de", 9), document("en", 10)], "all-MiniLM-L6-v2", None),
        ([document("de", 9)], "paraphrase-multilingual-MiniLM-L12-v2", None),
        ([document(None, 9)], "all-MiniLM-L6-v2", None),
        ([], "all-MiniLM-L6-v2", None),
    ],
)
def test_a_library_in_another_language_is_noticed(
    documents: list[Document], model: str, expected: str | None
) -> None:
    assert languages.unread(documents, model) == expected
