"""`explorer.catalog.changes`: whoever follows the numbered changes knows what there is."""

from __future__ import annotations

from explorer.catalog import Catalog
from tests.catalog.making import add, document, embed

NEW = ({"reader": 2}, "other-model", 4, "float32")


def redo(catalog: Catalog, text: str, name: str = "note.txt") -> None:
    building = catalog.generations.building()
    assert building is not None
    new = document([text], name, step=10)
    embed(catalog, building.model.id, new)
    catalog.arrivals.store(new, building.id)


def test_changes_lead_from_any_moment_to_now(catalog: Catalog) -> None:
    first = add(catalog, "a" * 100)
    add(catalog, "b" * 100)
    catalog.documents.remove([first])
    alive: set[int] = set()
    for change in catalog.changes.after(0):
        span = set(range(change.first_chunk, change.last_chunk + 1))
        alive = alive | span if change.action == "add" else alive - span
    assert sorted(alive) == catalog.chunks.ids().tolist()
    assert catalog.changes.after(catalog.changes.last()) == []
