"""Where a known passage stands among what a query finds, and why it is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.catalog import Catalog
from explorer.errors import NotFound
from explorer.search.retriever import Retriever
from explorer.search.standing import Standing, Standings
from explorer.types import Mode, Scope
from tests.small_library import RealEncoder, fill

RENT = "What rent does the tenant pay?"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with fill(tmp_path_factory.mktemp("standing")) as catalog:
        yield catalog


@pytest.fixture(scope="module")
def retriever(catalog: Catalog) -> Retriever:
    return Retriever(catalog, RealEncoder(catalog))


def stands(
    retriever: Retriever,
    query: str,
    name: str,
    page: int = 1,
    **how: Any,
) -> Standing:
    catalog = retriever.catalog
    (document,) = catalog.documents.by_name(name)
    asked: dict[str, Any] = {"k": 10, "mode": "hybrid", "scope": None, "exact": False, "mend": True} | how
    return Standings(catalog, retriever).of(document.id, page, query, **asked)


@pytest.mark.parametrize("mode", ["hybrid", "semantic", "keyword"])
def test_each_hit_stands_where_the_search_puts_it(retriever: Retriever, mode: Mode) -> None:
    hits = retriever.search("the quay and its repairs", 20, mode)
    assert len(hits) > 1
    seen = set[tuple[str, int]]()
    for hit in hits:
        place = (hit.document.name, hit.chunk.page)
        if place in seen:
            continue
        seen.add(place)
        found = stands(retriever, "the quay and its repairs", *place, mode=mode)
        assert found.rank == hit.rank
        assert found.hit is not None
        assert (found.hit.chunk.id, found.hit.rank) == (hit.chunk.id, hit.rank)
        assert found.hit.score == pytest.approx(hit.score)
        assert found.hit.signals == pytest.approx(dict(hit.signals))
        assert [one.chunk.id for one in found.before] == [one.chunk.id for one in hits[: hit.rank - 1]][-3:]
        assert found.left_out == ""


def test_one_that_is_not_among_the_first_k_still_has_its_rank(retriever: Retriever) -> None:
    hits = retriever.search(RENT, 50)
    found = stands(retriever, RENT, "bread.md", k=1)
    assert hits[0].document.name == "lease.txt"
    assert found.rank == next(hit.rank for hit in hits if hit.document.name == "bread.md")
    assert found.among == len(hits)
    assert {"rent", "tenant"} <= set(found.lacking)
    assert "rent" not in stands(retriever, RENT, "lease.txt").lacking


def test_words_with_figures_are_named_as_they_are_written(retriever: Retriever) -> None:
    assert "3M" in stands(retriever, "rent of 3M", "lease.txt").lacking


def test_a_scope_says_which_limit_leaves_it_out(retriever: Retriever) -> None:
    (lease,) = retriever.catalog.documents.by_name("lease.txt")
    found = stands(retriever, RENT, "bread.md", scope=Scope(documents=[lease.id], kinds=["md", "txt"]))
    assert found.rank is None
    assert found.left_out == "It is outside of the scope: other documents are chosen."
    found = stands(retriever, RENT, "bread.md", scope=Scope(documents=[lease.id], tags=["x"]))
    assert found.left_out.endswith("other documents are chosen, and tags are asked for.")


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("mond -tenant", "it holds what the query leaves out with “-”"),
        ("mond -tena*", "it holds a word whose beginning the query leaves out with “-”"),
        ("rent name:bread", "its document's name is none that “name:” asks for"),
        ("rent -name:lease", "“-name:” leaves its document out"),
        ("rent tag:home", "its document has no tag that “tag:” asks for"),
    ],
)
def test_a_filter_says_which_leaves_it_out(retriever: Retriever, query: str, why: str) -> None:
    found = stands(retriever, query, "lease.txt")
    assert (found.rank, found.left_out) == (None, f"A filter leaves it out: {why}.")


def test_where_only_words_count_it_lacks_them(retriever: Retriever) -> None:
    found = stands(retriever, "tenant", "bread.md", mode="keyword")
    assert found.left_out == "It holds none of the words, and only words count."
    found = stands(retriever, '"written consent"', "bread.md", mode="keyword")
    assert found.left_out == "It does not hold all that is quoted, and only words count."
    found = stands(retriever, "tenants pays", "lease.txt", exact=True)
    assert found.left_out == "It does not hold “tenants”, “pays”, written so."
    assert stands(retriever, "tenant rent", "lease.txt", exact=True).rank == 1


def test_nothing_asked_and_no_such_page(retriever: Retriever) -> None:
    assert stands(retriever, " ", "bread.md").left_out == "Nothing was asked for."
    with pytest.raises(NotFound, match="no page 9"):
        stands(retriever, RENT, "bread.md", 9)


def test_beyond_what_a_search_looks_at_closely_more_is_compared(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    from explorer.search import candidates

    rank = stands(retriever, RENT, "bread.md").rank
    assert rank is not None
    assert rank > 3
    monkeypatch.setattr(candidates, "SHORTLIST", 2)
    assert stands(retriever, RENT, "bread.md", k=1).rank == rank


def test_how_much_was_searched(retriever: Retriever, tmp_path: Path) -> None:
    everything = retriever.retrieve(RENT).extent
    assert everything.searched.documents == 5
    assert everything.outside == everything.filtered
    (harbour,) = retriever.catalog.documents.by_name("harbour-report.pdf")
    extent = retriever.retrieve("quay -crane", scope=Scope(documents=[harbour.id])).extent
    assert extent.outside.documents == 4
    assert extent.filtered.passages >= 1
    assert extent.filtered.documents == 0
    parts = (extent.searched, extent.outside, extent.filtered)
    assert sum(part.passages for part in parts) == everything.searched.passages
