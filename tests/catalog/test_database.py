"""Several processes, killed ones, full and read-only disks."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import apsw
import pytest

from explorer.catalog import Catalog
from explorer.errors import StorageError
from tests.catalog.making import add

WRITER = """
import sys
from pathlib import Path
from explorer.catalog import Catalog
from tests.catalog.making import add, generation

name, folder = sys.argv[1:]
catalog = Catalog(Path(folder))
generation(catalog)
for number in range(100_000):
    document_id = add(catalog, f"{name} wrote {number} and more words " * 5, f"{name}-{number}.txt")
    catalog.documents.tag([document_id], [name])
    print(document_id, flush=True)
    if number % 7 == 3:
        catalog.documents.remove([document_id])
        print("-" + document_id, flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_writers_lose_nothing_they_acknowledged(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    Catalog(folder).close()
    root = Path(__file__).parents[2]
    expected: set[str] = set()
    removed: set[str] = set()
    unsure: set[str] = set()
    for round_number in range(4):
        logs = [tmp_path / f"{round_number}-{name}.log" for name in ("one", "two")]
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, f"{log.stem}", str(folder)], stdout=log.open("wb"), cwd=root
            )
            for log in logs
        ]
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and any(len(log.read_bytes()) < 200 for log in logs):
            time.sleep(0.02)
        time.sleep(random.Random(round_number).uniform(0.05, 0.6))
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.wait()
        for log in logs:
            lines = log.read_text().splitlines()
            expected |= {line for line in lines if not line.startswith("-")}
            removed |= {line[1:] for line in lines if line.startswith("-")}
            unsure |= {lines[-1]}  # it may have been removed without a word
        with Catalog(folder) as catalog:
            there = {document.id for document in catalog.documents.list()}
            assert expected - removed - unsure <= there
            assert removed.isdisjoint(there)
            catalog.tidy()
            problems = [one for one in catalog.check().problems if "No document needs" not in one]
            assert problems == []
            assert all(catalog.documents.get(one).tags for one in expected - removed - unsure)
    assert len(expected) > 16


def test_threads_share_one_catalogue(catalog: Catalog) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(10):
                document_id = add(catalog, f"thread {number} step {step}", f"{number}.txt")
                catalog.documents.tag([document_id], [str(number)])
                assert catalog.documents.get(document_id).tags == (str(number),)
        except BaseException as error:  # noqa: BLE001 (told by the test itself)
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert catalog.documents.counts().documents == 80
    assert catalog.check().problems == ()


def test_a_failed_block_is_undone(catalog: Catalog) -> None:
    with pytest.raises(RuntimeError), catalog.write():
        add(catalog, "never seen")
        assert len(catalog.documents.list()) == 1
        raise RuntimeError
    assert catalog.documents.list() == []
    add(catalog, "seen")
    assert len(catalog.documents.list()) == 1


def test_reading_sees_one_moment(catalog: Catalog) -> None:
    add(catalog, "one")
    with catalog.read() as con:
        before = con.execute("SELECT count(*) FROM document").fetchall()
        other = threading.Thread(target=add, args=(catalog, "two"))
        other.start()
        other.join()
        assert con.execute("SELECT count(*) FROM document").fetchall() == before
    assert len(catalog.documents.list()) == 2


def test_a_closed_catalogue_says_so(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    catalog.close()
    with pytest.raises(StorageError, match="closed"):
        catalog.documents.list()


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite3").write_bytes(b"this is not a database" * 100)
    with pytest.raises(StorageError, match="damaged"):
        Catalog(tmp_path)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be opened"):
        Catalog(tmp_path / "file" / "library")


def test_sqlite_is_current() -> None:
    """Versions before 3.51.3 can lose commits in WAL mode."""
    assert tuple(int(part) for part in apsw.sqlite_lib_version().split(".")) >= (3, 51, 3)


def test_a_full_disk_says_so_and_loses_nothing(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 1_500_000)
    kept = []
    with Catalog(small_disk / "library") as catalog:
        with pytest.raises(StorageError, match="is full"):
            for number in range(1000):
                kept.append(_add_without_original(catalog, f"document {number} " * 2000))
        assert {one.id for one in catalog.documents.list()} == set(kept)
        with pytest.raises(StorageError, match="is full"):
            _add_without_original(catalog, "another one " * 5000)
        ballast.unlink()
        catalog.documents.remove(kept[:1])
        kept.append(_add_without_original(catalog, "fits again " * 100))
    with Catalog(small_disk / "library") as again:
        assert {one.id for one in again.documents.list()} == set(kept[1:])
        assert [one for one in again.check().problems if "originals" not in one] == []


def _add_without_original(catalog: Catalog, text: str) -> str:
    from tests.catalog.making import document, embed, generation

    live = generation(catalog)
    new = document([text], step=2000)
    embed(catalog, live.model.id, new)
    return catalog.arrivals.store(new, live.id).document_id


@pytest.mark.skipif(sys.platform != "linux", reason="needs unshare, which is Linux's own")
def test_a_read_only_disk_says_so(tmp_path: Path) -> None:
    with Catalog(tmp_path / "library") as catalog:
        add(catalog, "there")
    script = (
        'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2" -c "'
        "import sys; from pathlib import Path; from explorer.catalog import Catalog;"
        " Catalog(Path(sys.argv[1])).jobs.enqueue('add', 'x')"
        '" "$1"'
    )
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", str(tmp_path / "library"), sys.executable],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no read-only disk can be made here: {done.stderr.strip()}")
    assert "StorageError" in done.stderr
    assert "read-only" in done.stderr or "may write" in done.stderr
