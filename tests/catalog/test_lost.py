"""`explorer.catalog.lost`, `doomed` and `attic`: what is kept, what goes, and what is only set aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.catalog import FILE_NAME, Catalog, doomed, lost
from explorer.catalog.attic import ATTIC, Attic
from explorer.catalog.manifest import ManifestEntry
from explorer.errors import CatalogLost
from tests.catalog.making import add, files_with


def test_an_empty_catalogue_is_damage_only_beside_originals(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Catalog(folder) as catalog:
        add(catalog, "the first", "first.txt")
    assert lost.find(folder / FILE_NAME) is None
    (folder / FILE_NAME).write_bytes(b"")
    with pytest.raises(CatalogLost, match=r"is empty, but its 1 original is still in .*doctor --repair"):
        Catalog(folder)
    lost.originals(folder)[0].unlink()
    Catalog(folder).close()


def test_a_removal_that_was_cut_short_deletes_that_and_nothing_else(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, it deleted every file that belonged to no document: the only copies of some."""
    removed = add(catalog, "to be removed", "removed.txt")
    sha = catalog.documents.sha256(removed)
    stray = catalog.originals.path("a" * 64)
    stray.write_bytes(b"the only copy")
    with monkeypatch.context() as patch:
        patch.setattr(catalog.tidying, "after", lambda _: True)
        catalog.documents.remove([removed])
    with catalog.read() as con:
        assert doomed.listed(con) == [sha]
    assert catalog.tidy()
    with catalog.read() as con:
        assert doomed.listed(con) == []
    assert not catalog.originals.path(sha).exists()
    assert stray.read_bytes() == b"the only copy"


def test_a_job_that_ended_in_a_kill_leaves_no_file(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    incoming = catalog.originals.new_incoming()
    incoming.write_bytes(b"an archive")
    job_id = catalog.jobs.enqueue("add", "a.zip", sha256="b" * 64, incoming=incoming)
    with monkeypatch.context() as patch:
        patch.setattr(catalog.originals, "delete_unneeded", lambda _: [])
        catalog.work.opened(job_id, "b" * 64)
    assert catalog.originals.path("b" * 64).exists()
    assert catalog.tidy()
    assert not catalog.originals.path("b" * 64).exists()


def test_a_file_that_is_held_open_goes_later(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    document_id = add(catalog, "held open", "held.txt")
    path = catalog.originals.path(catalog.documents.sha256(document_id))
    with monkeypatch.context() as patch:
        patch.setattr(catalog.originals, "_unlink", lambda _: False)
        catalog.documents.remove([document_id])
        assert not catalog.tidy()
    assert path.exists()
    assert catalog.tidy()
    assert not path.exists()


def test_the_attic_keeps_names_and_gives_up_what_was_removed(catalog: Catalog) -> None:
    document_id = add(catalog, "xylographic words", "xylographic.txt")
    sha = catalog.documents.sha256(document_id)
    attic = catalog.originals.attic
    entry = ManifestEntry(sha, "xylographic.txt", 1.0)
    for text in ("damaged words, xylographic", "damaged once more, xylographic"):
        copy = catalog.folder / sha
        copy.write_text(text)
        attic.take(copy, entry)
    stray = catalog.folder / "stray"
    stray.write_bytes(b"x")
    attic.take(stray)
    assert len(attic.files()) == 3
    catalog.documents.remove([document_id])
    assert files_with(catalog.folder, "xylographic") == []
    assert [path.name for path in attic.files()] == ["stray"]
    assert attic.empty() == 1
    assert not (catalog.folder / "files" / ATTIC).exists()
    assert Attic(catalog.folder / "none").empty() == 0
