"""explorer.catalog.erasing: everything is deleted, whoever looks on and whatever kills it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.catalog import Catalog, erasing
from explorer.errors import StorageError
from tests.catalog.making import add
from tests.folders import files_holding

WORD = "quaxcanary"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library with two documents, a conversation, and something in every place that it has for files."""
    folder = tmp_path / "library"
    with Catalog(folder) as catalog:
        add(catalog, f"{WORD} one", name=f"{WORD}.txt")
        add(catalog, f"{WORD} two")
        catalog.settings.change({"library_name": WORD, "chat_model": WORD})
        catalog.conversations.begin(catalog.conversations.create(WORD), WORD, "quotes")
        catalog.originals.path("0" * 64).write_text(WORD)
        (folder / "files" / f"{WORD}.tmp").write_text(WORD)
        catalog.originals.attic.take(catalog.originals.path("0" * 64))
        catalog.originals.new_incoming().write_text(WORD)
        (folder / "catalog.sqlite3.before-2-2026-01-01").write_text(WORD)
        (folder / "chroma").mkdir()
        (folder / "chroma" / "some").write_text(WORD)
    return folder


def test_who_looks_on_sees_an_empty_library_at_once(folder: Path) -> None:
    with Catalog(folder) as catalog, Catalog(folder) as other:
        before = other.changes.last(), other.documents.revision()
        assert len(other.documents.list()) == 2
        catalog.erasing.begin()
        assert (
            other.documents.list() == [] and other.conversations.list() == [] and other.settings.all() == {}
        )
        assert catalog.erasing.finish([folder / "chroma"])
        assert not catalog.erasing.is_begun()
        after = other.changes.last(), other.documents.revision()
        assert all(new > old for new, old in zip(after, before, strict=True)), "caches see that it changed"
        add(other, "something new")
        assert len(catalog.documents.list()) == 1
        assert catalog.check().problems == () and catalog.lacking() == []


def test_no_byte_of_it_stays(folder: Path) -> None:
    assert len(files_holding(folder, WORD)) >= 6, "the search for bytes finds something before"
    with Catalog(folder) as catalog:
        catalog.erasing.begin()
        assert catalog.erasing.finish([folder / "chroma"])
        assert files_holding(folder, WORD) == []
    assert files_holding(folder, WORD) == []
    left = {path.name for path in folder.rglob("*") if path.is_file()}
    assert left <= {"catalog.sqlite3", "manifest.jsonl"}


def test_what_was_begun_is_known_afterwards_and_finished(folder: Path) -> None:
    with Catalog(folder) as catalog:
        catalog.erasing.begin()  # and here the process is killed
    with Catalog(folder) as catalog:
        assert catalog.erasing.is_begun() and catalog.documents.list() == []
        new = add(catalog, "added before it was finished")
        catalog.originals.path(catalog.documents.sha256(new)).write_text("its bytes")
        assert catalog.erasing.finish([folder / "chroma"])
        assert [one.id for one in catalog.documents.list()] == [new]
        assert catalog.originals.path(catalog.documents.sha256(new)).exists()
    assert files_holding(folder, WORD) == []


def test_one_who_still_reads_is_waited_for_and_then_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "_WAIT_SECONDS", 0.2)
    with Catalog(folder) as catalog, Catalog(folder) as other:
        with other.read() as con:
            con.execute("SELECT count(*) FROM document").fetchall()
            catalog.erasing.begin()
            assert not catalog.erasing.finish([folder / "chroma"])
            assert catalog.erasing.is_begun()
        assert catalog.erasing.finish([folder / "chroma"])
    assert files_holding(folder, WORD) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_keeps_what_it_has(folder: Path) -> None:
    folder.chmod(0o500)
    try:
        with Catalog(folder) as catalog, pytest.raises(StorageError, match="Nothing was deleted"):
            catalog.erasing.begin()
    finally:
        folder.chmod(0o700)
