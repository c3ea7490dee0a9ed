"""`explorer.catalog.generations`: one index serves while another is built."""

from __future__ import annotations

import pytest

from explorer.catalog import Catalog, Change
from explorer.errors import NotFound, StorageError
from tests.catalog.making import add, document, embed, files_with, generation

NEW = ({"reader": 2}, "other-model", 4, "float32")


def redo(catalog: Catalog, text: str, name: str = "note.txt") -> None:
    building = catalog.generations.building()
    assert building is not None
    new = document([text], name, step=10)
    embed(catalog, building.model.id, new)
    catalog.arrivals.store(new, building.id)


def test_the_first_generation(catalog: Catalog) -> None:
    assert catalog.generations.live() is None
    first = generation(catalog, reader=1, chunk_tokens=115)
    assert (first.recipe, first.state) == ({"reader": 1, "chunk_tokens": 115}, "live")
    assert (first.model.name, first.model.dimension, first.model.precision) == ("test-model", 4, "float32")
    assert generation(catalog, reader=1, chunk_tokens=115) == first
    assert catalog.generations.all() == [first]


def test_an_empty_library_takes_new_values_over(catalog: Catalog) -> None:
    first = generation(catalog, reader=1)
    second = generation(catalog, reader=2)
    assert second.id != first.id
    add(catalog, "now it holds something")
    assert generation(catalog, reader=3) == second


def test_the_old_index_serves_until_the_new_one_is_whole(catalog: Catalog) -> None:
    first, second = add(catalog, "first text here"), add(catalog, "second text here")
    before = catalog.chunks.ids().tolist()
    catalog.documents.tag([first], ["kept"])
    building = catalog.generations.begin(*NEW)
    assert set(catalog.generations.missing()) == {first, second}
    redo(catalog, "first text here")
    assert catalog.generations.missing() == [second]
    with pytest.raises(StorageError, match="1 documents"):
        catalog.generations.switch()
    assert catalog.chunks.ids().tolist() == before
    assert catalog.generations.begin(*NEW) == building  # after a kill: go on
    redo(catalog, "second text here")
    third = add(catalog, "added meanwhile")
    assert catalog.generations.missing() == [third]
    redo(catalog, "added meanwhile")
    sequence = catalog.changes.last()
    live = catalog.generations.switch()
    assert live.id == building.id
    assert live.state == "live"
    assert catalog.generations.building() is None
    assert set(before).isdisjoint(catalog.chunks.ids().tolist())
    assert {one.id for one in catalog.documents.list()} == {first, second, third}
    assert catalog.documents.get(first).tags == ("kept",)
    assert catalog.changes.after(sequence) == [Change(sequence + 1, building.id, "live", 1, 0)]
    check = catalog.check()
    assert [one for one in check.problems if "originals" not in one] == []
    assert check.counts["embeddings"] == len(
        {c.text for d in (first, second, third) for c in catalog.chunks.of_document(d)}
    )
    with pytest.raises(NotFound):
        catalog.generations.switch()


def test_abandoning_leaves_the_old_index(catalog: Catalog) -> None:
    assert not catalog.generations.abandon()
    document_id = add(catalog, "stays as it is")
    catalog.generations.begin(*NEW)
    redo(catalog, "stays as it is")
    assert catalog.generations.abandon()
    assert catalog.generations.building() is None
    assert [one.id for one in catalog.documents.list()] == [document_id]
    assert catalog.check().counts["embeddings"] == 1
    assert catalog.check().problems == ()


def test_other_values_start_over(catalog: Catalog) -> None:
    document_id = add(catalog, "text")
    first = catalog.generations.begin(*NEW)
    redo(catalog, "text")
    second = catalog.generations.begin({"reader": 3}, "other-model", 4, "float32")
    assert second.id != first.id
    assert catalog.generations.missing() == [document_id]


def test_a_document_removed_while_redoing_is_gone_from_both(catalog: Catalog) -> None:
    document_id = add(catalog, "xylophonical words")
    catalog.generations.begin(*NEW)
    redo(catalog, "xylophonical words")
    catalog.documents.remove([document_id])
    assert files_with(catalog.folder, "xylophon") == []
    catalog.generations.switch()
    assert catalog.documents.list() == []
    assert catalog.check().problems == ()


def test_the_same_name_with_other_files_is_another_model(catalog: Catalog) -> None:
    document_id = add(catalog, "text that is embedded once by each")
    live = catalog.generations.live()
    assert live is not None
    made = (live.recipe, live.model.name, live.model.dimension, live.model.precision)
    building = catalog.generations.begin(*made, "fingerprint of new files")
    assert building.model.id != live.model.id
    shas = [chunk.embedded for chunk in document(["text that is embedded once by each"]).chunks]
    assert catalog.embeddings.known(live.model.id, shas)
    assert catalog.embeddings.known(building.model.id, shas) == set()
    assert catalog.generations.missing() == [document_id]
