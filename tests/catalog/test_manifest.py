"""`explorer.catalog.manifest`: names and tags beside the originals, kept as documents come and go."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.catalog.manifest import UNFINISHED, Manifest, ManifestEntry
from explorer.errors import DiskFull, StorageError
from tests.catalog.making import add, document, files_with


def entry(number: int, name: str = "a.txt", *tags: str) -> ManifestEntry:
    return ManifestEntry(f"{number:064x}", name, 1700000000.5 + number, tags, f"/x/{name}", None)


def test_it_follows_the_documents(catalog: Catalog) -> None:
    first = add(catalog, "the first", "first.txt", source="/x/first.txt")
    second = add(catalog, "the second", "second.txt")
    catalog.documents.tag([first, second], add=["b", "a"])
    catalog.documents.tag([second], remove=["b"])
    catalog.documents.rename(second, "renamed.txt", ["renamed"])
    found = {one.name: one for one in catalog.originals.manifest.entries().values()}
    assert {name: one.tags for name, one in found.items()} == {"first.txt": ("a", "b"), "renamed.txt": ("a",)}
    assert found["first.txt"].source == "/x/first.txt"
    added = catalog.documents.get(first).added_at.timestamp()
    assert found["first.txt"].added == pytest.approx(added, abs=0.001)
    assert found["first.txt"].sha256 == catalog.documents.sha256(first)
    assert catalog.originals.missing_in_manifest() == 0
    assert not catalog.originals.sync_manifest()


def test_what_is_removed_or_replaced_is_gone_from_it(catalog: Catalog) -> None:
    removed = add(catalog, "the first", "xylographic.txt")
    old = add(catalog, "the second", "quixotic.txt")
    stays = add(catalog, "the third", "stays.txt")
    catalog.documents.tag([removed, stays], add=["zymurgical"])
    catalog.documents.tag([stays], remove=["zymurgical"])
    catalog.documents.remove([removed])
    add(catalog, "the second, newer", "newer.txt", replaces=old)
    for word in ("xylographic", "quixotic", "zymurgical"):
        assert files_with(catalog.folder, word) == []
    names = {one.name for one in catalog.originals.manifest.entries().values()}
    assert names == {"stays.txt", "newer.txt"}


def test_what_an_interrupted_removal_left_in_it_goes(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = add(catalog, "the first", "xylographic.txt")

    def killed(_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(catalog.tidying, "after", killed)
        with pytest.raises(KeyboardInterrupt):
            catalog.documents.remove([document_id])
    (catalog.originals.folder / UNFINISHED).write_bytes(b"xylographic")
    catalog.originals.sync_manifest()
    assert catalog.tidy()
    assert files_with(catalog.folder, "xylographic") == []


def test_added_again_after_an_interrupted_removal_it_has_nothing_of_the_past(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = add(catalog, "the first", "a.txt")
    catalog.documents.tag([document_id], add=["past"])
    with monkeypatch.context() as patch:
        patch.setattr(catalog.tidying, "after", lambda _: True)
        catalog.documents.remove([document_id])
    again = add(catalog, "the first", "a.txt")
    assert catalog.documents.get(again).tags == ()
    assert catalog.tidy()
    assert catalog.originals.path(catalog.documents.sha256(again)).exists()
    assert catalog.originals.missing_in_manifest() == 0


def test_half_lines_and_foreign_lines_are_passed_over(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    assert manifest.entries() == {}
    manifest.put([entry(1), entry(2, "b.txt", "tag")])
    with manifest.path.open("ab") as file:
        file.write(b'{"sha256":"' + b"3" * 30)
    manifest.put([entry(4)])
    with manifest.path.open("ab") as file:
        outside = '{"sha256":"../../etc","name":"x","added":1}'
        for line in (outside, "[1]", '{"sha256":5}', "\xff", "[" * 9000):
            file.write(line.encode("latin-1") + b"\n")
        file.write(b'{"sha256":"%s","name":1,"added":2}\n' % (b"5" * 64))
        file.write(b'{"sha256":"%s","name":"x","added":2,"tags":"abc"}\n' % (b"6" * 64))
    assert manifest.entries() == {one.sha256: one for one in (entry(1), entry(2, "b.txt", "tag"), entry(4))}
    assert manifest.entry(entry(2).sha256) == entry(2, "b.txt", "tag")
    assert manifest.entry("7" * 64) is None
    manifest.drop([entry(1).sha256])
    assert set(manifest.entries()) == {entry(2).sha256, entry(4).sha256}


def test_names_of_any_kind(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    names = ["a\nb.txt", "日本.pdf", "\ud800.txt", '"}.txt', " .txt"]
    manifest.put(entry(number, name) for number, name in enumerate(names))
    assert [one.name for one in manifest.entries().values()] == [n.replace("\ud800", "\ufffd") for n in names]


def test_a_crash_in_between_leaves_the_old_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = Manifest(tmp_path)
    manifest.put([entry(1), entry(2)])

    def failing(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(StorageError, match=r"manifest\.jsonl cannot be written"):
            manifest.replace([entry(3)])
    assert len(manifest.entries()) == 2
    manifest.drop([entry(1).sha256])
    assert list(manifest.entries()) == [entry(2).sha256]
    assert not (tmp_path / UNFINISHED).exists()


@pytest.mark.parametrize("said", [errno.ENOSPC, errno.EDQUOT])
def test_without_room_a_new_line_waits_and_an_old_one_still_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: int
) -> None:
    manifest = Manifest(tmp_path)
    manifest.put([entry(1, "xylographic.txt"), entry(2)])

    def full(_: int) -> None:
        raise OSError(said, "no room")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DiskFull, match=r"manifest\.jsonl could not be stored"):
            manifest.replace([entry(3)])
    before = manifest.path.stat().st_size
    (tmp_path / UNFINISHED).unlink()
    manifest.drop([entry(1).sha256])
    assert manifest.path.stat().st_size == before, "it is blanked where it stands"
    assert files_with(tmp_path, "xylographic") == []


def test_a_library_of_before_gets_one(catalog: Catalog) -> None:
    add(catalog, "the first", "first.txt")
    catalog.originals.manifest.path.unlink()
    assert catalog.originals.missing_in_manifest() == 1
    assert catalog.originals.sync_manifest()
    assert [one.name for one in catalog.originals.manifest.entries().values()] == ["first.txt"]


def test_ten_thousand_are_cheap(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.replace(entry(number, f"document {number}.txt", "tag") for number in range(10_000))
    begun = time.perf_counter()
    for number in range(10_000, 11_000):
        manifest.entry(f"{number:064x}")
        manifest.put([entry(number)])
    for number in range(500):
        manifest.put([entry(number, "renamed.txt")])
    each = (time.perf_counter() - begun) / 1500
    manifest.drop(entry(number).sha256 for number in range(1000))
    assert len(manifest.entries()) == 10_000
    assert each < 0.01, f"{each * 1000:.1f} ms"  # two looks at the whole file took 13 ms


def test_a_document_comes_back_with_its_day_and_tags(catalog: Catalog) -> None:
    """As in `restoring`: the manifest knows an original of which there is no document."""
    new = document(["the first"], "first.txt")
    with catalog.write():
        catalog.originals.manifest.put([ManifestEntry(new.sha256, "first.txt", 1700000000.5, ("kept",))])
    found = catalog.documents.get(add(catalog, "the first", "first.txt"))
    assert found.tags == ("kept",)
    assert found.added_at.timestamp() == 1700000000.5
