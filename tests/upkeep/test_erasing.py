"""explorer.upkeep.erasing: a library is emptied, and no byte of it is left, whoever else has it open."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from explorer import Library, libraries
from explorer.catalog import Catalog
from explorer.errors import NotFound, SettingError
from explorer.stores import STORES
from explorer.worker import log as worker_log
from tests.chat_server import serving
from tests.folders import eventually
from tests.test_removed import holders

CANARIES = {
    what: f"quax{what}zel"
    for what in (
        "text",
        "name",
        "tag",
        "question",
        "title",
        "file",
        "password",
        "setting",
        "log",
        "staged",
        "aside",
    )
}
OTHER = """
import sys
from pathlib import Path
from explorer import Library

with Library(Path(sys.argv[1])) as library:
    for line in sys.stdin:
        if line.strip() == "upload":
            from io import BytesIO
            library.stage("new.txt", BytesIO(b"nothing secret"))
        hits = library.search("lighthouse", mode="keyword") if line.strip() == "search" else ()
        print(len(library.documents()), len(library.conversations.list()), len(hits), flush=True)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything is that the library and its processes may write."""
    for name in ("TMPDIR", "TEMP", "TMP", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "library"))
    return tmp_path


def fill(library: Library, place: Path) -> None:
    """A word in every place that a library has for words."""
    source = place / f"{CANARIES['file']}.md"
    source.write_text(
        f"# Lighthouse\n\nThe keeper of the lighthouse stores the oil, says {CANARIES['text']}.\n"
    )
    (outcome,) = library.add(source, password=CANARIES["password"])
    assert outcome.status == "added", outcome
    source.unlink()
    library.tag([library.documents()[0].id], add=[CANARIES["tag"]])
    libraries.rename(library.folder, CANARIES["name"])
    with serving(pieces=[f"Oil, says {CANARIES['text']} [1]."]) as server:
        library.change_settings(chat_url=server.address, chat_model=CANARIES["setting"])
        conversation = library.conversations.create(CANARIES["title"])
        question = f"What is in the lighthouse, {CANARIES['question']}?"
        assert library.conversations.wait(library.conversations.ask(conversation, question), 120)
    library.map()
    library.stage("staged.txt", io.BytesIO(CANARIES["staged"].encode()))
    (library.folder / "files" / "stray").write_text(CANARIES["aside"])
    library.doctor(repair=True)
    with worker_log.opened(library.folder) as log:
        assert not isinstance(log, int)
        log.write(CANARIES["log"].encode())


def left(place: Path) -> dict[str, list[str]]:
    found = {what: holders(place, word) for what, word in CANARIES.items()}
    return {what: files for what, files in found.items() if files}


def test_no_byte_is_left_and_others_see_an_empty_library(place: Path) -> None:
    with Library(place / "library") as library:
        fill(library, place)
        assert set(left(place)) == set(CANARIES) - {"password"}, "the search for bytes finds each before"
        with pytest.raises(SettingError, match="not the name"):
            library.upkeep.erase("another")
        assert library.counts().documents == 1
        other = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(library.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert other.stdin is not None and other.stdout is not None

        def asked(what: str) -> str:
            print(what, file=other.stdin, flush=True)
            return str(other.stdout.readline().strip())

        try:
            assert asked("search") == "1 1 1"
            erased = library.upkeep.erase(CANARIES["name"])
            assert (erased.documents, erased.is_gone) == (1, True)
            assert left(place) == {}
            assert asked("search") == "0 0 0"
            assert asked("upload") == "0 0 0"
            assert (
                library.documents() == []
                and library.conversations.list() == []
                and library.stored_map() is None
            )
            assert library.settings.chat_url is None and library.name == "library"
            assert library.upkeep.addresses() == []
            new = place / "new.md"
            new.write_text("# Bread\n\nSourdough rises slowly.\n")
            assert [one.status for one in library.add(new)] == ["added"]
            assert asked("search") == "1 0 0"
            assert library.search("how does dough rise")[0].document.name == "new.md"
            assert library.doctor().problems == ()
        finally:
            other.stdin.close()
            assert other.wait(60) == 0
    assert left(place) == {}


def test_killed_on_the_way_the_next_who_opens_it_has_it_finished(place: Path) -> None:
    with Library(place / "library") as library:
        fill(library, place)
    with libraries.without_worker(place / "library"), Catalog(place / "library") as catalog:
        catalog.erasing.begin()  # and here the process is killed
    assert left(place), "files are still there"
    with Library(place / "library") as library:
        assert library.documents() == []
        eventually(lambda: left(place) == {})
    for store in STORES:
        assert left(place / "library" / store) == {}


def test_a_worker_in_the_midst_of_its_work_writes_nothing_back(place: Path) -> None:
    with Library(place / "library") as library:
        for number in range(30):
            text = f"# {CANARIES['text']} {number}\n\n" + "The lighthouse keeper stores oil. " * 400
            (place / f"{number}.md").write_text(text)
        library.enqueue([place / f"{number}.md" for number in range(30)])
        eventually(lambda: library.counts().documents > 0)
        library.upkeep.erase("library")
        assert library.jobs() == [] and library.documents() == []
        for number in range(30):
            (place / f"{number}.md").unlink()
        library.warm()
        assert library.doctor().problems == ()
        assert left(place) == {}


def test_deleting_the_library_begins_the_same_way(place: Path) -> None:
    folder = place / "library"
    with Catalog(folder) as other:
        with Library(folder) as library:
            fill(library, place)
        libraries.delete(folder, CANARIES["name"])
        assert other.documents.list() == [], "who still has it open sees an empty one"
    assert not folder.exists() and left(place) == {}
    with pytest.raises(NotFound):
        libraries.name_of(folder)


def test_the_command_asks_for_the_name(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from explorer.cli import commands

    with Catalog(place / "library") as catalog:
        catalog.settings.rename("Invoices")
    command = [sys.executable, "-m", "explorer", "erase"]
    refused = subprocess.run(command, input="Invoice\n", capture_output=True, text=True, check=False)
    assert refused.returncode == 1 and "Nothing was deleted" in refused.stderr
    with Catalog(place / "library") as catalog:
        assert catalog.settings.name == "Invoices"
    typed = subprocess.run(command, input="Invoices\n", capture_output=True, text=True, check=False)
    assert typed.returncode == 0 and "Everything was deleted." in typed.stdout, typed
    with Catalog(place / "library") as catalog:
        assert catalog.settings.name is None
    assert commands.main(["erase", "--yes", "--folder"]) == 0
    assert "The folder is gone too." in capsys.readouterr().out
    assert not (place / "library").exists()
    assert commands.main(["erase", "--yes"]) == 1
