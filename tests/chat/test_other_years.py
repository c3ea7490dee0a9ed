"""A year that stands nowhere in the documents that a question names (`explorer.chat.support`), also where
they are many."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.chat import support
from explorer.questions import DocumentNames, understand
from tests.small_library import fill


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return fill(tmp_path, {f"ACME_{2015 + n}_10K.pdf": (f"Sales rose in {2015 + n}.",) for n in range(4)})


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("in 2031.", True),
        ("FY31", True),
        ("FY 31 sales", True),
        ("the class of ’31", True),
        ("on December 31, 2022", False),
        ("12031 units", False),
        ("20310 units", False),
        ("a31", False),
    ],
)
def test_a_year_is_said_in_a_few_ways(catalog: Catalog, text: str, is_said: bool) -> None:
    question = understand("What were Acme's sales in 2031?", None, DocumentNames(catalog.documents.list()))
    assert len(question.named) == 4
    reason = support.other_years(question, lambda _: text)
    assert (reason is None) is is_said
    if reason is not None:
        assert reason.text.endswith("and 1 more have nothing for 2031.")


def test_of_many_long_documents_not_all_are_read(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support, "MOST_READ", 1_000)
    question = understand("What were Acme's sales in 2031?", None, DocumentNames(catalog.documents.list()))
    read: list[str] = []

    def text_of(document_id: str) -> str:
        read.append(document_id)
        return "Sales rose. " * 50

    assert support.other_years(question, text_of) is None
    assert len(read) == 2
