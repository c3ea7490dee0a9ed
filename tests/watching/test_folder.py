"""What a look at a folder comes to. Runs explorer.watching.folder, explorer.watching.contents and
explorer.catalog.source_paths over a real catalogue, without a worker."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.types import Job
from explorer.watching import looking
from explorer.watching.folder import STILL_SECONDS, FolderWatch
from explorer.watching.folders import unreadable
from tests.catalog.making import add


@dataclass
class Ground:
    """A folder that is watched, and the hours of the clock in whose hands it is."""

    catalog: Catalog
    root: Path
    watch: FolderWatch
    now: float = 0.0
    days: float = 7.0

    def look(self, *, may_be_empty: bool = False) -> list[tuple[str, str]]:
        """Looks once, `STILL_SECONDS` after the last look: what happened, by word and name."""
        self.now += STILL_SECONDS
        events = self.watch.round(may_be_empty=may_be_empty)
        return [(event.what, event.name.replace(os.sep, "/")) for event in events]

    def settle(self) -> list[tuple[str, str]]:
        """Looks twice: what is still is taken in."""
        return [*self.look(), *self.look()]

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def jobs(self) -> list[Job]:
        return [job for job in self.catalog.jobs.list() if not job.is_over]

    def work(self) -> None:
        """Does what the worker does with the jobs: a document for each, as the file stands."""
        while (task := self.catalog.work.claim("test")) is not None:
            text = Path(task.source or "").read_text()
            old = self.catalog.documents.by_source(task.source or "")
            same = next((one for one in self.catalog.documents.list() if self.text(one.id) == text), None)
            if same is not None:
                self.catalog.arrivals.recognise(
                    same.id, task.job.id, old[0].id if old and old[0].id != same.id else None
                )
                continue
            if self.catalog.bin.restore_bytes(looking_sha(text)):
                self.catalog.work.finish(task.job.id, "added")
                continue
            add(
                self.catalog,
                text,
                task.job.name,
                source=task.source,
                replaces=old[0].id if old else None,
                job_id=task.job.id,
            )

    def text(self, document_id: str) -> str:
        return self.catalog.documents.text(document_id)

    def names(self) -> list[str]:
        return sorted(one.name for one in self.catalog.documents.list())

    def again(self) -> FolderWatch:
        """Another watch of the same folder, as the next worker has it."""
        self.watch = made(self.catalog, self.root, self)
        return self.watch


def looking_sha(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


def made(catalog: Catalog, root: Path, ground: Ground | None = None) -> FolderWatch:
    return FolderWatch(
        catalog,
        str(root),
        looking.disk_of(str(root)),
        bin_days=lambda: 7.0 if ground is None else ground.days,
        clock=lambda: 0.0 if ground is None else ground.now,
    )


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    root = tmp_path / "papers"
    root.mkdir()
    with Catalog(tmp_path / "library") as catalog:
        here = Ground(catalog, root, made(catalog, root))
        here.again()
        yield here


@pytest.fixture
def filled(ground: Ground) -> Ground:
    """Three files that were taken in."""
    for name, text in (("a.txt", "alpha"), ("b.txt", "beta"), ("sub/c.txt", "gamma")):
        ground.write(name, text)
    assert ground.settle() == [("added", "a.txt"), ("added", "b.txt"), ("added", "sub/c.txt")]
    ground.work()
    assert ground.names() == ["a.txt", "b.txt", "c.txt"]
    assert ground.settle() == []
    return ground


def test_a_file_is_taken_in_once_it_is_still(ground: Ground) -> None:
    path = ground.write("a.txt", "half")
    assert ground.look() == []
    for length in range(3):
        path.write_text("half" * (length + 2))
        assert ground.look() == [], "it was being written"
    assert ground.watch.waiting == 1
    assert ground.look() == [("added", "a.txt")]
    assert [job.name for job in ground.jobs()] == ["a.txt"]
    assert ground.settle() == []


def test_a_change_replaces_and_a_touch_does_nothing(filled: Ground) -> None:
    os.utime(filled.root / "a.txt", (1, 1))
    assert filled.settle() == []
    filled.write("a.txt", "alpha two")
    assert filled.settle() == [("changed", "a.txt")]
    filled.work()
    assert sorted(filled.text(one.id) for one in filled.catalog.documents.list()) == [
        "alpha two",
        "beta",
        "gamma",
    ]


def test_a_rename_keeps_the_document_and_asks_for_no_job(filled: Ground) -> None:
    before = {one.id for one in filled.catalog.documents.list()}
    (filled.root / "a.txt").rename(filled.root / "sub" / "z.txt")
    assert filled.look() == [("renamed", "sub/z.txt")]
    assert filled.jobs() == []
    assert filled.names() == ["b.txt", "c.txt", "z.txt"]
    assert {one.id for one in filled.catalog.documents.list()} == before
    (filled.root / "sub").rename(filled.root / "moved")
    assert sorted(filled.look()) == [("renamed", "moved/c.txt"), ("renamed", "moved/z.txt")]
    sources = {one.source for one in filled.catalog.documents.list()}
    assert str(filled.root / "moved" / "z.txt") in sources
    assert filled.settle() == []


def test_a_name_that_a_person_gave_stays_when_the_file_is_renamed(filled: Ground) -> None:
    (a, *_) = (one for one in filled.catalog.documents.list() if one.name == "a.txt")
    filled.catalog.documents.rename(a.id, "First letter.txt", ["first", "letter"])
    (filled.root / "a.txt").rename(filled.root / "z.txt")
    assert filled.look() == [("renamed", "z.txt")]
    assert filled.names() == ["First letter.txt", "b.txt", "c.txt"]


def test_what_is_gone_goes_into_the_bin_after_two_looks_and_comes_back(filled: Ground) -> None:
    (filled.root / "b.txt").unlink()
    assert filled.look() == [], "programs that save a file take it away for a moment"
    assert filled.look() == [("removed", "b.txt")]
    assert filled.names() == ["a.txt", "c.txt"]
    assert [one.document.name for one in filled.catalog.bin.list(7)] == ["b.txt"]
    filled.write("b.txt", "beta")
    assert filled.settle() == [("added", "b.txt")]
    filled.work()
    assert filled.names() == ["a.txt", "b.txt", "c.txt"]


def test_without_a_bin_it_stays_until_a_person_removes_it(filled: Ground) -> None:
    filled.days = 0
    (filled.root / "b.txt").unlink()
    assert filled.settle() == [("kept", "b.txt")]
    assert filled.catalog.bin.is_empty()
    assert filled.names() == ["a.txt", "b.txt", "c.txt"]
    assert filled.settle() == [], "it is said once"
    filled.write("b.txt", "beta")
    filled.settle()
    assert filled.jobs() == [], "it was there all the time"


def test_a_folder_in_the_place_of_a_file_keeps_its_own_files(filled: Ground) -> None:
    filled.write("notes", "delta")
    filled.settle()
    filled.work()
    (filled.root / "notes").unlink()
    filled.write("notes/new.txt", "omega")  # as long: nothing goes while its job waits
    filled.settle()
    filled.work()
    assert filled.look() == [("removed", "notes")]
    assert filled.names() == ["a.txt", "b.txt", "c.txt", "new.txt"]


def test_a_document_that_another_file_has_stays_as_that_ones(filled: Ground) -> None:
    shutil.copy(filled.root / "a.txt", filled.root / "copy.txt")
    assert filled.settle() == [("added", "copy.txt")]
    filled.work()
    (filled.root / "a.txt").unlink()
    assert filled.settle() == [("removed", "a.txt")]
    assert filled.names() == ["b.txt", "c.txt", "copy.txt"]
    (left,) = (one for one in filled.catalog.documents.list() if one.name == "copy.txt")
    assert left.source == str(filled.root / "copy.txt")


def test_what_a_person_removed_stays_removed_until_the_file_changes(filled: Ground) -> None:
    (a, *_) = (one for one in filled.catalog.documents.list() if one.name == "a.txt")
    filled.catalog.bin.put([a.id])
    assert filled.settle() == []
    filled.again()
    assert filled.settle() == []
    filled.write("a.txt", "alpha anew")
    assert filled.settle() == [("changed", "a.txt")]


def test_what_a_person_removed_stays_removed_while_its_content_is_the_same(filled: Ground) -> None:
    """Whether it is in the bin or gone for good, and whatever a program did with the file since."""
    (a, b, _) = sorted(filled.catalog.documents.list(), key=lambda one: one.name)
    filled.catalog.bin.put([a.id])
    filled.catalog.documents.remove([b.id])
    os.utime(filled.root / "a.txt", (1, 1))
    (filled.root / "new").write_text("beta")
    (filled.root / "new").replace(filled.root / "b.txt")
    assert filled.settle() == []
    filled.again()
    os.utime(filled.root / "b.txt", (2, 2))
    assert filled.settle() == []
    (filled.root / "b.txt").rename(filled.root / "z.txt")
    os.utime(filled.root / "z.txt", (2, 2))
    filled.settle()
    os.utime(filled.root / "z.txt", (3, 3))
    assert filled.settle() == [], "also under another name"
    assert filled.names() == ["c.txt"]
    filled.write("a.txt", "alphA")
    assert filled.settle() == [("changed", "a.txt")]
    filled.work()
    assert filled.names() == ["a.txt", "c.txt"]


def test_what_was_removed_before_its_content_was_noted_stays_removed_too(ground: Ground) -> None:
    """As in the memory of an earlier version; a file that failed is tried again when it is touched."""
    ground.write("a.txt", "alpha")
    ground.write("broken.txt", "broken")
    ground.settle()
    while (task := ground.catalog.work.claim("test")) is not None:
        if task.job.name == "a.txt":
            document_id = add(ground.catalog, "alpha", "a.txt", source=task.source, job_id=task.job.id)
            ground.catalog.documents.remove([document_id])
        else:
            ground.catalog.work.fail(task.job.id, "It is broken.")
    ground.settle()
    for name in ("a.txt", "broken.txt"):
        os.utime(ground.root / name, (1, 1))
    assert ground.settle() == [("changed", "broken.txt")]


def test_a_folder_that_is_away_removes_nothing_and_says_so(filled: Ground) -> None:
    hidden = filled.root.rename(filled.root.with_name("hidden"))
    assert filled.settle() == [("away", "")]
    assert "cannot be read" in (filled.watch.problem or "")
    filled.again()
    assert filled.settle() == [("away", "")]
    assert filled.names() == ["a.txt", "b.txt", "c.txt"]
    hidden.rename(filled.root)
    assert filled.settle() == [("back", "")]
    assert filled.watch.problem is None
    assert filled.names() == ["a.txt", "b.txt", "c.txt"]
    assert filled.jobs() == []


def test_a_folder_that_is_suddenly_empty_removes_nothing_until_a_person_says_so(filled: Ground) -> None:
    for path in (filled.root / "a.txt", filled.root / "b.txt", filled.root / "sub" / "c.txt"):
        path.unlink()
    assert filled.settle() == [("away", "")]
    assert filled.watch.is_emptied
    assert filled.names() == ["a.txt", "b.txt", "c.txt"]
    filled.look(may_be_empty=True)
    assert sorted(filled.look(may_be_empty=True)) == [
        ("removed", "a.txt"),
        ("removed", "b.txt"),
        ("removed", "sub/c.txt"),
    ]
    assert filled.names() == []


def test_another_disk_at_the_same_path_removes_nothing_until_a_person_says_so(filled: Ground) -> None:
    filled.root.rename(filled.root.with_name("stick"))
    filled.write("other.txt", "on another stick")
    filled.write("torn.txt", "")
    assert filled.settle() == [("away", "")]
    assert filled.watch.is_emptied
    assert "holds none of its earlier files" in (filled.watch.problem or "")
    assert filled.names() == ["a.txt", "b.txt", "c.txt"]
    assert len(filled.look(may_be_empty=True)) == 1
    assert ("removed", "a.txt") in filled.look(may_be_empty=True)


def test_another_disk_with_a_file_of_the_same_name_removes_nothing_either(filled: Ground) -> None:
    filled.root.rename(filled.root.with_name("stick"))
    filled.write("a.txt", "on another stick")
    assert filled.settle() == [("away", "")]
    assert filled.watch.is_emptied
    assert "as they were" in (filled.watch.problem or "")
    assert filled.names() == ["a.txt", "b.txt", "c.txt"]
    assert filled.jobs() == []
    shutil.rmtree(filled.root)
    filled.root.with_name("stick").rename(filled.root)
    assert filled.settle() == [("back", "")]
    (filled.root / "a.txt").unlink()
    filled.write("b.txt", "beta anew")
    assert filled.settle() == [("changed", "b.txt"), ("removed", "a.txt")], "one that stands is enough"


def test_memory_that_cannot_be_read_is_the_folders_problem_and_doctor_says_so(filled: Ground) -> None:
    path = filled.watch.known.path
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    filled.again()
    assert filled.settle() == [("away", "")]
    assert path.name in (filled.watch.problem or "")
    filled.catalog.settings.change({"watched": [{"path": str(filled.root), "since": "2026-01-01"}]})
    (said,) = unreadable(filled.catalog)
    assert str(path) in said
    assert said.startswith(f"{filled.root} is not followed")
    path.rmdir()
    path.with_suffix(".away").rename(path)
    assert filled.settle() == [("back", "")]
    assert unreadable(filled.catalog) == []
    assert filled.names() == ["a.txt", "b.txt", "c.txt"]


def test_all_files_renamed_at_once_are_followed(filled: Ground) -> None:
    for name in ("a.txt", "b.txt", "sub"):
        (filled.root / name).rename(filled.root / f"new {name}")
    assert {word for word, _ in filled.settle()} == {"renamed"}
    assert filled.names() == ["c.txt", "new a.txt", "new b.txt"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_what_is_there_but_passed_over_is_not_gone(filled: Ground) -> None:
    elsewhere = filled.root.with_name("elsewhere.txt")
    (filled.root / "a.txt").rename(elsewhere)
    (filled.root / "a.txt").symlink_to(elsewhere)
    filled.write("b.txt", "")
    filled.write(f"sub/{looking.CATALOGUE}", "a library")
    filled.write("new.txt", "delta")
    assert filled.settle() == [("added", "new.txt")]
    filled.work()
    assert filled.names() == ["a.txt", "b.txt", "c.txt", "new.txt"]
    assert filled.watch.problem is None


def test_a_disk_that_is_not_mounted_removes_nothing(filled: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    (filled.root / "a.txt").unlink()
    (filled.root / "new.txt").write_text("what lies under the mount")
    monkeypatch.setattr(os.path, "ismount", lambda _: False)
    assert filled.settle() == [("away", "")]
    assert "was mounted at" in (filled.watch.problem or "")
    assert filled.names() == ["a.txt", "b.txt", "c.txt"]


def test_a_folder_below_that_cannot_be_read_removes_nothing_of_it(
    filled: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = os.scandir

    def scandir(folder: str) -> object:
        if folder.endswith("sub"):
            raise OSError(5, "Input/output error", folder)
        return scan(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    (filled.root / "b.txt").unlink()
    assert filled.settle() == [("removed", "b.txt")]
    assert filled.names() == ["a.txt", "c.txt"]


def test_the_next_worker_asks_for_nothing_twice_also_where_all_is_forgotten(filled: Ground) -> None:
    filled.again()
    assert filled.settle() == []
    filled.watch.known.drop()
    filled.again()
    assert filled.settle() == [], "what the library has is compared by content"
    assert len(filled.watch.known) == 3


def test_a_move_that_the_disk_does_not_tell_is_found_by_content(
    filled: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking.Stand, "is_same", lambda *_: False)
    (a, *_) = (one for one in filled.catalog.documents.list() if one.name == "a.txt")
    (filled.root / "a.txt").rename(filled.root / "z.txt")
    assert filled.settle() == [("added", "z.txt")], "nothing goes while a job may be the same file"
    filled.work()
    assert filled.settle() == [("removed", "a.txt")]
    assert filled.catalog.documents.get(a.id).name == "z.txt"
    assert filled.names() == ["b.txt", "c.txt", "z.txt"]


def test_what_came_out_of_a_file_follows_it(ground: Ground) -> None:
    mail = ground.write("mail.eml", "Dear all")
    ground.settle()
    ground.work()
    add(ground.catalog, "rent", "rent.txt", source=f"{mail}{os.sep}rent.txt", part_of="mail.eml")
    mail.rename(ground.root / "letter.eml")
    assert ground.look() == [("renamed", "letter.eml")]
    (rent,) = (one for one in ground.catalog.documents.list() if one.name == "rent.txt")
    assert (rent.part_of, rent.source) == ("letter.eml", f"{ground.root / 'letter.eml'}{os.sep}rent.txt")
    (ground.root / "letter.eml").unlink()
    ground.write("other.txt", "so that it is not empty")
    assert ("removed", "letter.eml") in ground.settle()
    assert "rent.txt" not in ground.names()


def test_a_file_that_goes_or_moves_while_a_job_is_at_work_on_it(ground: Ground) -> None:
    for number, name in enumerate(("a.txt", "b.txt", "c.txt"), 1):
        ground.write(name, "text " * number)
    ground.settle()
    first = ground.catalog.work.claim("test")
    assert first is not None and first.job.name == "a.txt"
    (ground.root / "a.txt").rename(ground.root / "z.txt")
    (ground.root / "b.txt").unlink()
    assert ground.settle() == [], "one waits for its job, the job of the other is called off"
    assert ground.look() == [("removed", "b.txt")]
    add(ground.catalog, "text ", "a.txt", source=first.source, job_id=first.job.id)
    assert ground.look() == [("renamed", "z.txt")]
    ground.work()
    assert ground.names() == ["c.txt", "z.txt"]


def test_a_file_that_changes_while_its_job_waits_is_not_queued_twice(filled: Ground) -> None:
    filled.write("new.txt", "delta")
    filled.settle()
    filled.write("new.txt", "delta two")
    assert filled.settle() == []
    assert [job.name for job in filled.jobs()] == ["new.txt"]
    filled.work()
    assert "delta two" in {filled.text(one.id) for one in filled.catalog.documents.list()}
    assert filled.settle() == []


def no_such_file(ground: Ground) -> None:
    """Does what the worker does with a job whose file is not there."""
    while (task := ground.catalog.work.claim("test")) is not None:
        assert not Path(task.source or "").exists()
        ground.catalog.work.fail(task.job.id, "There is no such file.")


def test_a_file_that_is_renamed_while_its_job_waits_is_taken_in(filled: Ground) -> None:
    path = filled.write("new.txt", "delta")
    assert filled.settle() == [("added", "new.txt")]
    path.rename(filled.root / "newer.txt")
    assert filled.look() == []
    no_such_file(filled)
    assert filled.settle() == [("added", "newer.txt")]
    filled.work()
    assert filled.names() == ["a.txt", "b.txt", "c.txt", "newer.txt"]
    assert all(job.state != "failed" for job in filled.catalog.jobs.list())


def test_a_change_whose_file_is_renamed_while_its_job_waits_is_taken_in(filled: Ground) -> None:
    path = filled.write("a.txt", "alpha two")
    assert filled.settle() == [("changed", "a.txt")]
    path.rename(filled.root / "z.txt")
    no_such_file(filled)
    assert filled.settle() == [("renamed", "z.txt"), ("changed", "z.txt")]
    filled.work()
    assert filled.names() == ["b.txt", "c.txt", "z.txt"]
    assert "alpha two" in {filled.text(one.id) for one in filled.catalog.documents.list()}


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_a_file_that_is_away_while_its_job_waits_is_taken_in_when_it_is_back(
    filled: Ground, looks: int
) -> None:
    path = filled.write("new.txt", "delta")
    assert filled.settle() == [("added", "new.txt")]
    away = path.rename(filled.root.with_name("away.txt"))
    for _ in range(looks):
        filled.look()
    no_such_file(filled)
    away.rename(path)
    assert filled.settle() == [("added" if looks == 3 else "changed", "new.txt")]
    filled.work()
    assert filled.names() == ["a.txt", "b.txt", "c.txt", "new.txt"]


def test_a_file_whose_job_was_called_off_is_queued_when_it_is_back(filled: Ground) -> None:
    path = filled.write("new.txt", "delta")
    filled.settle()
    away = path.rename(filled.root.with_name("away.txt"))
    assert filled.settle() == []
    assert filled.jobs() == [], "it was called off"
    away.rename(path)
    assert filled.settle() == [("changed", "new.txt")]
    filled.work()
    assert filled.names() == ["a.txt", "b.txt", "c.txt", "new.txt"]


def test_what_goes_wrong_is_the_folders_problem(filled: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def save() -> None:
        raise OSError(28, "No space left")

    with monkeypatch.context() as broken:
        broken.setattr(filled.watch.known, "save", save)
        assert filled.settle() == [("away", "")]
    assert "cannot be followed now: [Errno 28] No space left" in (filled.watch.problem or "")
    assert filled.look() == [("back", "")]
    assert filled.watch.problem is None


def test_a_file_that_failed_leaves_no_row_behind_when_it_goes(ground: Ground) -> None:
    ground.write("a.txt", "text")
    ground.write("b.txt", "more")
    ground.settle()
    while (task := ground.catalog.work.claim("test")) is not None:
        ground.catalog.work.fail(task.job.id, "It is broken.")
    (ground.root / "a.txt").unlink()
    assert ground.settle() == [("removed", "a.txt")]
    assert [job.name for job in ground.catalog.jobs.list()] == ["b.txt"]
