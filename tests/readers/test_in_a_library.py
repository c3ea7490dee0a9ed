"""Archives and mails through a whole library: each file in them is a document like any other."""

from __future__ import annotations

import random
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from explorer import Library, Outcome
from explorer.catalog import Catalog
from tests.faults.ground import kill_worker, living_worker
from tests.folders import BREAD, RENT, WHALES, eventually, files_holding, prose
from tests.readers.containers.archive_files import locked_zip, tarred, zipped

FILES = {"rent.txt": RENT, "kitchen/bread.txt": BREAD}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library with a worker that stays, for tests that bring files of their own."""
    with Library(tmp_path_factory.mktemp("library")) as one:
        one.warm()
        yield one


@pytest.fixture
def library(shared: Library) -> Library:
    shared.remove([document.id for document in shared.documents()])
    shared.dismiss()
    return shared


def made(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def told(outcomes: list[Outcome]) -> list[tuple[str, str, str | None]]:
    return [(one.name, one.status, one.part_of) for one in outcomes]


def test_the_files_of_an_archive_are_documents(library: Library, tmp_path: Path) -> None:
    inner = zipped({"whales.md": WHALES})
    path = made(tmp_path, "x.zip", zipped({**FILES, "inner.zip": inner}))
    outcomes = library.add(path)
    assert told(outcomes) == [
        ("rent.txt", "added", "x.zip"),
        ("bread.txt", "added", "x.zip/kitchen"),
        ("whales.md", "added", "x.zip/inner.zip"),
    ]
    document = outcomes[1].document
    assert document is not None
    assert document.part_of == "x.zip/kitchen"
    assert document.source == str(path / "kitchen" / "bread.txt")
    assert library.search("sourdough", mode="keyword")[0].document.id == document.id
    assert library.original(document.id).read_text() == BREAD
    kept = [one.name for one in (library.folder / "files").iterdir() if one.is_file()]
    assert len(kept) == 3 + ("manifest.jsonl" in kept)  # no archive
    assert library.activity().total == library.activity().searchable == 3
    assert library.doctor().ok


def test_added_again_it_is_unchanged_and_a_change_replaces(library: Library, tmp_path: Path) -> None:
    path = made(tmp_path, "x.zip", zipped(FILES))
    first = {one.name: one.document for one in library.add(path)}
    assert [one.status for one in library.add(path)] == ["unchanged", "unchanged"]
    assert first["rent.txt"] is not None
    library.tag([first["rent.txt"].id], add=["home"])
    made(tmp_path, "x.zip", zipped({"rent.txt": RENT.replace("950", "990"), "whales.md": WHALES}))
    assert told(library.add(path)) == [("rent.txt", "replaced", "x.zip"), ("whales.md", "added", "x.zip")]
    documents = {one.name: one for one in library.documents()}
    assert set(documents) == {"rent.txt", "bread.txt", "whales.md"}  # what vanished from it stays
    assert documents["rent.txt"].tags == ("home",)
    assert "990" in library.text(documents["rent.txt"].id)


def test_files_that_were_alike_may_part(library: Library, tmp_path: Path) -> None:
    path = made(tmp_path, "x.zip", zipped({"a.txt": RENT, "b.txt": RENT}))
    assert [one.status for one in library.add(path)] == ["added", "unchanged"]
    made(tmp_path, "x.zip", zipped({"a.txt": BREAD, "b.txt": RENT}))
    library.add(path)
    assert library.search("rent", mode="keyword")
    assert library.search("sourdough", mode="keyword")
    assert library.doctor().ok


def test_files_that_came_alike_in_separate_calls_may_part(library: Library, tmp_path: Path) -> None:
    first, second = (made(tmp_path, name, RENT.encode()) for name in ("a.txt", "b.txt"))
    assert [library.add(path)[0].status for path in (first, second)] == ["added", "unchanged"]
    library.dismiss()
    first.write_text(BREAD)
    assert library.add(first)[0].status == "replaced"
    kept = library.search("rent", mode="keyword")[0].document
    assert (kept.name, kept.source) == ("b.txt", str(second))
    assert library.search("sourdough", mode="keyword")[0].document.source == str(first)
    second.write_text(BREAD)
    assert library.add(second)[0].status == "replaced"
    assert not library.search("rent", mode="keyword")
    assert library.counts().documents == 1
    assert library.doctor().ok


def test_with_both_kept_a_change_stands_beside_it(library: Library, tmp_path: Path) -> None:
    path = made(tmp_path, "x.tar.gz", tarred({"rent.txt": RENT.encode()}, "w:gz"))
    library.add(path)
    made(tmp_path, "x.tar.gz", tarred({"rent.txt": RENT.replace("950", "990").encode()}, "w:gz"))
    assert told(library.add(path, replace=False)) == [("rent.txt", "added", "x.tar.gz")]
    assert len(library.documents()) == 2


def test_an_archive_is_told_of_only_where_something_is_missing(library: Library, tmp_path: Path) -> None:
    some = made(tmp_path, "some.zip", zipped({"rent.txt": RENT, "tool.exe": b"MZ\0\0"}))
    none = made(tmp_path, "none.zip", zipped({"tool.exe": b"MZ\0\0"}))
    missing, rent, failed = library.add([some, none])
    assert (missing.name, missing.status, missing.document) == ("some.zip", "added", None)
    assert missing.warnings == ("1 file in it is in formats that cannot be read: tool.exe.",)
    assert (rent.name, rent.status) == ("rent.txt", "added")
    assert failed.status == "failed"
    assert failed.error == (
        "none.zip holds no file that can be read. 1 file in it is in formats that cannot be read: tool.exe."
    )


def test_an_archive_that_holds_itself_is_not_opened_again(tmp_path: Path) -> None:
    """As in a quine (r.zip): the same bytes, whatever they are called, are known by their digest."""
    sha, other = "1" * 64, "2" * 64
    with Catalog(tmp_path / "library") as catalog:

        def arrived() -> Path:
            path = catalog.originals.new_incoming()
            path.write_bytes(b"PK")
            return path

        outer = catalog.jobs.enqueue("add", "r.zip", sha256=sha, incoming=arrived())
        catalog.work.claim("test")
        middle = catalog.work.enqueue_part(outer, "r/other.zip", other, 2, arrived())
        catalog.work.finish(outer, "opened")
        catalog.work.claim("test")
        inner = catalog.work.enqueue_part(middle, "r/r.zip", sha, 2, arrived())
        assert not catalog.work.is_within_itself(middle)
        assert catalog.work.is_within_itself(inner)
        assert catalog.work.spent(inner) == (2, 2, 4)


def test_levels_are_bounded(library: Library, tmp_path: Path) -> None:
    content = zipped({"rent.txt": RENT})
    for level in range(5):
        content = zipped({f"level{level}.zip": content, f"note{level}.txt": f"Note {level} of the box."})
    outcomes = library.add(made(tmp_path, "deep.zip", content))
    added = [one.name for one in outcomes if one.status == "added"]
    assert added == [f"note{level}.txt" for level in (1, 2, 3, 4)]
    (failed,) = [one for one in outcomes if one.status == "failed"]
    assert "within 4 archives or mails, the limit" in (failed.error or "")


def test_attachments_are_documents_of_their_own(library: Library, tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = "Åsa <a@example.com>", "The rent", "<1@x>"
    message.set_content("The tenant wrote again.\n")
    message.add_attachment(BREAD.encode(), maintype="text", subtype="plain", filename="bread.txt")
    outcomes = library.add(made(tmp_path, "letter.eml", message.as_bytes()))
    assert told(outcomes) == [("letter.eml", "added", None), ("bread.txt", "added", "letter.eml")]
    assert outcomes[0].document is not None
    assert outcomes[0].document.title == "The rent"
    library.remove(outcomes[0].document.id)
    assert [one.name for one in library.documents()] == ["bread.txt"]


def test_an_upload_is_opened_too(library: Library, tmp_path: Path) -> None:
    path = made(tmp_path, "x.zip", zipped(FILES))
    with path.open("rb") as file:
        library.upload("x.zip", file)
    eventually(lambda: library.counts().documents == 2)
    assert {(one.part_of, one.source) for one in library.documents()} == {
        ("x.zip", None),
        ("x.zip/kitchen", None),
    }


def test_a_name_in_an_archive_is_never_opened(library: Library, tmp_path: Path) -> None:
    made(tmp_path, "secret.txt", b"The secret word is xylographomancy.\n")
    path = made(tmp_path, "x.zip", zipped({"../secret.txt": RENT, "/etc/hosts": BREAD}))
    library.add(path)
    assert files_holding(library.folder, "xylographomancy") == []
    assert {one.source for one in library.documents()} == {
        str(path / "secret.txt"),
        str(path / "etc" / "hosts"),
    }
    job = next(one for one in library.jobs() if one.name == "secret.txt")
    with library._catalog.write() as con:
        con.execute("UPDATE job SET state = 'failed', sha256 = NULL, source = ? WHERE id = ?",
                    (str(tmp_path / "secret.txt"), job.id))  # fmt: skip
    library.retry(job.id)
    eventually(lambda: (library._catalog.jobs.by_ids([job.id])[0]).is_over)
    (again,) = library._catalog.jobs.by_ids([job.id])
    assert again.error == "The original of secret.txt is missing. Add the file again."


def test_passwords_open_what_is_protected_and_are_not_kept(library: Library, tmp_path: Path) -> None:
    inner = locked_zip({"bread.txt": BREAD.encode()}, "opensesame77")
    path = made(tmp_path, "x.zip", zipped({"rent.txt": RENT, "locked.zip": inner}))
    outcomes = library.add(path)
    assert told(outcomes) == [("rent.txt", "added", "x.zip"), ("locked.zip", "failed", "x.zip")]
    assert outcomes[1].error == "locked.zip is protected: enter its password."
    job = next(one for one in library.jobs() if one.needs_password)
    library.retry(job.id, password="wrong")
    eventually(lambda: "not the password" in (library._catalog.jobs.by_ids([job.id])[0].error or ""))
    library.retry(job.id, password="opensesame77")
    eventually(lambda: library.counts().documents == 2)
    assert files_holding(library.folder, "opensesame77") == []


def test_a_locked_file_and_an_open_one_of_the_same_name(library: Library, tmp_path: Path) -> None:
    path = made(tmp_path, "x.zip", locked_zip({"a.txt": BREAD.encode()}, "opensesame77"))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.txt", RENT)
    library.add(path)
    (job,) = [one for one in library.jobs() if one.needs_password]
    library.retry(job.id, password="opensesame77")
    eventually(lambda: library.counts().documents == 2)
    assert library.search("sourdough", mode="keyword")[0].document.name == "a.txt"
    assert library.search("rent", mode="keyword")[0].document.name == "a (2).txt"


def test_other_bytes_under_a_known_name_are_queued_as_well(tmp_path: Path) -> None:
    with Catalog(tmp_path / "library") as catalog:

        def arrived(sha: str) -> int:
            path = catalog.originals.new_incoming()
            path.write_bytes(b"text")
            return catalog.work.enqueue_part(outer, "a.txt", sha * 64, 4, path)

        outer = catalog.jobs.enqueue("add", "x.zip", source="/x.zip")
        catalog.work.claim("test")
        first = arrived("1")
        assert arrived("1") == first
        second = arrived("2")
        assert second != first
        assert arrived("2") == second
        assert [job.id for job in catalog.jobs.family([outer])] == [outer, first, second]
        with catalog.read() as con:
            kept = con.execute("SELECT sha256, keep_both FROM job WHERE parent IS NOT NULL ORDER BY id")
            assert kept.fetchall() == [("1" * 64, 0), ("2" * 64, 1)]


def test_a_password_given_with_an_archive_is_tried_within(library: Library, tmp_path: Path) -> None:
    inner = locked_zip({"bread.txt": BREAD.encode()}, "opensesame77")
    path = made(tmp_path, "x.zip", zipped({"locked.zip": inner}))
    assert told(library.add(path, password="opensesame77")) == [("bread.txt", "added", "x.zip/locked.zip")]
    assert files_holding(library.folder, "opensesame77") == []


def test_cancelling_an_archive_cancels_what_is_in_it(library: Library, tmp_path: Path) -> None:
    path = made(tmp_path, "x.zip", zipped({f"{number}.txt": prose(number, 400) for number in range(12)}))
    (job_id,) = library.enqueue(path)
    eventually(lambda: len(library._catalog.jobs.family([job_id])) == 13)
    library.cancel([job_id])
    eventually(lambda: all(job.is_over for job in library._catalog.jobs.family([job_id])))
    states = [job.state for job in library._catalog.jobs.family([job_id])[1:]]
    assert states.count("cancelled") >= 10
    eventually(lambda: len(list((library.folder / "files").glob("?" * 64))) == library.counts().documents)


def test_the_total_grows_as_files_are_found(library: Library, tmp_path: Path) -> None:
    path = made(tmp_path, "x.zip", zipped({f"{number}.txt": prose(number, 30) for number in range(8)}))
    seen: list[int] = []
    library.add(path, on_progress=lambda progress: seen.append(progress.activity.total))
    assert seen[-1] == 8


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_while_an_archive_is_opened_each_file_comes_once(tmp_path: Path) -> None:
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")  # noqa: T201
    draw = random.Random(seed)
    files = {
        f"{number}.txt": f"Note {number} about the harbour of {number} ships.\n" for number in range(100)
    }
    path = made(tmp_path, "x.zip", zipped({**files, "inner.zip": zipped({"rent.txt": RENT})}))
    with Library(tmp_path / "library") as library:
        library.add(made(tmp_path, "bread.txt", BREAD.encode()))  # the worker is warm
        (job_id,) = library.enqueue(path)
        for _ in range(4):
            library.warm()
            eventually(lambda: living_worker(library.folder))
            goal = min(100, len(library._catalog.jobs.family([job_id])) + draw.randrange(30))
            eventually(lambda goal=goal: len(library._catalog.jobs.family([job_id])) >= goal)  # type: ignore[misc]
            time.sleep(draw.uniform(0, 0.1))
            if living_worker(library.folder) is not None:
                kill_worker(library.folder)
        threading.Thread(target=library.warm).start()
        eventually(lambda: all(job.is_over for job in library._catalog.jobs.family([job_id])), seconds=180)
        jobs = library._catalog.jobs.family([job_id])
        assert [job.outcome for job in jobs].count("added") == 101
        assert len({job.name for job in jobs}) == len(jobs) == 103
        names = [document.name for document in library.documents()]
        assert len(names) == len(set(names)) == 102
        assert library.doctor().ok
