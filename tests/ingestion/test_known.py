"""What the library knows of a file: new, there already, or a new version of what stood at its path."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from explorer.catalog import Catalog, Task
from explorer.ingestion import known
from explorer.types import Document
from tests.catalog.making import add

NEW = hashlib.sha256(b"bytes that the library has never seen").hexdigest()


def task(
    catalog: Catalog, source: str | None = "/a.txt", replaces: str | None = None, keep_both: bool = False
) -> Task:
    for earlier in catalog.jobs.list():
        catalog.work.fail(earlier.id, "a.txt is over, and a newer version has its turn.")
    catalog.jobs.enqueue("add", "a.txt", source=source, replaces=replaces, keep_both=keep_both)
    found = catalog.work.claim("test")
    assert found is not None
    return found


def status(catalog: Catalog, task: Task, sha256: str) -> tuple[str | None, str | None]:
    """(the document with these bytes, the document that is replaced)."""
    found = known.FileStatus(catalog, task, sha256)
    return found.document_id, found.replaces


def bytes_of(catalog: Catalog, document_id: str) -> str:
    return catalog.documents.sha256(document_id)


def test_a_file_that_nobody_knows_is_new(catalog: Catalog) -> None:
    add(catalog, "some text", "a.txt", source="/elsewhere/a.txt")
    assert status(catalog, task(catalog), NEW) == (None, None)


def test_bytes_that_are_there_are_known_wherever_they_come_from(catalog: Catalog) -> None:
    there = add(catalog, "some text", "a.txt", source="/a.txt")
    sha256 = bytes_of(catalog, there)
    for source in ("/a.txt", "/copy.txt", None):
        assert status(catalog, task(catalog, source), sha256) == (there, None)


def test_other_bytes_at_a_path_replace_what_stood_there(catalog: Catalog) -> None:
    old = add(catalog, "the first version", "a.txt", source="/a.txt")
    assert status(catalog, task(catalog), NEW) == (None, old)
    assert status(catalog, task(catalog, keep_both=True), NEW) == (None, None)
    assert status(catalog, task(catalog, None), NEW) == (None, None), "an upload has no path"
    assert status(catalog, task(catalog, None, replaces=old), NEW) == (None, old)


def test_a_file_may_be_known_and_still_replace_another(catalog: Catalog) -> None:
    old = add(catalog, "the first version", "a.txt", source="/a.txt")
    other = add(catalog, "the other text", "b.txt", source="/b.txt")
    assert status(catalog, task(catalog), bytes_of(catalog, other)) == (other, old)


def test_a_file_is_new_where_what_stood_at_its_path_is_removed_that_moment(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(catalog, "the first version", "a.txt", source="/a.txt")
    listed = catalog.documents.by_source

    def then_removed(source: str) -> list[Document]:
        found = listed(source)
        catalog.documents.remove([document.id for document in found])
        return found

    monkeypatch.setattr(catalog.documents, "by_source", then_removed)
    assert known.texts_replaced(catalog, task(catalog), NEW) == set()


def test_whether_a_file_is_known_is_asked_without_what_it_replaces(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(type(catalog.documents), "by_source")
    assert known.FileStatus(catalog, task(catalog), NEW).document_id is None


def test_a_redo_reads_what_is_known(catalog: Catalog) -> None:
    there = add(catalog, "some text", "a.txt", source="/a.txt")
    catalog.jobs.enqueue("redo", "a.txt", source="/a.txt", document_id=there)
    redone = catalog.work.claim("test", ("redo",))
    assert redone is not None
    assert status(catalog, redone, bytes_of(catalog, there)) == (None, None)


def test_the_chunks_that_are_replaced_are_those_of_the_version_before(catalog: Catalog) -> None:
    add(catalog, "the first version of it", "a.txt", source="/a.txt", step=10)
    assert known.texts_replaced(catalog, task(catalog), NEW) == {"the first ", "version of", " it"}
    assert known.texts_replaced(catalog, task(catalog, "/other.txt"), NEW) == set()


def test_a_file_that_is_there_already_is_not_copied_once_more(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("some text")
    assert known.known_copy(catalog, path, lambda: None) is None
    there = add(catalog, "some text", "a.txt", source=str(path))
    assert known.known_copy(catalog, path, lambda: None) == (bytes_of(catalog, there), 9)
    path.write_text("some TEXT")
    assert known.known_copy(catalog, path, lambda: None) is None, "as long, and another text"
    path.unlink()
    assert known.known_copy(catalog, path, lambda: None) is None


def test_reading_a_known_file_can_be_stopped(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("some text")
    add(catalog, "some text", "a.txt", source=str(path))

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        known.known_copy(catalog, path, stop)
