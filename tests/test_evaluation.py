"""`evaluate`: the file of questions, the figures, and what is said of a line that is wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import Library, evaluation
from explorer.catalog import Catalog
from explorer.errors import ExplorerError
from explorer.evaluation import Question, Reference
from explorer.search import bm25, ranking
from explorer.search.retriever import Retriever
from explorer.types import Chunk, Document, Hit, Page, Passage, Scope
from tests.embedding.embedding_server import serving
from tests.folders import WHALES
from tests.folders import write as write_files
from tests.small_library import RealEncoder, fill, id_of


@dataclass
class Shelf:
    """The part of a library that questions are read against."""

    catalog: Catalog

    def documents(self) -> list[Document]:
        return self.catalog.documents.list()

    def text(self, document_id: str) -> str:
        return self.catalog.documents.text(document_id)

    def pages(self, document_id: str) -> list[Page]:
        return self.catalog.documents.pages(document_id)


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
        return retriever.search(text, k, "hybrid", scope)

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


def hit(rank: int, document_id: str, start: int, end: int) -> Hit:
    document = Document(document_id, document_id, "text", 1, 1, 1, datetime(2026, 1, 1, tzinfo=UTC))
    chunk = Chunk(rank, document_id, 1, 1, start, end, "x" * (end - start))
    return Hit(rank, 1 / rank, chunk, document, Passage(1, 1, start, end, chunk.text))


def test_figures_are_those_worked_out_by_hand() -> None:
    references = (
        Reference("a", start=0, end=60),
        Reference("a", start=50, end=100),
        Reference("d", 1, 0, 100),
    )
    hits = [hit(1, "b", 0, 50), hit(2, "a", 40, 80), hit(3, "a", 60, 120), hit(4, "c", 0, 30)]
    hits += [hit(5, "c", 30, 60), hit(6, "d", 0, 100)]

    def search(_text: str, k: int, _scope: Scope | None) -> list[Hit]:
        return hits[:k]

    figures = evaluation.evaluate([Question("x", references)], search, documents=4)
    # The first five show 210 characters, some of them twice, and of the 200 wanted 40 to 100 of a.
    assert {one.name: one.value for one in figures} == pytest.approx(
        {
            "hit@5": 1,
            "recall@5": 2 / 3,
            "MRR@5": 1 / 2,
            "character recall@5": 60 / 200,
            "character precision@5": 60 / 210,
            "character IoU@5": 60 / (200 + 210 - 60),
            "nDCG@10, documents": (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3)),
        }
    )


def test_what_is_not_found_scores_nothing(shelf: Shelf) -> None:
    question = Question("anything", (Reference("0" * 16, start=0, end=5),))
    figures = evaluation.evaluate([question], lambda *_: [])
    assert {one.value for one in figures} == {0.0}


def test_an_interval_is_wide_where_questions_are_few_and_always_the_same() -> None:
    few, many = evaluation.bootstrap([0, 1] * 5), evaluation.bootstrap([0, 1] * 500)
    assert few[1] - few[0] > 5 * (many[1] - many[0])
    assert few == evaluation.bootstrap([0, 1] * 5)


def about(document: str, **place: Any) -> dict[str, Any]:
    return {"question": "x", "references": [{"document": document, **place}]}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON .*character 2"),
        ({"references": [{"document": "lease.txt"}]}, "question"),
        ({"question": "x", "references": []}, "references"),
        ({"question": " \t", "references": [{"document": "lease.txt"}]}, "in words"),
        ({"question": "x", "reference": [], "references": []}, "no 'reference'; it may have question, ref"),
        ({"question": "x", "id": 7, "references": [{"document": "lease.txt"}]}, "a line has no 'id'"),
        ({"question": "x", "references": [{"document": "other.txt"}]}, "no document 'other.txt'"),
        ({"question": "x", "references": [{"document": "lease.txt", "pages": 1}]}, "'pages'"),
        ({"question": "x", "references": [{"document": "lease.txt", "page": "1"}]}, "whole number"),
        ({"question": "x", "references": [{"document": "lease.txt", "start": 4}]}, "belong together"),
        ({"question": "x", "references": [{"document": "lease.txt", "text": "no such"}]}, "does not stand"),
        (about("harbour-report", page=1, text="no such"), "does not stand"),
        (
            about("harbour-report", page=1, text="Repairs cost"),
            "on page 2 of harbour-report.pdf, not on page 1",
        ),
        (about("harbour-report", text=7), "'text' must be words, not 7"),
        (about("harbour-report", text=" "), "'text' must be words"),
        (about("harbour-report", page=999), "has no page 999: its pages are 1 to 3"),
        (about("harbour-report", page=0), "has no page 0"),
        (about("lease.txt", start=-50, end=-10), "outside the text of lease.txt, 0 to"),
        (about("lease.txt", start=10**7, end=10**7 + 5), "outside the text"),
        (about("lease.txt", start=5, end=10**7), "outside the text"),
        (about("lease.txt", start=9, end=5), "start comes first"),
        (about("lease.txt", start=0, end=10, text="written consent"), "does not stand in 0 to 10"),
        (about("harbour-report", start=0, end=10, page=2), "0 to 10 is on page 1, not on page 2"),
        ("[" * 100_000, "nested too deeply"),
        ('{"question": 1' + "0" * 5_000 + "}", "number that is too long"),
    ],
)
def test_a_line_that_is_wrong_is_named(shelf: Shelf, tmp_path: Path, line: Any, said: str) -> None:
    with pytest.raises(ExplorerError, match=said) as caught:
        evaluation.read_questions(write(tmp_path, "", line), shelf)  # type: ignore[arg-type]
    assert "questions.jsonl, line 2: " in str(caught.value)


def test_text_with_a_page_is_its_span_on_that_page(tmp_path: Path) -> None:
    pages = ("The toll is due. Much else follows.\n\n", "Once more: the toll\nis due. ", "It ends here.")
    with fill(tmp_path / "library", {"tolls.pdf": pages}) as catalog:
        where = [
            {"document": "tolls", "text": "toll is due", "page": 2},
            {"document": "tolls", "text": "toll is due"},
            {"document": "tolls", "text": "is due. It ends", "page": 3},
        ]
        file = write(tmp_path, {"question": "x", "references": where})
        (question,) = evaluation.read_questions(file, Shelf(catalog))  # type: ignore[arg-type]
    whole = "".join(pages)
    spans = [whole[one.start : one.end] for one in question.references]
    assert spans == ["toll\nis due", "toll is due", "is due. It ends"]
    assert question.references[1].start == whole.index("toll is due")


def test_only_ends_of_lines_end_a_line(shelf: Shelf, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    odd = "line\u2028separated\x85twice"
    references = [{"document": "lease.txt"}]
    lines = [
        json.dumps({"question": one, "references": references}, ensure_ascii=False) for one in (odd, "y")
    ]
    file.write_bytes("\r\n".join(lines).encode())
    found = evaluation.read_questions(file, shelf)  # type: ignore[arg-type]
    assert [one.text for one in found] == [odd, "y"]


def test_the_configuration_is_that_of_the_index_that_is_searched(tmp_path: Path) -> None:
    with serving() as at, Library(tmp_path / "library") as library:
        library.change_settings(embed_url=at.address, embed_model="tiny", chunk_tokens=90)
        (outcome,) = library.add(write_files(tmp_path, whales_md=WHALES))
        assert outcome.status == "added"
        library.change_settings(chunk_tokens=300, embed_model="other", reranker="some/reranker")
        found = evaluation.configuration(library)
        assert found["model"] == at.name
        assert found["precision"] == "server"
        assert found["chunk_tokens"] == "90"
        assert found["reranker"] == "some/reranker"
        said = " ".join(found.values())
        constants = [value for name, value in vars(ranking).items() if name.isupper()]
        assert len(constants) >= 7
        assert all(f"{one:g}" in said for value in constants for one in np.atleast_1d(value))
        assert all(f"{one:g}" in said for one in (bm25.K1, bm25.B))
        assert {"words", "pages"} <= set(found)


def test_a_file_that_is_empty_or_gone_is_named(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(ExplorerError, match="holds no question"):
        evaluation.read_questions(write(tmp_path), shelf)  # type: ignore[arg-type]
    with pytest.raises(ExplorerError, match="cannot be read"):
        evaluation.read_questions(tmp_path / "none.jsonl", shelf)  # type: ignore[arg-type]
