"""Rows of tables that a query asks for: `explorer.search.rows.finding`, and the hits that hold them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.search.retriever import Retriever
from explorer.search.rows import finding
from explorer.types import Hit, Mode, Scope
from explorer.types.rows import TableRow
from tests.small_library import RealEncoder, fill, id_of


def statement(*years: str, factor: int = 1) -> str:
    """The statement of a company that sells `factor` times as much as another."""
    lines = {
        "Net sales": 34_000, "Cost of sales": 19_000, "Research and development": 1_800, "Interest paid": 300,
    }  # fmt: skip
    rows = [" | ".join(["", *years]), "Operating activities" + " | " * len(years)]
    for label, amount in lines.items():
        rows.append(" | ".join([label, *(f"{factor * amount + n:,}" for n, _ in enumerate(years))]))
    return "\n".join(rows)


SEGMENTS = "Net sales | 2022 | 2021\nIndustrial | 11,604 | 11,981\nHealth Care | 8,421 | 8,597"
PROSE = (
    "Our net sales in 2022 were lower than in 2021, since net sales of masks fell. Net sales in Asia rose. "
    "Research and development is what keeps the company going; we invest in research every year. " * 3
)
ACME, GLOBEX = statement("2022", "2021", "2020"), statement("2019", "2018", factor=3)
DOCUMENTS = {
    "ACME_10K.pdf": (
        f"{PROSE}\n\n",
        f"Statement of income (in millions)\n\n{ACME}\n\n",
        f"By segment\n\n{SEGMENTS}\n",
    ),
    "GlobexReport.pdf": (f"{PROSE}\n\n", f"Statement of income\n\n{GLOBEX}\n"),
    "notes.txt": (PROSE,),
}
TABLES = {"ACME_10K.pdf": (ACME, SEGMENTS), "GlobexReport.pdf": (GLOBEX,)}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with fill(tmp_path_factory.mktemp("library"), DOCUMENTS, tables=TABLES) as catalog:
        yield catalog


@pytest.fixture(scope="module")
def retriever(catalog: Catalog) -> Retriever:
    return Retriever(catalog, RealEncoder(catalog))


def first(retriever: Retriever, query: str) -> Hit:
    return retriever.search(query, 3)[0]


@pytest.mark.parametrize(
    ("query", "document", "label", "figure"),
    [
        ("acme net sales 2022", "ACME_10K.pdf", "Net sales", "34,000"),
        ("net sales acme 2020", "ACME_10K.pdf", "Net sales", "34,002"),
        ("globex net sales 2019", "GlobexReport.pdf", "Net sales", "102,000"),
        ("net sales 2018", "GlobexReport.pdf", "Net sales", "102,001"),
        ("what was acme's cost of sales in 2021?", "ACME_10K.pdf", "Cost of sales", "19,001"),
        ("globex research and development", "GlobexReport.pdf", "Research and development", "5,400"),
        ("acme health care sales 2022", "ACME_10K.pdf", "Health Care", "8,421"),
        ("acme interest paid FY2022", "ACME_10K.pdf", "Interest paid", "300"),
        ("acme turnover 2022", "ACME_10K.pdf", "Net sales", "34,000"),
        ("globex cost of goods sold 2019", "GlobexReport.pdf", "Cost of sales", "57,000"),
    ],
)
def test_a_row_is_found_by_label_year_and_document(
    retriever: Retriever, query: str, document: str, label: str, figure: str
) -> None:
    hit = first(retriever, query)
    assert hit.document.name == document
    assert hit.row is not None
    assert hit.row.cells[0] == label
    assert figure in hit.row.cells
    assert hit.signals["table"] > 0.1
    assert sum(hit.signals.values()) == pytest.approx(1)


def test_the_row_is_a_span_of_the_text_and_the_passage_holds_it_with_its_columns(
    retriever: Retriever, catalog: Catalog
) -> None:
    hit = first(retriever, "acme interest paid 2022")
    row = hit.row
    assert row
    assert catalog.documents.span(hit.document.id, row.start, row.end).startswith("Interest paid | 300")
    assert isinstance(row, TableRow)
    assert (row.page, row.columns, row.unit) == (2, ("", "2022", "2021", "2020"), "in millions")
    assert hit.passage.start <= row.start < row.end <= hit.passage.end
    assert "| 2022 | 2021 | 2020" in hit.passage.text


@pytest.mark.parametrize(
    "query",
    [
        "why did net sales of masks fall", "research keeps the company going", "net sales",
        '"net sales" 2022', "acme headquarters 2022",
    ],
)  # fmt: skip
def test_other_queries_are_ranked_as_if_there_were_no_tables(
    retriever: Retriever, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hits = retriever.search(query, 9)
    assert all(hit.row is None and "table" not in hit.signals for hit in hits)
    monkeypatch.setattr(finding, "MOST_FOUND", 0)
    assert [(hit.chunk.id, hit.score) for hit in retriever.search(query, 9)] == [
        (hit.chunk.id, hit.score) for hit in hits
    ]


@pytest.mark.parametrize("mode", ["semantic", "keyword"])
def test_by_meaning_or_words_alone_rows_say_nothing(retriever: Retriever, mode: Mode) -> None:
    assert all(hit.row is None for hit in retriever.search("acme net sales 2022", 5, mode))


def test_a_scope_holds_for_rows_too(retriever: Retriever, catalog: Catalog) -> None:
    globex = id_of(catalog, "GlobexReport.pdf")
    hits = retriever.search("acme net sales 2022", 9, scope=Scope(documents=[globex]))
    assert {hit.document.name for hit in hits} == {"GlobexReport.pdf"}


def test_what_is_read_is_kept_up_to_a_bound_and_follows_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "KEPT_ROWS", 4)
    with fill(tmp_path, DOCUMENTS, tables=TABLES) as catalog:
        retriever = Retriever(catalog, RealEncoder(catalog))
        for query, name in (
            ("acme net sales 2022", "ACME_10K.pdf"),
            ("globex net sales 2019", "GlobexReport.pdf"),
        ):
            assert first(retriever, query).document.name == name
        catalog.documents.remove([id_of(catalog, "ACME_10K.pdf")])
        hits = retriever.search("acme net sales 2022", 5)
        assert all(hit.document.name != "ACME_10K.pdf" for hit in hits)


def test_tables_that_are_too_long_are_left_to_their_passages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "LONGEST_TABLE", 60)
    with fill(tmp_path, DOCUMENTS, tables=TABLES) as catalog:
        hits = Retriever(catalog, RealEncoder(catalog)).search("acme net sales 2022", 5)
        assert all(hit.row is None for hit in hits)
