"""`explorer.catalog.scopes`: every limit of a scope must hold."""

from __future__ import annotations

from datetime import date

import pytest

from explorer.catalog import Catalog
from explorer.types import Scope
from tests.catalog.making import add


@pytest.fixture
def shelf(catalog: Catalog) -> dict[str, str]:
    ids = {
        "tax": add(
            catalog,
            ["taxes " * 20],
            "tax.pdf",
            kind="pdf",
            source="/papers/2022/tax.pdf",
            when=date(2022, 5, 1),
            language="en",
        ),
        "cake": add(catalog, ["cakes " * 20], "cake.md", kind="markdown", source="/papers/recipes/cake.md"),
        "moon": add(
            catalog, ["moons " * 20], "moon.txt", source="/papers/2022x/moon.txt", when=date(2023, 1, 31)
        ),
    }
    catalog.documents.tag([ids["tax"], ids["moon"]], ["numbers"])
    catalog.documents.tag([ids["cake"]], ["sweet"])
    return ids


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(tags=["numbers"]), {"tax", "moon"}),
        (Scope(tags=["numbers", "sweet"]), {"tax", "cake", "moon"}),
        (Scope(tags=["Nümbers"]), {"tax", "moon"}),
        (Scope(tags="numbers"), {"tax", "moon"}),
        (Scope(kinds="pdf", tags="numbers"), {"tax"}),
        (Scope(kinds=["pdf", "markdown"]), {"tax", "cake"}),
        (Scope(folders=["/papers"]), {"tax", "cake", "moon"}),
        (Scope(folders=["/papers/2022"]), {"tax"}),
        (Scope(folders=["/papers/2022/"]), {"tax"}),
        (Scope(folders=["/papers/2022/tax.pdf"]), set()),
        (Scope(folders=["/"]), {"tax", "cake", "moon"}),
        (Scope(dates=(date(2022, 5, 1), date(2022, 5, 1))), {"tax"}),
        (Scope(dates=(date(2022, 6, 1), None)), {"moon"}),
        (Scope(dates=(None, date(2023, 1, 30))), {"tax"}),
        (Scope(dates=(None, None)), {"tax", "cake", "moon"}),
        (Scope(years=[2022]), {"tax"}),
        (Scope(years=[2022, 2023]), {"tax", "moon"}),
        (Scope(years=[]), set()),
        (Scope(languages="en"), {"tax"}),
        (Scope(languages=["de"]), set()),
        (Scope(tags=["numbers"], kinds=["pdf"]), {"tax"}),
        (Scope(tags=["numbers"], kinds=["markdown"]), set()),
        (Scope(documents=[]), set()),
        (Scope(chunks=[]), set()),
        (Scope(tags=[]), set()),
        (Scope(kinds=[]), set()),
        (Scope(folders=[]), set()),
        (Scope(tags=["numbers"], folders=[]), set()),
        (Scope(documents=["unknown"]), set()),
        (Scope(tags=["'; DROP TABLE document; --"]), set()),
    ],
)
def test_all_limits_must_hold(
    catalog: Catalog, shelf: dict[str, str], scope: Scope, expected: set[str]
) -> None:
    names = {value: key for key, value in shelf.items()}
    chunks = catalog.chunks.in_scope(scope)
    assert chunks is not None
    assert {names[chunk.document_id] for chunk in catalog.chunks.by_ids(chunks.tolist())} == expected
    assert list(chunks) == sorted(chunks)
    total = sum(catalog.documents.get(shelf[name]).chunks for name in expected)
    assert len(chunks) == total
    if scope.chunks is None:
        assert {names[one] for one in catalog.documents.in_scope(scope)} == expected


def test_a_selection_of_chunks(catalog: Catalog, shelf: dict[str, str]) -> None:
    of_tax = [chunk.id for chunk in catalog.chunks.of_document(shelf["tax"])]
    of_moon = [chunk.id for chunk in catalog.chunks.of_document(shelf["moon"])]
    chosen = catalog.chunks.in_scope(Scope(chunks=[of_tax[1], of_moon[0], 10**6]))
    assert chosen is not None
    assert chosen.tolist() == [of_tax[1], of_moon[0]]
    both = catalog.chunks.in_scope(Scope(chunks=[of_tax[1], of_moon[0]], kinds=["pdf"]))
    assert both is not None
    assert both.tolist() == [of_tax[1]]


def test_everything_is_no_limit(catalog: Catalog, shelf: dict[str, str]) -> None:
    assert catalog.chunks.in_scope(None) is None
    assert catalog.chunks.in_scope(Scope()) is None
