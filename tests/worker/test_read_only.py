"""A library in a folder where nothing can be written can be searched and asked."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from explorer import Library
from explorer.catalog import Catalog
from explorer.errors import StorageError
from tests.folders import RENT, WHALES, eventually, write

ROOT = Path(__file__).parents[2]
ASKING = textwrap.dedent(
    """
    import json, sys
    from explorer import Library, StorageError
    with Library(sys.argv[1]) as library:
        found = {mode: library.search("sea animals", k=1, mode=mode)[0].document.name
                 for mode in ("semantic", "hybrid")}
        found["keyword"] = library.search("tenant", mode="keyword")[0].document.name
        answer = library.ask("What do whales eat?")
        found["answer"] = "".join(answer)
        found["names"] = sorted(one.name for one in library.documents())
        found["text"] = library.text(library.documents()[0].id)[:1]
        try:
            library.tag([library.documents()[0].id], ["no"])
        except StorageError as error:
            found["tag"] = str(error)
        try:
            library.add(sys.argv[2])
        except StorageError as error:
            found["add"] = str(error)
        found["doctor"] = list(library.doctor().problems)
    print(json.dumps(found))
    """
)


def run_read_only(folder: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with `folder` mounted read-only, in a name space of its own."""
    mounting = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mounting, "sh", str(folder), sys.executable, "-c", script, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no read-only disk can be made here: {done.stderr.strip()}")
    return done


@pytest.mark.skipif(sys.platform != "linux", reason="needs unshare, which is Linux's own")
def test_a_read_only_folder_is_searched_and_asked_and_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library(folder) as library:
        library.add(write(tmp_path, whales_md=WHALES, rent_txt=RENT))
        library._client.sync()
    eventually(lambda: not (folder / "worker.json").exists() and not list(folder.glob("*-wal")), seconds=20)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = run_read_only(folder, ASKING, str(folder), str(tmp_path / "rent.txt"))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["semantic"], found["hybrid"], found["keyword"]) == ("whales.md", "whales.md", "rent.txt")
    assert "krill" in found["answer"]
    assert found["names"] == ["rent.txt", "whales.md"]
    assert found["text"]
    assert "read-only" in found["tag"]
    assert "read-only" in found["add"]
    assert any("read-only" in problem for problem in found["doctor"])
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.skipif(sys.platform != "linux", reason="needs unshare, which is Linux's own")
def test_changes_that_stand_in_the_log_only_are_not_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    catalog = Catalog(folder)
    catalog.settings.change({"title": "x"})
    copy = tmp_path / "copy"
    (copy / "files").mkdir(parents=True)
    for name in ("catalog.sqlite3", "catalog.sqlite3-wal"):
        (copy / name).write_bytes((folder / name).read_bytes())
    catalog.close()
    script = "import sys; from explorer import Library; Library(sys.argv[1])"
    done = run_read_only(copy, script, str(copy))
    assert StorageError.__name__ in done.stderr
    assert "its last changes stand in catalog.sqlite3-wal" in done.stderr
