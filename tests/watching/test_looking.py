"""One look at a folder. Runs explorer.watching.looking."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.watching import looking
from explorer.watching.looking import FolderAway, Stand, look


def names(root: Path) -> list[str]:
    return sorted(str(Path(path).relative_to(root)) for path in look(str(root)).files)


def test_files_of_all_folders_and_nothing_that_is_not_meant(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "sub" / "deep").mkdir(parents=True)
    (root / ".hidden").mkdir()
    (root / "library").mkdir()
    outside.mkdir()
    for path in (
        root / "a.txt",
        root / "sub" / "deep" / "b.txt",
        root / ".hidden" / "c.txt",
        root / "~$a.docx",
        root / "film.mkv.part",
        root / "page.html.crdownload",
        root / "library" / looking.CATALOGUE,
        root / "library" / "d.txt",
        outside / "secret.txt",
    ):
        path.write_text("text")
    (root / "empty.txt").touch()
    assert names(root) == ["a.txt", "sub/deep/b.txt".replace("/", os.sep)]
    found = look(str(root))
    assert found.unread == {str(root / "empty.txt"), str(root / "library")}
    assert found.may_hold(str(root / "library" / "deep" / "d.txt"))


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="links need rights on Windows")
def test_links_are_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("text")
    (root / "folder").symlink_to(outside)
    (root / "file.txt").symlink_to(outside / "secret.txt")
    (root / "loop").symlink_to(root)
    (root / "gone.txt").symlink_to(root / "nowhere")
    assert names(root) == []
    assert list(look(str(root)).folders) == [str(root)]


def test_a_folder_that_cannot_be_read_is_away_and_one_below_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FolderAway, match="cannot be read"):
        look(str(tmp_path / "nowhere"))
    (tmp_path / "locked").mkdir()
    (tmp_path / "a.txt").write_text("text")
    scan = os.scandir

    def scandir(folder: str) -> object:  # root may read what nobody may
        if folder.endswith("locked"):
            raise PermissionError(13, "Permission denied", folder)
        return scan(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    found = look(str(tmp_path))
    assert found.unread == {str(tmp_path / "locked")}
    assert found.may_hold(str(tmp_path / "locked" / "b.txt"))
    assert not found.may_hold(str(tmp_path / "locked.txt"))


def test_too_many_files_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MOST_FILES", 2)
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text("text")
    with pytest.raises(FolderAway, match="more than 2 files"):
        look(str(tmp_path))


def test_a_renamed_file_is_the_same_and_a_copy_is_not(tmp_path: Path) -> None:
    first = tmp_path / "a.txt"
    first.write_text("text")
    before = look(str(tmp_path)).files[str(first)]
    second = first.rename(tmp_path / "b.txt")
    assert before.is_same(look(str(tmp_path)).files[str(second)])
    first.write_text("text")
    assert not before.is_same(look(str(tmp_path)).files[str(first)])
    assert not Stand(4, 1, 0).is_same(Stand(4, 1, 0)), "a disk that numbers nothing tells nothing"


def test_what_lay_on_a_disk_that_is_not_mounted_is_not_gone(tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    found = look(str(tmp_path))
    missing = str(tmp_path / "stick" / "deep" / "a.txt")
    assert found.is_disk_gone(missing)
    found.folders[str(tmp_path / "stick")] = True
    assert not found.is_disk_gone(missing)


def test_the_disk_of_a_path_is_where_it_is_mounted(tmp_path: Path) -> None:
    disk = looking.disk_of(str(tmp_path))
    assert os.path.ismount(disk)
    assert os.path.realpath(tmp_path).startswith(disk)
