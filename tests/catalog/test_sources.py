"""`explorer.catalog.sources`: a document goes with the last of the files that hold its bytes, and with all of
them when it is removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.types import Scope
from tests.catalog.making import add


def job(catalog: Catalog, source: str | None, name: str = "a.txt", replaces: str | None = None) -> int:
    job_id = catalog.jobs.enqueue("add", name, source=source, replaces=replaces)
    assert catalog.work.claim("test") is not None
    return job_id


def test_another_file_keeps_a_document_however_long_ago_it_came(catalog: Catalog) -> None:
    old = add(catalog, "the same text", "a.txt", source="/a.txt")
    assert catalog.arrivals.recognise(old, job(catalog, "/b.txt", "b.txt")) is not None
    catalog.jobs.dismiss()
    assert [one.id for one in catalog.documents.by_source("/b.txt")] == [old]
    job_id = job(catalog, "/a.txt")
    new = add(catalog, "another text", "a.txt", source="/a.txt", replaces=old, job_id=job_id)
    assert {one.id for one in catalog.documents.list()} == {old, new}
    assert catalog.documents.get(old).source == "/b.txt"
    assert [one.id for one in catalog.documents.by_source("/a.txt")] == [new]
    job_id = job(catalog, "/b.txt", "b.txt")
    add(catalog, "the last text", "b.txt", source="/b.txt", replaces=old, job_id=job_id)
    assert old not in {one.id for one in catalog.documents.list()}
    assert catalog.check().problems == ()


def test_an_upload_is_a_source_of_its_own(catalog: Catalog) -> None:
    old = add(catalog, "the same text", "a.txt")
    catalog.arrivals.recognise(old, job(catalog, "/a.txt"))
    job_id = job(catalog, "/a.txt")
    add(catalog, "another text", "a.txt", source="/a.txt", replaces=old, job_id=job_id)
    assert catalog.documents.get(old).source is None
    assert catalog.documents.by_source("") == []


@pytest.mark.parametrize("renamed", [False, True])
def test_an_upload_replaces_what_it_is_said_to_replace(catalog: Catalog, renamed: bool) -> None:
    old = add(catalog, "the same text", "a.txt")
    if renamed:
        catalog.documents.rename(old, "z.txt", ["z"])
    job_id = job(catalog, None, "z.txt", old)
    new = add(catalog, "another text", "z.txt", replaces=old, job_id=job_id)
    assert [one.id for one in catalog.documents.list()] == [new]


def test_of_two_uploads_that_were_alike_one_may_change(catalog: Catalog) -> None:
    old = add(catalog, "the same text", "a.txt")
    catalog.arrivals.recognise(old, job(catalog, None, "b.txt"))
    add(catalog, "another text", "a.txt", replaces=old, job_id=job(catalog, None, "a.txt", old))
    assert len(catalog.documents.list()) == 2
    add(catalog, "the last text", "b.txt", replaces=old, job_id=job(catalog, None, "b.txt", old))
    assert len(catalog.documents.list()) == 2
    assert old not in {one.id for one in catalog.documents.list()}


def test_a_file_that_now_holds_what_another_holds(catalog: Catalog) -> None:
    first = add(catalog, "one text", "a.txt", source="/a.txt")
    second = add(catalog, "two texts", "b.txt", source="/b.txt")
    stored = catalog.arrivals.recognise(second, job(catalog, "/a.txt"), first)
    assert stored is not None
    assert stored.status == "replaced"
    assert [one.id for one in catalog.documents.by_source("/a.txt")] == [second]
    assert [one.id for one in catalog.documents.list()] == [second]


def test_a_document_that_is_gone_is_not_recognised(catalog: Catalog) -> None:
    old = add(catalog, "one text", "a.txt", source="/a.txt")
    gone = add(catalog, "two texts", "b.txt", source="/b.txt")
    catalog.documents.remove([gone])
    assert catalog.arrivals.recognise(gone, job(catalog, "/a.txt"), old) is None
    assert [one.id for one in catalog.documents.by_source("/a.txt")] == [old]


def test_removed_it_goes_with_all_its_sources(catalog: Catalog) -> None:
    document_id = add(catalog, "the same text", "a.txt", source="/a.txt")
    catalog.arrivals.recognise(document_id, job(catalog, "/b.txt", "b.txt"))
    catalog.documents.remove([document_id])
    assert catalog.documents.list() == []
    with catalog.read() as con:
        assert con.execute("SELECT * FROM document_source").fetchall() == []


def test_what_stays_is_told_with_the_name_of_its_file(catalog: Catalog) -> None:
    old = add(catalog, "the same text", "a.txt", source="/a.txt")
    catalog.arrivals.recognise(old, job(catalog, "/b.txt", "b.txt"))
    other = add(catalog, "another text", "c.txt", source="/c.txt")
    catalog.documents.tag([old], add=["kept"])
    stored = catalog.arrivals.recognise(other, job(catalog, "/a.txt"), old)
    assert stored is not None
    assert stored.kept == (old, "b.txt")
    assert catalog.documents.get(other).tags == ("kept",)


def test_a_folder_holds_a_document_by_any_of_its_files(catalog: Catalog, tmp_path: Path) -> None:
    one, two = str(tmp_path / "one" / "a.txt"), str(tmp_path / "two" / "b.txt")
    document_id = add(catalog, "the same text", "a.txt", source=one)
    catalog.arrivals.recognise(document_id, job(catalog, two, "b.txt"))
    for folder, found in (("one", 1), ("two", 1), ("tw", 0)):
        assert len(catalog.chunks.in_scope(Scope(folders=[str(tmp_path / folder)]))) == found
