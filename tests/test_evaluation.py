"""`evaluate`: the file of questions, the figures, and what is said of a line that is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from explorer import evaluation
from explorer.catalog import Catalog
from explorer.errors import ExplorerError
from explorer.evaluation import Question, Reference
from explorer.retrieval import Retriever
from explorer.types import Document, Hit, Scope
from tests.small_library import RealEncoder, fill, id_of


@dataclass
class Shelf:
    """The part of a library that questions are read against."""

    catalog: Catalog

    def documents(self) -> list[Document]:
        return self.catalog.documents.list()

    def text(self, document_id: str) -> str:
        return self.catalog.documents.text(document_id)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with fill(tmp_path_factory.mktemp("library")) as catalog:
        yield Shelf(catalog)


def write(folder: Path, *lines: Any) -> Path:
    file = folder / "questions.jsonl"
    file.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), "utf-8")
    return file


def test_figures_of_questions_that_search_answers(shelf: Shelf, tmp_path: Path) -> None:
    retriever = Retriever(shelf.catalog, RealEncoder(shelf.catalog))

    def search(text: str, k: int, scope: Scope | None) -> list[Hit]:
        return retriever.retrieve(text, k, "hybrid", scope)

    file = write(
        tmp_path,
        {"question": "What did the repairs cost?", "references": [{"document": "harbour-report", "page": 2}]},
        "",
        {
            "question": "How long is the landlord's notice?",
            "references": [{"document": "lease.txt", "text": "three  months' notice"}],
        },
    )
    questions = evaluation.read_questions(file, shelf)  # type: ignore[arg-type]
    span = questions[1].references[0]
    assert shelf.text(id_of(shelf.catalog, "lease.txt"))[span.start : span.end] == "three months' notice"
    for within in (False, True):
        figures = {one.name: one for one in evaluation.evaluate(questions, search, within=within)}
        assert figures["hit@5"].value == 1
        assert figures["recall@5"].value == 1
        assert figures["character recall@5"].value == 1
        assert figures["character recall@5"].count == 1
        assert 0 < figures["character IoU@5"].value < 1
        assert ("nDCG@10, documents" in figures) == (not within)
        assert all(0 <= one.low <= one.value <= one.high <= 1 for one in figures.values())


def test_what_is_not_found_scores_nothing(shelf: Shelf) -> None:
    question = Question("anything", (Reference("0" * 16, start=0, end=5),))
    figures = evaluation.evaluate([question], lambda *_: [])
    assert {one.value for one in figures} == {0.0}


def test_an_interval_is_wide_where_questions_are_few_and_always_the_same() -> None:
    few, many = evaluation.bootstrap([0, 1] * 5), evaluation.bootstrap([0, 1] * 500)
    assert few[1] - few[0] > 5 * (many[1] - many[0])
    assert few == evaluation.bootstrap([0, 1] * 5)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1"),
        ({"references": [{"document": "lease.txt"}]}, "question"),
        ({"question": "x", "references": []}, "references"),
        ({"question": "x", "references": [{"document": "other.txt"}]}, "no document 'other.txt'"),
        ({"question": "x", "references": [{"document": "lease.txt", "pages": 1}]}, "'pages'"),
        ({"question": "x", "references": [{"document": "lease.txt", "page": "1"}]}, "whole number"),
        ({"question": "x", "references": [{"document": "lease.txt", "start": 4}]}, "belong together"),
        ({"question": "x", "references": [{"document": "lease.txt", "text": "no such"}]}, "does not stand"),
    ],
)
def test_a_line_that_is_wrong_is_named(shelf: Shelf, tmp_path: Path, line: Any, said: str) -> None:
    with pytest.raises(ExplorerError, match=said):
        evaluation.read_questions(write(tmp_path, line), shelf)  # type: ignore[arg-type]


def test_a_file_that_is_empty_or_gone_is_named(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(ExplorerError, match="holds no question"):
        evaluation.read_questions(write(tmp_path), shelf)  # type: ignore[arg-type]
    with pytest.raises(ExplorerError, match="cannot be read"):
        evaluation.read_questions(tmp_path / "none.jsonl", shelf)  # type: ignore[arg-type]
