"""Hits that say nearly the same, and libraries in a language that the model does not read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from explorer.embedding import languages
from explorer.search.near_duplicates import near_duplicates
from explorer.types import Chunk, Document, Hit, Passage

NOTICE = "The information in this section is subject to the notes on page forty of the annual report."


def document(language: str | None = "en", chunks: int = 1) -> Document:
    return Document("0" * 16, "a.txt", "text", 1, chunks, 1, datetime.now(UTC), language=language)


def hit(rank: int, text: str) -> Hit:
    chunk = Chunk(rank, "0" * 16, 1, 1, 0, len(text), text)
    return Hit(rank, 1.0, chunk, document(), Passage(1, 1, 0, len(text), text))


def test_what_says_nearly_the_same_stands_under_the_first() -> None:
    hits = [hit(1, NOTICE), hit(2, "Sales grew by 12 percent."), hit(3, NOTICE.replace("forty", "fifty"))]
    assert [[one.rank for one in group] for group in near_duplicates(hits)] == [[1, 3], [2]]


def test_short_texts_with_other_figures_stay_apart() -> None:
    hits = [
        hit(1, "Sales grew by 12 percent in 2021."),
        hit(2, "Sales grew by 14 percent in 2022."),
        hit(3, ""),
    ]
    assert [len(group) for group in near_duplicates(hits)] == [1, 1, 1]


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
