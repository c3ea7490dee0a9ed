"""`explorer.ingestion.restoring`: a library whose catalogue is gone comes back from its originals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer import Library, doctor, libraries
from explorer.catalog import FILE_NAME, Catalog, lost
from explorer.errors import CatalogLost
from explorer.ingestion import restoring
from tests.folders import BREAD, RENT, WHALES, eventually, write


def truncated(path: Path) -> None:
    path.write_bytes(b"")


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def without_tables(path: Path) -> None:
    import apsw

    path.unlink()
    con = apsw.Connection(str(path))
    con.execute("PRAGMA journal_mode = WAL; PRAGMA user_version = 1")
    con.close()


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:8192])


LOSSES = [Path.unlink, truncated, zeroed, without_tables, cut_short]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A library of three documents, closed, with a tag."""
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path / "first", whales_md=WHALES, rent_txt=RENT, bread_txt=BREAD))
        library.tag([one.id for one in library.documents() if one.name == "rent.txt"], add=["home"])
    yield tmp_path / "library"


def described(library: Library) -> set[tuple[object, ...]]:
    return {
        (one.name, one.tags, one.source, one.size, one.added_at.timestamp()) for one in library.documents()
    }


def restored(folder: Path) -> None:
    with Library(folder) as library:
        eventually(lambda: not library.activity().is_busy)


@pytest.mark.parametrize("lose", LOSSES)
def test_it_is_said_at_open_and_comes_back_whole(folder: Path, lose: Callable[[Path], object]) -> None:
    with Library(folder) as library:
        before = described(library)
    with libraries.without_worker(folder):
        lose(folder / FILE_NAME)
    left = (folder / FILE_NAME).read_bytes() if (folder / FILE_NAME).exists() else None
    with pytest.raises(CatalogLost, match=r"3 originals are .*doctor --repair"):
        Library(folder)
    assert (folder / FILE_NAME).exists() == (left is not None), "nothing was made"
    assert left is None or (folder / FILE_NAME).read_bytes() == left, "nothing was touched"
    done = doctor.restore(folder)
    assert done is not None and (done.queued, done.unnamed, done.damaged) == (3, 0, ())
    restored(folder)
    with Library(folder) as library:
        assert described(library) == before
        assert library.search("pets", mode="keyword")[0].document.name == "rent.txt"
        assert library.doctor().problems == ()
    assert doctor.restore(folder) is None, "there is nothing to restore any more"


def test_without_the_list_names_are_made_of_the_content(folder: Path) -> None:
    (folder / FILE_NAME).unlink()
    (folder / "files" / "manifest.jsonl").unlink()
    done = doctor.restore(folder)
    assert done is not None and (done.queued, done.unnamed) == (3, 3)
    assert "names made of their content" in " ".join(done.lines())
    restored(folder)
    shas = [hashlib.sha256(text.encode()).hexdigest()[:12] for text in (WHALES, RENT, BREAD)]
    with Library(folder) as library:
        assert {Path(one.name).stem for one in library.documents()} == set(shas)
        assert all(Path(one.name).suffix in (".txt", ".md") for one in library.documents())


def test_a_damaged_original_is_set_aside_and_named(folder: Path) -> None:
    (folder / FILE_NAME).unlink()
    sha = hashlib.sha256(RENT.encode()).hexdigest()
    data = bytearray((folder / "files" / sha).read_bytes())
    data[5] ^= 1
    (folder / "files" / sha).write_bytes(data)
    done = doctor.restore(folder)
    assert done is not None and (done.queued, done.damaged) == (2, ("rent.txt",))
    (aside,) = (folder / "files" / ".attic").glob(f"*/{sha}")
    assert aside.read_bytes() == data
    with Catalog(folder) as catalog:
        assert [job.name for job in catalog.jobs.list()] == ["whales.md", "bread.txt"]


@pytest.mark.parametrize("step", ["_queue", "_put_in_place"])
def test_killed_on_the_way_it_is_as_lost_as_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    (folder / FILE_NAME).unlink()
    real = getattr(restoring, step)

    def killed(*arguments: object) -> None:
        if step == "_queue":
            real(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring, step, killed)
        with pytest.raises(KeyboardInterrupt):
            doctor.restore(folder)
    with pytest.raises(CatalogLost):
        Library(folder)
    done = doctor.restore(folder)
    assert done is not None and done.queued == 3


def test_cancelled_or_failed_the_only_copy_stays(folder: Path) -> None:
    (folder / FILE_NAME).unlink()
    assert doctor.restore(folder) is not None
    with Catalog(folder) as catalog:
        catalog.jobs.cancel()
        catalog.jobs.dismiss()
        assert catalog.tidy()
        assert len(catalog.originals.orphans()) == 3
        assert len(catalog.originals.manifest.entries()) == 3
        assert sorted(restoring.queue_orphans(catalog)) == ["bread.txt", "rent.txt", "whales.md"]
        assert catalog.originals.orphans() == []


def test_an_older_catalogue_put_back_gets_the_newer_documents(folder: Path, tmp_path: Path) -> None:
    with libraries.without_worker(folder):
        older = (folder / FILE_NAME).read_bytes()
    with Library(folder) as library:
        library.add(write(tmp_path, new_txt="A later file about lighthouses and their keepers.\n"))
    with libraries.without_worker(folder):
        (folder / FILE_NAME).write_bytes(older)
    with Library(folder) as library:
        assert any("No document needs" in problem for problem in library.doctor().problems)
        report = library.doctor(repair=True)
        assert any("new.txt" in line for line in report.repaired), report
        eventually(lambda: len(library.documents()) == 4)
        assert not any((folder / "files").glob(".attic/*/*"))


def test_a_new_library_and_an_empty_folder_are_no_damage(tmp_path: Path) -> None:
    (tmp_path / "library" / "files").mkdir(parents=True)
    (tmp_path / "library" / "files" / "notes.txt").write_text("x")
    assert lost.find(tmp_path / "library" / FILE_NAME) is None
    Catalog(tmp_path / "library").close()
    assert lost.find(tmp_path / "library" / FILE_NAME) is None


def test_it_is_listed_though_it_cannot_be_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(folder))
    (folder / FILE_NAME).unlink()
    assert [info.folder for info in libraries.list_libraries()] == [folder]


def test_the_work_aside_leaves_nothing(folder: Path) -> None:
    (folder / FILE_NAME).unlink()
    doctor.restore(folder)
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
