"""`explorer.catalog.arrivals` and `explorer.catalog.editions`: a document comes whole or not at all."""

from __future__ import annotations

import pytest

from explorer.catalog import Catalog, MissingEmbeddings
from explorer.errors import Cancelled
from tests.catalog.making import add, document, embed, generation, original


def test_the_same_bytes_are_unchanged(catalog: Catalog) -> None:
    first = add(catalog, "the same", "a.txt")
    live = catalog.generations.live()
    assert live is not None
    again = catalog.arrivals.store(document(["the same"], "b.txt"), live.id)
    assert (again.document_id, again.status) == (first, "unchanged")
    assert [one.name for one in catalog.documents.list()] == ["a.txt"]


def test_a_new_version_takes_the_place_and_the_tags(catalog: Catalog) -> None:
    old = add(catalog, "the old version", "a.txt")
    catalog.documents.tag([old], ["tax", "2022"])
    old_file = catalog.originals.path(catalog.documents.sha256(old))
    new = add(catalog, "the new version", "a.txt", replaces=old)
    [only] = catalog.documents.list()
    assert (only.id, only.tags) == (new, ("2022", "tax"))
    assert not old_file.exists()
    assert catalog.check().problems == ()


def test_no_document_without_its_embeddings(catalog: Catalog) -> None:
    live = generation(catalog)
    new = document(["never embedded"])
    with pytest.raises(MissingEmbeddings) as caught:
        catalog.arrivals.store(new, live.id)
    assert caught.value.shas == {new.chunks[0].embedded}
    assert catalog.documents.list() == []
    assert catalog.changes.last() == 0


def test_a_cancelled_job_stores_nothing(catalog: Catalog) -> None:
    live = generation(catalog)
    new = document(["cancelled in the middle"])
    job_id = catalog.jobs.enqueue("add", new.name, sha256=new.sha256)
    assert catalog.work.claim("w") is not None
    catalog.jobs.cancel([job_id])
    embed(catalog, live.model.id, new)
    with pytest.raises(Cancelled):
        catalog.arrivals.store(new, live.id, job_id=job_id)
    assert catalog.documents.list() == []


def test_removing_while_it_is_added_again_cancels_that(catalog: Catalog) -> None:
    document_id = add(catalog, "removed while redone")
    new = document(["removed while redone"])
    job_id = catalog.jobs.enqueue("redo", new.name, sha256=new.sha256, document_id=document_id)
    assert catalog.work.claim("w") is not None
    catalog.documents.remove([document_id])
    assert not catalog.work.progress(job_id, 1, 2)
    live = catalog.generations.live()
    assert live is not None
    embed(catalog, live.model.id, new)
    with pytest.raises(Cancelled):
        catalog.arrivals.store(new, live.id, job_id=job_id)


def test_chunks_outside_the_text_are_refused(catalog: Catalog) -> None:
    live = generation(catalog)
    new = document(["short"])
    longer = document(["short and long"])
    embed(catalog, live.model.id, longer)
    wrong = type(new)(**{**{f: getattr(new, f) for f in new.__dataclass_fields__}, "chunks": longer.chunks})
    with pytest.raises(ValueError, match="outside the text"):
        catalog.arrivals.store(wrong, live.id)


def test_a_document_without_text_or_chunks(catalog: Catalog) -> None:
    document_id = add(catalog, [""], "empty.txt")
    assert catalog.documents.text(document_id) == ""
    assert catalog.documents.get(document_id).chunks == 0
    assert catalog.check().problems == ()
    catalog.documents.remove([document_id])


def test_the_original_must_be_there(catalog: Catalog) -> None:
    new = document(["with an original"])
    document_id = add(catalog, "with an original")
    original(catalog.folder, new).write_bytes(b"cut")
    check = catalog.check()
    assert check.lost == (document_id,)
    assert "missing or damaged" in check.problems[0]
